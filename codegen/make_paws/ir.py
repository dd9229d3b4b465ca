"""The intermediate representation: all that a template may know of a service.

Frozen, in the order of the model, with every name, type and text already decided by
`make_paws.parse`. Shapes refer to one another by AWS's name, as in the model, so that
a recursive shape is nothing special. The names of the fields are the words of the run
time (``paws_common.shapes``), so that a shape is written as the call that makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class String:
    """A string; `regex` is `pattern` (Java) in Python, None where it is not enforced.

    Texts of more than `regex_max` characters are not searched: it would take too long.
    """

    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    regex: str | None = None
    regex_max: int | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes; the limits count bytes."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer of 32 bits."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Long(Integer):
    """An integer of 64 bits."""


@dataclass(frozen=True, slots=True)
class Float:
    """A floating point number of 32 bits."""

    min: float | None = None
    max: float | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Double(Float):
    """A floating point number of 64 bits."""


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or False."""

    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in time."""

    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class List:
    """A list; the limits count its elements, None may be one where it is sparse."""

    member: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """A map; the limits count its keys."""

    key: str
    value: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure, and where in the HTTP request it goes."""

    shape: str
    required: bool = False
    location: str | None = None
    json_value: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure; a union holds exactly one of its members.

    `payload` is the member that is the body of the HTTP message, `exactly_one_of` holds
    groups of members of which a call gives one.
    """

    members: Mapping[str, Member]
    union: bool = False
    payload: str | None = None
    document: bool = False
    event_stream: bool = False
    exactly_one_of: tuple[tuple[str, ...], ...] = ()
    sensitive: bool = False


Scalar = String | Blob | Integer | Float | Boolean | Timestamp
Shape = Scalar | List | Map | Structure
Shapes = Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a function.

    `member` is AWS's name, `name` the Python one; `mark` is R's ``[required]`` or
    nothing, `limits` the model's constraints in words.
    """

    name: str
    member: str
    annotation: str
    required: bool
    mark: str
    documentation: str
    limits: str


@dataclass(frozen=True, slots=True)
class Example:
    """One example of the model, as a Python call."""

    description: str
    call: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A member of an error, as an attribute of its class."""

    name: str
    member: str
    annotation: str
    documentation: str


@dataclass(frozen=True, slots=True)
class Error:
    """A modelled error. `code` is what the service sends."""

    name: str
    shape: str
    code: str
    status_code: int | None
    documentation: str
    attributes: tuple[Attribute, ...]

    @property
    def renamed(self) -> Mapping[str, str]:
        """Of AWS's name of a member to that of its attribute, where the two differ."""
        return {
            attribute.member: attribute.name
            for attribute in self.attributes
            if attribute.member != attribute.name
        }


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: a function, and a method of the service.

    `leading` parameters may be given by position, the `keyword` ones may not.
    """

    name: str
    function: str
    method: str
    constant: str
    title: str
    documentation: str
    help_page: str
    input: str | None
    output: str | None
    result: str
    leading: tuple[Parameter, ...]
    keyword: tuple[Parameter, ...]
    request_syntax: str
    result_syntax: str
    errors: tuple[Error, ...]
    examples: tuple[Example, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters, in the order of the model."""
        return self.leading + self.keyword


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a `TypedDict`; a `deferred` type is defined further down."""

    name: str
    annotation: str
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class TypedDict:
    """A structure as callers see it.

    `total` is False where no key has to be there. Where a key is no identifier that a
    class body can hold (``from``, ``__type``), `functional` is True.
    """

    name: str
    fields: tuple[Field, ...]
    total: bool = True
    functional: bool = False


@dataclass(frozen=True, slots=True)
class Unenforced:
    """A pattern that is not enforced, or not for long texts, and why."""

    shape: str
    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class Service:
    """One AWS service.

    `name` is R's, which the names of the functions begin with; `constructor` is the name
    of the function that makes the service, and of its folder. `read_timeout` is in
    seconds, None is botocore's.
    """

    name: str
    constructor: str
    class_name: str
    botocore_name: str
    full_name: str
    api_version: str
    protocol: str
    read_timeout: int | None
    model_hash: str
    documentation: str
    operations: tuple[Operation, ...]
    errors: tuple[Error, ...]
    shapes: Shapes
    results: tuple[TypedDict, ...]
    inputs: tuple[TypedDict, ...]
    unenforced: tuple[Unenforced, ...] = field(default=())

    @property
    def error_classes(self) -> Mapping[str, str]:
        """Of the code that is sent to the class that is raised; as in botocore, the last.

        cloudwatch has two errors with the code ResourceNotFound.
        """
        return {error.code: error.name for error in self.errors}
