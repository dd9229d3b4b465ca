"""The intermediate representation of a service, which is passed to the templates.

It is frozen and in the order of the model; `make_paws.parse` determines all names, types
and texts. As in the model, shapes refer to each other by AWS's name, so recursive shapes
need no special case. Shapes have the field names of the runtime (``paws_common.shapes``),
because they are written as calls of its classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Path = tuple[str, ...]  # inside a model: ("shapes", "Tag", "members", "Key")


@dataclass(frozen=True, slots=True)
class Hint:
    """A `text` for error messages about values that match `regex` completely."""

    regex: str
    text: str


@dataclass(frozen=True, slots=True)
class ErrorHint:
    """A hint for errors if `regex` is found in their texts.

    `text` contains the groups of `regex` as fields of `str.format`: ``{region}``.
    """

    regex: str
    text: str


@dataclass(frozen=True, slots=True)
class String:
    """A string.

    `pattern` is a regular expression of Java. `regex` is its translation for Python,
    `ecmascript` the one for JSON Schema; both are None if the pattern is not enforced.
    Texts of more than `regex_max` characters are not searched: it could take too long.
    `hint` explains some values that the pattern rejects.
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


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes; the limits are numbers of bytes."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer of 32 bits."""

    min: int | None = None
    max: int | None = None
    sensitive: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Long(Integer):
    """An integer of 64 bits."""


@dataclass(frozen=True, slots=True)
class Float:
    """A floating point number of 32 bits."""

    min: float | None = None
    max: float | None = None
    sensitive: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Double(Float):
    """A floating point number of 64 bits."""


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or False."""

    sensitive: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A timestamp."""

    sensitive: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class List:
    """A list; the limits are numbers of elements. A `sparse` list can contain None."""

    member: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """A map; the limits are numbers of keys. A `sparse` map can contain None."""

    key: str
    value: str
    min: int | None = None
    max: int | None = None
    sparse: bool = False
    sensitive: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure, and its location in the HTTP request.

    botocore generates a value for an `idempotency_token` that is not passed.
    """

    shape: str
    required: bool = False
    location: str | None = None
    json_value: bool = False
    idempotency_token: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure; a union holds exactly one of its members.

    `payload` is the member that is the body of the HTTP message. `exactly_one_of`
    contains groups of members, of which a call passes exactly one.
    """

    members: Mapping[str, Member]
    union: bool = False
    payload: str | None = None
    document: bool = False
    event_stream: bool = False
    exactly_one_of: tuple[tuple[str, ...], ...] = ()
    sensitive: bool = False
    deprecated: bool = False


Scalar = String | Blob | Integer | Float | Boolean | Timestamp
Shape = Scalar | List | Map | Structure
Shapes = Mapping[str, Shape]


def is_event_stream(shape: Shape) -> bool:
    """Return whether a shape is a stream of events."""
    return isinstance(shape, Structure) and shape.event_stream


def structure(shapes: Shapes, name: str | None) -> Structure:
    """Return a structure, an empty one if an operation has no input or output."""
    shape = shapes[name] if name else None
    return shape if isinstance(shape, Structure) else Structure({})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a function.

    `member` is AWS's name, `name` the Python name. `mark` is R's ``[required]`` or "",
    and `limits` describes the constraints of the model. `deprecated` is the deprecation
    notice and `generated` describes when botocore generates a value; R's pages have
    neither. `default` is a Python expression. `annotation` does not include the None of a
    default "None".
    """

    name: str
    member: str
    annotation: str
    required: bool
    mark: str
    documentation: str
    limits: str
    deprecated: str
    generated: str
    default: str = "None"


@dataclass(frozen=True, slots=True)
class ResultMember:
    """A member of the dict that an operation returns."""

    name: str
    annotation: str
    documentation: str


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


def _renamed(named: Iterable[Parameter | Attribute]) -> Mapping[str, str]:
    return {each.member: each.name for each in named if each.member != each.name}


@dataclass(frozen=True, slots=True)
class Error:
    """A modelled error; `code` is the error code in responses."""

    name: str
    shape: str
    code: str
    status_code: int | None
    documentation: str
    attributes: tuple[Attribute, ...]

    @property
    def renamed(self) -> Mapping[str, str]:
        """Map AWS's names of members to names of attributes, if they differ."""
        return _renamed(self.attributes)


@dataclass(frozen=True, slots=True)
class Waiter:
    """A waiter, the operation that it polls, and its limits; `delay` is in seconds.

    `conditions` describe in Markdown when it succeeds and fails.
    """

    name: str
    operation: str
    method: str
    delay: int
    max_attempts: int
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: a function, and a method of the service.

    `leading` parameters can be passed by position, `keyword` parameters cannot.
    `deprecated` is the deprecation notice, or "". With `event_stream_input`, the request
    is an event stream, which botocore cannot send. `notes` describe in Markdown values
    that R does not have.
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
    result_members: tuple[ResultMember, ...]
    request_syntax: str
    result_syntax: str
    errors: tuple[Error, ...]
    examples: tuple[Example, ...]
    deprecated: str
    event_stream_input: bool
    notes: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters, in the order of the model."""
        return self.leading + self.keyword

    @property
    def renamed(self) -> Mapping[str, str]:
        """Map AWS's names of parameters to their Python names, if they differ."""
        return _renamed(self.parameters)


@dataclass(frozen=True, slots=True)
class Function:
    """A function that no model has, of ``paws_common.custom``.

    `operation` is the operation whose request is the first argument, with the members
    that are parameters of the function; None for a function without a request. `own` are
    the parameters after the request. `errors` maps names to texts. An `is_inherited`
    function is a method of all services.
    """

    name: str
    function: str
    is_inherited: bool
    operation: Operation | None
    leading: tuple[Parameter, ...]
    keyword: tuple[Parameter, ...]
    own: tuple[Parameter, ...]
    title: str
    documentation: str
    result: str
    result_text: str
    errors: Mapping[str, str]
    note: str
    example: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters, in the order of the signature."""
        return self.leading + self.keyword


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a `TypedDict`; a `deferred` type is defined later in the module."""

    name: str
    annotation: str
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class TypedDict:
    """A structure as callers see it.

    `total` is False if all keys are optional. `functional` is True if a key is not valid
    in a class body (``from``, ``__type``).
    """

    name: str
    fields: tuple[Field, ...]
    total: bool = True
    functional: bool = False


@dataclass(frozen=True, slots=True)
class SkippedPattern:
    """A pattern that is not enforced, or not for long texts, and the reason."""

    shape: str
    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnusedKeys:
    """The keys of a model that the generator does not use.

    Parameters
    ----------
    unknown : mapping
        Maps each unknown key to the paths of its objects, in the order of the model.
    ignored : mapping
        Maps each key without effect (`make_paws.model_keys.IGNORED`) to the number of its
        occurrences: ``{"operation.readonly": 2}``.
    malformed : sequence of tuple
        The paths of documentation (`make_paws.model_keys.TEXTS`) that is not a string.
    """

    unknown: Mapping[str, Sequence[Path]]
    ignored: Mapping[str, int]
    malformed: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class UnknownTag:
    """A tag that documentation shows as text, and the path of the text."""

    tag: str
    path: Path


@dataclass(frozen=True, slots=True)
class OverrideProblem:
    """An entry of overrides.toml that does not fit the model.

    `entry` names its table and its service. `is_applied` is whether it is still applied.
    """

    entry: str
    reason: str
    is_applied: bool

    def __str__(self) -> str:
        outcome = "is still applied" if self.is_applied else "is not applied"
        return f"overrides.toml: {self.entry}: {self.reason}; the entry {outcome}"


@dataclass(frozen=True, slots=True)
class Service:
    """One AWS service.

    `name` is R's name, the prefix of the functions. `constructor` is the name of the
    function that creates the service, and of the folder. `read_timeout` is in seconds;
    None means botocore's. `not_ready_errors` are the codes of errors that end when a
    resource is ready. `result_types` and `input_types` map each structure to its
    `TypedDict`. `member_texts` contains the documentation of the members of structures,
    but only for the reference pages.
    """

    name: str
    constructor: str
    class_name: str
    botocore_name: str
    full_name: str
    api_version: str
    protocol: str
    read_timeout: int | None
    error_hints: tuple[ErrorHint, ...]
    not_ready_errors: tuple[str, ...]
    model_hash: str
    documentation: str
    operations: tuple[Operation, ...]
    functions: tuple[Function, ...]
    waiters: tuple[Waiter, ...]
    errors: tuple[Error, ...]
    shapes: Shapes
    results: tuple[TypedDict, ...]
    inputs: tuple[TypedDict, ...]
    result_types: Mapping[str, str]
    input_types: Mapping[str, str]
    member_texts: Mapping[str, Mapping[str, str]]
    skipped_patterns: tuple[SkippedPattern, ...]
    unknown_tags: tuple[UnknownTag, ...]
    unused_keys: UnusedKeys
    override_problems: tuple[OverrideProblem, ...]

    @property
    def error_classes(self) -> Mapping[str, str]:
        """Map error codes to classes. As in botocore, the last class of a code is used.

        For example, cloudwatch has two errors with the code ResourceNotFound.
        """
        return {error.code: error.name for error in self.errors}
