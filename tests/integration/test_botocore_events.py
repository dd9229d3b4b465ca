"""Handlers that users register with `svc.client.meta.events`.

boto3 is the reference: the events, their arguments and their order are the same, and a
handler has the same effect.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from typing import Any
from unittest import mock

import pytest
from botocore import UNSIGNED
from botocore import exceptions as botocore_errors
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import ProtocolError

from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import PawsError, ServiceError
from paws_common.local import Request
from support.clients import create_boto3_client, create_service, throttle_first_attempts

Predict = Callable[[bytes, Request], bytes]
SERVICE = "sagemaker-runtime"
UNREACHABLE = "http://127.0.0.1:1"

# By the name of an operation: the arguments of a call.
CALLS: dict[str, dict[str, Any]] = {
    "invoke_endpoint": {"Body": b"a"},
    "invoke_endpoint_async": {"InputLocation": "s3://bucket/key"},
    "invoke_endpoint_with_response_stream": {"Body": b"a"},
}


def echo(body: bytes, request: Request) -> bytes:
    return body


def refuse(body: bytes, request: Request) -> bytes:
    raise ServiceError("predict", "ValidationError", "no")


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("predict", [echo, throttle_first_attempts, refuse, None])
def test_events_are_those_of_boto3(local, predict, operation, waits) -> None:
    """Without `predict`, the endpoint refuses connections."""
    if predict is not None:
        local.predict = predict
    url = local.url if predict else UNREACHABLE
    service = create_service(url, max_retries=1)
    retries = {"mode": "standard", "total_max_attempts": 2}
    client = create_boto3_client(url, config=Config(retries=retries))

    with service, closing(client):
        ours = events_of(service.client, getattr(service, operation), operation)
        theirs = events_of(client, getattr(client, operation), operation)

    assert ours == theirs
    assert len(ours) > 8


def events_of(
    client: Any, function: Callable[..., Any], operation: str
) -> list[tuple[str, list[str]]]:
    """Return the names of the events of a call with the names of their arguments."""
    events = []

    def record(event_name: str, **arguments: object) -> None:
        events.append((event_name, sorted(arguments)))

    client.meta.events.register_first("*", record)
    with suppress(PawsError, BotoCoreError, ClientError):
        result = function(EndpointName="demo", **CALLS[operation])
        if operation.endswith("stream"):
            list(result["Body"])
    return events


def register(
    service: SageMakerRuntime, event: str, handler: Callable[..., Any]
) -> None:
    service.client.meta.events.register(f"{event}.{SERVICE}", handler)


def test_parameters_of_handlers_are_sent(service, local) -> None:
    def set_variant(params: dict[str, Any], **_: object) -> None:
        params["TargetVariant"] = "canary"

    def replace_body(params: dict[str, Any], **_: object) -> dict[str, Any]:
        return {**params, "Body": b"provided"}

    register(service, "provide-client-params", replace_body)
    register(service, "before-parameter-build", set_variant)
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"PROVIDED"
    (request,) = local.requests
    assert request.headers["X-Amzn-SageMaker-Target-Variant"] == "canary"


@pytest.mark.parametrize(
    ("event", "is_signed"),
    [("before-call", True), ("before-sign", True), ("before-send", False)],
)
def test_header_of_a_handler_is_sent(service, local, event, is_signed) -> None:
    def add(params: Any = None, request: Any = None, **_: object) -> None:
        headers = request.headers if request else params["headers"]
        headers["X-Trace"] = "1"

    register(service, event, add)
    service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert request.headers["X-Trace"] == "1"
    assert (";x-trace," in request.headers["Authorization"]) is is_signed


def test_handler_is_called_until_it_is_unregistered(service, local) -> None:
    def unsigned(**_: object) -> object:
        return UNSIGNED

    register(service, "choose-signer", unsigned)
    service.invoke_endpoint("demo", b"a")
    service.client.meta.events.unregister(f"choose-signer.{SERVICE}", unsigned)
    service.invoke_endpoint("demo", b"a")
    signed = ["Authorization" in request.headers for request in local.requests]
    assert signed == [False, True]


def test_response_of_before_call_replaces_the_request(service, local) -> None:
    http_response = AWSResponse("http://demo", 200, {}, None)
    register(
        service, "before-call", lambda **_: (http_response, {"Body": io.BytesIO(b"b")})
    )
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"b"
    assert local.requests == ()


def test_response_of_before_send_is_parsed(service, local) -> None:
    class Raw(io.BytesIO):
        def stream(self, *_: object, **__: object) -> Iterator[bytes]:
            yield self.read()

    def respond(request: Any, **_: object) -> AWSResponse:
        headers = {"Content-Type": "text/plain"}
        return AWSResponse(request.url, 200, headers, Raw(b"b"))

    register(service, "before-send", respond)
    result = service.invoke_endpoint("demo", b"a")
    assert (result["Body"], result["ContentType"]) == (b"b", "text/plain")
    assert local.requests == ()


def test_response_and_result_are_changed(service) -> None:
    def set_header(response_dict: dict[str, Any], **_: object) -> None:
        response_dict["headers"]["X-Amzn-SageMaker-Custom-Attributes"] = "own"

    def add_member(customized_response_dict: dict[str, Any], **_: object) -> None:
        customized_response_dict["ContentType"] = "text/csv"

    def replace_variant(parsed: dict[str, Any], **_: object) -> None:
        parsed["InvokedProductionVariant"] = "canary"

    register(service, "before-parse", set_header)
    register(service, "before-parse", add_member)
    register(service, "after-call", replace_variant)
    result = service.invoke_endpoint("demo", b"a")
    assert (result["CustomAttributes"], result["ContentType"]) == ("own", "text/csv")
    assert result["InvokedProductionVariant"] == "canary"


def test_handler_of_needs_retry_retries_a_response(service, local) -> None:
    register(service, "needs-retry", lambda attempts, **_: 0 if attempts < 3 else None)
    result = service.invoke_endpoint("demo", b"a")
    assert result["ResponseMetadata"]["RetryAttempts"] == 2
    assert len(local.requests) == 3


class OwnError(Exception):
    """Has the name of an attribute that errors of botocore get."""

    attempts = "own"


# Except for the first, they are translated if botocore or urllib3 raise them.
OWN_ERRORS: tuple[partial[Exception], ...] = (
    partial(OwnError),
    partial(KeyError, "own"),
    partial(OSError, "own"),
    partial(TimeoutError, "own"),
    partial(ValueError, "own"),
    partial(botocore_errors.ConnectionClosedError, endpoint_url="http://own"),
    partial(botocore_errors.CredentialRetrievalError, provider="own", error_msg="own"),
    partial(botocore_errors.EndpointConnectionError, endpoint_url="http://own"),
    partial(botocore_errors.FlexibleChecksumError, error_msg="own"),
    partial(botocore_errors.NoCredentialsError),
    partial(botocore_errors.ParamValidationError, report="own"),
    partial(botocore_errors.ReadTimeoutError, endpoint_url="http://own"),
    partial(ClientError, {"Error": {"Code": "ModelError"}}, "CreateSession"),
    partial(ClientError, {"Error": {"Code": "ModelError"}}, "InvokeEndpointAsync"),
    partial(ParserError, "own"),
    partial(ProtocolError, "own"),
    partial(ResponseParserError, "own"),
)
BEFORE_THE_REQUEST = (
    *("provide-client-params", "before-parameter-build", "before-endpoint-resolution"),
    *("before-call", "request-created", "choose-signer", "before-sign", "before-send"),
)
AFTER_THE_REQUEST = ("before-parse", "response-received", "needs-retry", "after-call")


@pytest.mark.parametrize(
    "event", [*BEFORE_THE_REQUEST, *AFTER_THE_REQUEST, "after-call-error"]
)
@pytest.mark.parametrize(
    "create_error", OWN_ERRORS, ids=lambda create: create.func.__name__
)
def test_exception_of_a_handler_is_not_translated(
    local, event, create_error, waits
) -> None:
    """After the request was sent, it is not sent again either."""
    error = create_error()

    def fail(**_: object) -> None:
        raise error from error  # a circle of causes

    url = UNREACHABLE if event == "after-call-error" else local.url
    with create_service(url, max_retries=1) as service:
        register(service, event, fail)
        with pytest.raises(type(error)) as caught:
            service.invoke_endpoint_async("demo", InputLocation="s3://bucket/key")
    assert caught.value is error
    if isinstance(error, OwnError):
        assert vars(error) == {}
    assert len(local.requests) == (event in AFTER_THE_REQUEST)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.invoke_endpoint(EndpointName="demo", Body=b"a"),
        mock.Mock(side_effect=botocore_errors.NoCredentialsError),
    ],
    ids=["client", "mock"],
)
def test_exception_within_a_handler_is_not_translated(service, call) -> None:
    """A call within a handler has its own errors: they are not those of this call."""
    with closing(create_boto3_client(UNREACHABLE)) as client:
        events = service.client.meta.events
        events.register(f"after-call.{SERVICE}", lambda **_: call(client))
        with pytest.raises(BotoCoreError):
            service.invoke_endpoint_async("demo", InputLocation="s3://bucket/key")
