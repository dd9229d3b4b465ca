"""Which requests are retried, counted at the server, and when. No test waits."""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import exceptions as raised
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from paws.services.sagemakerruntime import (
    ModelError,
    ModelNotReadyException,
    ModelStreamError,
    ValidationError,
)
from paws_common import (
    ConfigError,
    EndpointConnectionError,
    PawsError,
    ResponseTimeoutError,
    ServiceError,
)
from paws_common.client import retries
from paws_common.client.connections import Progress
from paws_common.client.error_origins import causes
from support.servers import (
    HANG_UP,
    Response,
    Script,
    Server,
    error_response,
    response,
    scripted,
    truncated,
)
from support.services import runtime
from support.streams import MODEL_STREAM_ERROR, head, part

BODY = b"1,2"
DONE = response(200, b"3")
SOON = 0.2  # seconds; a read timeout of the tests, which one test waits for once


@pytest.fixture(autouse=True)
def no_waits(monkeypatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@contextmanager
def calling(server: Server, **config: Any) -> Iterator[Callable[..., Any]]:
    with runtime(server.url, config) as service:
        yield service.invoke_endpoint


def sent(*responses: Response, **config: Any) -> tuple[int, PawsError | None]:
    """Return the number of requests of a call, and its error."""
    with scripted(*responses) as server, calling(server, **config) as invoke:
        try:
            invoke("demo", BODY)
        except PawsError as error:
            return len(server.requests), error
        return len(server.requests), None


@pytest.mark.parametrize(
    "first",
    [
        error_response(503),
        error_response(400, "ThrottlingException"),
        response(503, b"<html>busy</html>"),
    ],
    ids=["status", "code", "HTML"],
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


URL = {"endpoint_url": "https://a"}
REFUSED = raised.SSLError(**URL, error=ssl.SSLCertVerificationError("expired"))
HALF_READ = raised.IncompleteReadError(actual_bytes=1, expected_bytes=2)
CUT_OFF = raised.SSLError(**URL, error=ssl.SSLEOFError("cut off"))


@pytest.mark.parametrize(
    ("error", "progress", "default", "opt_in"),
    [
        (CUT_OFF, Progress.NOT_WRITTEN, True, True),
        (REFUSED, Progress.NOT_WRITTEN, False, False),
        (raised.ReadTimeoutError(**URL), None, False, True),
        (raised.ConnectionClosedError(**URL), None, False, True),
        (raised.SSLError(**URL, error="no"), None, False, False),
        (HALF_READ, None, False, False),
        (ValueError("nothing of a connection"), None, False, False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_error_is_retried_if_nothing_was_sent(error, progress, default, opt_in) -> None:
    if progress:
        error.progress = progress
    model = SimpleNamespace(name="InvokeEndpoint")
    for retry_timeouts, expected in ((False, default), (True, opt_in)):
        policy = retries.RetryPolicy(3, retry_timeouts)
        assert (policy(None, model, 1, error, {}) is not None) is expected


@pytest.mark.parametrize(
    ("name", "checksum", "is_retried"),
    [
        ("dynamodb", "1", True),
        ("dynamodb", "0", False),
        ("acm", "1", False),
        ("s3", "1", False),
    ],
)
def test_checksum_is_compared_for_dynamodb_only(name, checksum, is_retried) -> None:
    """The checksum of an empty body is 0."""
    model: Any = SimpleNamespace(
        service_model=SimpleNamespace(service_name=name), error_shapes=[]
    )
    headers = {"x-amz-crc32": checksum}
    received = SimpleNamespace(status_code=200, headers=headers, content=b"")
    delay = retries.RetryPolicy(3, False)((received, {}), model, 1, None, {})
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


def test_http_300_is_an_error_with_the_host() -> None:
    with scripted(response(300, b"{}")) as server, calling(server) as invoke:
        with pytest.raises(ServiceError) as caught:
            invoke("demo", BODY)
        assert caught.value.host == server.host


def test_http_below_300_is_a_result() -> None:
    with scripted(response(299, b"{}")) as server, calling(server) as invoke:
        metadata = invoke("demo", BODY)["ResponseMetadata"]
    assert not metadata.keys() & {"EndpointHost", "Retryable"}


@pytest.mark.parametrize(
    ("config", "count"), [({}, 4), ({"max_retries": 0}, 1), ({"max_retries": 5}, 6)]
)
def test_max_retries_excludes_the_first_attempt(config, count) -> None:
    requests, error = sent(error_response(503, "ServiceUnavailable"), **config)
    assert requests == count
    assert isinstance(error, ServiceError)
    assert (error.attempts, error.retryable) == (count, True)
    assert ("attempts" in str(error)) is (count > 1)


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
    count, error = sent(HANG_UP, DONE)
    assert (count, type(error)) == (1, EndpointConnectionError)
    assert "retry_timeouts=True" in str(error)
    assert sent(HANG_UP, max_retries=2, retry_timeouts=True)[0] == 3
    assert sent(error_response(503), max_retries=2)[0] == 3


def test_unknown_retry_mode_is_a_config_error(monkeypatch) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptve")
    with pytest.raises(ConfigError, match=r"adaptve.*standard.*adaptive"):
        sent(DONE)


def test_model_not_ready_has_four_times_the_attempts() -> None:
    not_ready = error_response(429, "ModelNotReadyException")
    count, error = sent(not_ready)
    assert (count, type(error)) == (13, ModelNotReadyException)
    assert sent(not_ready, max_retries=0)[0] == 1


@pytest.mark.parametrize("count", [0, 2])
def test_result_has_the_number_of_retries(count) -> None:
    answers = [error_response(503)] * count
    with scripted(*answers, DONE) as server, calling(server) as invoke:
        metadata = invoke("demo", BODY)["ResponseMetadata"]
    assert metadata["RetryAttempts"] == count
    assert not metadata.keys() & {"MaxAttemptsReached", "EndpointHost", "Retryable"}


STREAM_HEAD = head("Content-Length: 999")


@pytest.mark.parametrize("again", [0, 2])
@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (truncated(STREAM_HEAD, MODEL_STREAM_ERROR), ModelStreamError),
        pytest.param(
            truncated(STREAM_HEAD, part(b"3")),
            EndpointConnectionError,
            marks=pytest.mark.pipeline,
        ),
        (Script([STREAM_HEAD, part(b"3")]), ResponseTimeoutError),
    ],
    ids=["error", "hung up", "stalled"],
)
def test_stream_error_has_the_number_of_attempts(broken, kind, again) -> None:
    with (
        scripted(*[error_response(503)] * again, broken) as server,
        runtime(server.url, {"read_timeout": SOON}) as service,
        pytest.raises(kind) as caught,
    ):
        list(service.invoke_endpoint_with_response_stream("demo", BODY)["Body"])
    assert caught.value.attempts == again + 1
    assert ("3 attempts" in str(caught.value)) is (again > 0)


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


attempts = st.integers(1, 100)
fractions = st.floats(0, 1)


@contextmanager
def drawing(fraction: float) -> Iterator[None]:
    """Set the random part of a delay to this share of its maximum."""

    def uniform(low, high):
        return low + fraction * (high - low)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retries, "random", SimpleNamespace(uniform=uniform))
        yield


@given(attempts, st.booleans(), fractions)
def test_delay_is_random_below_a_doubling_limit(number, patient, fraction) -> None:
    most = 20 if patient else min(20, 2**number)
    with drawing(fraction):
        assert retries.delay_seconds(number, {}, is_starting=patient) == fraction * most


@given(attempts, st.booleans())
def test_no_two_pauses_are_the_same(number, patient) -> None:
    delays = {retries.delay_seconds(number, {}, is_starting=patient) for _ in range(50)}
    assert len(delays) > 1


@given(attempts, st.integers(0, 30_000) | st.integers(0, 10**9 - 1), fractions)
def test_retry_after_extends_the_delay_to_20_seconds(number, asked, fraction) -> None:
    in_seconds, in_thousandths = (
        {name: str(asked)} for name in ("Retry-After", "x-amz-retry-after")
    )
    with drawing(fraction):
        pause = retries.delay_seconds(number, {}, is_starting=False)
        for headers, seconds in ((in_seconds, asked), (in_thousandths, asked / 1000)):
            later = retries.delay_seconds(number, headers, is_starting=False)
            assert later == min(20, seconds + pause)
        assert (
            retries.delay_seconds(
                number, in_seconds | in_thousandths, is_starting=False
            )
            == later
        )


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_retry_after_can_be_a_date(zone) -> None:
    in_time = datetime.now(UTC) + timedelta(hours=1)
    date = format_datetime(in_time, usegmt=True).replace("GMT", zone)
    passed = date.replace(str(in_time.year), "2001")
    with drawing(0):
        assert retries.delay_seconds(1, {"Retry-After": date}, is_starting=False) == 20
        assert retries.delay_seconds(1, {"Retry-After": passed}, is_starting=False) == 0


@given(st.text(max_size=40) | st.sampled_from(["-5", "1e9", "nan", "soon", "9" * 400]))
def test_invalid_retry_after_is_ignored(text) -> None:
    headers = {"Retry-After": text, "x-amz-retry-after": text}
    assert 0 <= retries.delay_seconds(1, headers, is_starting=False) <= 20


def waits(monkeypatch: pytest.MonkeyPatch, *answers: bytes) -> list[float]:
    """Return the seconds that a call waits; the last response is repeated."""
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    sent(*answers)
    return waited


def test_retry_after_is_awaited(monkeypatch) -> None:
    busy = error_response(503, Retry_After="7")
    with drawing(0.5):
        assert waits(monkeypatch, busy, DONE) == [8]


@pytest.mark.parametrize(
    ("said", "longest"),
    [
        (error_response(429, "ModelNotReadyException"), [20] * 12),
        (error_response(429, "ThrottlingException"), [2, 4, 8]),
        (error_response(503, "Busy"), [2, 4, 8]),
    ],
    ids=["not ready", "throttled", "busy"],
)
def test_model_not_ready_is_awaited_longer(monkeypatch, said, longest) -> None:
    with drawing(1):
        assert waits(monkeypatch, said) == longest
