"""When a request is sent again: how long the pauses are. Nothing is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws_common import ServiceError
from paws_common.local.server import client_config
from paws_common.wire import retries
from scripted import answer, failure, scripted

attempts = st.integers(1, 100)
fractions = st.floats(0, 1)


@contextmanager
def drawing(fraction: float) -> Iterator[None]:
    """Have the random part of a pause be this much of what it may be."""

    def uniform(low: float, high: float) -> float:
        return low + fraction * (high - low)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retries, "random", SimpleNamespace(uniform=uniform))
        yield


@given(attempts, st.booleans(), fractions)
def test_a_pause_is_a_part_of_a_time_that_doubles_up_to_20_seconds(
    number: int, patient: bool, fraction: float
) -> None:
    most = 20 if patient else min(20, 2**number)
    with drawing(fraction):
        assert retries.delay(number, {}, patient) == fraction * most


@given(attempts, st.booleans())
def test_no_two_pauses_are_the_same(number: int, patient: bool) -> None:
    assert len({retries.delay(number, {}, patient) for _ in range(50)}) > 1


@given(attempts, st.integers(0, 30_000) | st.integers(0, 10**9 - 1), fractions)
def test_it_is_as_much_later_as_the_service_says_but_no_longer_than_20_seconds(
    number: int, asked: int, fraction: float
) -> None:
    in_seconds, in_thousandths = (
        {name: str(asked)} for name in ("Retry-After", "x-amz-retry-after")
    )
    with drawing(fraction):
        pause = retries.delay(number, {}, False)
        for headers, seconds in ((in_seconds, asked), (in_thousandths, asked / 1000)):
            later = retries.delay(number, headers, False)
            assert later == min(20, seconds + pause)
        assert retries.delay(number, in_seconds | in_thousandths, False) == later


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_it_may_say_a_date(zone: str) -> None:
    in_time = datetime.now(timezone.utc) + timedelta(hours=1)
    date = format_datetime(in_time, usegmt=True).replace("GMT", zone)
    passed = date.replace(str(in_time.year), "2001")
    with drawing(0):
        assert retries.delay(1, {"Retry-After": date}, False) == 20
        assert retries.delay(1, {"Retry-After": passed}, False) == 0


@given(st.text(max_size=40) | st.sampled_from(["-5", "1e9", "nan", "soon", "9" * 400]))
def test_what_is_no_time_is_not_waited_for(text: str) -> None:
    headers = {"Retry-After": text, "x-amz-retry-after": text}
    assert 0 <= retries.delay(1, headers, False) <= 20


# --- In a call


def waits(monkeypatch: pytest.MonkeyPatch, *answers: bytes) -> list[float]:
    """Return the seconds that a call waits for, whose last answer is for all that follow."""
    waited: list[float] = []
    monkeypatch.setattr(retries, "sleep", waited.append)
    with scripted(*answers) as server:
        service = paws.sagemakerruntime(client_config(server.url))
        with closing(service.client), suppress(ServiceError):
            service.invoke_endpoint("demo", b"1,2")
    return waited


def test_what_the_service_says_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with drawing(0.5):
        said = waits(monkeypatch, failure(503, Retry_After="7"), answer(200, b"3"))
    assert said == [8]


@pytest.mark.parametrize(
    ("said", "longest"),
    [
        (failure(429, "ModelNotReadyException"), [20] * 12),
        (failure(429, "ThrottlingException"), [2, 4, 8]),
        (failure(503, "Busy"), [2, 4, 8]),
    ],
    ids=["not ready", "throttled", "busy"],
)
def test_a_model_that_is_being_loaded_is_waited_for_longer(
    monkeypatch: pytest.MonkeyPatch, said: bytes, longest: list[float]
) -> None:
    with drawing(1):
        assert waits(monkeypatch, said) == longest
