"""Write the Python types of shapes.

Types of results are exact. Types of arguments include all values that the runtime accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
}
_ARGUMENTS: Mapping[type, str] = {
    **_RESULTS,
    ir.Blob: "Blob",
    ir.Timestamp: "Timestamp",
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

    def structure(name: str, shape: ir.Structure) -> str:
        return f"EventStream[{names[name]}]" if shape.event_stream else names[name]

    return _annotation(
        shapes, member, _RESULTS, "list[{}]", "dict[{}, {}]", structure, ()
    )


def argument(shapes: ir.Shapes, member: ir.Member, names: Mapping[str, str]) -> str:
    """Return the type of `member` as an argument: ``Sequence[TagInput]``."""

    def structure(name: str, shape: ir.Structure) -> str:
        return "Any" if shape.event_stream else names[name]

    return _annotation(
        shapes, member, _ARGUMENTS, "Sequence[{}]", "Mapping[{}, {}]", structure, ()
    )


def optional(annotation: str, member: ir.Member) -> str:
    """Return the type of `member` if it can be missing: ``str | None``."""
    return (
        annotation if member.required or annotation == "Any" else f"{annotation} | None"
    )


def _annotation(
    shapes: ir.Shapes,
    member: ir.Member,
    scalars: Mapping[type, str],
    list_of: str,
    map_of: str,
    structure: Callable[[str, ir.Structure], str],
    inside: tuple[str, ...],
) -> str:
    if member.shape in inside:
        raise ModelError(f"{member.shape} contains only itself")

    def within(name: str, sparse: bool = False) -> str:
        text = _annotation(
            shapes,
            ir.Member(name),
            scalars,
            list_of,
            map_of,
            structure,
            (*inside, member.shape),
        )
        return f"{text} | None" if sparse and text != "Any" else text

    if member.json_value:
        return "Any"
    match shapes[member.shape]:
        case ir.Structure(document=True):
            return "Any"
        case ir.Structure() as shape:
            return structure(member.shape, shape)
        case ir.List() as shape:
            return list_of.format(within(shape.member, shape.sparse))
        case ir.Map() as shape:
            return map_of.format(within(shape.key), within(shape.value, shape.sparse))
        case shape:
            return scalars[type(shape)]
