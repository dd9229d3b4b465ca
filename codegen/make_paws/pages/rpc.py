"""The protocols of which every request has the same path: json, cbor, query and ec2."""

from __future__ import annotations

from make_paws.pages import bodies
from make_paws.pages.bodies import Model, Shapes, resolved
from make_paws.pages.message import Request, encoded, method

_FORM = "application/x-www-form-urlencoded; charset=utf-8"


def json(
    name: str, model: Model, operation: Model, shape: Model, arguments: Model
) -> Request:
    """Return a request whose body is JSON; `shape` is empty where nothing is sent."""
    metadata = model["metadata"]
    target = ".".join(filter(None, (metadata.get("targetPrefix"), name)))
    version = metadata.get("jsonVersion", "1.0")
    value = bodies.json_value(arguments, shape, model["shapes"]) if shape else {}
    return Request(
        method=method(operation),
        path="/",
        headers={
            "X-Amz-Target": target,
            "Content-Type": f"application/x-amz-json-{version}",
            **_query_mode(metadata),
        },
        body=bodies.json_text(value),
    )


def cbor(
    name: str, model: Model, operation: Model, shape: Model, arguments: Model
) -> Request:
    """Return a request whose body is CBOR, which stands there as people read it."""
    metadata = model["metadata"]
    stream = _answers_with_a_stream(operation, model["shapes"])
    accepted = "vnd.amazon.eventstream" if stream else "cbor"
    headers = {
        "smithy-protocol": "rpc-v2-cbor",
        **_query_mode(metadata),
        "Accept": f"application/{accepted}",
    }
    path = f"/service/{metadata.get('targetPrefix', '')}/operation/{name}"
    if not shape:
        return Request("POST", path, headers=headers)
    body = bodies.cbor_text(arguments, shape, model["shapes"])
    return Request(
        "POST",
        path,
        headers={**headers, "Content-Type": "application/cbor"},
        body=body,
    )


def _answers_with_a_stream(operation: Model, shapes: Shapes) -> bool:
    if "output" not in operation:
        return False
    members = shapes[operation["output"]["shape"]].get("members", {})
    return any(
        resolved(member, shapes).get("eventstream") for member in members.values()
    )


def _query_mode(metadata: Model) -> dict[str, str]:
    return {"x-amzn-query-mode": "true"} if "awsQueryCompatible" in metadata else {}


def form(
    name: str,
    model: Model,
    operation: Model,
    shape: Model,
    arguments: Model,
    *,
    is_ec2: bool,
) -> Request:
    """Return a request whose body is a form."""
    pairs = [("Action", name), ("Version", model["metadata"]["apiVersion"])]
    if shape:
        pairs += bodies.form(arguments, shape, model["shapes"], is_ec2=is_ec2)
    # As AWS shows it: a line a parameter; a client sends them without the line breaks.
    text = "\n&".join(f"{encoded(key)}={encoded(value)}" for key, value in pairs)
    return Request(method(operation), "/", headers={"Content-Type": _FORM}, body=text)
