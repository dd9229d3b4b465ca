"""Create a JSON Schema of the arguments of a function.

The schema of a shape accepts the JSON values that its check (`paws_common.validation`)
accepts.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any, NamedTuple

from paws_common.header_values import TOKEN
from paws_common.service import describe_object, find_operation
from paws_common.shapes import (
    Blob,
    Boolean,
    Double,
    Float,
    Integer,
    List,
    Long,
    Map,
    Member,
    Number,
    Shape,
    Shapes,
    String,
    Structure,
    Timestamp,
    event_streams,
    structure_of,
)
from paws_common.validation.scalars import Violations, scalar

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ANY_BUT_NULL = ("array", "boolean", "number", "object", "string")
_ASCII = "^[\\x00-\\x7f]*$"
# Control characters except the tab are invalid in a field value (RFC 9110, section 5.5).
_FIELD_VALUE = "^[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$"
_NO_LABEL = ("", ".", "..")
_UTF8 = 4  # the maximum number of bytes of a character
_SINGLE = (2 - 2**-23) * 2.0**127  # the maximum of binary32
_DOUBLE = sys.float_info.max
_RANGES: Mapping[type, tuple[str, float, float]] = {
    # The checks accept 64-bit values for 32-bit integers, too.
    Integer: ("integer", -(2**63), 2**63 - 1),
    Long: ("integer", -(2**63), 2**63 - 1),
    Float: ("number", -_SINGLE, _SINGLE),
    Double: ("number", -_DOUBLE, _DOUBLE),
}

# Parts of a docstring
_SECTION = re.compile(r"^(?P<name>Parameters|Returns)\n-+$", re.MULTILINE)
_PARAMETER = re.compile(r"^(?P<name>\w+) : .*$", re.MULTILINE)
_REQUIRED = "[required]"


def schema(function: Callable[..., object]) -> Schema:
    """Return a JSON Schema of the arguments of a function.

    The function accepts every object that the schema accepts:
    ``function(**json.loads(…))``. JSON cannot represent all arguments of the function, so
    the schema accepts fewer:

    * A blob is a string, which is sent as UTF-8. The schema counts its characters, not its
      bytes, so the maximum length of a string that is not ASCII is a quarter of the
      blob's.
    * A timestamp is a string in the format ``date-time`` (RFC 3339).
    * An omitted argument is not a property of the object. None, which is null in JSON, is
      accepted only for a required idempotency token: botocore generates it.

    Parameters
    ----------
    function : callable
        A generated function, such as ``paws.sagemakerruntime_invoke_endpoint``, or a
        method of a service, such as ``svc.invoke_endpoint``.

    Returns
    -------
    dict
        A new schema, of JSON Schema 2020-12. Patterns are ECMAScript's; patterns that are
        not enforced are in a ``$comment``. Sensitive shapes are ``writeOnly``, deprecated
        operations, parameters and shapes are ``deprecated``. Descriptions are the texts
        of the help page.

    Raises
    ------
    TypeError
        `function` is neither a generated function nor a method of a service.

    Notes
    -----
    The function refuses a few values that the schema accepts: a lone surrogate in a
    string, a leap second, the year 0. The schema has the limits of the service model,
    even with ``config(validation="off")``.
    """
    operation = find_operation(function)
    if operation is None:
        raise TypeError(
            "schema takes a function of paws, such as "
            "paws.sagemakerruntime_invoke_endpoint, or a method of a service, such as "
            f"svc.invoke_endpoint; not {describe_object(function)}"
        )
    names = {member: name for name, member in operation.parameters.items()}
    help_page = _parse_docstring(inspect.getdoc(function) or "")
    structure = structure_of(operation.api.shapes, operation.input)
    definitions = _Definitions(operation.api.shapes)
    arguments = _arguments(definitions, structure, names, help_page)
    return {
        "$schema": _DIALECT,
        **_present(title=help_page.title, description=help_page.description),
        **_present(deprecated=bool(operation.deprecated)),
        **arguments,
        **({"$defs": definitions.schemas} if definitions.schemas else {}),
    }


def _arguments(
    definitions: _Definitions,
    structure: Structure,
    names: Mapping[str, str],
    help_page: _HelpPage,
) -> Schema:
    """Return the schema of all arguments, by the names of their parameters."""
    properties = {}
    for key, member in structure.members.items():
        text = help_page.parameters.get(names[key])
        described = {"description": text} if text else {}
        schema = _argument(definitions, member)
        if member.required and member.idempotency_token:
            schema = _or_null(schema)
        properties[names[key]] = {**schema, **described}
    streams = event_streams(definitions.shapes, structure)
    required = [
        names[key]
        for key, member in structure.members.items()
        if member.required or key in streams
    ]
    groups = [tuple(names[key] for key in group) for group in structure.exactly_one_of]
    return _object(properties, required, groups)


def _object(
    properties: Schema, required: list[str], groups: list[tuple[str, ...]]
) -> Schema:
    rules = [{"oneOf": [{"required": [name]} for name in group]} for group in groups]
    return {
        "type": "object",
        "properties": properties,
        **_present(required=required),
        **({"allOf": rules} if len(rules) > 1 else rules[0] if rules else {}),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _argument(definitions: _Definitions, member: Member) -> Schema:
    """Return the schema of an argument, with the rules of its location in the request."""
    shape = definitions.shapes[member.shape]
    if isinstance(shape, Structure) and shape.event_stream:
        return {"not": {}, "$comment": "an event stream, which botocore cannot send"}
    schema = definitions.member(member)
    if member.json_value:
        return schema
    match member.location:
        case "header" | "headers":
            return _header_value(schema)
        case "uri" if isinstance(shape, String):
            refused = [text for text in _NO_LABEL if _accepts(shape, text)]
            return {**schema, **({"not": {"enum": refused}} if refused else {})}
        case _:
            return schema


def _accepts(shape: String, text: str) -> bool:
    violations = Violations()
    scalar(shape, limits=True, sensitive=True)(text, "", violations)
    return not violations


def _header_value(schema: Schema) -> Schema:
    match schema:
        case {"type": "string"}:
            return _matching(schema, _FIELD_VALUE)
        case {"type": "array", "items": items}:
            return {**schema, "items": _header_value(items)}
        case {"type": "object", "additionalProperties": dict() as values}:
            names = schema.get("propertyNames", {"type": "string"})
            safe = {"propertyNames": _matching(names, f"^{TOKEN}$")}
            return {**schema, **safe, "additionalProperties": _header_value(values)}
        case _:
            return schema


def _matching(schema: Schema, pattern: str) -> Schema:
    if "pattern" not in schema:
        return {**schema, "pattern": pattern}
    return {**schema, "allOf": [*schema.get("allOf", ()), {"pattern": pattern}]}


class _Definitions:
    """Creates the schemas of shapes, and collects the ``$defs`` in `schemas`.

    Structures, enumerations and recursive lists and maps are in ``$defs``, by AWS's
    names; other shapes are inlined.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.schemas: dict[str, Schema] = {}

    def member(self, member: Member) -> Schema:
        """Return the schema of a member of a structure."""
        shape = self.shapes[member.shape]
        schema = _json(shape) if member.json_value else self.shape(member.shape)
        return {**schema, "deprecated": True} if member.deprecated else schema

    def shape(self, name: str) -> Schema:
        """Return the schema of a shape, or a reference to it."""
        shape = self.shapes[name]
        if not self._is_named(name, shape):
            return self._of(shape)
        if name not in self.schemas:
            self.schemas[name] = {}  # a recursive shape refers to it
            self.schemas[name].update(self._of(shape))
        return {"$ref": f"#/$defs/{name}"}

    def _is_named(self, name: str, shape: Shape) -> bool:
        match shape:
            case Structure():
                return not shape.document
            case String():
                return bool(shape.enum)
            case _:
                return self._is_recursive(name)

    def _is_recursive(self, name: str) -> bool:
        """Return whether a shape contains itself without a structure in between."""
        seen: list[str] = []
        while name not in seen:
            seen.append(name)
            match self.shapes[name]:
                case List(member=inner) | Map(value=inner):
                    name = inner
                case _:
                    return False
        return name == seen[0]

    def _of(self, shape: Shape) -> Schema:
        return {
            **self._plain(shape),
            **_present(writeOnly=shape.sensitive, deprecated=shape.deprecated),
        }

    def _plain(self, shape: Shape) -> Schema:
        match shape:
            case String():
                return _string(shape)
            case Blob():
                return _blob(shape)
            case Integer() | Long() | Float() | Double():
                return _number(shape)
            case Boolean():
                return {"type": "boolean"}
            case Timestamp():
                return {"type": "string", "format": "date-time"}
            case List():
                items = self._inside(shape.member, shape.sparse)
                sizes = _without_none(minItems=shape.min, maxItems=shape.max)
                return {"type": "array", "items": items, **sizes}
            case Map():
                return self._map(shape)
            case Structure(document=True):
                return _json(shape)
            case Structure():
                return self._structure(shape)

    def _map(self, shape: Map) -> Schema:
        names = self.shape(shape.key)
        return {
            "type": "object",
            **({} if names == {"type": "string"} else {"propertyNames": names}),
            "additionalProperties": self._inside(shape.value, shape.sparse),
            **_without_none(minProperties=shape.min, maxProperties=shape.max),
        }

    def _inside(self, name: str, sparse: bool) -> Schema:
        """Return the schema of the elements of a list, or of the values of a map."""
        schema = self.shape(name)
        return _or_null(schema) if sparse else schema

    def _structure(self, shape: Structure) -> Schema:
        properties = {key: self.member(each) for key, each in shape.members.items()}
        required = [key for key, member in shape.members.items() if member.required]
        one = {"minProperties": 1, "maxProperties": 1} if shape.union else {}
        return {**_object(properties, required, [*shape.exactly_one_of]), **one}


def _json(shape: Shape) -> Schema:
    return {"type": [*_ANY_BUT_NULL], **_present(writeOnly=shape.sensitive)}


def _string(shape: String) -> Schema:
    return {
        "type": "string",
        **_without_none(minLength=shape.min, maxLength=shape.max),
        **_present(enum=[*shape.enum]),
        **(_pattern(shape) if shape.pattern else {}),
    }


def _pattern(shape: String) -> Schema:
    if shape.ecmascript is None:
        return {"$comment": f"AWS's pattern, in Java's syntax: {shape.pattern}"}
    if shape.regex_max is None:
        return {"pattern": shape.ecmascript}
    # The length comes first, so that a validator does not search a longer text.
    longer = {"minLength": shape.regex_max + 1}
    return {"anyOf": [longer, {"pattern": shape.ecmascript}]}


def _blob(shape: Blob) -> Schema:
    schema = {
        "type": "string",
        **_without_none(minLength=shape.min, maxLength=shape.max),
    }
    if shape.max is None:
        return schema
    return {**schema, "anyOf": [{"maxLength": shape.max // _UTF8}, {"pattern": _ASCII}]}


def _number(shape: Number) -> Schema:
    name, minimum, maximum = _RANGES[type(shape)]
    return {
        "type": name,
        "minimum": minimum if shape.min is None else max(shape.min, minimum),
        "maximum": maximum if shape.max is None else min(shape.max, maximum),
    }


def _present(**values: object) -> Schema:
    return {key: value for key, value in values.items() if value}


def _without_none(**limits: int | None) -> Schema:
    return {key: limit for key, limit in limits.items() if limit is not None}


class _HelpPage(NamedTuple):
    """The title, the description, and the text of each parameter by its name."""

    title: str
    description: str
    parameters: Mapping[str, str]


def _parse_docstring(docstring: str) -> _HelpPage:
    """Parse the docstring of a generated function, which has no indentation."""
    head, *sections = _SECTION.split(docstring)
    title, _, description = head.strip().partition("\n\n")
    texts = dict(zip(sections[::2], sections[1::2], strict=True))
    _, *parameters = _PARAMETER.split(texts.get("Parameters", ""))
    return _HelpPage(
        " ".join(title.split()),
        description.strip(),
        {
            name: dedent(text).strip().removeprefix(_REQUIRED).strip()
            for name, text in zip(parameters[::2], parameters[1::2], strict=True)
        },
    )
