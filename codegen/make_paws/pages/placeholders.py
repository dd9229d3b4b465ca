"""An example of every argument of an operation, within the limits of the model.

Of what is nested, only what is required is given, or else the first member. Patterns are
not regarded: R's placeholders (``"string"``, ``123``) stand for what only a person knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from itertools import islice
from typing import Any

from make_paws import ir

MOMENT = datetime(2015, 1, 1, tzinfo=timezone.utc)
_DOCUMENT = {"string": "string"}
# The longest that is shown of what must be long; a model could ask for gigabytes.
_CHARACTERS = 10_000
_ELEMENTS = 100


def arguments(operation: ir.Operation, shapes: ir.Shapes) -> dict[str, Any] | None:
    """Return a value for each argument, by AWS's name; of some groups only one.

    Returns
    -------
    dict, optional
        None where no value can be shown, because it is a stream.
    """
    if operation.input is None:
        return {}
    structure = shapes[operation.input]
    if not isinstance(structure, ir.Structure):
        return {}
    left_out = {name for group in structure.exactly_one_of for name in group[1:]}
    given = {
        name: member
        for name, member in structure.members.items()
        if name not in left_out
    }
    if any(_is_stream(shapes[member.shape]) for member in given.values()):
        return None
    return {
        name: _DOCUMENT if member.json_value else _value(member.shape, shapes, ())
        for name, member in given.items()
    }


def _is_stream(shape: ir.Shape) -> bool:
    return isinstance(shape, ir.Structure) and shape.event_stream


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
    """Return what is required; or else the first member that can be given a value."""
    members = structure.members
    required = [name for name, member in members.items() if member.required]
    ending = [
        name
        for name, member in members.items()
        if _innermost(member.shape, shapes) not in inside
    ]
    return required or ending[:1] or list(members)[:1]


def _innermost(name: str, shapes: ir.Shapes) -> str:
    """Return the shape of the elements, of the elements of elements and so on."""
    seen = set()
    while name not in seen:
        seen.add(name)
        match shapes[name]:
            case ir.List(member=inner) | ir.Map(value=inner):
                name = inner
    return name


def _strings(shape: ir.String) -> Iterator[str]:
    """Yield different values, as long as there are any."""
    if shape.enum:
        yield from shape.enum
    else:
        text = _sized("string", shape.min, shape.max)
        yield text
        yield from (f"{text[:-1]}{number}" for number in range(_ELEMENTS) if text)


def _sized(word: str, least: int | None, most: int | None) -> str:
    length = min(int(_bounded(len(word), least, most)), _CHARACTERS)
    return (word * (length // len(word) + 1))[:length]


def _length(shape: ir.List | ir.Map) -> int:
    return min(int(_bounded(1, shape.min, shape.max)), _ELEMENTS)


def _bounded(value: float, least: float | None, most: float | None) -> float:
    if least is not None:
        value = max(value, least)
    return value if most is None else min(value, most)
