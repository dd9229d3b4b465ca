"""Which structures callers see as a `TypedDict`, what it is called and what it holds."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

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
    return _in_order(
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
    return _in_order(
        _argument(typed, _structure(shapes, name), shapes, names)
        for name, typed in names.items()
    )


def _in_order(typed_dicts: Iterable[ir.TypedDict]) -> tuple[ir.TypedDict, ...]:
    """Return them so that each stands after those that it speaks of.

    A type in quotes costs ten times as much at import, which ec2 has 10,000 of; only
    what is recursive needs quotes.
    """
    waiting = {typed.name: typed for typed in typed_dicts}
    names = frozenset(waiting)
    ordered: dict[str, ir.TypedDict] = {}

    def place(typed: ir.TypedDict) -> None:
        mentioned = [_words(field.annotation) & names for field in typed.fields]
        for name in sorted(frozenset().union(*mentioned)):
            if name in waiting:
                place(waiting.pop(name))
        fields = (
            replace(field, deferred=not inside <= ordered.keys())
            for field, inside in zip(typed.fields, mentioned, strict=True)
        )
        ordered[typed.name] = replace(typed, fields=tuple(fields))

    while waiting:
        place(waiting.pop(next(iter(waiting))))
    return tuple(ordered.values())


def _words(annotation: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", annotation))


def _argument(
    typed: str, structure: ir.Structure, shapes: ir.Shapes, names: Names
) -> ir.TypedDict:
    """Return a structure inside of an argument; one that requires nothing is not total."""
    total = any(member.required for member in structure.members.values())
    fields = []
    for key, member in structure.members.items():
        text = _optional(python_types.argument(shapes, member, names), member)
        is_marked = total and not member.required
        fields.append(ir.Field(key, f"NotRequired[{text}]" if is_marked else text))
    return _typed_dict(typed, fields, total)


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
    fields = {
        key: _optional(python_types.result(shapes, member, names), member)
        for key, member in structure.members.items()
    }
    for key, member in structure.members.items():
        inner = shapes[member.shape]
        if isinstance(inner, ir.Structure) and inner.event_stream:
            # R's name of a stream, whatever the model's is.
            fields.setdefault("stream", fields[key])
    return [ir.Field(key, annotation) for key, annotation in fields.items()]


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
    # botocore puts its own ResponseMetadata over a member of that name.
    by_name = {field.name: field for field in fields}
    words = {key: _words(field.annotation) for key, field in by_name.items()}
    # Of a word to how many fields speak of it.
    spoken = Counter(word for mentioned in words.values() for word in mentioned)
    functional = any(
        # In a class body, a key could hide a type that others speak of.
        keyword.iskeyword(key)
        or key.startswith("__")
        or spoken[key] > (key in words[key])
        for key in by_name
    )
    return ir.TypedDict(name, tuple(by_name.values()), total, functional)
