"""Which requests are retried, counted at the server. No test waits."""

from __future__ import annotations

import io
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import pytest
from botocore import exceptions as raised
from botocore.config import Config

import paws
from paws.services.sagemakerruntime import (
    ModelError,
    ModelNotReadyException,
    ModelStreamError,
    ValidationError,
)
from paws_common import (
    EndpointConnectionError,
    PawsError,
    ResponseTimeoutError,
    Service,
    ServiceError,
)
from paws_common.client import retries
from paws_common.client.connections import Progress
from paws_common.client.error_origins import causes
from paws_common.local import event_stream
from paws_common.local.server import client_config
from support.example_services import operation_of
from support.servers import (
    HANG_UP,
    NO_RESPONSE,
    PATIENCE_SECONDS,
    RESET,
    Response,
    Script,
    Server,
    closing_in_handshake,
    error_response,
    responding_once,
    response,
    scripted,
    serve,
    stalling,
    truncated,
)

BODY = b"1,2"
DONE = response(200, b"3")
HALF = truncated(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1,2")
SOON = 0.2  # seconds; a read timeout of the tests, which one test waits for once


@pytest.fixture(autouse=True)
def waits(monkeypatch) -> list[float]:
    """Return the seconds that would have been waited."""
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    return waited


def service_of(url: str, **config: Any) -> Any:
    return paws.sagemakerruntime({**client_config(url), **config})


@contextmanager
def calling(server: Server, **config: Any) -> Iterator[Callable[..., Any]]:
    service = service_of(server.url, **config)
    with closing(service.client):
        yield service.invoke_endpoint


def sent(*responses: Response, **config: Any) -> tuple[int, PawsError | None]:
    """Return the number of requests of a call, and its error."""
    with scripted(*responses) as server, calling(server, **config) as invoke:
        try:
            invoke("demo", BODY)
        except PawsError as error:
            return len(server.requests), error
        return len(server.requests), None


# --- What is sent again


@pytest.mark.parametrize(
    "first",
    [
        *(error_response(status) for status in (500, 502, 503, 429)),
        error_response(400, "ThrottlingException"),
        error_response(400, "Throttling"),
        error_response(400, "RequestTimeout"),
        error_response(429, "ThrottlingException"),
        error_response(429, "ModelNotReadyException"),
        response(503, b"<html>busy</html>"),
    ],
    ids=lambda said: re.sub(r"[^\w ]+", " ", said.decode())[:70],
)
def test_what_the_service_did_not_do_is_sent_again(first) -> None:
    assert sent(first, DONE) == (2, None)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (error_response(424, "ModelError"), ModelError),
        (error_response(400, "ValidationError"), ValidationError),
        (error_response(403, "AccessDeniedException"), ServiceError),
        (error_response(501), ServiceError),
    ],
)
def test_other_errors_are_raised_at_once(first, kind) -> None:
    count, error = sent(first, DONE)
    assert (count, type(error)) == (1, kind)
    assert isinstance(error, ServiceError)
    assert (error.attempts, error.retryable) == (1, False)


LOST = [
    (NO_RESPONSE, ResponseTimeoutError),
    (HANG_UP, EndpointConnectionError),
    (RESET, EndpointConnectionError),
    (HALF, EndpointConnectionError),
]
NAMES = ["stalled", "hung up", "reset", "half"]


@pytest.mark.parametrize(("first", "kind"), LOST, ids=NAMES)
def test_possibly_processed_request_is_not_retried(first, kind) -> None:
    count, error = sent(first, DONE, read_timeout=SOON)
    assert (count, type(error)) == (1, kind)
    assert "may have processed it" in str(error)
    assert "retry_timeouts=True" in str(error)


@pytest.mark.parametrize("first", [NO_RESPONSE, HANG_UP, RESET], ids=NAMES[:3])
def test_unproven_request_is_retried_by_option(first) -> None:
    assert sent(first, DONE, read_timeout=SOON, retry_timeouts=True) == (2, None)


def test_request_is_not_retried_after_response_began() -> None:
    count, error = sent(error_response(503), HALF, DONE, retry_timeouts=True)
    assert count == 2
    assert isinstance(error, EndpointConnectionError)
    assert error.attempts == 2


def test_timeout_after_other_attempts_is_the_last() -> None:
    count, error = sent(error_response(503), NO_RESPONSE, DONE, read_timeout=SOON)
    assert count == 2
    assert isinstance(error, ResponseTimeoutError)
    assert error.attempts == 2
    assert "2 attempts" in str(error)


def test_refused_connection_is_retried(waits) -> None:
    with scripted(DONE) as server:
        url = server.url
    service = service_of(url)
    with closing(service.client), pytest.raises(EndpointConnectionError) as caught:
        service.invoke_endpoint("demo", BODY)
    assert caught.value.attempts == 4
    assert len(waits) == 3
    assert "nothing was sent" in str(caught.value)


@pytest.mark.pipeline
def test_tls_failure_before_sending_is_retried() -> None:
    with serve(closing_in_handshake) as server:
        service = service_of(f"https://{server.host}")
        with closing(service.client), pytest.raises(EndpointConnectionError) as caught:
            service.invoke_endpoint("demo", BODY)
        assert server.connections == 4
    assert caught.value.attempts == 4


@pytest.mark.pipeline
def test_stalled_tls_handshake_is_not_a_read_timeout() -> None:
    with serve(stalling) as server:
        service = service_of(
            f"https://{server.host}", connect_timeout=SOON, max_retries=1
        )
        with closing(service.client), pytest.raises(EndpointConnectionError) as caught:
            service.invoke_endpoint("demo", BODY)
        assert server.connections == 2
    assert "nothing was sent" in str(caught.value)


@pytest.mark.parametrize(
    ("reason", "is_retried"),
    [
        (ssl.SSLEOFError("cut off"), True),
        (ssl.SSLCertVerificationError("expired"), False),
    ],
)
def test_unverified_certificate_is_not_retried(reason, is_retried) -> None:
    error: Any = raised.SSLError(endpoint_url="https://a", error=reason)
    error.progress = Progress.NOT_WRITTEN
    model: Any = SimpleNamespace(name="InvokeEndpoint")
    delay = retries.RetryPolicy(3, True)(None, model, 1, error, {})
    assert (delay is not None) is is_retried


def test_closed_idle_connection_is_not_a_failure() -> None:
    with serve(responding_once(DONE)) as server, calling(server) as invoke:
        for number in range(1, 4):
            assert invoke("demo", BODY)["ResponseMetadata"]["RetryAttempts"] == 0
            assert server.closed.acquire(timeout=PATIENCE_SECONDS)
            assert len(server.requests) == number


def test_other_handlers_of_botocore_send_again_too(waits) -> None:
    def redirect(attempts, **_):
        return 0 if attempts == 1 else None

    with scripted(error_response(400, "PermanentRedirect"), DONE) as server:
        service = service_of(server.url)
        with closing(service.client) as client:
            client.meta.events.register("needs-retry.sagemaker-runtime", redirect)
            service.invoke_endpoint("demo", BODY)
        assert (len(server.requests), waits) == (2, [0])


def test_corrupt_dynamodb_response_is_retried() -> None:
    operation = operation_of({}, service="dynamodb", name="ListTables")
    body = b'{"TableNames": []}'
    answers = [
        response(200, body, {"x-amz-crc32": str(crc32(body) + fault)})
        for fault in (-1, 1, 0)
    ]
    with scripted(*answers) as server:
        service = Service(operation.api, **client_config(server.url))
        with closing(service.client):
            service.send(operation.request({}))
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("name", "is_retried"), [("dynamodb", True), ("acm", False), ("s3", False)]
)
def test_checksum_is_compared_for_dynamodb_only(name, is_retried) -> None:
    model = SimpleNamespace(
        service_model=SimpleNamespace(service_name=name), error_shapes=[]
    )
    headers = {"x-amz-crc32": "1"}
    said: Any = SimpleNamespace(status_code=200, headers=headers, content=b"")
    delay = retries.RetryPolicy(3, False)((said, {}), model, 1, None, {})
    assert (delay is not None) is is_retried


@pytest.mark.parametrize(
    ("attempts", "is_retried"), [(3, True), (4, True), (12, True), (13, False)]
)
def test_errors_that_end_when_ready_are_retried(attempts, is_retried) -> None:
    """They are data of the service: without it, the status decides."""
    model: Any = SimpleNamespace(
        error_shapes=[], service_model=SimpleNamespace(service_name="example")
    )
    said: Any = SimpleNamespace(status_code=400, headers={}, content=b"")

    def delay(*codes):
        policy = retries.RetryPolicy(3, False, codes)
        parsed = {"Error": {"Code": "Starting"}}
        request = {"url": "https://a"}
        return policy((said, parsed), model, attempts, None, request)

    assert (delay("Starting") is not None) is is_retried
    assert delay("Other") is None


def test_retried_file_is_sent_from_its_position() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    with scripted(error_response(503), error_response(503), DONE) as server:
        with calling(server) as invoke:
            invoke("demo", file)
        bodies = [request.body for request in server.requests]
    assert bodies == [b"456789"] * 3


@pytest.mark.parametrize(
    ("error", "is_retried"),
    [
        (raised.ReadTimeoutError(endpoint_url="https://a"), True),
        (raised.ConnectionClosedError(endpoint_url="https://a"), True),
        (raised.SSLError(endpoint_url="https://a", error="no"), False),
        (raised.IncompleteReadError(actual_bytes=1, expected_bytes=2), False),
        (ValueError("nothing of a connection"), False),
    ],
    ids=lambda given: type(given).__name__,
)
def test_retry_timeouts_applies_to_lost_responses(error, is_retried) -> None:
    model: Any = SimpleNamespace(name="InvokeEndpoint")
    delay = retries.RetryPolicy(3, True)(None, model, 1, error, {})
    assert (delay is not None) is is_retried
    assert retries.RetryPolicy(3, False)(None, model, 1, error, {}) is None


def test_statuses_that_are_sent_again() -> None:
    again = [status for status in range(100, 600) if retries.is_retryable(status, "")]
    assert again == [429, 500, 502, 503]


@pytest.mark.parametrize(
    ("retry_timeouts", "count"), [(False, 1), (True, 3)], ids=["default", "opt-in"]
)
def test_gateway_timeout_is_a_lost_response(retry_timeouts, count) -> None:
    """RFC 9110, section 15.6.5: the service behind the gateway may still be working."""
    options = {"max_retries": 2, "retry_timeouts": retry_timeouts}
    sent_count, error = sent(error_response(504), **options)
    assert sent_count == count
    assert isinstance(error, ServiceError)
    assert (error.status_code, error.retryable) == (504, retry_timeouts)


@pytest.mark.parametrize("status", [None, 400])
@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("RequestTimeout", True),
        ("SlowDown", True),
        ("ModelError", False),
        ("ValidationException", False),
    ],
)
def test_error_code_decides_for_every_status(code, again, status) -> None:
    # Equal but not identical, like a parsed code.
    code_of_response = bytes(code, "ascii").decode()
    assert retries.is_retryable(status, code_of_response) is again


def test_causes_leave_out_what_the_caller_handles() -> None:
    error, cause, context = ValueError("a"), KeyError("b"), TypeError("c")
    error.__context__ = context
    assert list(causes(error)) == [error]
    error.__cause__ = cause
    assert list(causes(error)) == [error, cause]
    assert list(causes(ValueError("a", cause)))[1:] == [cause]


@pytest.mark.parametrize("status", [300, 301, 404])
def test_http_300_and_above_is_an_error_with_the_host(status) -> None:
    with scripted(response(status, b"{}")) as server, calling(server) as invoke:
        with pytest.raises(ServiceError) as caught:
            invoke("demo", BODY)
        assert caught.value.host == server.host


def test_http_below_300_is_a_result() -> None:
    with scripted(response(299, b"{}")) as server, calling(server) as invoke:
        metadata = invoke("demo", BODY)["ResponseMetadata"]
    assert not metadata.keys() & {"EndpointHost", "Retryable"}


# --- How often


@pytest.mark.parametrize(("config", "most"), [({}, 4), ({"max_retries": 1}, 2)])
def test_requests_have_attempt_and_max_attempts(config, most) -> None:
    with (
        scripted(error_response(503), DONE) as server,
        calling(server, **config) as invoke,
    ):
        invoke("demo", BODY)
        headers = [request.headers["amz-sdk-request"] for request in server.requests]
    assert headers == [f"attempt={number}; max={most}" for number in (1, 2)]


@pytest.mark.parametrize("most", [0, 1, 2, 3, 5])
def test_max_retries_excludes_the_first_attempt(most) -> None:
    count, error = sent(error_response(503, "ServiceUnavailable"), max_retries=most)
    assert count == most + 1
    assert isinstance(error, ServiceError)
    assert (error.attempts, error.retryable) == (most + 1, True)
    assert ("attempts" in str(error)) is (most > 0)


def test_default_is_three_retries() -> None:
    assert sent(error_response(503))[0] == 4


@pytest.mark.parametrize(
    ("config", "environment", "count"),
    [
        ({}, "3", 3),
        ({}, "0", 1),
        ({"max_retries": 1}, "5", 2),
        ({"botocore": Config(retries={"total_max_attempts": 3})}, "9", 3),
        ({"botocore": Config(retries={"max_attempts": 1})}, "9", 2),
        ({"botocore": Config(retries={"mode": "standard"})}, "2", 2),
        ({"botocore": Config(retries={"max_attempts": 9}), "max_retries": 0}, "9", 1),
    ],
)
def test_nearest_word_wins(monkeypatch, config, environment, count) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", environment)
    assert sent(error_response(503), **config)[0] == count


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_botocores_retry_modes_are_disabled(monkeypatch, mode) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", mode)
    assert sent(HANG_UP, DONE)[0] == 1
    assert sent(HANG_UP, max_retries=2, retry_timeouts=True)[0] == 3
    assert sent(error_response(503), max_retries=2)[0] == 3


def test_model_not_ready_has_four_times_the_attempts() -> None:
    count, error = sent(error_response(429, "ModelNotReadyException"))
    assert (count, type(error)) == (13, ModelNotReadyException)


def test_zero_retries_apply_to_model_not_ready() -> None:
    assert sent(error_response(429, "ModelNotReadyException"), max_retries=0)[0] == 1


@pytest.mark.parametrize("count", [0, 2])
def test_result_has_the_number_of_retries(count) -> None:
    answers = [error_response(503)] * count
    with scripted(*answers, DONE) as server, calling(server) as invoke:
        metadata = invoke("demo", BODY)["ResponseMetadata"]
    assert metadata["RetryAttempts"] == count
    assert not metadata.keys() & {"MaxAttemptsReached", "EndpointHost", "Retryable"}


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"


PART = event_stream.encode(
    {":message-type": "event", ":event-type": "PayloadPart"}, b"3"
)
FAILURE = event_stream.encode(
    {":message-type": "exception", ":exception-type": "ModelStreamError"}, b"{}"
)


@pytest.mark.parametrize("again", [0, 2])
@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (truncated(STREAM_HEAD, FAILURE), ModelStreamError),
        pytest.param(
            truncated(STREAM_HEAD, PART),
            EndpointConnectionError,
            marks=pytest.mark.pipeline,
        ),
        (Script([STREAM_HEAD, PART]), ResponseTimeoutError),
    ],
    ids=["error", "hung up", "stalled"],
)
def test_stream_error_has_the_number_of_attempts(broken, kind, again) -> None:
    with scripted(*[error_response(503)] * again, broken) as server:
        service = service_of(server.url, read_timeout=SOON)
        with closing(service.client), pytest.raises(kind) as caught:
            list(service.invoke_endpoint_with_response_stream("demo", BODY)["Body"])
    assert caught.value.attempts == again + 1
    assert ("3 attempts" in str(caught.value)) is (again > 0)


def test_request_header_has_the_max_attempts() -> None:
    with scripted(error_response(503), DONE) as server:
        with calling(server) as invoke:
            invoke("demo", BODY)
        told = [
            dict(
                re.findall(
                    r"(attempt|max)=([0-9]+)", request.headers["amz-sdk-request"]
                )
            )
            for request in server.requests
        ]
    assert told == [{"attempt": "1", "max": "4"}, {"attempt": "2", "max": "4"}]


def test_retryable_error_trait_of_the_model_applies() -> None:
    shape = SimpleNamespace(name="Busy", metadata={"retryable": {}, "error": {}})
    coded = SimpleNamespace(
        name="Full", metadata={"retryable": {}, "error": {"code": "Code"}}
    )
    final = SimpleNamespace(name="Final", metadata={})
    model: Any = SimpleNamespace(error_shapes=[shape, coded, final])
    codes = ["Busy", "Code", "Final", "Other"]
    told = [retries.is_retryable(400, code, model) for code in codes]
    assert told == [True, True, False, False]
