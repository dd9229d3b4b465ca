"""Write the Python types of shapes.

Types of results are exact. Types of arguments include all values that the runtime accepts.
"""

from __future__ import annotations

from collections.abc import Mapping

from make_paws import ir
from make_paws.errors import ModelError

_RESULTS: Mapping[type, str] = {
    ir.String: "str",
    ir.Blob: "bytes",
    ir.Integer: "int",
    ir.Long: "int",
    ir.Float: "float",
    ir.Double: "float",
    ir.Boolean: "bool",
    ir.Timestamp: "datetime",
    ir.List: "list[{}]",
    ir.Map: "dict[{}, {}]",
    ir.Structure: "EventStream[{}]",  # only if it is an event stream
}
_ARGUMENTS: Mapping[type, str] = {
    **_RESULTS,
    ir.Blob: "Blob",
    ir.Timestamp: "Timestamp",
    ir.List: "Sequence[{}]",
    ir.Map: "Mapping[{}, {}]",
    ir.Structure: "Any",
}


def result(shapes: ir.Shapes, member: ir.Member, names: Mapping[str, str]) -> str:
    """Return the type of `member` in a result: ``list[Tag]``.

    Parameters
    ----------
    shapes : mapping
        The shapes of the service.
    member : ir.Member
        The member.
    names : mapping
        Maps the name of each structure to the name of its `TypedDict`.
    """
    return _annotation(shapes, member, names, _RESULTS, ())


def argument(shapes: ir.Shapes, member: ir.Member, names: Mapping[str, str]) -> str:
    """Return the type of `member` as an argument: ``Sequence[TagInput]``."""
    return _annotation(shapes, member, names, _ARGUMENTS, ())


def optional(annotation: str, member: ir.Member) -> str:
    """Return the type of `member` if it can be missing: ``str | None``."""
    is_complete = member.required or annotation == "Any"
    return annotation if is_complete else f"{annotation} | None"


def _annotation(
    shapes: ir.Shapes,
    member: ir.Member,
    names: Mapping[str, str],
    types: Mapping[type, str],
    inside: tuple[str, ...],
) -> str:
    if member.shape in inside:
        raise ModelError(f"{member.shape} contains only itself")

    def within(name: str, sparse: bool = False) -> str:
        around = (*inside, member.shape)
        text = _annotation(shapes, ir.Member(name), names, types, around)
        return f"{text} | None" if sparse and text != "Any" else text

    if member.json_value:
        return "Any"
    shape = shapes[member.shape]
    text = types[type(shape)]
    match shape:
        case ir.Structure(document=True):
            return "Any"
        case ir.Structure(event_stream=True):
            return text.format(names.get(member.shape))
        case ir.Structure():
            return names[member.shape]
        case ir.List():
            return text.format(within(shape.member, shape.sparse))
        case ir.Map():
            return text.format(within(shape.key), within(shape.value, shape.sparse))
        case _:
            return text
