"""Example values for the arguments of an operation, within the limits of the model.

A nested structure has only its required members, or its first one if none is required.
Patterns are ignored: the values are R's placeholders (``"string"``, ``123``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from make_paws import ir

MOMENT = datetime(2015, 1, 1, tzinfo=UTC)
_DOCUMENT = {"string": "string"}
# The max length of a value, because a model could require gigabytes.
_CHARACTERS = 10_000
_ELEMENTS = 100


def arguments(operation: ir.Operation, shapes: ir.Shapes) -> dict[str, Any] | None:
    """Return a value for each argument, by AWS's name; one member of an exclusive group.

    Returns
    -------
    dict, optional
        None if an argument is a stream, which has no example value.
    """
    structure = ir.structure(shapes, operation.input)
    omitted = {name for group in structure.exactly_one_of for name in group[1:]}
    included = {
        name: member
        for name, member in structure.members.items()
        if name not in omitted
    }
    if any(ir.is_event_stream(shapes[member.shape]) for member in included.values()):
        return None
    return {
        name: _DOCUMENT if member.json_value else _value(member.shape, shapes, ())
        for name, member in included.items()
    }


def _value(name: str, shapes: ir.Shapes, inside: tuple[str, ...]) -> Any:
    within = (*inside, name)
    match shapes[name]:
        case ir.String() as shape:
            return next(_strings(shape))
        case ir.Blob() as shape:
            return _sized("bytes", shape.min, shape.max).encode()
        case ir.Float() as shape:
            return float(_bounded(123.0, shape.min, shape.max))
        case ir.Integer() as shape:
            return int(_bounded(123, shape.min, shape.max))
        case ir.Boolean():
            return True
        case ir.Timestamp():
            return MOMENT
        case ir.List() as shape:
            if name in inside:
                return []
            value = _value(shape.member, shapes, within)
            return [value] * _length(shape)
        case ir.Map() as shape:
            if name in inside:
                return {}
            value = _value(shape.value, shapes, within)
            keys = shapes[shape.key]
            names = _strings(keys) if isinstance(keys, ir.String) else iter(("string",))
            return dict.fromkeys(islice(names, _length(shape)), value)
        case shape:
            if shape.document:
                return _DOCUMENT
            if name in inside:
                return {}
            return {
                key: _value(shape.members[key].shape, shapes, within)
                for key in _chosen(shape, shapes, within)
            }


def _chosen(
    structure: ir.Structure, shapes: ir.Shapes, inside: tuple[str, ...]
) -> Sequence[str]:
    """Return the required members, or else the first one that is not recursive."""
    members = structure.members
    required = [name for name, member in members.items() if member.required]
    ending = [
        name
        for name, member in members.items()
        if _innermost(member.shape, shapes) not in inside
    ]
    return required or ending[:1] or list(members)[:1]


def _innermost(name: str, shapes: ir.Shapes) -> str:
    """Return the shape of the innermost elements of nested lists and maps."""
    seen = set()
    while name not in seen:
        seen.add(name)
        match shapes[name]:
            case ir.List(member=inner) | ir.Map(value=inner):
                name = inner
    return name


def _strings(shape: ir.String) -> Iterator[str]:
    """Yield different values that the shape accepts."""
    if shape.enum:
        yield from shape.enum
    else:
        text = _sized("string", shape.min, shape.max)
        yield text
        yield from (f"{text[:-1]}{number}" for number in range(_ELEMENTS) if text)


def _sized(word: str, minimum: int | None, maximum: int | None) -> str:
    length = min(int(_bounded(len(word), minimum, maximum)), _CHARACTERS)
    return (word * (length // len(word) + 1))[:length]


def _length(shape: ir.List | ir.Map) -> int:
    return min(int(_bounded(1, shape.min, shape.max)), _ELEMENTS)


def _bounded(value: float, minimum: float | None, maximum: float | None) -> float:
    if minimum is not None:
        value = max(value, minimum)
    return value if maximum is None else min(value, maximum)
