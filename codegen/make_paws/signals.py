"""Handle signals: they end a run of ``make-paws`` only between two steps.

SIGINT (Ctrl-C), SIGTERM and SIGHUP raise `Interrupted` once in the main thread. Code that
must not be interrupted runs inside `deferred`, which postpones the exception.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from make_paws import terminal

# Windows has no SIGHUP.
HANDLED = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
)


class Interrupted(BaseException):
    """A signal ended the run.

    It derives from BaseException, so that no ``except Exception`` catches it.

    Parameters
    ----------
    number : int
        The number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"stopped by {signal.Signals(self.number).name}"

    @property
    def exit_code(self) -> int:
        """The exit code that shells report for the signal, 130 for Ctrl-C."""
        return 128 + self.number


class _State:
    """The first signal that was received, and whether its exception is raised."""

    received: int | None = None
    has_raised = False
    is_deferred = False


_state = _State()


def run(function: Callable[[], int]) -> int:
    """Return the exit code of `function`, or that of the signal that ended it.

    The signals are handled while `function` runs. A signal that the parent process set to
    be ignored (`nohup`, a shell's background job) stays ignored.
    """
    previous = {}
    _state.received, _state.has_raised, _state.is_deferred = None, False, True
    try:
        for number in HANDLED:
            if signal.getsignal(number) is not signal.SIG_IGN:
                previous[number] = signal.signal(number, _handle)
        with interruptible():
            code = function()
            check()
            return code
    except Interrupted as interrupted:
        with suppress(OSError):  # SIGHUP: the terminal may be gone
            terminal.error(interrupted)
        return interrupted.exit_code
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        _state.received, _state.is_deferred = None, False


@contextmanager
def deferred() -> Iterator[None]:
    """Postpone the exception of a signal to the end of the block, or to `check`."""
    was_deferred, _state.is_deferred = _state.is_deferred, True
    try:
        yield
    finally:
        _state.is_deferred = was_deferred
        _raise_once()


@contextmanager
def interruptible() -> Iterator[None]:
    """Allow signals to raise inside a `deferred` block, whose `finally` cleans up.

    A signal raises once, so nothing interrupts that `finally`.
    """
    was_deferred, _state.is_deferred = _state.is_deferred, False
    try:
        _raise_once()
        yield
    finally:
        _state.is_deferred = was_deferred


def check() -> None:
    """Raise `Interrupted` if a signal was received; called between two steps.

    It raises even if the signal has raised before, because Python ignores exceptions of
    some callbacks (`__del__`, weak references).

    Raises
    ------
    Interrupted
        A signal was received.
    """
    if _state.received is not None:
        _state.has_raised = True
        raise Interrupted(_state.received)


def _handle(number: int, frame: FrameType | None) -> None:
    # The first signal determines the exit code.
    if _state.received is None:
        _state.received = number
    _raise_once()


def _raise_once() -> None:
    if not _state.has_raised and not _state.is_deferred:
        check()
