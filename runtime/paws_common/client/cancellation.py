"""Stop a call from another thread."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from typing import Protocol


class Stoppable(Protocol):
    """Something that a call waits for, such as a response."""

    def stop(self) -> None:
        """End the wait at once."""


class CancelledCallError(Exception):
    """The call was cancelled before its request was written."""


class Cancellation:
    """The state of a call that may be cancelled.

    A cancelled call does not wait for the response, and is not retried. If its request
    has not been written, it is not sent.
    """

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._waiting: Stoppable | None = None
        self._lock = threading.Lock()

    @property
    def is_cancelled(self) -> bool:
        """Whether the call was cancelled."""
        return self._cancelled.is_set()

    def sleep(self, seconds: float) -> None:
        """Return after some seconds, or as soon as the call is cancelled."""
        self._cancelled.wait(seconds)

    def wait_for(self, waiting: Stoppable) -> None:
        """Stop `waiting` when the call is cancelled, or now if it was cancelled before."""
        with self._lock:
            self._waiting = waiting
            is_cancelled = self.is_cancelled
        if is_cancelled:
            waiting.stop()

    def cancel(self) -> None:
        """Cancel the call, from any thread."""
        with self._lock:
            self._cancelled.set()
            waiting = self._waiting
        if waiting is not None:
            waiting.stop()


current_cancellation: ContextVar[Cancellation | None] = ContextVar(
    "paws_cancellation", default=None
)


def is_cancelled() -> bool:
    """Return whether the current call was cancelled."""
    cancellation = current_cancellation.get()
    return cancellation is not None and cancellation.is_cancelled


def check_cancelled() -> None:
    """Raise a `CancelledCallError` if the current call was cancelled."""
    if is_cancelled():
        raise CancelledCallError


def sleep(seconds: float) -> None:
    """Wait before the current call continues.

    A `CancelledCallError` is raised if it was cancelled before or in the meantime.
    """
    if (cancellation := current_cancellation.get()) is None:
        time.sleep(seconds)
    else:
        cancellation.sleep(seconds)
    check_cancelled()
