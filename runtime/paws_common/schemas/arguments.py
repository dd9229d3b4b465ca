"""A JSON Schema of the arguments of a function: what the checks say, as data.

Each shape becomes a schema of what its check (`paws_common.validation`) accepts of JSON.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

from paws_common.schemas.ecmascript import translate
from paws_common.schemas.pages import Page, page
from paws_common.service import kind, sample
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
)
from paws_common.validation.scalars import Faults, scalar

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ANY_BUT_NULL = ("array", "boolean", "number", "object", "string")
_ASCII = "^[\\x00-\\x7f]*$"
# RFC 9110, section 5.5: a field value holds no control character but the tab.
_FIELD_VALUE = "^[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$"
_NO_LABEL = ("", ".", "..")
_UTF8 = 4  # the bytes that a character may take
# The checks let an integer of the model be as large as a long.
_INTEGERS = (-(2**63), 2**63 - 1)
_SINGLE = (2 - 2**-23) * 2.0**127  # the greatest numbers of 32 and of 64 bits
_DOUBLE = sys.float_info.max


def schema(function: Callable[..., object]) -> Schema:
    """Return a JSON Schema of the arguments of a function: for forms, tools, contracts.

    What the schema accepts, the function accepts as it is: ``function(**json.loads(…))``.
    Where JSON cannot say all that the function takes, the schema takes less of it:

    * A blob is a text, which is sent as UTF-8; bytes that are no text have no JSON. It is
      counted in characters, so that one beyond ASCII may have a quarter as many as the
      blob may have bytes.
    * A point in time is of RFC 3339, with the format ``date-time``.
    * What is not given is left out; it is not null.

    Parameters
    ----------
    function : callable
        A generated function, such as ``paws.sagemakerruntime_invoke_endpoint``, or a
        method of a service, such as ``svc.invoke_endpoint``.

    Returns
    -------
    dict
        The schema, of JSON Schema 2020-12, which is the caller's to change. The patterns
        are ECMAScript's; those that are not checked stand in a ``$comment``. What AWS
        marks as sensitive is ``writeOnly``. The texts are those of the help page.

    Raises
    ------
    TypeError
        It is neither a generated function nor a method of a service.

    Notes
    -----
    Some things the schema has, and the function refuses: half a surrogate pair in a text,
    a leap second, the year 0. The limits are those of the service model, even where
    ``config(validation="off")`` lifts them.
    """
    request = sample(function)
    if request is None:
        raise TypeError(
            "schema takes a function of paws, such as "
            "paws.sagemakerruntime_invoke_endpoint, or a method of a service, such as "
            f"svc.invoke_endpoint; not {kind(function)}"
        )
    operation, parameters = request
    told = page(inspect.getdoc(function) or "")
    shapes, name = operation.api.shapes, operation.input
    structure = shapes[name] if name is not None else Structure({})
    assert isinstance(structure, Structure)
    definitions = _Definitions(shapes)
    arguments = _arguments(definitions, structure, parameters, told)
    texts = {"title": told.title, "description": told.description}
    return {
        "$schema": _DIALECT,
        **{key: text for key, text in texts.items() if text},
        **arguments,
        **({"$defs": definitions.made} if definitions.made else {}),
    }


def _arguments(
    definitions: _Definitions,
    structure: Structure,
    names: Mapping[str, str],
    told: Page,
) -> Schema:
    """Return the schema of all arguments, by the names of their parameters."""
    properties = {}
    for key, member in structure.members.items():
        text = told.parameters.get(names[key])
        described = {"description": text} if text else {}
        properties[names[key]] = {**_argument(definitions, member), **described}
    required = [
        names[key]
        for key, member in structure.members.items()
        if member.required or _is_stream(definitions.shapes[member.shape])
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
        **({"required": required} if required else {}),
        **({"allOf": rules} if len(rules) > 1 else rules[0] if rules else {}),
        "additionalProperties": False,
    }


def _argument(definitions: _Definitions, member: Member) -> Schema:
    """Return the schema of an argument, with what its place in the request demands."""
    shape = definitions.shapes[member.shape]
    if _is_stream(shape):
        return {"not": {}, "$comment": "a stream of events, which cannot be sent"}
    made = definitions.member(member)
    if member.json_value:
        return made
    match member.location:
        case "header" | "headers":
            return _of_header(made)
        case "uri" if isinstance(shape, String):
            refused = [text for text in _NO_LABEL if _accepts(shape, text)]
            return {**made, **({"not": {"enum": refused}} if refused else {})}
        case _:
            return made


def _is_stream(shape: Shape) -> bool:
    return isinstance(shape, Structure) and shape.event_stream


def _accepts(shape: String, text: str) -> bool:
    faults: Faults = []
    scalar(shape, limits=True, sensitive=True)(text, "", faults)
    return not faults


def _of_header(made: Schema) -> Schema:
    match made:
        case {"type": "string"}:
            return _matching(made, _FIELD_VALUE)
        case {"type": "array", "items": items}:
            return {**made, "items": _of_header(items)}
        case {"type": "object", "additionalProperties": dict() as values}:
            names = made.get("propertyNames", {"type": "string"})
            safe = {"propertyNames": _of_header(names)}
            return {**made, **safe, "additionalProperties": _of_header(values)}
        case _:
            return made


def _matching(made: Schema, pattern: str) -> Schema:
    if "pattern" not in made:
        return {**made, "pattern": pattern}
    return {**made, "allOf": [*made.get("allOf", ()), {"pattern": pattern}]}


class _Definitions:
    """The schemas of shapes, and `made`: those that stand under ``$defs`` by AWS's name.

    Structures and enumerations do, however often they are used, as a reader expects it;
    and what holds itself has to.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.made: dict[str, Schema] = {}

    def member(self, member: Member) -> Schema:
        """Return the schema of a member of a structure."""
        if member.json_value:
            return _json(self.shapes[member.shape])
        return self.shape(member.shape)

    def shape(self, name: str) -> Schema:
        """Return the schema of a shape, or what refers to it."""
        shape = self.shapes[name]
        if not self._is_named(name, shape):
            return self._of(shape)
        if name not in self.made:
            self.made[name] = {}  # for those who refer to it before it is there
            self.made[name].update(self._of(shape))
        return {"$ref": f"#/$defs/{name}"}

    def _is_named(self, name: str, shape: Shape) -> bool:
        match shape:
            case Structure():
                return not shape.document
            case String():
                return bool(shape.enum)
            case _:
                return self._holds_itself(name)

    def _holds_itself(self, name: str) -> bool:
        """Tell whether lists and maps alone lead from a shape to itself."""
        passed: list[str] = []
        while name not in passed:
            passed.append(name)
            match self.shapes[name]:
                case List(member=inner) | Map(value=inner):
                    name = inner
                case _:
                    return False
        return name == passed[0]

    def _of(self, shape: Shape) -> Schema:
        return {
            **self._plain(shape),
            **({"writeOnly": True} if shape.sensitive else {}),
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
                sizes = _given(minItems=shape.min, maxItems=shape.max)
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
            **_given(minProperties=shape.min, maxProperties=shape.max),
        }

    def _inside(self, name: str, sparse: bool) -> Schema:
        """Return the schema of what a list or a map holds."""
        made = self.shape(name)
        return {"anyOf": [made, {"type": "null"}]} if sparse else made

    def _structure(self, shape: Structure) -> Schema:
        properties = {key: self.member(each) for key, each in shape.members.items()}
        required = [key for key, member in shape.members.items() if member.required]
        one = {"minProperties": 1, "maxProperties": 1} if shape.union else {}
        return {**_object(properties, required, [*shape.exactly_one_of]), **one}


def _json(shape: Shape) -> Schema:
    return {
        "type": [*_ANY_BUT_NULL],
        **({"writeOnly": True} if shape.sensitive else {}),
    }


def _string(shape: String) -> Schema:
    return {
        "type": "string",
        **_given(minLength=shape.min, maxLength=shape.max),
        **({"enum": [*shape.enum]} if shape.enum else {}),
        **(_pattern(shape) if shape.pattern else {}),
    }


def _pattern(shape: String) -> Schema:
    pattern = translate(shape.regex) if shape.regex is not None else None
    if pattern is None:
        return {"$comment": f"the pattern of AWS, in Java's language: {shape.pattern}"}
    if shape.regex_max is None:
        return {"pattern": pattern}
    # The longer texts come first: who has one of them need not search it for long.
    return {"anyOf": [{"minLength": shape.regex_max + 1}, {"pattern": pattern}]}


def _blob(shape: Blob) -> Schema:
    made = {"type": "string", **_given(minLength=shape.min, maxLength=shape.max)}
    if shape.max is None:
        return made
    return {**made, "anyOf": [{"maxLength": shape.max // _UTF8}, {"pattern": _ASCII}]}


def _number(shape: Number) -> Schema:
    least: float
    most: float
    match shape:
        case Integer() | Long():
            least, most = _INTEGERS
        case Float():
            least, most = -_SINGLE, _SINGLE
        case Double():
            least, most = -_DOUBLE, _DOUBLE
    return {
        "type": "integer" if isinstance(shape, (Integer, Long)) else "number",
        "minimum": least if shape.min is None else max(shape.min, least),
        "maximum": most if shape.max is None else min(shape.max, most),
    }


def _given(**limits: int | None) -> Schema:
    return {key: limit for key, limit in limits.items() if limit is not None}
