"""Write the syntax of requests and results in Python, as in R's help pages.

R: ``add_example_values`` in ``make.paws/R/docs.R``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
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

# R's pages repeat a shape at every occurrence, which results in 77,000 lines in quicksight.
_MAX_LINES = 10_000  # a longer syntax shows each structure only once

Lines = Iterator[str]


def request(method: str, arguments: Mapping[str, ir.Member], shapes: ir.Shapes) -> str:
    """Return the call of `method` with every argument: ``svc.invoke(Name="string")``.

    Parameters
    ----------
    method : str
        The name of the service's method.
    arguments : mapping
        Maps the Python name of each argument to its member.
    shapes : mapping
        The shapes of the service.
    """

    def lines(shown: set[str] | None) -> Lines:
        items = (
            (f"{name}=", _value(shapes, member.shape, (), shown))
            for name, member in arguments.items()
        )
        return block(f"svc.{method}(", items, ")")

    return _bounded(lines)


def result(name: str, shapes: ir.Shapes) -> str:
    """Return the dict that an operation with the output shape `name` returns."""
    return _bounded(lambda shown: _value(shapes, name, (), shown))


def example(method: str, arguments: Mapping[str, Any]) -> str:
    """Return a call of `method` with values from JSON."""
    return call(f"svc.{method}", arguments)


def call(function: str, arguments: Mapping[str, Any]) -> str:
    """Return a call with values: those of JSON, bytes and timestamps."""
    items = ((f"{name}=", _literal(value)) for name, value in arguments.items())
    return "\n".join(block(f"{function}(", items, ")"))


def string(text: str) -> str:
    """Return a string literal, which Python, R and JSON read in the same way."""
    return json.dumps(text, ensure_ascii=False)


def block(
    opening: str,
    items: Iterable[tuple[str, Lines]],
    closing: str,
    indent: str = "    ",
    end: str = ",",
) -> Lines:
    """Yield the lines of items in brackets, separated by commas; `end` is after the last.

    An item has a prefix and its own lines.
    """
    last = ""
    for prefix, lines in items:
        yield f"{last}," if last else opening
        last = indent + prefix + next(lines)
        for line in lines:
            yield last
            last = indent + line
    if last:
        yield last + end
    yield closing if last else opening + closing


# R and JSON allow no comma after the last item.
short_block = partial(block, indent="  ", end="")


def _bounded(syntax: Callable[[set[str] | None], Lines]) -> str:
    """Return a syntax, in the short form if it has more than `_MAX_LINES`."""
    lines = list(islice(syntax(None), _MAX_LINES + 1))
    return "\n".join(lines if len(lines) <= _MAX_LINES else syntax(set()))


def _value(
    shapes: ir.Shapes, name: str, inside: tuple[str, ...], shown: set[str] | None
) -> Lines:
    """Return the lines of a placeholder.

    A shape inside itself is shown as empty, as in R. A structure in `shown` is not
    repeated; None repeats all structures.
    """
    shape = shapes[name]
    around = (*inside, name)

    def part(prefix: str, of: str) -> tuple[str, Lines]:
        return prefix, _value(shapes, of, around, shown)

    match shape:
        case ir.String(enum=enum) if enum:
            return iter(["|".join(map(string, enum))])
        case ir.Structure():
            if name in inside:
                return iter(["{}"])
            if shown is not None and shape.members:
                if name in shown:
                    return iter(["{...}"])
                shown.add(name)
            members = shape.members.items()
            items = (part(f'"{key}": ', member.shape) for key, member in members)
            return block("{", items, "}")
        case ir.List():
            if name in inside:
                return iter(["[]"])
            return block("[", [part("", shape.member)], "]")
        case ir.Map():
            if name in inside:
                return iter(["{}"])
            key = "".join(_value(shapes, shape.key, around, shown))
            return block("{", [part(f"{key}: ", shape.value)], "}")
        case _:
            return iter([_PLACEHOLDERS[type(shape)]])


def _literal(value: Any) -> Lines:
    match value:
        case dict():
            items = (
                (f"{string(key)}: ", _literal(item)) for key, item in value.items()
            )
            return block("{", items, "}")
        case list():
            return block("[", (("", _literal(item)) for item in value), "]")
        case str():
            return iter([string(value)])
        case bytes():
            # With a double quote inside, repr uses single quotes around the literal.
            inside = repr(b'"' + value)[3:-1].replace('"', '\\"')
            return iter([f'b"{inside}"'])
        case datetime():
            day = f"{value.year}, {value.month}, {value.day}"
            return iter([f"datetime({day}, tzinfo=timezone.utc)"])
        case _:
            return iter([repr(value)])
