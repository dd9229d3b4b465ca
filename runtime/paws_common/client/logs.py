"""Log a debug line for each request and for each response, with the logger ``paws``.

A line contains the operation, the attempt, the size, and the status and the duration of a
response. It never contains arguments, bodies, headers or URLs, which may be confidential.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSRequest
    from botocore.client import BaseClient

_logger = logging.getLogger("paws")

_STARTED_AT = "paws.started_at"  # in botocore's context of a call
_ATTEMPT = re.compile(r"\battempt=([0-9]+)")
_NUMBER = re.compile("[0-9]{1,20}")
_IDENTIFIER = re.compile(r"[\w=+/-]{1,128}")


def log_calls(client: BaseClient) -> None:
    """Log the requests and the responses of a client."""
    events = client.meta.events
    events.register_last("request-created", _record_start)
    events.register_last("before-send", _log_request)
    events.register_last("response-received", _log_response)


def _record_start(request: AWSRequest, **_: object) -> None:
    if _logger.isEnabledFor(logging.DEBUG):
        request.context[_STARTED_AT] = time.monotonic()


def _log_request(event_name: str, request: AWSPreparedRequest, **_: object) -> None:
    if _logger.isEnabledFor(logging.DEBUG):
        attempt = _ATTEMPT.search(_text(request.headers.get("amz-sdk-request")))
        _logger.debug(
            "%s: request, attempt %s, %s bytes",
            _operation(event_name),
            attempt[1] if attempt else "unknown",
            _matching(_NUMBER, _text(request.headers.get("Content-Length"))),
        )


def _log_response(
    event_name: str,
    response_dict: Mapping[str, Any] | None,
    parsed_response: Mapping[str, Any] | None,
    context: Mapping[str, Any],
    exception: Exception | None,
    **_: object,
) -> None:
    if not _logger.isEnabledFor(logging.DEBUG):
        return
    start = context.get(_STARTED_AT)  # missing if logging was enabled after the request
    took = "unknown" if start is None else f"{(time.monotonic() - start) * 1000:.0f}"
    attempt = context.get("retries", {}).get("attempt", "unknown")
    operation = _operation(event_name)
    if response_dict is None:
        _logger.debug(
            "%s: no response, attempt %s, %s, %s ms",
            operation,
            attempt,
            type(exception).__name__,
            took,
        )
        return
    metadata = (parsed_response or {}).get("ResponseMetadata", {})
    body = response_dict["body"]
    _logger.debug(
        "%s: response, attempt %s, status %s, request id %s, %s ms, %s bytes",
        operation,
        attempt,
        response_dict["status_code"],
        _matching(_IDENTIFIER, metadata.get("RequestId")),
        took,
        (
            len(body)
            if isinstance(body, bytes)
            else _matching(
                _NUMBER, _text(response_dict["headers"].get("Content-Length"))
            )
        ),
    )


def _operation(event_name: str) -> str:
    """Return the service and the operation: ``sagemaker-runtime.InvokeEndpoint``."""
    return event_name.partition(".")[2]


def _text(value: str | bytes | None) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""


def _matching(pattern: re.Pattern[str], value: object) -> str:
    """Return a text of the form of a number or an id; "unknown" for other values.

    An endpoint may send any text, and the log must not contain it.
    """
    match = pattern.fullmatch(value) if isinstance(value, str) else None
    return match[0] if match else "unknown"
