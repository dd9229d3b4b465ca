"""What is right at a glance: most arguments of most calls are.

A glance tells in one go that a value can be sent as it is. Where it does not, the value
may still be right, and the check (`paws_common.validation.scalars`) finds what it is, or
what is wrong. So a glance is never needed, and only saves time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from paws_common.shapes import Blob, Boolean, Integer, Long, Shape, String

Glance = Callable[[Any], bool]

_REMEMBERED = 1024  # characters of a value; more would be a waste of memory


def glance(shape: Shape, limits: bool, location: str | None) -> Glance:
    """Return what tells at a glance that an argument is right.

    Parameters
    ----------
    shape : Shape
        What the argument should be.
    limits : bool
        Whether the limits of the service model are checked.
    location : str or None
        Where in the request it goes to.
    """
    match shape:
        case String() if location in (None, "header", "querystring", "uri"):
            return _string(shape, limits, location)
        case Blob():
            return _blob(shape, limits)
        case Integer() | Long():
            return _integer(shape, limits)
        case Boolean():
            return _boolean
        case _:
            return _nothing


def _nothing(value: Any) -> bool:
    return False


def _string(shape: String, limits: bool, location: str | None) -> Glance:
    least, most = _bounds(shape.min, shape.max, limits)
    if limits and shape.regex_max is not None:
        most = min(most, shape.regex_max)
    # No control character and no lone surrogate is in what is printable and ASCII; and
    # what cannot stand in a path, such as "..", is left to the check.
    least = max(least, 3) if location == "uri" else least
    enum = frozenset(shape.enum) if limits else frozenset()
    search = (
        re.compile(shape.regex, re.ASCII).search if limits and shape.regex else None
    )

    remembers = not shape.sensitive
    last: str | None = None

    def is_right(value: Any) -> bool:
        nonlocal last
        if type(value) is not str:
            return False
        # Most arguments are those of the call before: an endpoint, a type of content.
        if value == last:
            return True
        right = (
            value.isascii()
            and value.isprintable()
            and least <= len(value) <= most
            and (search is None or search(value) is not None)
            and (not enum or value in enum)
        )
        if right and remembers and len(value) <= _REMEMBERED:
            last = value
        return right

    return is_right


def _blob(shape: Blob, limits: bool) -> Glance:
    least, most = _bounds(shape.min, shape.max, limits)
    return lambda value: type(value) is bytes and least <= len(value) <= most


def _integer(shape: Integer | Long, limits: bool) -> Glance:
    least = shape.min if limits and shape.min is not None else -(2**63)
    most = shape.max if limits and shape.max is not None else 2**63 - 1
    return lambda value: type(value) is int and least <= value <= most


def _boolean(value: Any) -> bool:
    return value is True or value is False


def _bounds(least: int | None, most: int | None, limits: bool) -> tuple[int, float]:
    if not limits:
        return 0, math.inf
    return least or 0, math.inf if most is None else most
