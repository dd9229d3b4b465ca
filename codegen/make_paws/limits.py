"""Describe the constraints of a shape in words."""

from __future__ import annotations

import re

from make_paws import ir


def describe(shape: ir.Shape) -> str:
    """Return the limits of `shape`: ``1 to 64 characters, matches `[a-z]+```.

    Returns
    -------
    str
        "" if there are none.
    """
    match shape:
        case ir.String():
            parts = [_range(shape, "character"), _pattern(shape), _enum(shape)]
        case ir.Blob():
            parts = [_range(shape, "byte")]
        case ir.List():
            parts = [_range(shape, "element")]
        case ir.Map():
            parts = [_range(shape, "key")]
        case ir.Integer() | ir.Float():
            parts = [_range(shape)]
        case _:
            parts = []
    return ", ".join(part for part in parts if part)


def code(text: str) -> str:
    """Return `text` as a Markdown code span, even if it contains backticks."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _range(
    shape: ir.String | ir.Blob | ir.Integer | ir.Float | ir.List | ir.Map,
    unit: str = "",
) -> str:
    match shape.min, shape.max:
        case None, None:
            return ""
        case None, maximum:
            return f"at most {_count(maximum, unit)}"
        case minimum, None:
            return f"at least {_count(minimum, unit)}"
        case minimum, maximum if minimum == maximum:
            return f"exactly {_count(maximum, unit)}"
        case minimum, maximum:
            return f"{minimum:,} to {_count(maximum, unit)}"


def _count(number: float | None, unit: str) -> str:
    plural = "s" if number != 1 else ""
    return f"{number:,} {unit}{plural}" if unit else f"{number:,}"


def _pattern(shape: ir.String) -> str:
    return f"matches {code(shape.pattern)}" if shape.pattern else ""


def _enum(shape: ir.String) -> str:
    values = ", ".join(code(value) for value in shape.enum)
    return f"one of {values}" if values else ""
