"""Which structures callers see as a `TypedDict`, what it is called and what it holds."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable, Mapping

from make_paws import ir, naming, python_types
from make_paws.shapes import Model, inputs, members, outputs, reachable

Names = Mapping[str, str]  # of a structure to its TypedDict


def result_names(model: Model, extra: Iterable[str], taken: Collection[str]) -> Names:
    """Return the names of the structures that come back: AWS's own.

    Parameters
    ----------
    model : mapping
        A sound service model.
    extra : iterable of str
        Shapes that come back inside of errors.
    taken : collection of str
        Names that stand for something else already.
    """
    found = _structures(model, [*outputs(model), *extra])
    return naming.identifiers({name: naming.public(name) for name in found}, taken)


def input_names(model: Model, taken: Collection[str]) -> Names:
    """Return the names of the structures inside of arguments: AWS's, and ``Input``.

    An event stream has none: what is sent in it are its events.
    """
    found = _structures(model, _members(model, inputs(model)))
    wishes = {
        name: f"{naming.public(name)}Input"
        for name in found
        if not model["shapes"][name].get("eventstream")
    }
    return naming.identifiers(wishes, taken)


def results(shapes: ir.Shapes, names: Names, model: Model) -> tuple[ir.TypedDict, ...]:
    """Return the structures that come back: every member present, or None."""
    whole = set(outputs(model))
    # ec2's Volume is a result of its own, and stands in a list of another.
    nested = reachable(model["shapes"], _members(model, whole))
    return tuple(
        _typed_dict(
            typed,
            [
                *_result_fields(shapes, name, names),
                *_metadata(name in whole, name in nested),
            ],
            total=not _structure(shapes, name).event_stream,
        )
        for name, typed in names.items()
    )


def arguments(shapes: ir.Shapes, names: Names) -> tuple[ir.TypedDict, ...]:
    """Return the structures inside of arguments: what is not required may be left out."""
    return tuple(
        _typed_dict(
            typed,
            [
                ir.Field(key, text if member.required else f"NotRequired[{text}]")
                for key, member in _structure(shapes, name).members.items()
                for text in [
                    _optional(python_types.argument(shapes, member, names), member)
                ]
            ],
        )
        for name, typed in names.items()
    )


def _structures(model: Model, roots: Iterable[str]) -> list[str]:
    shapes = model["shapes"]
    return [
        name
        for name in sorted(reachable(shapes, roots, with_exceptions=False))
        if shapes[name]["type"] == "structure" and not shapes[name].get("document")
    ]


def _members(model: Model, structures: Iterable[str]) -> list[str]:
    return [shape for name in structures for shape in members(model, name)]


def _structure(shapes: ir.Shapes, name: str) -> ir.Structure:
    shape = shapes[name]
    assert isinstance(shape, ir.Structure), name
    return shape


def _result_fields(shapes: ir.Shapes, name: str, names: Names) -> list[ir.Field]:
    structure = _structure(shapes, name)
    if structure.event_stream:
        return [
            ir.Field(key, python_types.result(shapes, member, names))
            for key, member in structure.members.items()
            if member.shape in names
        ]
    return [
        ir.Field(key, _optional(python_types.result(shapes, member, names), member))
        for key, member in structure.members.items()
    ]


def _metadata(whole: bool, nested: bool) -> list[ir.Field]:
    if not whole:
        return []
    kind = "NotRequired[ResponseMetadata]" if nested else "ResponseMetadata"
    return [ir.Field("ResponseMetadata", kind)]


def _optional(annotation: str, member: ir.Member) -> str:
    return (
        annotation if member.required or annotation == "Any" else f"{annotation} | None"
    )


def _typed_dict(name: str, fields: list[ir.Field], total: bool = True) -> ir.TypedDict:
    functional = any(
        keyword.iskeyword(field.name) or field.name.startswith("__") for field in fields
    )
    # botocore puts its own ResponseMetadata over a member of that name.
    by_name = {field.name: field for field in fields}
    return ir.TypedDict(name, tuple(by_name.values()), total, functional)
