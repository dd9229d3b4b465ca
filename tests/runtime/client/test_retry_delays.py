"""When a request is sent again: how long the pauses are. Nothing is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paws_common import ServiceError
from paws_common.client import retries
from support.servers import error_response, response, scripted
from support.services import runtime

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
    with (
        scripted(*answers) as server,
        runtime(server.url) as service,
        suppress(ServiceError),
    ):
        service.invoke_endpoint("demo", b"1,2")
    return waited


def test_retry_after_is_awaited(monkeypatch) -> None:
    with drawing(0.5):
        said = waits(
            monkeypatch, error_response(503, Retry_After="7"), response(200, b"3")
        )
    assert said == [8]


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
