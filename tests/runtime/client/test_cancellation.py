"""`paws_common.client.cancellation`."""

from __future__ import annotations

import contextvars
from unittest.mock import Mock

from paws_common.client.cancellation import (
    Cancellation,
    current_cancellation,
    is_cancelled,
)


def test_cancel_stops_the_last_wait_only() -> None:
    first, last, cancellation = Mock(), Mock(), Cancellation()
    cancellation.wait_for(first)
    cancellation.wait_for(last)
    cancellation.cancel()
    first.stop.assert_not_called()
    last.stop.assert_called_once_with()


def test_wait_after_cancel_stops_at_once() -> None:
    waiting, cancellation = Mock(), Cancellation()
    cancellation.cancel()
    cancellation.wait_for(waiting)
    waiting.stop.assert_called_once_with()


def test_call_of_another_context_is_not_cancelled() -> None:
    def cancel():
        cancellation = Cancellation()
        current_cancellation.set(cancellation)
        cancellation.cancel()
        return is_cancelled()

    assert contextvars.copy_context().run(cancel)
    assert not is_cancelled()
