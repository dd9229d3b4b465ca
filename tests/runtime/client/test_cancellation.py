"""`paws_common.client.cancellation`."""

from __future__ import annotations

import contextvars

from paws_common.client.cancellation import (
    Cancellation,
    current_cancellation,
    is_cancelled,
)


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
