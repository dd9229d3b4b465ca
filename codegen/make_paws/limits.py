"""Describe the constraints of a shape in words."""

from __future__ import annotations

from make_paws import ir, terminal
from make_paws.markdown import fence


def describe(shape: ir.Shape) -> str:
    """Return the limits of `shape`: ``1 to 64 characters, matches `[a-z]+```.

    Returns
    -------
    str
        "" if there are none.
    """
    match shape:
        case ir.String():
            values = ", ".join(map(code, shape.enum))
            parts = [
                _range(shape, "character"),
                f"matches {code(shape.pattern)}" if shape.pattern else "",
                f"one of {values}" if values else "",
            ]
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
    marks = fence(text, 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{space}{text}{space}{marks}"


def _range(
    shape: ir.String | ir.Blob | ir.Integer | ir.Float | ir.List | ir.Map,
    unit: str = "",
) -> str:
    low, high = shape.min, shape.max
    if high is None:
        return "" if low is None else f"at least {_count(low, unit)}"
    count = _count(high, unit)
    if low is None:
        return f"at most {count}"
    return f"exactly {count}" if low == high else f"{low:,} to {count}"


def _count(number: float, unit: str) -> str:
    return terminal.count(number, unit) if unit else f"{number:,}"
