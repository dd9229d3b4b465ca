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
from paws_common import EndpointConnectionError, LocalEndpoint, PawsError, ServiceError
from paws_common.local import Request
from support.clients import create_boto3_client, create_service

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


def throttle_first_attempts(body: bytes, request: Request) -> bytes:
    if request.headers["amz-sdk-request"].startswith("attempt=1"):
        raise ServiceError("predict", "ThrottlingException", "slow down")
    return body


def refuse(body: bytes, request: Request) -> bytes:
    raise ServiceError("predict", "ValidationError", "no")


def fail(body: bytes, request: Request) -> bytes:
    raise ValueError("no such column")


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("predict", [echo, throttle_first_attempts, refuse, fail, None])
def test_events_are_those_of_boto3(
    local: LocalEndpoint,
    predict: Predict | None,
    operation: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without `predict`, the endpoint refuses connections."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
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


def test_provided_parameters_replace_those_of_the_call(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    register(
        service,
        "provide-client-params",
        lambda params, **_: {**params, "Body": b"provided"},
    )
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"PROVIDED"


def test_parameters_are_changed_before_serialization(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    def set_variant(params: dict[str, Any], **_: object) -> None:
        params["TargetVariant"] = "canary"

    register(service, "before-parameter-build", set_variant)
    service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert request.headers["X-Amzn-SageMaker-Target-Variant"] == "canary"


def test_header_added_before_the_call_is_signed(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    def add(params: dict[str, Any], **_: object) -> None:
        params["headers"]["X-Trace"] = "1"

    register(service, "before-call", add)
    service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert request.headers["X-Trace"] == "1"
    assert ";x-trace," in request.headers["Authorization"]


def test_header_added_before_signing_is_signed(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    def add(request: Any, **_: object) -> None:
        request.headers["X-Trace"] = "1"

    register(service, "before-sign", add)
    service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert ";x-trace," in request.headers["Authorization"]


def test_header_added_before_sending_is_not_signed(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    def add(request: Any, **_: object) -> None:
        request.headers["X-Trace"] = "1"

    register(service, "before-send", add)
    service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert request.headers["X-Trace"] == "1"
    assert "x-trace" not in request.headers["Authorization"]


def test_chosen_signer_is_used(service: SageMakerRuntime, local: LocalEndpoint) -> None:
    register(service, "choose-signer", lambda **_: UNSIGNED)
    service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert "Authorization" not in request.headers


def test_response_of_before_call_replaces_the_request(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    http_response = AWSResponse("http://demo", 200, {}, None)
    register(
        service, "before-call", lambda **_: (http_response, {"Body": io.BytesIO(b"b")})
    )
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"b"
    assert local.requests == ()


def test_response_of_before_send_is_parsed(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
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


def test_response_is_changed_before_it_is_parsed(service: SageMakerRuntime) -> None:
    def set_header(
        response_dict: dict[str, Any],
        customized_response_dict: dict[str, Any],
        **_: object,
    ) -> None:
        response_dict["headers"]["X-Amzn-SageMaker-Custom-Attributes"] = "own"
        customized_response_dict["ContentType"] = "text/csv"

    register(service, "before-parse", set_header)
    result = service.invoke_endpoint("demo", b"a")
    assert (result["CustomAttributes"], result["ContentType"]) == ("own", "text/csv")


def test_handler_of_needs_retry_retries_a_response(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    register(service, "needs-retry", lambda attempts, **_: 0 if attempts < 3 else None)
    result = service.invoke_endpoint("demo", b"a")
    assert result["ResponseMetadata"]["RetryAttempts"] == 2
    assert len(local.requests) == 3


def test_result_is_changed_after_the_call(service: SageMakerRuntime) -> None:
    def replace(parsed: dict[str, Any], **_: object) -> None:
        parsed["ContentType"] = "text/csv"

    register(service, "after-call", replace)
    assert service.invoke_endpoint("demo", b"a")["ContentType"] == "text/csv"


def test_after_call_error_reports_the_exception() -> None:
    service = create_service(UNREACHABLE, max_retries=0)
    exceptions = []
    register(
        service,
        "after-call-error",
        lambda exception, **_: exceptions.append(type(exception)),
    )
    with service, pytest.raises(EndpointConnectionError):
        service.invoke_endpoint("demo", b"a")
    assert exceptions == [botocore_errors.EndpointConnectionError]


# Of classes that are translated where botocore or urllib3 raise them for the call.
OWN_ERRORS: tuple[partial[Exception], ...] = (
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
own_errors = pytest.mark.parametrize(
    "create_error", OWN_ERRORS, ids=lambda create: create.func.__name__
)

AFTER_THE_REQUEST = ("before-parse", "response-received", "needs-retry", "after-call")


@pytest.mark.parametrize(
    "event",
    [
        "provide-client-params",
        "before-parameter-build",
        "before-endpoint-resolution",
        "before-call",
        "request-created",
        "choose-signer",
        "before-sign",
        "before-send",
        "before-parse",
        "response-received",
        "needs-retry",
        "after-call",
    ],
)
@own_errors
def test_exception_of_a_handler_is_not_translated(
    service: SageMakerRuntime,
    local: LocalEndpoint,
    event: str,
    create_error: Callable[[], Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the request was sent, it is not sent again either."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    error = create_error()

    def fail(**_: object) -> None:
        raise error

    register(service, event, fail)
    with pytest.raises(type(error)) as caught:
        service.invoke_endpoint_async("demo", InputLocation="s3://bucket/key")
    assert caught.value is error
    assert len(local.requests) == (event in AFTER_THE_REQUEST)


@own_errors
def test_after_call_error_exception_is_not_translated(
    create_error: Callable[[], Exception],
) -> None:
    error = create_error()

    def fail(**_: object) -> None:
        raise error

    with create_service(UNREACHABLE, max_retries=0) as service:
        register(service, "after-call-error", fail)
        with pytest.raises(type(error)) as caught:
            service.invoke_endpoint_async("demo", InputLocation="s3://bucket/key")
    assert caught.value is error


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.invoke_endpoint(EndpointName="demo", Body=b"a"),
        mock.Mock(side_effect=botocore_errors.NoCredentialsError),
    ],
    ids=["client", "mock"],
)
def test_exception_within_a_handler_is_not_translated(
    service: SageMakerRuntime, call: Callable[[Any], object]
) -> None:
    """A call within a handler has its own errors: they are not those of this call."""
    with closing(create_boto3_client(UNREACHABLE)) as client:
        events = service.client.meta.events
        events.register(f"after-call.{SERVICE}", lambda **_: call(client))
        with pytest.raises(BotoCoreError):
            service.invoke_endpoint_async("demo", InputLocation="s3://bucket/key")


def test_unregistered_handler_is_not_called(
    service: SageMakerRuntime, local: LocalEndpoint
) -> None:
    def unsigned(**_: object) -> object:
        return UNSIGNED

    register(service, "choose-signer", unsigned)
    service.client.meta.events.unregister(f"choose-signer.{SERVICE}", unsigned)
    service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert "Authorization" in request.headers
