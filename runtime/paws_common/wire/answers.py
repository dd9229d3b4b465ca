"""Answers that are not what the protocol of the service says: the page of a proxy, say.

botocore's parsers break at them, each in its own way, or find nothing in them and are
content. So they get an empty answer to parse instead, and what came is kept beside it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from botocore.model import StructureShape
from botocore.parsers import ResponseParserError, create_parser

if TYPE_CHECKING:
    from botocore.model import OperationModel

UNREADABLE = "paws.unreadable"  # in botocore's result: the bytes that came

# Of a protocol to what its parser takes for an answer without members.
_EMPTY = {"query": b"<Response/>", "ec2": b"<Response/>", "smithy-rpc-v2-cbor": b"\xa0"}

# What botocore's parsers raise at what they do not expect, and Python's below them.
_BREAKS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    ResponseParserError,
    SyntaxError,  # ElementTree.ParseError
    TypeError,
    ValueError,
    struct.error,
)


def keep_unreadable(
    operation_model: OperationModel,
    response_dict: MutableMapping[str, Any],
    customized_response_dict: MutableMapping[str, Any],
    **_: object,
) -> None:
    """Handle botocore's event ``before-parse``."""
    body = response_dict["body"]
    if not isinstance(body, bytes) or not body.strip():
        return
    failed = response_dict["status_code"] >= 300
    readable = _is_error if failed else _is_document
    if not readable(operation_model, response_dict):
        protocol = operation_model.service_model.resolved_protocol
        response_dict["body"] = _EMPTY.get(protocol, b"")
        customized_response_dict[UNREADABLE] = body


def _is_document(model: OperationModel, response: MutableMapping[str, Any]) -> bool:
    """Tell it from the beginning: to parse every answer twice would cost too much."""
    shape: Any = model.output_shape
    payload = shape.serialization.get("payload") if shape else None
    if shape is None or (
        payload is not None
        and not (
            isinstance(inner := shape.members[payload], StructureShape)
            and not inner.is_document_type
        )
    ):
        return True  # there is nothing to parse, or anything will do
    start = response["body"].lstrip()[:14].lower()
    protocol = model.service_model.resolved_protocol
    if protocol in ("json", "rest-json"):
        return bool(start.startswith(b"{"))
    return not _is_page(start)


def _is_error(model: OperationModel, response: MutableMapping[str, Any]) -> bool:
    """Tell whether botocore's parser finds an error, and does not break at it."""
    service: Any = model.service_model
    protocol, body = service.resolved_protocol, response["body"]
    parser: Any = create_parser(protocol)
    try:
        if protocol in ("json", "rest-json"):
            if not isinstance(json.loads(body.decode()), dict):
                return False
        elif protocol != "smithy-rpc-v2-cbor":
            if _is_page(body.lstrip()[:14].lower()):
                return False
            ElementTree.fromstring(body)
        code = parser.parse(response, model.output_shape)["Error"]["Code"]
        hash(code)
        if isinstance(code, str) and (shape := service.shape_for_error_code(code)):
            parser.parse(response, shape)
    except _BREAKS:
        return False
    return True


def _is_page(start: bytes) -> bool:
    return start.startswith((b"<html", b"<!doctype html"))
