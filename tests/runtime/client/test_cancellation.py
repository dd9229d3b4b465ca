"""`paws_common.client.cancellation`."""

from __future__ import annotations

import contextvars
import threading
import time

import pytest

from paws_common.client.cancellation import (
    Cancellation,
    CancelledCallError,
    current_cancellation,
    is_cancelled,
    sleep,
)
from support.servers import PATIENCE_SECONDS


class Waiting:
    stops = 0

    def stop(self) -> None:
        self.stops += 1


def test_cancel_stops_the_last_wait_only() -> None:
    first, last = Waiting(), Waiting()
    cancellation = Cancellation()
    cancellation.wait_for(first)
    cancellation.wait_for(last)
    cancellation.cancel()
    assert (first.stops, last.stops) == (0, 1)


def test_wait_after_cancel_stops_at_once() -> None:
    waiting = Waiting()
    cancellation = Cancellation()
    cancellation.cancel()
    cancellation.wait_for(waiting)
    assert waiting.stops == 1


def test_call_of_another_context_is_not_cancelled() -> None:
    def cancel():
        cancellation = Cancellation()
        current_cancellation.set(cancellation)
        cancellation.cancel()
        return is_cancelled()

    assert contextvars.copy_context().run(cancel)
    assert not is_cancelled()


def test_cancel_ends_the_sleep_of_a_call() -> None:
    def wait():
        current_cancellation.set(cancellation)
        with pytest.raises(CancelledCallError):
            sleep(PATIENCE_SECONDS)

    cancellation = Cancellation()
    start = time.monotonic()
    thread = threading.Thread(target=contextvars.copy_context().run, args=(wait,))
    thread.start()
    cancellation.cancel()
    thread.join()
    assert time.monotonic() - start < PATIENCE_SECONDS


def test_sleep_of_other_calls_calls_time_sleep(monkeypatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    sleep(7)
    assert waited == [7]
