"""Parse responses, including those that are not in the protocol of the service.

Such a response is, for example, the error page of a proxy. botocore's parsers raise
undocumented exceptions for some of them, and return an empty result for others. Here, the
result has no members, and contains the body.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.model import StructureShape
from botocore.parsers import ResponseParserError

if TYPE_CHECKING:
    from botocore.model import OperationModel

INVALID_BODY = "paws.invalid_body"  # key of the parsed response

# The undocumented exceptions of botocore's parsers for unexpected bodies.
_PARSER_ERRORS = (
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


def parse_response(
    parser: Any, model: OperationModel, response: Mapping[str, Any]
) -> dict[str, Any]:
    """Parse a response with botocore, including the members of a modelled error.

    The response has botocore's form: ``status_code``, ``headers``, ``body``. The result has
    the key `INVALID_BODY` if the body is not in the protocol of the service.
    """
    body = response["body"]
    if not isinstance(body, bytes) or not body.strip():
        return _parse(parser, model, response)
    try:
        parsed = _parse(parser, model, response)
        if _is_plausible(model, response, parsed):
            return parsed
    except _PARSER_ERRORS:
        pass
    try:  # the code of an error may be in a header
        parsed = _parse(parser, model, {**response, "body": b""})
    except _PARSER_ERRORS:
        parsed = _without_members(response)
    return {**parsed, INVALID_BODY: body}


def _parse(
    parser: Any, model: OperationModel, response: Mapping[str, Any]
) -> dict[str, Any]:
    parsed: dict[str, Any] = parser.parse(response, model.output_shape)
    if response["status_code"] >= 300:
        code = parsed.get("Error", {}).get("Code")
        service: Any = model.service_model
        shape = service.shape_for_error_code(code) if isinstance(code, str) else None
        if shape is not None:
            parsed.update(parser.parse(response, shape))
    return parsed


def _without_members(response: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a parsed response that does not depend on its body."""
    status = response["status_code"]
    headers = {name.lower(): value for name, value in response["headers"].items()}
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": headers}
    error = {"Error": {"Code": str(status), "Message": ""}} if status >= 300 else {}
    return {**error, "ResponseMetadata": metadata}


def _is_plausible(
    model: OperationModel, response: Mapping[str, Any], parsed: Mapping[str, Any]
) -> bool:
    """Return whether the body of a response is in the protocol of the service."""
    is_error = response["status_code"] >= 300
    if not is_error and not _has_document(model):
        return True
    start = response["body"].lstrip()[:14].lower()
    is_json = model.service_model.resolved_protocol in ("json", "rest-json")
    is_html = start.startswith((b"<html", b"<!doctype html"))
    is_document: bool = start.startswith(b"{") if is_json else not is_html
    if not is_error:
        return is_document
    return is_document and _has_reason(response["body"], parsed, is_json)


def _has_document(model: OperationModel) -> bool:
    """Return whether the body of a result is a document of the protocol.

    Otherwise, it is the value of a member, such as a blob, and may be any bytes.
    """
    shape: Any = model.output_shape
    if shape is None:
        return False
    payload = shape.members.get(shape.serialization.get("payload"))
    return payload is None or (
        isinstance(payload, StructureShape) and not payload.is_document_type
    )


def _has_reason(body: bytes, parsed: Mapping[str, Any], is_json: bool) -> bool:
    """Return whether an error has a code or a message of the service.

    Without them, botocore's parsers use the status as the code, and the reason phrase or
    a body that is not JSON as the message.
    """
    error = parsed.get("Error", {})
    code, message = error.get("Code"), error.get("Message")
    if not isinstance(code, str | int):
        return False
    if not str(code).isdecimal():
        return True
    return is_json and bool(message) and message != body.decode("utf-8", "replace")
