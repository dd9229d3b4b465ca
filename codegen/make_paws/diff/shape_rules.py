"""Rules for the effect of a changed shape on callers, which follow the runtime.

The runtime validates arguments (``paws_common.validation``), so a narrower constraint is
breaking and a wider one is not. It does not validate results, so only another type, a
removed member, or None instead of a value is breaking.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from make_paws import ir, limits
from make_paws.diff import patterns
from make_paws.diff.difference import (
    Difference,
    Kind,
    Subject,
    changed,
    flagged,
    removed,
)

ShapePair = tuple[str, str]  # the names of a shape in the old and in the new version
Bounded = ir.String | ir.Blob | ir.Integer | ir.Float | ir.List | ir.Map

_COLLECTION = (ir.List, ir.Map)
_NUMBER = (ir.Integer, ir.Float)
_SIZED = (ir.String, ir.Blob, ir.List, ir.Map)

_MAX_LISTED = 8  # values of an enumeration in a description

# The types that accept every argument that a type accepts.
_WIDER: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"long", "float", "double"}),
    "long": frozenset({"integer", "float", "double"}),
    "float": frozenset({"double"}),
    "double": frozenset({"float"}),
    "string": frozenset({"blob"}),
}
_ANYTHING = frozenset({"document", "JSON value"})
# The types that have the same Python type in results.
_ALIKE = (frozenset({"integer", "long"}), frozenset({"float", "double"}))


@dataclass(frozen=True, slots=True)
class Direction:
    """Whether a shape is used in arguments, in results, or in both."""

    sent: bool
    returned: bool


SENT = Direction(sent=True, returned=False)
RETURNED = Direction(sent=False, returned=True)


@dataclass(frozen=True, slots=True)
class ShapeTables:
    """All shapes of the old and of the new version."""

    old: ir.Shapes
    new: ir.Shapes


def inside(tables: ShapeTables, pair: ShapePair) -> list[ShapePair]:
    """Return the pairs of shapes directly inside a pair of shapes."""
    old, new = tables.old[pair[0]], tables.new[pair[1]]
    match old, new:
        case ir.List(), ir.List():
            return [(old.member, new.member)]
        case ir.Map(), ir.Map():
            return [(old.key, new.key), (old.value, new.value)]
        case ir.Structure(), ir.Structure() if _kind(old) == _kind(new):
            return [
                (member.shape, new.members[name].shape)
                for name, member in old.members.items()
                if name in new.members
                and not (member.json_value or new.members[name].json_value)
            ]
    return []


def compare(
    tables: ShapeTables, pair: ShapePair, direction: Direction, uses: tuple[str, ...]
) -> Iterator[Difference]:
    """Yield the differences of two shapes, without those of the shapes inside them."""
    old, new = tables.old[pair[0]], tables.new[pair[1]]
    place = pair[1] if pair[0] == pair[1] else f"{pair[0]}, now {pair[1]}"
    found = _shape(tables, place, old, new, direction)
    return (replace(difference, uses=uses) for difference in found)


def members(
    tables: ShapeTables,
    kind: Kind,
    place: str,
    old: ir.Structure,
    new: ir.Structure,
    direction: Direction,
) -> Iterator[Difference]:
    """Yield the members that were added, removed, or made required or optional."""
    for name, member in old.members.items():
        subject = kind, place, name
        if name in new.members:
            yield from _member(subject, member, new.members[name], direction)
        else:
            action = f"stop {'passing' if direction.sent else 'reading'} it"
            yield removed(*subject, describe(member, tables.old), action)
    for name, member in new.members.items():
        if name not in old.members:
            breaking = direction.sent and member.required
            action = "pass it" if breaking else ""
            if new.event_stream and direction.returned:
                action = "handle the new event"
            described = describe(member, tables.new)
            yield Difference(kind, place, name, "", None, described, breaking, action)


def groups(
    kind: Kind, place: str, old: ir.Structure, new: ir.Structure, direction: Direction
) -> Iterator[Difference]:
    """Yield the differences of the groups of which a call passes exactly one member.

    A new group is not breaking if every valid call passes exactly one of it already: its
    only old member, because that is required, or one member of an old group.
    """
    aspect = kind, place, "", "exactly one of"
    for group in new.exactly_one_of:
        if group not in old.exactly_one_of:
            existing = tuple(name for name in group if name in old.members)
            is_satisfied = existing in old.exactly_one_of or (
                len(existing) == 1 and old.members[existing[0]].required
            )
            breaking = direction.sent and not is_satisfied
            action = "pass exactly one of them" if breaking else ""
            yield from changed(*aspect, None, ", ".join(group), action)
    for group in old.exactly_one_of:
        if group not in new.exactly_one_of:
            yield from changed(*aspect, ", ".join(group), None)


def describe(member: ir.Member, shapes: ir.Shapes) -> str:
    """Return a member in words: ``optional, Id (string, 1 to 64 characters)``."""
    requiredness = _requiredness(member)
    if member.json_value:
        return f"{requiredness}, JSON value"
    return f"{requiredness}, {_described(member.shape, shapes)}"


def describe_structure(structure: ir.Structure, shapes: ir.Shapes) -> str:
    """Return a structure in words, with all its members."""
    listed = "; ".join(
        f"{name}: {describe(member, shapes)}"
        for name, member in structure.members.items()
    )
    kind = "union" if structure.union else _kind(structure)
    return f"{kind} of {listed or 'nothing'}"


def _described(name: str, shapes: ir.Shapes) -> str:
    shape = shapes[name]
    of = ""
    match shape:
        case ir.List():
            of = f" of {_element(shape.member, shapes)}"
        case ir.Map():
            key, value = (_element(part, shapes) for part in (shape.key, shape.value))
            of = f" of {key} to {value}"
    constraints = limits.describe(shape)
    if isinstance(shape, ir.String) and len(shape.enum) > _MAX_LISTED:
        rest = limits.describe(replace(shape, enum=()))
        count = f"one of {len(shape.enum)} values"
        constraints = f"{rest}, {count}" if rest else count
    return f"{name} ({_kind(shape)}{of}{', ' if constraints else ''}{constraints})"


def _element(name: str, shapes: ir.Shapes) -> str:
    scalar = not isinstance(shapes[name], (ir.List, ir.Map, ir.Structure))
    return _described(name, shapes) if scalar else name


def _kind(shape: ir.Shape) -> str:
    match shape:
        case ir.Structure(document=True):
            return "document"
        case ir.Structure(event_stream=True):
            return "event stream"
    return type(shape).__name__.lower()


def _requiredness(member: ir.Member) -> str:
    return "required" if member.required else "optional"


def _type(
    subject: Subject, old: str, new: str, direction: Direction
) -> Iterator[Difference]:
    accepted = new in _ANYTHING or new in _WIDER.get(old, ())
    alike = any({old, new} <= group for group in _ALIKE)
    to_do = [
        *(["pass the new type"] if direction.sent and not accepted else []),
        *(["expect the new type"] if direction.returned and not alike else []),
    ]
    return changed(*subject, "type", old, new, ", ".join(to_do))


def _member(
    subject: Subject, old: ir.Member, new: ir.Member, direction: Direction
) -> Iterator[Difference]:
    if old.json_value != new.json_value:
        types = ("JSON value", "string")
        then, now = types if old.json_value else types[::-1]
        yield from _type(subject, then, now, direction)
    # Deprecation notices of parameters are compared with their texts.
    if subject[0] != "parameter":
        yield from flagged(*subject, "deprecated", old.deprecated, new.deprecated)
    yield from _token(subject, old, new, direction)
    action = ""
    if direction.sent and new.required:
        action = "always pass it"
    elif direction.returned and old.required:
        action = "expect None"
    values = _requiredness(old), _requiredness(new)
    yield from changed(*subject, "requiredness", *values, action)


def _token(
    subject: Subject, old: ir.Member, new: ir.Member, direction: Direction
) -> Iterator[Difference]:
    """Yield the difference of an idempotency token; None is accepted for a token."""
    then, now = (
        "generated if None" if member.idempotency_token else None
        for member in (old, new)
    )
    breaking = direction.sent and new.required and not new.idempotency_token
    action = "always pass it" if breaking else ""
    return changed(*subject, "idempotency token", then, now, action)


def _shape(
    tables: ShapeTables, place: str, old: ir.Shape, new: ir.Shape, direction: Direction
) -> Iterator[Difference]:
    if _kind(old) != _kind(new):
        yield from _type(("shape", place, ""), _kind(old), _kind(new), direction)
    elif isinstance(old, ir.Structure) and isinstance(new, ir.Structure):
        yield from _structures(tables, place, old, new, direction)
    elif isinstance(old, ir.String) and isinstance(new, ir.String):
        yield from _pattern(place, old, new, direction)
        yield from _enum(place, old, new, direction)
    elif isinstance(old, _COLLECTION) and isinstance(new, _COLLECTION):
        yield from _sparse(place, old, new, direction)
    for trait in ("sensitive", "deprecated"):
        flags = getattr(old, trait), getattr(new, trait)
        yield from flagged("shape", place, "", trait, *flags)
    if isinstance(old, _NUMBER) and isinstance(new, _NUMBER):
        yield from _bounds(place, old, new, direction, -math.inf)
    elif isinstance(old, _SIZED) and isinstance(new, _SIZED):
        yield from _bounds(place, old, new, direction, 0)


def _structures(
    tables: ShapeTables,
    place: str,
    old: ir.Structure,
    new: ir.Structure,
    direction: Direction,
) -> Iterator[Difference]:
    yield from members(tables, "member", place, old, new, direction)
    yield from groups("shape", place, old, new, direction)
    then, now = ("exactly one member" if one.union else None for one in (old, new))
    breaking = direction.sent and new.union
    action = "pass exactly one of its members" if breaking else ""
    yield from changed("shape", place, "", "union", then, now, action)


def _bounds(
    place: str, old: Bounded, new: Bounded, direction: Direction, lowest: float
) -> Iterator[Difference]:
    """Yield the limits that differ; `lowest` is the smallest possible value."""
    for aspect, stricter in (
        ("min", _or(new.min, lowest) > _or(old.min, lowest)),
        ("max", _or(new.max, math.inf) < _or(old.max, math.inf)),
    ):
        bounds = getattr(old, aspect), getattr(new, aspect)
        if bounds[0] != bounds[1]:
            then, now = (None if bound is None else f"{bound:,}" for bound in bounds)
            action = "keep within the new limit" if direction.sent and stricter else ""
            yield from changed("shape", place, "", aspect, then, now, action)


def _or(limit: float | None, otherwise: float) -> float:
    return otherwise if limit is None else limit


def _pattern(
    place: str, old: ir.String, new: ir.String, direction: Direction
) -> Iterator[Difference]:
    """Yield the difference of two patterns; a wider pattern is not breaking."""
    if old.pattern != new.pattern:
        is_narrower, note = patterns.compare(old, new)
        breaking = direction.sent and is_narrower
        action = "send a value that matches the new pattern" if breaking else ""
        values = old.pattern, new.pattern
        yield from changed("shape", place, "", "pattern", *values, action, note)


def _enum(
    place: str, old: ir.String, new: ir.String, direction: Direction
) -> Iterator[Difference]:
    for value in dict.fromkeys(old.enum):
        if value not in new.enum:
            # An empty enumeration accepts all strings.
            breaking = direction.sent and bool(new.enum)
            action = "stop passing it" if breaking else ""
            yield Difference("shape", place, "", "enum", value, None, breaking, action)
    for value in dict.fromkeys(new.enum):
        if value not in old.enum:
            breaking = direction.sent and not old.enum
            action = "pass one of the values" if breaking else ""
            if direction.returned and old.enum and not action:
                action = "handle the new value"
            yield Difference("shape", place, "", "enum", None, value, breaking, action)


def _sparse(
    place: str, old: ir.List | ir.Map, new: ir.List | ir.Map, direction: Direction
) -> Iterator[Difference]:
    then, now = ("may be None" if one.sparse else "are not None" for one in (old, new))
    action = ""
    if direction.sent and old.sparse:
        action = "do not pass None as an element"
    elif direction.returned and new.sparse:
        action = "expect None as an element"
    return changed("shape", place, "", "elements", then, now, action)
