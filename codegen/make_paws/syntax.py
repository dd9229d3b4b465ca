"""The syntax of a request and of a result, as R's help pages show it, in Python.

R: ``add_example_values`` in ``make.paws/R/docs.R``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from make_paws import ir

_PLACEHOLDERS: Mapping[type, str] = {
    ir.String: '"string"',
    ir.Blob: 'b"bytes"',
    ir.Integer: "123",
    ir.Long: "123",
    ir.Float: "123.0",
    ir.Double: "123.0",
    ir.Boolean: "True|False",
    ir.Timestamp: "datetime(2015, 1, 1)",
}


def request(method: str, arguments: Mapping[str, ir.Member], shapes: ir.Shapes) -> str:
    """Return the call of `method` with every argument: ``svc.invoke(Name="string")``.

    Parameters
    ----------
    method : str
        The name of the service's method.
    arguments : mapping
        Of the Python name of an argument to its member.
    shapes : mapping
        The shapes of the service.
    """
    lines = (
        f"{name}={_value(shapes, member.shape, ())}"
        for name, member in arguments.items()
    )
    return f"svc.{method}{_block('(', lines, ')')}"


def result(name: str, shapes: ir.Shapes) -> str:
    """Return the dict that an operation with the output shape `name` gives."""
    return _value(shapes, name, ())


def example(method: str, arguments: Mapping[str, Any]) -> str:
    """Return a call of `method` with values out of JSON."""
    lines = (f"{name}={_literal(value)}" for name, value in arguments.items())
    return f"svc.{method}{_block('(', lines, ')')}"


def _value(shapes: ir.Shapes, name: str, inside: tuple[str, ...]) -> str:
    """Return a placeholder; what is already open above is an empty one, as in R."""
    shape = shapes[name]
    around = (*inside, name)
    match shape:
        case ir.String(enum=enum) if enum:
            return "|".join(map(_literal, enum))
        case ir.Structure():
            if name in inside:
                return "{}"
            members = (
                f'"{key}": {_value(shapes, member.shape, around)}'
                for key, member in shape.members.items()
            )
            return _block("{", members, "}")
        case ir.List():
            if name in inside:
                return "[]"
            return _block("[", [_value(shapes, shape.member, around)], "]")
        case ir.Map():
            if name in inside:
                return "{}"
            key = _value(shapes, shape.key, around)
            value = _value(shapes, shape.value, around)
            return _block("{", [f"{key}: {value}"], "}")
        case _:
            return _PLACEHOLDERS[type(shape)]


def _literal(value: Any) -> str:
    match value:
        case dict():
            items = (
                f"{_literal(key)}: {_literal(item)}" for key, item in value.items()
            )
            return _block("{", items, "}")
        case list():
            return _block("[", map(_literal, value), "]")
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return repr(value)


def _block(opening: str, items: Iterable[str], closing: str) -> str:
    lines = [f"{item},".replace("\n", "\n    ") for item in items]
    if not lines:
        return opening + closing
    return "\n    ".join([opening, *lines]) + f"\n{closing}"
