"""What a service model may hold: every key of botocore 1.43.6 to 1.44.5.

A model is untrusted input. Whatever is not known here raises with its place, so that a
new trait is noticed on the day AWS invents it, and the rest of the generator can rely
on the form of what it reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from make_paws.errors import ModelError

Form = Mapping[str, Any]  # of a key to the type of its value

_DEPRECATED: Form = {
    "deprecated": bool,
    "deprecatedMessage": str,
    "deprecatedSince": str,
}
_TEXT: Form = {"documentation": str, **_DEPRECATED}
_REFERENCE: Form = {
    **_TEXT,
    "shape": str,
    "box": bool,
    "contextParam": dict,
    "enum": list,
    "eventpayload": bool,
    "eventheader": bool,
    "flattened": bool,
    "hostLabel": bool,
    "idempotencyToken": bool,
    "jsonvalue": bool,
    "location": str,
    "locationName": str,
    "queryName": str,
    "resultWrapper": str,
    "streaming": bool,
    "timestampFormat": str,
    "xmlAttribute": bool,
    "xmlNamespace": (dict, str),
}
_COMMON: Form = {**_TEXT, "type": str, "sensitive": bool, "box": bool}
_LENGTH: Form = {"min": int, "max": int}
_INTEGER: Form = {**_COMMON, **_LENGTH}
_NUMBER: Form = {**_COMMON, "min": (int, float), "max": (int, float)}
_SHAPES: Mapping[str, Form] = {
    "blob": {**_COMMON, **_LENGTH, "streaming": bool, "requiresLength": bool},
    "boolean": _COMMON,
    "double": _NUMBER,
    "float": _NUMBER,
    "integer": _INTEGER,
    "list": {
        **_COMMON,
        **_LENGTH,
        "member": dict,
        "flattened": bool,
        "locationName": str,
        "sparse": bool,
    },
    "long": _INTEGER,
    "map": {
        **_COMMON,
        **_LENGTH,
        "key": dict,
        "value": dict,
        "flattened": bool,
        "locationName": str,
        "sparse": bool,
    },
    "string": {**_COMMON, **_LENGTH, "pattern": str, "enum": list},
    "structure": {
        **_COMMON,
        "members": dict,
        "required": list,
        "document": bool,
        "error": dict,
        "event": bool,
        "eventstream": bool,
        "exception": bool,
        "fault": bool,
        "locationName": str,
        "payload": str,
        "retryable": dict,
        "synthetic": bool,
        "union": bool,
        "wrapper": bool,
        "xmlNamespace": (dict, str),
        "xmlOrder": list,
    },
    "timestamp": {**_COMMON, "timestampFormat": str},
}
# An error may be described where it is referred to, as in sdb.
_DESCRIBED_REFERENCE: Form = {**_REFERENCE, **_SHAPES["structure"]}
_ERROR: Form = {"code": str, "httpStatusCode": int, "senderFault": bool}
_OPERATION: Form = {
    **_TEXT,
    "name": str,
    "http": dict,
    "input": dict,
    "output": dict,
    "errors": list,
    "auth": list,
    "authtype": str,
    "documentationUrl": str,
    "endpoint": dict,
    "endpointdiscovery": dict,
    "endpointoperation": bool,
    "httpChecksum": dict,
    "httpChecksumRequired": bool,
    "idempotent": bool,
    "operationContextParams": dict,
    "readonly": bool,
    "requestcompression": dict,
    "staticContextParams": dict,
    "unsignedPayload": bool,
}
_METADATA: Form = {
    "apiVersion": str,
    "auth": list,
    "awsQueryCompatible": dict,
    "checksumFormat": str,
    "endpointPrefix": str,
    "globalEndpoint": str,
    "jsonVersion": str,
    "protocol": str,
    "protocolSettings": dict,
    "protocols": list,
    "ripServiceName": str,
    "serviceAbbreviation": str,
    "serviceFullName": str,
    "serviceId": str,
    "signatureVersion": str,
    "signingName": str,
    "targetPrefix": str,
    "uid": str,
    "xmlNamespace": (dict, str),
}
_MODEL: Form = {
    **_TEXT,
    "version": str,
    "metadata": dict,
    "operations": dict,
    "shapes": dict,
    "examples": dict,
    "clientContextParams": dict,
}
_EXAMPLE: Form = {
    "comments": dict,
    "description": str,
    "id": str,
    "input": dict,
    "output": dict,
    "title": str,
}
_PROTOCOLS = frozenset(
    {"ec2", "json", "query", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"}
)
_API_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The names of Smithy (Smithy 2.0, "Shape ID ABNF").
_NAME = re.compile(r"_*[A-Za-z][A-Za-z0-9_]*")


@contextmanager
def place(*path: str) -> Iterator[None]:
    """Add `path` in front of the place of any `ModelError` raised inside."""
    try:
        yield
    except ModelError as error:
        raise error.at(*path) from error.__cause__


def check(model: Mapping[str, Any]) -> None:
    """Make sure that `model` has the form of a service model, and nothing unknown.

    Raises
    ------
    ModelError
        With the path inside the model.
    """
    _keys(model, _MODEL, required=("metadata", "operations", "shapes"))
    with place("metadata"):
        _metadata(model["metadata"])
    shapes = model["shapes"]
    for name, shape in shapes.items():
        with place("shapes", name):
            _name(name)
            _shape(shape, shapes)
    for name, operation in model["operations"].items():
        with place("operations", name):
            _name(name)
            _operation(operation, shapes)


def check_examples(examples: Mapping[str, Any]) -> None:
    """Make sure that `examples` has the form of the examples that go with a model.

    Raises
    ------
    ModelError
        With the path inside the examples.
    """
    _keys(examples, {"version": str, "examples": dict})
    for operation, listed in examples.get("examples", {}).items():
        with place("examples", operation):
            if not isinstance(listed, list):
                raise ModelError("is no JSON array")
            for number, example in enumerate(listed):
                with place(str(number)):
                    _keys(example, _EXAMPLE)


def _metadata(metadata: Mapping[str, Any]) -> None:
    _keys(metadata, _METADATA, required=("apiVersion", "protocol", "serviceFullName"))
    if metadata["protocol"] not in _PROTOCOLS:
        raise ModelError(f"unknown protocol {metadata['protocol']!r}", ("protocol",))
    if not _API_VERSION.fullmatch(metadata["apiVersion"]):
        raise ModelError(f"{metadata['apiVersion']!r} is no date", ("apiVersion",))


def _shape(shape: Any, shapes: Mapping[str, Any]) -> None:
    form = _SHAPES.get(_type(shape))
    if form is None:
        raise ModelError(f"unknown type {shape.get('type')!r}", ("type",))
    _keys(shape, form)
    for trait in ("enum", "required"):
        for value in shape.get(trait, ()):
            if not _is(value, str):
                raise ModelError(f"{value!r:.80} is no text", (trait,))
    with place("error"):
        _keys(shape.get("error", {}), _ERROR)
    members = shape.get("members", {})
    for name, member in members.items():
        with place("members", name):
            _name(name)
            _reference(member, shapes)
    parts = {"list": ("member",), "map": ("key", "value")}.get(shape["type"], ())
    for part in parts:
        with place(part):
            _reference(shape.get(part), shapes)
    mentions = [("required", name) for name in shape.get("required", ())]
    mentions += [("payload", shape["payload"])] if "payload" in shape else []
    for trait, name in mentions:
        if name not in members:
            raise ModelError(f"there is no member {name!r}", (trait,))


def _operation(operation: Any, shapes: Mapping[str, Any]) -> None:
    _keys(operation, _OPERATION)
    for part in ("input", "output"):
        if part in operation:
            with place(part):
                _structure(operation[part], shapes)
    for number, error in enumerate(operation.get("errors", ())):
        with place("errors", str(number)):
            _structure(error, shapes)


def _structure(reference: Any, shapes: Mapping[str, Any]) -> None:
    _reference(reference, shapes)
    name = reference["shape"]
    if _type(shapes[name]) != "structure" or shapes[name].get("document"):
        raise ModelError(f"{name!r} is no structure", ("shape",))


def _reference(reference: Any, shapes: Mapping[str, Any]) -> None:
    _keys(reference, _DESCRIBED_REFERENCE, required=("shape",))
    name = reference["shape"]
    if name not in shapes:
        raise ModelError(f"there is no shape {name!r}", ("shape",))


def _type(shape: Any) -> str:
    _object(shape)
    kind = shape.get("type")
    return kind if isinstance(kind, str) else ""


def _name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ModelError(f"{name!r} is no name of letters, digits and underscores")


def _object(values: Any) -> None:
    if not isinstance(values, dict):
        raise ModelError("is no JSON object")


def _keys(values: Any, form: Form, required: tuple[str, ...] = ()) -> None:
    _object(values)
    for key in required:
        if key not in values:
            raise ModelError(f"has no {key!r}")
    for key, value in values.items():
        if key not in form:
            raise ModelError(f"unknown key {key!r}; make_paws/model.py must learn it")
        if not _is(value, form[key]):
            raise ModelError(f"{value!r:.80} cannot be a {key}", (key,))


def _is(value: Any, kind: Any) -> bool:
    # To Python, true is a number too, and so is the 1e999 that no number can hold.
    if isinstance(value, bool):
        return kind is bool
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, kind)
