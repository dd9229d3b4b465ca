"""Where time goes, without slowing down what is looked at.

A profiler that is told of every function's call makes small functions dear: with cProfile,
a warm call takes two to four times as long, and most where functions are short. A timer
that interrupts the program several thousand times a second, and notes where it was, costs
the same wherever it strikes, and what it costs is not counted.

Python looks for signals between two instructions, so a long call into C is interrupted
once, when it is over, however late that is. Each sample therefore counts for the time
since the one before. And the time until the next one is drawn anew, so that the samples
cannot fall into step with calls that all take the same time.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

INTERVAL = 0.0002  # seconds, the mean
_SHORTEST = 1e-6  # seconds; a timer that is set to less is off

IMPORT = "import"
_IMPORTING = ("<frozen importlib._bootstrap>", "_find_and_load")


class Place(NamedTuple):
    """A function that was at work: its file and its name, or IMPORT and a module."""

    file: str
    name: str


class Sample(NamedTuple):
    """Some time, and where it was spent, from the innermost place outwards."""

    seconds: float
    stack: list[Place]


@contextmanager
def sampling() -> Iterator[list[Sample]]:
    """Take samples of the main thread, one sampling at a time, and give their list."""
    samples: list[Sample] = []
    last = 0.0
    is_over = False

    def wait() -> None:
        nonlocal last
        last = time.perf_counter()
        # What has passed says nothing of when the next one comes: no time is preferred.
        interval = random.expovariate(1 / INTERVAL)
        signal.setitimer(signal.ITIMER_REAL, interval + _SHORTEST)

    def sample(signal_number: int, frame: FrameType | None) -> None:
        seconds = time.perf_counter() - last
        samples.append(Sample(seconds, list(map(_place, _frames(frame)))))
        if not is_over:
            wait()

    before = signal.signal(signal.SIGALRM, sample)
    wait()
    try:
        yield samples
    finally:
        is_over = True  # a sample that is due by now must not start the timer again
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _place(frame: FrameType) -> Place:
    file, name = frame.f_code.co_filename, frame.f_code.co_name
    if (file, name) == _IMPORTING:
        return Place(IMPORT, frame.f_locals["name"])
    return Place(file, name)
