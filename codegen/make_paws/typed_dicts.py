"""Create a `TypedDict` for each structure in results and arguments."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from make_paws import ir, naming, python_types
from make_paws.shapes import Model, members, operation_shapes, reachable, target

# The `TypedDict` of each structure; a derived structure has that of its target.
Names = Mapping[str, str]


def result_names(
    model: Model, extra: Iterable[str], reserved: Collection[str]
) -> Names:
    """Return the names of the types of structures in results, which are AWS's names.

    Parameters
    ----------
    model : mapping
        A service model that `make_paws.model.check` accepts.
    extra : iterable of str
        Shapes in the attributes of errors.
    reserved : collection of str
        Names that are already used.
    """
    found = _structures(model, [*operation_shapes(model, "output"), *extra])
    preferred = {name: naming.public(name) for name in found.values()}
    names = naming.identifiers(preferred, reserved)
    return {name: names[original] for name, original in found.items()}


def input_names(model: Model, reserved: Collection[str]) -> Names:
    """Return the names of the types of structures in arguments: AWS's, plus ``Input``.

    An event stream has no type, because its events are sent instead.
    """
    found = _structures(model, _members(model, operation_shapes(model, "input")))
    preferred = {
        name: f"{naming.public(name)}Input"
        for name in found.values()
        if not model["shapes"][name].get("eventstream")
    }
    names = naming.identifiers(preferred, reserved)
    return {name: names[own] for name, own in found.items() if own in names}


def results(shapes: ir.Shapes, names: Names, model: Model) -> tuple[ir.TypedDict, ...]:
    """Return the types of structures in results, whose keys are all present."""
    responses = operation_shapes(model, "output")
    complete = {names[name] for name in responses}
    # ec2's Volume is a result, and also an element of a list in another result.
    inside = reachable(model["shapes"], _members(model, responses))
    nested = {names[name] for name in inside & names.keys()}

    def result(typed: str, name: str) -> ir.TypedDict:
        fields = _result_fields(shapes, name, names)
        if typed in complete:
            metadata = "ResponseMetadata"
            text = f"NotRequired[{metadata}]" if typed in nested else metadata
            fields.append(ir.Field(metadata, text))
        total = not _has_one_key(ir.structure(shapes, name))
        return _typed_dict(typed, fields, total)

    return _in_order(result(typed, name) for typed, name in _by_type(names).items())


def arguments(shapes: ir.Shapes, names: Names) -> tuple[ir.TypedDict, ...]:
    """Return the types of structures in arguments, whose optional keys can be omitted."""
    return _in_order(
        _argument(typed, ir.structure(shapes, name), shapes, names)
        for typed, name in _by_type(names).items()
    )


def _by_type(names: Names) -> Mapping[str, str]:
    """Map each `TypedDict` to one of its structures, which have the same members."""
    return {typed: name for name, typed in names.items()}


def _in_order(typed_dicts: Iterable[ir.TypedDict]) -> tuple[ir.TypedDict, ...]:
    """Return the types in an order in which each follows the types that it refers to.

    So only recursive types are in quotes. A type in quotes takes ten times as long at
    import, and ec2 has 10,000 types.
    """
    waiting = {typed.name: typed for typed in typed_dicts}
    names = frozenset(waiting)
    ordered: dict[str, ir.TypedDict] = {}

    def add(typed: ir.TypedDict) -> None:
        mentioned = [_words(field.annotation) & names for field in typed.fields]
        for name in sorted(frozenset().union(*mentioned)):
            if name in waiting:
                add(waiting.pop(name))
        fields = (
            replace(field, deferred=not inside <= ordered.keys())
            for field, inside in zip(typed.fields, mentioned, strict=True)
        )
        ordered[typed.name] = replace(typed, fields=tuple(fields))

    while waiting:
        add(waiting.pop(next(iter(waiting))))
    return tuple(ordered.values())


def _words(annotation: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", annotation))


def _argument(
    typed: str, structure: ir.Structure, shapes: ir.Shapes, names: Names
) -> ir.TypedDict:
    """Return a type for arguments; it is not total if no member is required."""
    total = any(member.required for member in structure.members.values())
    fields = []
    for key, member in structure.members.items():
        text = python_types.argument(shapes, member, names)
        text = python_types.optional(text, member)
        is_marked = total and not member.required
        fields.append(ir.Field(key, f"NotRequired[{text}]" if is_marked else text))
    return _typed_dict(typed, fields, total)


def _structures(model: Model, names: Iterable[str]) -> dict[str, str]:
    """Return the structures at and inside of `names`, each with its name in the model."""
    shapes = model["shapes"]
    return {
        name: target(model, name)
        for name in sorted(reachable(shapes, names, with_exceptions=False))
        if shapes[name]["type"] == "structure" and not shapes[name].get("document")
    }


def _members(model: Model, structures: Iterable[str]) -> list[str]:
    return [shape for name in structures for shape in members(model, name)]


def _has_one_key(structure: ir.Structure) -> bool:
    """Return whether a result contains only the member that the service sent."""
    return structure.union or structure.event_stream


def _result_fields(shapes: ir.Shapes, name: str, names: Names) -> list[ir.Field]:
    structure = ir.structure(shapes, name)
    fields = {
        key: python_types.result(shapes, member, names)
        for key, member in structure.members.items()
        # The errors of a stream are raised and never returned.
        if not structure.event_stream or member.shape in names
    }
    if not _has_one_key(structure):
        for key, member in structure.members.items():
            fields[key] = python_types.optional(fields[key], member)
    for key, member in structure.members.items():
        # R's name of a stream, in addition to the model's.
        if ir.is_event_stream(shapes[member.shape]) and not structure.event_stream:
            fields.setdefault("stream", fields[key])
    return [ir.Field(key, annotation) for key, annotation in fields.items()]


def _typed_dict(name: str, fields: list[ir.Field], total: bool = True) -> ir.TypedDict:
    # botocore replaces a member called ResponseMetadata by its own.
    by_name = {field.name: field for field in fields}
    words = {key: _words(field.annotation) for key, field in by_name.items()}
    # The number of fields that use each word.
    uses = Counter(word for mentioned in words.values() for word in mentioned)
    functional = any(
        # In a class body, a key could hide a type that other keys use.
        keyword.iskeyword(key)
        or key.startswith("__")
        or uses[key] > (key in words[key])
        for key in by_name
    )
    return ir.TypedDict(name, tuple(by_name.values()), total, functional)
