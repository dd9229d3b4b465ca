"""A call as the HTTP request that it becomes, from the bindings of the service model.

The request is the one that botocore would sign: without what a client adds of itself
(``User-Agent``, checksums, lengths). What nobody can know from the model is a word in
angle brackets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from make_paws.pages import rest, rpc
from make_paws.pages.bodies import Model, resolved
from make_paws.pages.message import Request

_V4 = (
    "AWS4-HMAC-SHA256 Credential=<credential>, SignedHeaders=<headers>, "
    "Signature=<signature>"
)
# In the order of botocore.utils.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS.
_PREFERRED = ("json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query", "ec2")
_BEARER = "Bearer <token>"
_SCHEMES: Mapping[str, str] = {
    "bearer": _BEARER,
    "none": "",
    "smithy.api#httpBearerAuth": _BEARER,
    "smithy.api#noAuth": "",
}


def of(name: str, arguments: Mapping[str, Any], model: Model) -> Request:
    """Return the request of an operation.

    Parameters
    ----------
    name : str
        AWS's name of the operation.
    arguments : mapping
        Values by AWS's names, as `make_paws.pages.placeholders` makes them.
    model : mapping
        The model of the service, which `make_paws.model.check` has found sound.
    """
    operation = model["operations"][name]
    shapes = model["shapes"]
    shape = resolved(operation["input"], shapes) if "input" in operation else {}
    match protocol(model["metadata"]):
        case "rest-json" | "rest-xml" as spoken:
            request = rest.request(spoken, operation, shape, arguments, shapes)
        case "json":
            request = rpc.json(name, model, operation, shape, arguments)
        case "smithy-rpc-v2-cbor":
            request = rpc.cbor(name, model, operation, shape, arguments)
        case spoken:
            is_ec2 = spoken == "ec2"
            request = rpc.form(name, model, operation, shape, arguments, is_ec2=is_ec2)
    added = {
        "Host": f"{_host_prefix(operation, arguments)}<endpoint>",
        **_authorization(operation, model["metadata"]),
    }
    return replace(request, headers={**added, **request.headers})


def protocol(metadata: Model) -> str:
    """Return the protocol that botocore speaks, of those that a service knows."""
    known = metadata.get("protocols", ())
    spoken = [each for each in _PREFERRED if each in known]
    return str((spoken or [metadata["protocol"]])[0])


def _host_prefix(operation: Model, arguments: Mapping[str, Any]) -> str:
    prefix = operation.get("endpoint", {}).get("hostPrefix", "")
    return re.sub(r"\{(\w+)\}", lambda label: str(arguments.get(label[1], "")), prefix)


def _authorization(operation: Model, metadata: Model) -> dict[str, str]:
    schemes = operation.get("auth") or [
        operation.get("authtype")
        or (metadata.get("auth") or [metadata.get("signatureVersion", "v4")])[0]
    ]
    scheme = _SCHEMES.get(schemes[0], _V4)
    return {"Authorization": scheme} if scheme else {}
