"""The keys of a service model with the types of their values, and keys without effect.

The tables cover every key of botocore 1.24 to 1.44 and every key that botocore reads
(``Shape.SERIALIZED_ATTRS`` and ``Shape.METADATA_ATTRS`` in ``botocore/model.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Form = Mapping[str, Any]  # key to the type of its value


def _keys(type_: type, names: str) -> Form:
    return dict.fromkeys(names.split(), type_)


_TEXT: Form = {
    **_keys(str, "documentation deprecatedMessage deprecatedSince"),
    "deprecated": bool,
}
# Documentation never stops code, so a malformed one is omitted. botocore does not read it
# to send a request.
TEXTS = frozenset({"documentation", "deprecatedMessage", "deprecatedSince"})
_XML_NAMESPACE: Form = {"xmlNamespace": (dict, str)}

# --- Shapes

_SHAPE: Form = {**_TEXT, "type": str, "sensitive": bool}
_LENGTH: Form = {"min": int, "max": int}
_NUMBER: Form = {**_SHAPE, "min": (int, float), "max": (int, float)}
_COLLECTION: Form = {
    **_SHAPE,
    **_LENGTH,
    **_keys(bool, "flattened sparse"),
    "locationName": str,
}
SHAPES: Mapping[str, Form] = {
    "blob": {**_SHAPE, **_LENGTH, "streaming": bool, "requiresLength": bool},
    "boolean": _SHAPE,
    "double": _NUMBER,
    "float": _NUMBER,
    "integer": {**_SHAPE, **_LENGTH},
    "list": {**_COLLECTION, "member": dict},
    "long": {**_SHAPE, **_LENGTH},
    "map": {**_COLLECTION, "key": dict, "value": dict},
    "string": {**_SHAPE, **_LENGTH, "pattern": str, "enum": list},
    "structure": {
        **_SHAPE,
        **_XML_NAMESPACE,
        **_keys(bool, "document event eventstream exception union"),
        **_keys(dict, "error members retryable"),
        **_keys(str, "locationName payload"),
        "required": list,
    },
    "timestamp": {**_SHAPE, "timestampFormat": str},
}
ERROR: Form = {"code": str, "httpStatusCode": int, "senderFault": bool}

# --- References to shapes

_REFERENCE: Form = {**_TEXT, "shape": str}
# Traits of a reference take precedence over those of its shape
# (botocore/model.py, ShapeResolver.get_shape_by_name).
_CONSTRAINTS: Form = {
    "enum": list,
    "max": (int, float),
    "min": (int, float),
    "pattern": str,
    "sensitive": bool,
}
_ELEMENT: Form = {
    **_REFERENCE,
    **_CONSTRAINTS,
    **_XML_NAMESPACE,
    **_keys(bool, "flattened jsonvalue"),
    **_keys(str, "locationName queryName timestampFormat"),
}
REFERENCES: Mapping[str, Form] = {
    "member": {
        **_ELEMENT,
        **_keys(bool, "endpointdiscoveryid eventheader eventpayload hostLabel"),
        **_keys(bool, "idempotencyToken requiresLength streaming xmlAttribute"),
        "contextParam": dict,
        "location": str,
    },
    "element": _ELEMENT,  # of a list, a key or a value of a map
    "input": {**_REFERENCE, **_XML_NAMESPACE, "locationName": str},
    "output": {**_REFERENCE, **_XML_NAMESPACE, "resultWrapper": str},
    # sdb describes its errors a second time where operations refer to them.
    "error": {**_REFERENCE, "error": dict, "exception": bool},
}

# --- Operations, metadata, the model

OPERATION: Form = {
    **_TEXT,
    **_keys(bool, "endpointoperation httpChecksumRequired idempotent unsignedPayload"),
    **_keys(dict, "http input output endpoint endpointdiscovery httpChecksum"),
    **_keys(dict, "operationContextParams requestcompression staticContextParams"),
    **_keys(list, "auth errors"),
    **_keys(str, "authtype name"),
}
HTTP: Form = {"method": str, "requestUri": str, "responseCode": int}
ENDPOINT: Form = {"hostPrefix": str}
METADATA: Form = {
    **_XML_NAMESPACE,
    **_keys(str, "serviceAbbreviation serviceFullName serviceId uid"),
    **_keys(str, "apiVersion endpointPrefix jsonVersion protocol"),
    **_keys(str, "signatureVersion signingName targetPrefix"),
    **_keys(list, "auth protocols"),
    "awsQueryCompatible": dict,
}
MODEL: Form = {
    **_TEXT,
    **_keys(dict, "metadata operations shapes clientContextParams"),
    "version": str,  # of the file format
}

# --- Keys without effect

# Smithy 2.0, "Documentation traits": they describe a model and do not change requests.
_DOCUMENTATION: Mapping[str, str] = {
    "examples": "examples of AWS's own; botocore has them in examples-1.json",
    "externalDocumentation": "links to other pages",
    "internal": "the audience of the model",
    "recommended": "advice, which nothing enforces",
    "references": "the resources that a text refers to",
    "since": "the version that introduced it",
    "tags": "labels for the tools of AWS",
    "title": "a name for people",
    "unstable": "a notice that it may change",
}
_ON_SHAPES: Mapping[str, str] = {
    **_DOCUMENTATION,
    "box": "whether Java has an object or a primitive type",
    "clientOptional": "whether other SDKs generate an optional type",
    "fault": "whether the error is the service's, which the status code states",
    "synthetic": "whether AWS's tools added the shape",
    "wrapper": "how other SDKs nest the response; botocore reads resultWrapper",
    "xmlOrder": "the order of XML elements in other SDKs",
}
# The keys that change neither what callers send nor what they receive, with the reason.
# Their values are not read. botocore reads none of them, either.
IGNORED: Mapping[str, Mapping[str, str]] = {
    "model": {
        **_DOCUMENTATION,
        "authorizers": "how API Gateway checks callers; botocore signs by `auth`",
        "xmlNamespace": "botocore reads the one in `metadata`",
    },
    "metadata": {
        **_DOCUMENTATION,
        "checksumFormat": "botocore computes Glacier's checksums without it",
        "globalEndpoint": "botocore resolves endpoints by its own rules",
        "protocolSettings": "the support for HTTP/2; botocore sends HTTP/1.1",
        "ripServiceName": "the name of the service in AWS's table of regions",
    },
    "operation": {
        **_DOCUMENTATION,
        "alias": "the name of the operation in other SDKs",
        "documentationUrl": "a link to a page",
        "readonly": "a hint for tools that ask before they change something",
    },
    "shape": _ON_SHAPES,
    "reference": {
        **_ON_SHAPES,
        "exception": "only the errors of operations and of streams are raised",
        "error": "only the errors of operations and of streams are raised",
        "retryable": "only the errors of operations are retried",
    },
    "error": _DOCUMENTATION,
    "http": _DOCUMENTATION,
    "endpoint": _DOCUMENTATION,
}
