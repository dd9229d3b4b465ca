"""The shapes of a service model, as data: what an argument may be, what a result holds.

Generated modules hold one definition a model shape. Shapes refer to one another by
name, so a recursive shape is nothing special.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class String(NamedTuple):
    """Text of `min` to `max` characters.

    `pattern` is AWS's, a regular expression of Java; `regex` is its equal in Python, or
    None where there is none and the pattern is not enforced. It is for texts of up to
    `regex_max` characters, as longer ones may take very long.
    """

    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    regex: str | None = None
    regex_max: int | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False


class Blob(NamedTuple):
    """`min` to `max` bytes."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False


class Integer(NamedTuple):
    """An integer of 32 bits, from `min` to `max`."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False


class Long(NamedTuple):
    """An integer of 64 bits, from `min` to `max`."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False


class Float(NamedTuple):
    """A number of 32 bits, from `min` to `max`."""

    min: float | None = None
    max: float | None = None
    sensitive: bool = False


class Double(NamedTuple):
    """A number of 64 bits, from `min` to `max`."""

    min: float | None = None
    max: float | None = None
    sensitive: bool = False


class Boolean(NamedTuple):
    """True or False."""

    sensitive: bool = False


class Timestamp(NamedTuple):
    """A point in time."""

    sensitive: bool = False


class List(NamedTuple):
    """`min` to `max` elements of the shape `member`; a sparse one may hold None."""

    member: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False


class Map(NamedTuple):
    """`min` to `max` keys of the shape `key` with values of the shape `value`."""

    key: str
    value: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False


class Member(NamedTuple):
    """A member of a structure.

    `location` is where in an HTTP request it goes: ``uri``, ``header``, ``headers`` or
    ``querystring``; None is the body. The value of a `json_value` is any JSON.
    """

    shape: str
    required: bool = False
    location: str | None = None
    json_value: bool = False


class Structure(NamedTuple):
    """Members by name.

    A `union` holds exactly one of them, a `document` is any JSON, an `event_stream`
    comes one member at a time. `payload` is the member that is the body itself, and of
    each group in `exactly_one_of` a call gives one member.
    """

    members: Mapping[str, Member]
    union: bool = False
    payload: str | None = None
    document: bool = False
    event_stream: bool = False
    exactly_one_of: tuple[tuple[str, ...], ...] = ()
    sensitive: bool = False


Number = Integer | Long | Float | Double
Shape = String | Blob | Number | Boolean | Timestamp | List | Map | Structure
Shapes = Mapping[str, Shape]
