"""What is sent again, counted at the server, and how often. Nothing is waited for."""

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
from hand_made import operation_of
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
from paws_common.local import frames
from paws_common.local.server import client_config
from paws_common.wire import retries
from scripted import HANG_UP, RESET, STALL, Scripted, answer, failure, scripted

BODY = b"1,2"
DONE = answer(200, b"3")
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1,2"
SOON = 0.2  # seconds; a read timeout of the tests, which one test waits for once


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that would have been waited."""
    waited: list[float] = []
    monkeypatch.setattr(retries, "sleep", waited.append)
    return waited


def service_of(url: str, **config: Any) -> Any:
    return paws.sagemakerruntime({**client_config(url), **config})


@contextmanager
def calling(server: Scripted, **config: Any) -> Iterator[Callable[..., Any]]:
    service = service_of(server.url, **config)
    with closing(service.client):
        yield service.invoke_endpoint


def sent(*answers: bytes, **config: Any) -> tuple[int, PawsError | None]:
    """Return how many requests one call was, and what it raised."""
    with scripted(*answers) as server, calling(server, **config) as invoke:
        try:
            invoke("demo", BODY)
        except PawsError as error:
            return len(server.requests), error
        return len(server.requests), None


# --- What is sent again


@pytest.mark.parametrize(
    "first",
    [
        *(failure(status) for status in (500, 502, 503, 504, 429)),
        failure(400, "ThrottlingException"),
        failure(400, "Throttling"),
        failure(400, "RequestTimeout"),
        failure(429, "ThrottlingException"),
        failure(429, "ModelNotReadyException"),
        answer(503, b"<html>busy</html>"),
    ],
    ids=lambda said: re.sub(r"[^\w ]+", " ", said.decode())[:70],
)
def test_what_the_service_did_not_do_is_sent_again(first: bytes) -> None:
    assert sent(first, DONE) == (2, None)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (failure(424, "ModelError"), ModelError),
        (failure(400, "ValidationError"), ValidationError),
        (failure(403, "AccessDeniedException"), ServiceError),
        (failure(501), ServiceError),
    ],
)
def test_other_errors_are_raised_at_once(
    first: bytes, kind: type[ServiceError]
) -> None:
    count, error = sent(first, DONE)
    assert (count, type(error)) == (1, kind)
    assert isinstance(error, ServiceError)
    assert (error.attempts, error.retryable) == (1, False)


LOST = [
    (STALL, ResponseTimeoutError),
    (HANG_UP, EndpointConnectionError),
    (RESET, EndpointConnectionError),
    (HALF, EndpointConnectionError),
]
NAMES = ["stalled", "hung up", "reset", "half"]


@pytest.mark.parametrize(("first", "kind"), LOST, ids=NAMES)
def test_a_request_that_may_have_been_carried_out_is_not_sent_again(
    first: bytes, kind: type[PawsError]
) -> None:
    count, error = sent(first, DONE, read_timeout=SOON)
    assert (count, type(error)) == (1, kind)
    assert "may have done its work" in str(error)
    assert "retry_timeouts=True" in str(error)


@pytest.mark.parametrize("first", [STALL, HANG_UP, RESET], ids=NAMES[:3])
def test_it_is_where_the_caller_says_so(first: bytes) -> None:
    assert sent(first, DONE, read_timeout=SOON, retry_timeouts=True) == (2, None)


def test_once_an_answer_has_begun_it_is_not_sent_again_in_any_case() -> None:
    count, error = sent(failure(503), HALF, DONE, retry_timeouts=True)
    assert count == 2
    assert isinstance(error, EndpointConnectionError)
    assert error.attempts == 2


def test_a_timeout_after_other_attempts_is_the_last_attempt() -> None:
    count, error = sent(failure(503), STALL, DONE, read_timeout=SOON)
    assert count == 2
    assert isinstance(error, ResponseTimeoutError)
    assert error.attempts == 2
    assert "2 attempts" in str(error)


def test_where_nobody_listens_it_is_tried_again(waits: list[float]) -> None:
    with scripted(DONE) as server:
        url = server.url
    service = service_of(url)
    with closing(service.client), pytest.raises(EndpointConnectionError) as caught:
        service.invoke_endpoint("demo", BODY)
    assert caught.value.attempts == 4
    assert len(waits) == 3
    assert "nothing was sent" in str(caught.value)


def test_tls_that_fails_before_anything_was_sent_is_tried_again() -> None:
    with scripted(HANG_UP) as server:
        service = service_of(f"https://{server.host}")
        with closing(service.client), pytest.raises(EndpointConnectionError) as caught:
            service.invoke_endpoint("demo", BODY)
        assert len(server.requests) == 4
    assert caught.value.attempts == 4


def test_tls_that_stalls_is_no_answer_that_is_late() -> None:
    with scripted(STALL) as server:
        service = service_of(
            f"https://{server.host}", connect_timeout=SOON, max_retries=1
        )
        with closing(service.client), pytest.raises(EndpointConnectionError) as caught:
            service.invoke_endpoint("demo", BODY)
        assert len(server.requests) == 2
    assert "nothing was sent" in str(caught.value)


def do_handshake(error: ssl.SSLError) -> None:
    """Fail as the function of that name in Python's `ssl` does."""
    raise error


@pytest.mark.parametrize(
    ("reason", "nothing_sent"),
    [
        (ssl.SSLEOFError("cut off"), True),
        (ssl.SSLCertVerificationError("expired"), False),
    ],
)
def test_a_certificate_that_is_wrong_is_not_tried_again(
    reason: ssl.SSLError, nothing_sent: bool
) -> None:
    error = raised.SSLError(endpoint_url="https://a", error=reason)
    try:
        do_handshake(reason)
    except ssl.SSLError:
        error.__context__ = reason
    assert retries.nothing_sent(error) is nothing_sent


def test_a_connection_that_was_closed_while_idle_is_no_failure() -> None:
    silent = answer(200, b"3", connection="keep-alive")
    with scripted(silent) as server, calling(server) as invoke:
        for number in range(1, 4):
            assert invoke("demo", BODY)["ResponseMetadata"]["RetryAttempts"] == 0
            server.hung_up.acquire()
            assert len(server.requests) == number


def test_the_other_handlers_of_botocore_send_again_too(waits: list[float]) -> None:
    def redirect(attempts: int, **_: object) -> int | None:
        return 0 if attempts == 1 else None

    with scripted(failure(400, "PermanentRedirect"), DONE) as server:
        service = service_of(server.url)
        with closing(service.client) as client:
            client.meta.events.register("needs-retry.sagemaker-runtime", redirect)
            service.invoke_endpoint("demo", BODY)
        assert (len(server.requests), waits) == (2, [])


def test_an_answer_of_dynamodb_that_was_damaged_is_asked_for_again() -> None:
    operation = operation_of({}, service="dynamodb", name="ListTables")
    body = b'{"TableNames": []}'
    answers = [
        answer(200, body, {"x-amz-crc32": str(crc32(body) + fault)})
        for fault in (-1, 1, 0)
    ]
    with scripted(*answers) as server:
        service = Service(operation.api, **client_config(server.url))
        with closing(service.client):
            service.send(operation.request({}))
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("name", "told"), [("dynamodb", 0), ("acm", None), ("s3", None)]
)
def test_no_other_answer_is_thought_to_be_damaged(
    name: str, told: float | None
) -> None:
    model = SimpleNamespace(
        service_model=SimpleNamespace(service_name=name), error_shapes=[]
    )
    headers = {"x-amz-crc32": "1"}
    said: Any = SimpleNamespace(status_code=200, headers=headers, content=b"")
    assert retries.Retries(3, False)((said, {}), model, 1, None, {}) == told


def test_a_file_is_sent_again_from_where_it_stood() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    with scripted(failure(503), failure(503), DONE) as server:
        with calling(server) as invoke:
            invoke("demo", file)
        bodies = [request.partition(b"\r\n\r\n")[2] for request in server.requests]
    assert bodies == [b"456789"] * 3


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (raised.ReadTimeoutError(endpoint_url="https://a"), 0),
        (raised.ConnectionClosedError(endpoint_url="https://a"), 0),
        (raised.SSLError(endpoint_url="https://a", error="no"), None),
        (raised.IncompleteReadError(actual_bytes=1, expected_bytes=2), None),
        (ValueError("nothing of a connection"), None),
    ],
    ids=lambda given: type(given).__name__,
)
def test_only_of_a_connection_that_was_lost_the_caller_can_say_so(
    error: Exception, told: float | None
) -> None:
    model: Any = None  # nobody asks it
    assert retries.Retries(3, True)(None, model, 1, error, {}) == told
    assert retries.Retries(3, False)(None, model, 1, error, {}) is None


def test_the_statuses_that_are_sent_again() -> None:
    again = [status for status in range(100, 600) if retries.may_pass(status, "")]
    assert again == [429, 500, 502, 503, 504]


@pytest.mark.parametrize("status", [None, 400])
@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("RequestTimeout", True),
        ("SlowDown", True),
        ("ModelNotReadyException", True),
        ("ModelError", False),
        ("ValidationException", False),
    ],
)
def test_a_code_tells_it_whatever_the_status(
    code: str, again: bool, status: int | None
) -> None:
    answered = bytes(code, "ascii").decode()  # equal, and another one, as in an answer
    assert retries.may_pass(status, answered) is again


def test_what_an_error_was_raised_from_goes_before_what_it_was_raised_in() -> None:
    error, cause, context = ValueError("a"), KeyError("b"), TypeError("c")
    error.__context__ = context
    assert list(retries.chain(error)) == [error, context]
    error.__cause__ = cause
    assert list(retries.chain(error)) == [error, cause]


@pytest.mark.parametrize("status", [300, 301, 404])
def test_an_answer_from_http_300_on_is_an_error_that_tells_its_host(
    status: int,
) -> None:
    with scripted(answer(status, b"{}")) as server, calling(server) as invoke:
        with pytest.raises(ServiceError) as caught:
            invoke("demo", BODY)
        assert caught.value.host == server.host


def test_an_answer_before_http_300_is_a_result_that_tells_nothing_of_errors() -> None:
    with scripted(answer(299, b"{}")) as server, calling(server) as invoke:
        metadata = invoke("demo", BODY)["ResponseMetadata"]
    assert not metadata.keys() & {"EndpointHost", "Retryable"}


# --- How often


@pytest.mark.parametrize(("config", "most"), [({}, 4), ({"max_retries": 1}, 2)])
def test_every_request_says_which_attempt_it_is_and_of_how_many(
    config: dict[str, Any], most: int
) -> None:
    with scripted(failure(503), DONE) as server, calling(server, **config) as invoke:
        invoke("demo", BODY)
        said = [
            re.findall(rb"amz-sdk-request: (.*)\r", each) for each in server.requests
        ]
    assert said == [[f"attempt={number}; max={most}".encode()] for number in (1, 2)]


@pytest.mark.parametrize("most", [0, 1, 2, 3, 5])
def test_max_retries_counts_what_follows_the_first_attempt(most: int) -> None:
    count, error = sent(failure(503, "ServiceUnavailable"), max_retries=most)
    assert count == most + 1
    assert isinstance(error, ServiceError)
    assert (error.attempts, error.retryable) == (most + 1, True)
    assert ("attempts" in str(error)) is (most > 0)


def test_without_a_word_there_are_three_as_in_r() -> None:
    assert sent(failure(503))[0] == 4


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
def test_the_nearest_word_wins(
    monkeypatch: pytest.MonkeyPatch,
    config: dict[str, Any],
    environment: str,
    count: int,
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", environment)
    assert sent(failure(503), **config)[0] == count


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_no_mode_of_botocore_sends_anything_by_itself(
    monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", mode)
    assert sent(HANG_UP, DONE)[0] == 1
    assert sent(HANG_UP, max_retries=2, retry_timeouts=True)[0] == 3
    assert sent(failure(503), max_retries=2)[0] == 3


def test_a_model_that_is_being_loaded_is_asked_four_times_as_often() -> None:
    count, error = sent(failure(429, "ModelNotReadyException"))
    assert (count, type(error)) == (13, ModelNotReadyException)


def test_who_wants_no_retries_waits_for_no_model() -> None:
    assert sent(failure(429, "ModelNotReadyException"), max_retries=0)[0] == 1


@pytest.mark.parametrize("count", [0, 2])
def test_the_result_tells_how_often_it_was_sent_again(count: int) -> None:
    answers = [failure(503)] * count
    with scripted(*answers, DONE) as server, calling(server) as invoke:
        metadata = invoke("demo", BODY)["ResponseMetadata"]
    assert metadata["RetryAttempts"] == count
    assert not metadata.keys() & {"MaxAttemptsReached", "EndpointHost", "Retryable"}


def streamed(message: bytes, end: bytes = b"") -> bytes:
    """Return an answer that is a stream, and breaks off after its first message."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + message + end


PART = frames.encode({":message-type": "event", ":event-type": "PayloadPart"}, b"3")
FAILURE = frames.encode(
    {":message-type": "exception", ":exception-type": "ModelStreamError"}, b"{}"
)


@pytest.mark.parametrize("again", [0, 2])
@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (streamed(FAILURE), ModelStreamError),
        (streamed(PART), EndpointConnectionError),
        (streamed(PART, STALL), ResponseTimeoutError),
    ],
    ids=["error", "hung up", "stalled"],
)
def test_an_error_in_a_stream_tells_how_often_the_request_was_sent(
    broken: bytes, kind: type[PawsError], again: int
) -> None:
    with scripted(*[failure(503)] * again, broken) as server:
        service = service_of(server.url, read_timeout=SOON)
        with closing(service.client), pytest.raises(kind) as caught:
            list(service.invoke_endpoint_with_response_stream("demo", BODY)["Body"])
    assert caught.value.attempts == again + 1
    assert ("3 attempts" in str(caught.value)) is (again > 0)


def test_the_service_is_told_how_many_attempts_there_may_be() -> None:
    with scripted(failure(503), DONE) as server:
        with calling(server) as invoke:
            invoke("demo", BODY)
        told = [
            dict(re.findall(r"\b(attempt|max)=([0-9]+)", request.decode()))
            for request in server.requests
        ]
    assert told == [{"attempt": "1", "max": "4"}, {"attempt": "2", "max": "4"}]


def test_that_an_error_is_retryable_may_be_the_model_s_word() -> None:
    shape = SimpleNamespace(name="Busy", metadata={"retryable": {}, "error": {}})
    coded = SimpleNamespace(
        name="Full", metadata={"retryable": {}, "error": {"code": "Code"}}
    )
    final = SimpleNamespace(name="Final", metadata={})
    model: Any = SimpleNamespace(error_shapes=[shape, coded, final])
    codes = ["Busy", "Code", "Final", "Other"]
    told = [retries.may_pass(400, code, model) for code in codes]
    assert told == [True, True, False, False]
