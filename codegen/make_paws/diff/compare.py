"""Compare the API of a service in two versions, and find what callers must change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from make_paws import ir
from make_paws.diff import shape_rules, traits
from make_paws.diff.difference import Difference, Kind, Subject, changed, removed
from make_paws.diff.public_api import Attribute, Error, Function, Parameter, PublicApi
from make_paws.diff.shape_rules import RETURNED, SENT, Direction, ShapePair, ShapeTables
from make_paws.shapes import closure

# The order of a report: the service, its functions, and then what functions share.
_KINDS: Mapping[Kind, int] = {
    "service": 0,
    "operation": 1,
    "parameter": 1,
    "result": 1,
    "error": 2,
    "attribute": 2,
    "type": 3,
    "shape": 4,
    "member": 4,
}

Named = TypeVar("Named", Function, Error)
Documented = PublicApi | Function | Parameter | Error | Attribute
# Maps a pair of shapes to the uses of it: where callers pass or receive it.
Uses = dict[ShapePair, dict[str, Direction]]


def compare(old: PublicApi, new: PublicApi) -> tuple[Difference, ...]:
    """Return all differences, in the order of a report.

    Parameters
    ----------
    old, new : PublicApi
        Two versions of the same service.

    Notes
    -----
    Shapes are compared in pairs, from the parameters and results inwards. So a shape that
    was only renamed is not a difference.
    """
    tables = ShapeTables(old.shapes, new.shapes)
    functions = list(_common(_by_operation(old), _by_operation(new)))
    met = _met(tables, functions, old, new)
    found = [
        *_service(old, new),
        *_added_or_removed(old, new),
        *(
            difference
            for then, now in functions
            for difference in _function(then, now, old, new)
        ),
        *_errors(old, new),
        *(traits.compare(old.traits, new.traits) if old.traits and new.traits else ()),
        *_types(old, new),
        *_shapes(tables, met),
        *_new_structures(tables, functions, met),
    ]
    ordered = sorted(set(found), key=_order)
    return tuple(replace(difference, service=new.service) for difference in ordered)


def _order(difference: Difference) -> tuple[object, ...]:
    return (
        _KINDS[difference.kind],
        difference.place,
        difference.kind,
        difference.name,
        difference.aspect,
        difference.old or "",
        difference.new or "",
        difference.uses,
    )


def _common(
    old: Mapping[str, Named], new: Mapping[str, Named]
) -> Iterator[tuple[Named, Named]]:
    return ((old[name], new[name]) for name in old if name in new)


def _by_operation(api: PublicApi) -> dict[str, Function]:
    return {function.operation: function for function in api.functions}


def _by_class(api: PublicApi) -> dict[str, Error]:
    return {error.name: error for error in api.errors}


# --- the service, its functions, errors and types


def _service(old: PublicApi, new: PublicApi) -> Iterator[Difference]:
    service: Subject = "service", new.service, ""
    yield from _renamed(service, "constructor", old.constructor, new.constructor)
    yield from _renamed(service, "class", old.class_name, new.class_name)
    yield from changed(*service, "API version", old.api_version, new.api_version)
    yield from _documentation(service, old, new)


def _added_or_removed(old: PublicApi, new: PublicApi) -> Iterator[Difference]:
    then, now = _by_operation(old), _by_operation(new)
    for name in then.keys() - now:
        yield removed("operation", name, "", _signature(then[name]), "stop calling it")
    for name in now.keys() - then:
        yield Difference("operation", name, new=_signature(now[name]))


def _signature(function: Function) -> str:
    leading = [one.name for one in function.parameters if one.positional]
    keyword = [one.name for one in function.parameters if not one.positional]
    names = [*leading, *(["*"] if keyword else []), *keyword]
    return f"{function.name}({', '.join(names)})"


def _function(
    then: Function, now: Function, old: PublicApi, new: PublicApi
) -> Iterator[Difference]:
    place = now.operation
    tables = ShapeTables(old.shapes, new.shapes)
    operation: Subject = "operation", place, ""
    yield from _renamed(operation, "function", then.name, now.name)
    yield from _documentation(operation, then, now)
    yield from changed(*operation, "deprecated", then.deprecated, now.deprecated)
    yield from _raised(then, now, old, new)
    yield from _parameters(then, now)
    given, got = _structures(tables, then, now)
    yield from shape_rules.members(tables, "parameter", place, *given, SENT)
    yield from shape_rules.groups("operation", place, *given, SENT)
    yield from shape_rules.members(tables, "result", place, *got, RETURNED)
    for name in then.results.keys() & now.results.keys():
        texts = then.results[name], now.results[name]
        yield from changed("result", place, name, "documentation", *texts)


def _raised(
    then: Function, now: Function, old: PublicApi, new: PublicApi
) -> Iterator[Difference]:
    """Yield the added and removed errors; neither breaks callers."""
    common = _by_class(old).keys() & _by_class(new)
    for name in sorted({*then.errors} ^ {*now.errors}):
        if name in common:
            was, is_ = (name if name in one.errors else None for one in (then, now))
            yield Difference("operation", now.operation, "", "error", was, is_)


def _parameters(then: Function, now: Function) -> Iterator[Difference]:
    place = now.operation
    by_member = {parameter.member: parameter for parameter in now.parameters}
    positions = _positions(now.parameters)
    for member, position in _positions(then.parameters).items():
        if member in by_member:
            values = str(position), str(positions.get(member, "keyword only"))
            action = "pass it by keyword"
            yield from changed("parameter", place, member, "position", *values, action)
    for parameter in then.parameters:
        if other := by_member.get(parameter.member):
            subject: Subject = "parameter", place, parameter.member
            yield from _renamed(subject, "keyword", parameter.name, other.name)
            yield from _documentation(subject, parameter, other)
            notices = parameter.deprecated, other.deprecated
            yield from changed(*subject, "deprecated", *notices)


def _positions(parameters: Iterable[Parameter]) -> dict[str, int]:
    leading = (one.member for one in parameters if one.positional)
    return {member: number for number, member in enumerate(leading, start=1)}


def _errors(old: PublicApi, new: PublicApi) -> Iterator[Difference]:
    then, now = _by_class(old), _by_class(new)
    for name in then.keys() - now:
        action, uses = "stop importing and catching it", _raisers(old, name)
        yield removed("error", name, "", name, action, uses)
    for name in now.keys() - then:
        yield Difference("error", name, new=name, uses=_raisers(new, name))
    for before, after in _common(then, now):
        yield from _documentation(("error", after.name, ""), before, after)
        yield from _attributes(before, after)


def _raisers(api: PublicApi, error: str) -> tuple[str, ...]:
    return tuple(f"{each.name}()" for each in api.functions if error in each.errors)


def _attributes(old: Error, new: Error) -> Iterator[Difference]:
    then = {attribute.name: attribute for attribute in old.attributes}
    now = {attribute.name: attribute for attribute in new.attributes}
    for name in {**then, **now}:
        subject: Subject = "attribute", new.name, name
        if name not in now:
            yield removed(*subject, then[name].annotation, "stop reading it")
        elif name not in then:
            yield Difference(*subject, new=now[name].annotation)
        else:
            yield from _documentation(subject, then[name], now[name])
            types = then[name].annotation, now[name].annotation
            yield from changed(*subject, "type", *types, "expect the new type")


def _types(old: PublicApi, new: PublicApi) -> Iterator[Difference]:
    """Yield removed types; added ones are reported with the member that has them."""
    for name in sorted({*old.types} - {*new.types}):
        yield removed("type", name, "", name, "stop importing it")


def _documentation(
    subject: Subject, then: Documented, now: Documented
) -> Iterator[Difference]:
    texts = then.documentation, now.documentation
    return changed(*subject, "documentation", *texts)


def _renamed(
    subject: Subject, aspect: str, then: str, now: str
) -> Iterator[Difference]:
    return changed(*subject, aspect, then, now, f"call it {now}")


# --- shapes


def _structures(
    tables: ShapeTables, then: Function, now: Function
) -> tuple[tuple[ir.Structure, ir.Structure], tuple[ir.Structure, ir.Structure]]:
    """Return the inputs, and the outputs, of a function in both versions."""
    return (
        (ir.structure(tables.old, then.input), ir.structure(tables.new, now.input)),
        (ir.structure(tables.old, then.output), ir.structure(tables.new, now.output)),
    )


def _shapes(tables: ShapeTables, met: Uses) -> Iterator[Difference]:
    for pair, uses in met.items():
        direction = Direction(
            sent=any(use.sent for use in uses.values()),
            returned=any(use.returned for use in uses.values()),
        )
        yield from shape_rules.compare(tables, pair, direction, tuple(sorted(uses)))


def _met(
    tables: ShapeTables,
    functions: Iterable[tuple[Function, Function]],
    old: PublicApi,
    new: PublicApi,
) -> Uses:
    """Return every pair of shapes that callers use in both versions."""
    if tables.old == tables.new:
        return {}
    # The exceptions of a stream are reported as errors.
    errors = {error.name for error in (*old.errors, *new.errors)}
    met: Uses = {}

    def inside(pair: ShapePair) -> Iterator[ShapePair]:
        return filter(errors.isdisjoint, shape_rules.inside(tables, pair))

    for use, root, direction in _roots(tables, functions, old, new):
        for pair in closure([root], inside):
            met.setdefault(pair, {})[use] = direction
    return met


def _roots(
    tables: ShapeTables,
    functions: Iterable[tuple[Function, Function]],
    old: PublicApi,
    new: PublicApi,
) -> Iterator[tuple[str, ShapePair, Direction]]:
    for then, now in functions:
        given, got = _structures(tables, then, now)
        for name, pair in _pairs(*given):
            yield f"{now.name}({name})", pair, SENT
        for name, pair in _pairs(*got):
            yield f'{now.name}()["{name}"]', pair, RETURNED
    for before, after in _common(_by_class(old), _by_class(new)):
        annotations = {one.name: one.annotation for one in before.attributes}
        for attribute in after.attributes:
            # Types usually have the names of their shapes.
            for name in re.findall(r"\w+", annotations.get(attribute.name, "")):
                if name in tables.old and name in tables.new:
                    yield f"{after.name}.{attribute.name}", (name, name), RETURNED


def _pairs(old: ir.Structure, new: ir.Structure) -> Iterator[tuple[str, ShapePair]]:
    for name, member in old.members.items():
        other = new.members.get(name)
        if other is not None and not (member.json_value or other.json_value):
            yield name, (member.shape, other.shape)


def _new_structures(
    tables: ShapeTables, functions: Iterable[tuple[Function, Function]], met: Uses
) -> Iterator[Difference]:
    """Yield the new structures in added members of the functions of both versions."""
    compared = {new for _, new in met}
    new = ShapeTables(tables.new, tables.new)

    def inside(name: str) -> Iterator[str]:
        return (inner for inner, _ in shape_rules.inside(new, (name, name)))

    uses: dict[str, set[str]] = {}
    for use, shape in _added(tables, functions, met):
        for name in closure([shape], inside) - tables.old.keys() - compared:
            uses.setdefault(name, set()).update(use)
    for name, where in uses.items():
        structure = tables.new[name]
        if isinstance(structure, ir.Structure):
            text = shape_rules.describe_structure(structure, tables.new)
            yield Difference("shape", name, new=text, uses=tuple(sorted(where)))


def _added(
    tables: ShapeTables, functions: Iterable[tuple[Function, Function]], met: Uses
) -> Iterator[tuple[Iterable[str], str]]:
    """Yield the uses and the shape of every added member."""
    for then, now in functions:
        given, got = _structures(tables, then, now)
        for (before, after), form in ((given, "{}({})"), (got, '{}()["{}"]')):
            for name in after.members.keys() - before.members:
                yield [form.format(now.name, name)], after.members[name].shape
    for pair, uses in met.items():
        old, new = tables.old[pair[0]], tables.new[pair[1]]
        if isinstance(old, ir.Structure) and isinstance(new, ir.Structure):
            for name in new.members.keys() - old.members:
                yield uses, new.members[name].shape
