"""This package's errors, made of botocore's."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions as raised
from urllib3 import exceptions as raised_below

from paws_common.api import Operation
from paws_common.errors import (
    SHOWN,
    EndpointConnectionError,
    ResponseTimeoutError,
    ServiceError,
    beginning,
)
from paws_common.validation.rewinding import ShrunkFileError
from paws_common.wire.answers import UNREADABLE
from paws_common.wire.hints import hint
from paws_common.wire.retries import chain, may_pass, nothing_sent

_NO_MESSAGE = (
    "the service sent no message; its documentation may explain the code, and AWS "
    "support finds the request by its id"
)
_NOT_SENT = "nothing was sent; check the endpoint, the region and the way to it (proxy, VPC, DNS)"
_MAYBE_DONE = (
    "the service may have done its work all the same; such a request is sent again only "
    "with config(retry_timeouts=True), and not once its answer has begun"
)
_LATE = "give it more time with config(read_timeout=…)"


def service_error(operation: Operation[Any], answer: Mapping[str, Any]) -> ServiceError:
    """Return the error that a service answered with.

    Parameters
    ----------
    operation : Operation
        What was called.
    answer : mapping
        botocore's result: that of a `ClientError`, or one that could not be read.
    """
    said, metadata = answer.get("Error", {}), answer.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode")
    code = str(said.get("Code") or status or "unknown error")
    unread: bytes = answer.get(UNREADABLE, b"")
    message = _unreadable(operation, unread) if unread else _message(said)
    members = {
        name: value
        for name, value in answer.items()
        if name not in ("Error", "ResponseMetadata", UNREADABLE)
    }
    return operation.api.errors.get(code, ServiceError)(
        operation.function,
        code,
        message,
        status,
        _request_id(metadata),
        members,
        metadata.get("Retryable", may_pass(status, code)),
        metadata.get("RetryAttempts", 0) + 1,
        metadata.get("EndpointHost"),
        hint(code, message, members),
        unread[:SHOWN],
    )


def _request_id(metadata: Mapping[str, Any]) -> str | None:
    """Return the id, which botocore does not look for where it understands no answer."""
    headers = metadata.get("HTTPHeaders", {})
    found: str | None = (
        metadata.get("RequestId")
        or headers.get("x-amzn-requestid")
        or headers.get("x-amz-request-id")
    )
    return found


def _message(said: Mapping[str, Any]) -> str:
    """Return what a service says, as text; it may have sent anything."""
    message = said.get("Message")
    if message is None or not str(message).strip():
        return _NO_MESSAGE
    return str(message)


def _unreadable(operation: Operation[Any], content: bytes) -> str:
    return (
        f"the answer is not in the service's protocol ({operation.api.protocol}): is "
        "there a proxy in between, or is the endpoint another service's? It begins: "
        f"{beginning(content)}"
    )


def connection_error(
    operation: Operation[Any], error: Exception
) -> EndpointConnectionError | ResponseTimeoutError:
    """Return the error of a connection that was not made, or did not bring an answer.

    Parameters
    ----------
    operation : Operation
        What was called.
    error : Exception
        What botocore, or urllib3 while a stream is read, raised.
    """
    facts = getattr(error, "kwargs", {})
    host = _host(facts.get("endpoint_url"))
    proxy = _host(facts.get("proxy_url"))
    place = f"the proxy {proxy}" if proxy else host or "the endpoint"
    attempts: int = vars(error).get("attempts", 1)
    tried = f", {attempts} attempts" if attempts > 1 else ""
    why = f"({_reason(error)}{tried})"
    made: EndpointConnectionError | ResponseTimeoutError
    if nothing_sent(error):
        made = EndpointConnectionError(
            f"{operation.function}: could not connect to {place} {why}; {_NOT_SENT}"
        )
    elif isinstance(error, raised.ReadTimeoutError | raised_below.ReadTimeoutError):
        made = ResponseTimeoutError(
            f"{operation.function}: {place} did not answer in time {why}; "
            f"{_MAYBE_DONE}; {_LATE}"
        )
    elif isinstance(error, raised.SSLError):
        made = EndpointConnectionError(
            f"{operation.function}: TLS with {place} failed {why}; check its certificate "
            "and yours (AWS_CA_BUNDLE), and proxies in between"
        )
    else:
        made = EndpointConnectionError(
            f"{operation.function}: the connection to {place} broke before the answer "
            f"was whole {why}; {_MAYBE_DONE}"
        )
    made.attempts = attempts
    return made


def _host(url: object) -> str:
    """Return scheme, host and port: the rest of a URL may hold arguments, or a password."""
    if not isinstance(url, str):
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _reason(error: Exception) -> str:
    """Return what came first; only of some errors is it known that they quote no URL."""
    first = list(chain(error))[-1]
    known = (
        OSError,
        HTTPException,
        ssl.SSLError,
        raised_below.TimeoutError,
        ShrunkFileError,
    )
    name = type(first).__name__
    return f"{name}: {first}" if isinstance(first, known) and str(first) else name
