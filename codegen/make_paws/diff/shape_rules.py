"""What a change of a shape means to callers: each rule is that of the run time.

Arguments are checked before anything is sent, so that narrower is breaking and wider is
not (``paws_common.validation``); results are not checked, so that of them only a type,
a member that is gone, or None where a value was, can break anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from make_paws import ir, limits
from make_paws.diff.difference import Difference, Kind

Pair = tuple[str, str]  # the name of a shape on the old side, and on the new
Bounded = ir.String | ir.Blob | ir.Integer | ir.Float | ir.List | ir.Map

_COLLECTION = (ir.List, ir.Map)
_NUMBER = (ir.Integer, ir.Float)
_SIZED = (ir.String, ir.Blob, ir.List, ir.Map)

_LISTED = 8  # values of an enumeration in a description

# What takes every argument that the other type took.
_WIDER: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"long", "float", "double"}),
    "long": frozenset({"integer", "float", "double"}),
    "float": frozenset({"double"}),
    "double": frozenset({"float"}),
    "string": frozenset({"blob"}),
}
_ANYTHING = frozenset({"document", "JSON value"})
# What comes back as one type of Python.
_ALIKE = (frozenset({"integer", "long"}), frozenset({"float", "double"}))


@dataclass(frozen=True, slots=True)
class Flow:
    """Where a shape is met: in arguments, in results, or in both."""

    sent: bool
    returned: bool


SENT = Flow(sent=True, returned=False)
RETURNED = Flow(sent=False, returned=True)


@dataclass(frozen=True, slots=True)
class Sides:
    """The shapes of the old side, and of the new."""

    old: ir.Shapes
    new: ir.Shapes


def inside(sides: Sides, pair: Pair) -> list[Pair]:
    """Return the pairs that a pair of shapes of one type holds."""
    old, new = sides.old[pair[0]], sides.new[pair[1]]
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
    sides: Sides, pair: Pair, flow: Flow, uses: tuple[str, ...]
) -> Iterator[Difference]:
    """Yield what differs between two shapes, but not inside of what they refer to."""
    old, new = sides.old[pair[0]], sides.new[pair[1]]
    place = pair[1] if pair[0] == pair[1] else f"{pair[0]}, now {pair[1]}"
    found = _shape(sides, place, old, new, flow)
    return (replace(difference, uses=uses) for difference in found)


def members(
    sides: Sides,
    kind: Kind,
    place: str,
    old: ir.Structure,
    new: ir.Structure,
    flow: Flow,
) -> Iterator[Difference]:
    """Yield the members that were added, removed, or made required or optional."""
    for name, member in old.members.items():
        if name in new.members:
            yield from _member(kind, place, name, member, new.members[name], flow)
        else:
            verb = "give" if flow.sent else "read"
            yield Difference(
                kind,
                place,
                name,
                old=describe(member, sides.old),
                breaking=True,
                action=f"do not {verb} it any more",
            )
    for name, member in new.members.items():
        if name not in old.members:
            breaking = flow.sent and member.required
            action = "give it" if breaking else ""
            if new.event_stream and flow.returned:
                action = "expect the event where all others are told apart"
            yield Difference(
                kind,
                place,
                name,
                new=describe(member, sides.new),
                breaking=breaking,
                action=action,
            )


def groups(
    kind: Kind, place: str, old: ir.Structure, new: ir.Structure, flow: Flow
) -> Iterator[Difference]:
    """Yield the groups of which exactly one member is given.

    A new group breaks nothing if every call that was right gives exactly one of it:
    the only one there was, as it was required, or one of a group there was.
    """
    for group in new.exactly_one_of:
        if group not in old.exactly_one_of:
            known = tuple(name for name in group if name in old.members)
            held = known in old.exactly_one_of or (
                len(known) == 1 and old.members[known[0]].required
            )
            breaking = flow.sent and not held
            yield Difference(
                kind,
                place,
                aspect="exactly one of",
                new=", ".join(group),
                breaking=breaking,
                action="give exactly one of them" if breaking else "",
            )
    for group in old.exactly_one_of:
        if group not in new.exactly_one_of:
            yield Difference(kind, place, aspect="exactly one of", old=", ".join(group))


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
    return (
        f"{'union' if structure.union else _kind(structure)} of {listed or 'nothing'}"
    )


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
    if isinstance(shape, ir.String) and len(shape.enum) > _LISTED:
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
    kind: Kind, place: str, name: str, old: str, new: str, flow: Flow
) -> Difference:
    accepted = new in _ANYTHING or new in _WIDER.get(old, ())
    alike = any({old, new} <= group for group in _ALIKE)
    to_do = [
        *(["give the new type"] if flow.sent and not accepted else []),
        *(["expect the new type"] if flow.returned and not alike else []),
    ]
    return Difference(
        kind,
        place,
        name,
        "type",
        old,
        new,
        breaking=bool(to_do),
        action=", ".join(to_do),
    )


def _member(
    kind: Kind, place: str, name: str, old: ir.Member, new: ir.Member, flow: Flow
) -> Iterator[Difference]:
    if old.json_value != new.json_value:
        types = ("JSON value", "string")
        then, now = types if old.json_value else types[::-1]
        yield _type(kind, place, name, then, now, flow)
    if old.required != new.required:
        action = ""
        if flow.sent and new.required:
            action = "always give it"
        elif flow.returned and old.required:
            action = "expect None"
        yield Difference(
            kind,
            place,
            name,
            "requiredness",
            _requiredness(old),
            _requiredness(new),
            breaking=bool(action),
            action=action,
        )


def _shape(
    sides: Sides, place: str, old: ir.Shape, new: ir.Shape, flow: Flow
) -> Iterator[Difference]:
    if _kind(old) != _kind(new):
        yield _type("shape", place, "", _kind(old), _kind(new), flow)
    elif isinstance(old, ir.Structure) and isinstance(new, ir.Structure):
        yield from _structures(sides, place, old, new, flow)
    elif isinstance(old, ir.String) and isinstance(new, ir.String):
        yield from _pattern(place, old, new, flow)
        yield from _enum(place, old, new, flow)
    elif isinstance(old, _COLLECTION) and isinstance(new, _COLLECTION):
        yield from _sparse(place, old, new, flow)
    if isinstance(old, _NUMBER) and isinstance(new, _NUMBER):
        yield from _bounds(place, old, new, flow, -math.inf)
    elif isinstance(old, _SIZED) and isinstance(new, _SIZED):
        yield from _bounds(place, old, new, flow, 0)


def _structures(
    sides: Sides, place: str, old: ir.Structure, new: ir.Structure, flow: Flow
) -> Iterator[Difference]:
    yield from members(sides, "member", place, old, new, flow)
    yield from groups("shape", place, old, new, flow)
    if old.union != new.union:
        breaking = flow.sent and new.union
        yield Difference(
            "shape",
            place,
            aspect="union",
            old="exactly one member" if old.union else None,
            new="exactly one member" if new.union else None,
            breaking=breaking,
            action="give exactly one of its members" if breaking else "",
        )


def _bounds(
    place: str, old: Bounded, new: Bounded, flow: Flow, least: float
) -> Iterator[Difference]:
    """Yield the limits that differ; nothing is shorter than nothing (`least`)."""
    for aspect, stricter in (
        ("min", _or(new.min, least) > _or(old.min, least)),
        ("max", _or(new.max, math.inf) < _or(old.max, math.inf)),
    ):
        then, now = getattr(old, aspect), getattr(new, aspect)
        if then != now:
            breaking = flow.sent and stricter
            yield Difference(
                "shape",
                place,
                aspect=aspect,
                old=None if then is None else f"{then:,}",
                new=None if now is None else f"{now:,}",
                breaking=breaking,
                action="keep within the new limit" if breaking else "",
            )


def _or(limit: float | None, otherwise: float) -> float:
    return otherwise if limit is None else limit


def _pattern(
    place: str, old: ir.String, new: ir.String, flow: Flow
) -> Iterator[Difference]:
    """Yield the difference of two patterns; which of them is narrower, none can tell."""
    if old.pattern != new.pattern:
        breaking = flow.sent and new.regex is not None and new.regex != old.regex
        yield Difference(
            "shape",
            place,
            aspect="pattern",
            old=old.pattern or None,
            new=new.pattern or None,
            breaking=breaking,
            action="give what matches the new pattern" if breaking else "",
        )


def _enum(
    place: str, old: ir.String, new: ir.String, flow: Flow
) -> Iterator[Difference]:
    for value in dict.fromkeys(old.enum):
        if value not in new.enum:
            # Without any value left, every text is accepted.
            breaking = flow.sent and bool(new.enum)
            action = "do not give it any more" if breaking else ""
            yield Difference("shape", place, "", "enum", value, None, breaking, action)
    for value in dict.fromkeys(new.enum):
        if value not in old.enum:
            breaking = flow.sent and not old.enum
            action = "give one of the values" if breaking else ""
            if flow.returned and old.enum and not action:
                action = "expect it where all values are told apart"
            yield Difference("shape", place, "", "enum", None, value, breaking, action)


def _sparse(
    place: str, old: ir.List | ir.Map, new: ir.List | ir.Map, flow: Flow
) -> Iterator[Difference]:
    if old.sparse != new.sparse:
        action = ""
        if flow.sent and old.sparse:
            action = "do not give None as an element"
        elif flow.returned and new.sparse:
            action = "expect None as an element"
        yield Difference(
            "shape",
            place,
            aspect="elements",
            old="may be None" if old.sparse else "are not None",
            new="may be None" if new.sparse else "are not None",
            breaking=bool(action),
            action=action,
        )
