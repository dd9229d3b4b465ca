"""The shapes of a service model: the types and limits of arguments and results.

Generated modules contain one definition of each shape of the model. Shapes refer to one
another by name, so that shapes can be recursive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Hint(NamedTuple):
    """A `text` for error messages about values that match `regex` completely."""

    regex: str
    text: str


class String(NamedTuple):
    """Text of `min` to `max` characters.

    `pattern` is AWS's regular expression, in Java's language. `regex` is its translation
    for Python, `ecmascript` the one for JSON Schema; both are None if the pattern is not
    enforced. Texts of more than `regex_max` characters are not searched, because that
    could take too long. `hint` explains some values that the pattern rejects.
    """

    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    regex: str | None = None
    ecmascript: str | None = None
    regex_max: int | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False
    hint: Hint | None = None
    deprecated: bool = False


class Blob(NamedTuple):
    """`min` to `max` bytes."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False
    deprecated: bool = False


class Integer(NamedTuple):
    """An integer of 32 bits, from `min` to `max`."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False
    deprecated: bool = False


class Long(NamedTuple):
    """An integer of 64 bits, from `min` to `max`."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False
    deprecated: bool = False


class Float(NamedTuple):
    """A number of 32 bits, from `min` to `max`."""

    min: float | None = None
    max: float | None = None
    sensitive: bool = False
    deprecated: bool = False


class Double(NamedTuple):
    """A number of 64 bits, from `min` to `max`."""

    min: float | None = None
    max: float | None = None
    sensitive: bool = False
    deprecated: bool = False


class Boolean(NamedTuple):
    """True or False."""

    sensitive: bool = False
    deprecated: bool = False


class Timestamp(NamedTuple):
    """A date and time."""

    sensitive: bool = False
    deprecated: bool = False


class List(NamedTuple):
    """`min` to `max` elements of the shape `member`; a sparse list may contain None."""

    member: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False
    deprecated: bool = False


class Map(NamedTuple):
    """`min` to `max` keys of the shape `key`, with values of the shape `value`.

    A sparse map may contain None.
    """

    key: str
    value: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False
    deprecated: bool = False


class Member(NamedTuple):
    """A member of a structure.

    `location` is the part of the HTTP request: ``uri``, ``header``, ``headers`` or
    ``querystring``; None is the body. The value of a `json_value` is any JSON value.
    botocore generates a value for an omitted `idempotency_token`.
    """

    shape: str
    required: bool = False
    location: str | None = None
    json_value: bool = False
    idempotency_token: bool = False
    deprecated: bool = False


class Structure(NamedTuple):
    """Members by name.

    A `union` has exactly one of its members, a `document` is any JSON value, and an
    `event_stream` is a sequence of members. `payload` is the member that is the body of
    the request. Exactly one member of each group in `exactly_one_of` is required.
    """

    members: Mapping[str, Member]
    union: bool = False
    payload: str | None = None
    document: bool = False
    event_stream: bool = False
    exactly_one_of: tuple[tuple[str, ...], ...] = ()
    sensitive: bool = False
    deprecated: bool = False


Number = Integer | Long | Float | Double
Shape = String | Blob | Number | Boolean | Timestamp | List | Map | Structure
Shapes = Mapping[str, Shape]


def structure_of(shapes: Shapes, name: str | None) -> Structure:
    """Return the input or the output of an operation; None is one without members."""
    shape = Structure({}) if name is None else shapes[name]
    assert isinstance(shape, Structure)
    return shape


def event_streams(shapes: Shapes, structure: Structure) -> tuple[str, ...]:
    """Return the members of a structure that are event streams."""
    return tuple(
        name
        for name, member in structure.members.items()
        if isinstance(shape := shapes[member.shape], Structure) and shape.event_stream
    )
