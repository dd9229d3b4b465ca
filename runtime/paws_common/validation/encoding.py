"""Suggest how to encode objects of NumPy and pandas as the bytes of a body.

They are recognized by the names of their classes, so that neither package is imported.
"""

from __future__ import annotations

from collections.abc import Mapping

_EXPRESSIONS: Mapping[tuple[str, str], str] = {
    ("numpy", "ndarray"): "array.tobytes()",
    ("pandas", "DataFrame"): "df.to_csv(index=False).encode()",
    ("pandas", "Series"): "series.to_csv(index=False).encode()",
}


def how_to_encode(value: object) -> str | None:
    """Return an expression that encodes an array, a data frame or a series, or None.

    Instances of subclasses are recognized, too.
    """
    for base in type(value).__mro__:
        package = base.__module__.partition(".")[0]
        if expression := _EXPRESSIONS.get((package, base.__name__)):
            return expression
    return None
