"""The protocols that say where each member goes: rest-json and rest-xml."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from make_paws.pages import bodies
from make_paws.pages.bodies import Model, Shapes, resolved, timestamp
from make_paws.pages.message import UNRESERVED, Request, method

_JSON = "application/json"


def request(
    protocol: str, operation: Model, shape: Model, arguments: Model, shapes: Shapes
) -> Request:
    """Return a request; `shape` is that of the input, empty where there is none."""
    members = {
        name: resolved(member, shapes)
        for name, member in shape.get("members", {}).items()
        if name in arguments
    }
    headers = dict(_headers(members, arguments, shapes))
    body, kind = _body(protocol, shape, members, arguments, shapes)
    if kind and "content-type" not in map(str.lower, headers):
        headers["Content-Type"] = kind
    return Request(
        method=method(operation),
        path=_path(operation, members, arguments),
        query=tuple(_query(members, arguments, shapes)),
        headers=headers,
        body=body,
    )


def _path(
    operation: Model, members: Mapping[str, Model], arguments: Mapping[str, Any]
) -> str:
    labels = {
        member.get("locationName", name): _scalar(arguments[name], member, "iso8601")
        for name, member in members.items()
        if member.get("location") == "uri"
    }

    def filled(label: re.Match[str]) -> str:
        name, is_greedy = label[1], bool(label[2])
        return quote(labels.get(name, ""), safe=UNRESERVED + "/" * is_greedy)

    uri = operation.get("http", {}).get("requestUri", "/")
    return re.sub(r"\{([^{}+]*)(\+?)\}", filled, uri)


def _query(
    members: Mapping[str, Model], arguments: Mapping[str, Any], shapes: Shapes
) -> Iterator[tuple[str, str]]:
    for name, member in members.items():
        if member.get("location") == "querystring":
            key, value = member.get("locationName", name), arguments[name]
            match value:
                case dict():
                    for inner, given in value.items():
                        of_each = given if isinstance(given, list) else [given]
                        yield from ((inner, str(each)) for each in of_each)
                case list():
                    element = resolved(member["member"], shapes)
                    for each in value:
                        yield key, _scalar(each, element, "iso8601")
                case _:
                    yield key, _scalar(value, member, "iso8601")


def _headers(
    members: Mapping[str, Model], arguments: Mapping[str, Any], shapes: Shapes
) -> Iterator[tuple[str, str]]:
    for name, member in members.items():
        key, value = member.get("locationName", name), arguments[name]
        match member.get("location"), value:
            case "headers", dict():
                yield from ((f"{key}{inner}", str(value[inner])) for inner in value)
            case "header", list():
                element = resolved(member["member"], shapes)
                yield key, ",".join(_scalar(each, element, "rfc822") for each in value)
            case "header", _ if member.get("jsonvalue"):
                text = json.dumps(value, separators=(",", ":"))
                yield key, base64.b64encode(text.encode()).decode()
            case "header", _:
                yield key, _scalar(value, member, "rfc822")


def _body(
    protocol: str,
    shape: Model,
    members: Mapping[str, Model],
    arguments: Mapping[str, Any],
    shapes: Shapes,
) -> tuple[str, str]:
    """Return the body and its type, "" where the protocol says none."""
    if "payload" in shape:
        return _payload(shape["payload"], protocol, shape, arguments, shapes)
    inside = {
        name: arguments[name]
        for name, member in members.items()
        if "location" not in member
    }
    if protocol == "rest-xml":
        return (bodies.xml_text(inside, shape, shapes) if inside else ""), ""
    # An object is sent where members could stand in it, even if none is given.
    if all("location" in member for member in shape.get("members", {}).values()):
        return "", ""
    return bodies.json_text(bodies.json_value(inside, shape, shapes)), _JSON


def _payload(
    name: str, protocol: str, shape: Model, arguments: Model, shapes: Shapes
) -> tuple[str, str]:
    member = resolved(shape["members"][name], shapes)
    if member["type"] in ("blob", "string"):
        return _scalar(arguments.get(name, ""), member, "iso8601"), ""
    if protocol == "rest-json":
        given = bodies.json_value(arguments.get(name, {}), member, shapes)
        return bodies.json_text(given), _JSON
    if name not in arguments:
        return "", ""
    return bodies.xml_text(arguments[name], member, shapes), ""


def _scalar(value: Any, shape: Model, form: str) -> str:
    match value:
        case bool():
            return str(value).lower()
        case bytes():
            return value.decode()
        case datetime():
            return str(timestamp(value, shape.get("timestampFormat", form)))
        case _:
            return str(value)
