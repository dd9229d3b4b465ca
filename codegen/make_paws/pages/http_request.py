"""The HTTP request of an example call, as botocore's own serializer creates it.

The request has no headers that depend on the client (``User-Agent``, checksums, lengths).
Values that the model does not determine are placeholders, such as ``<endpoint>``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.dom import minidom

from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

from make_paws.model import protocol
from make_paws.syntax import Lines, short_block

Model = Mapping[str, Any]

_FORM_PROTOCOLS = ("query", "ec2")
_CBOR = "smithy-rpc-v2-cbor"
_V4 = "AWS4-HMAC-SHA256 <signature>"
# botocore's JSON and CBOR serializers require them; `make_paws.model.check` does not.
_METADATA = {"targetPrefix": "", "jsonVersion": "1.0"}
_BEARER = "Bearer <token>"
_SCHEMES: Mapping[str, str] = {
    "bearer": _BEARER,
    "none": "",
    "smithy.api#httpBearerAuth": _BEARER,
    "smithy.api#noAuth": "",
}


def of(name: str, arguments: Mapping[str, Any], model: Model) -> str:
    """Return the request of an operation as HTTP/1.1 text, "" if there is none.

    Parameters
    ----------
    name : str
        AWS's name of the operation.
    arguments : mapping
        Values by AWS's names, as `make_paws.pages.placeholders` creates them.
    model : mapping
        The model of the service, checked by `make_paws.model.check`.

    Notes
    -----
    JSON and XML are indented, a form has one line for each field, and CBOR is shown in
    its diagnostic notation (RFC 8949, section 8).

    The result is "" if botocore cannot serialize the request, because the model is
    inconsistent: for example, a label of the URI is not a member.
    """
    try:
        return _request(name, arguments, model)
    except Exception:  # noqa: BLE001 (botocore raises any error)
        return ""


def _request(name: str, arguments: Mapping[str, Any], model: Model) -> str:
    operation, metadata = model["operations"][name], model["metadata"]
    description = {**model, "metadata": {**_METADATA, **metadata}}
    format_name = protocol(metadata)
    serializer = create_serializer(format_name, include_validation=False)
    serialized = serializer.serialize_to_request(
        arguments, ServiceModel(description).operation_model(name)
    )
    prepare_request_dict(serialized, "https://endpoint")
    prepared = create_request_object(serialized).prepare()
    url = urlsplit(prepared.url)
    target = f"{url.path}?{url.query}" if url.query else url.path
    headers = {
        "Host": f"{serialized.get('host_prefix', '')}<endpoint>",
        **_authorization(operation, metadata),
        **serialized["headers"],
    }
    body = prepared.body or b""
    if format_name == _CBOR:
        shown = "\n".join(_diagnostic(arguments)) if body else ""
    else:
        text = body if isinstance(body, str) else body.decode()
        is_form = format_name in _FORM_PROTOCOLS
        shown = text.replace("&", "\n&") if is_form else _indented(text)
    lines = [
        f"{prepared.method} {target} HTTP/1.1",
        *(f"{header}: {value}" for header, value in headers.items()),
    ]
    return "\n".join([*lines, "", shown]).rstrip("\n")


def _authorization(operation: Model, metadata: Model) -> dict[str, str]:
    schemes = operation.get("auth") or [
        operation.get("authtype")
        or (metadata.get("auth") or [metadata.get("signatureVersion", "v4")])[0]
    ]
    scheme = _SCHEMES.get(schemes[0], _V4)
    return {"Authorization": scheme} if scheme else {}


def _indented(text: str) -> str:
    match text[:1]:
        case "<":
            root = minidom.parseString(text).documentElement
            return root.toprettyxml(indent="  ").rstrip() if root else text
        case "{" | "[":
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        case _:
            return text


def _diagnostic(value: Any) -> Lines:
    """Yield a value in CBOR's diagnostic notation; members have AWS's names in CBOR."""
    match value:
        case dict():
            items = ((f"{json.dumps(k)}: ", _diagnostic(v)) for k, v in value.items())
            return short_block("{", items, "}")
        case list():
            return short_block("[", (("", _diagnostic(item)) for item in value), "]")
        case bytes():
            return iter([f"h'{value.hex()}'"])
        case datetime():
            return iter([f"1({int(value.timestamp())})"])
        case _:
            return iter([json.dumps(value, ensure_ascii=False)])
