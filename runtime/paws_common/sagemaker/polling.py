"""When to ask again: soon at first, ever more rarely, and not after the deadline."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

LONGEST = 30.0  # seconds from one round to the next, where the first pause is shorter
GROWTH = (1.2, 1.8)  # a pause is longer than the one before by a factor between these


class Clock(NamedTuple):
    """What tells the time, in seconds that never go back, and what lets it pass."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


SYSTEM = Clock(time.monotonic, time.sleep)


def rounds(timeout: float, poll: float, clock: Clock = SYSTEM) -> Iterator[int]:
    """Give the numbers of the rounds, from 0, each when it is time for it.

    The first is at once, the last at the deadline at the earliest. The pauses grow by
    random factors, so that callers that began together do not stay together.

    Parameters
    ----------
    timeout : float
        The seconds until the deadline.
    poll : float
        The seconds of the first pause.
    clock : Clock, optional
        The time; by default the system's.
    """
    deadline = clock.now() + timeout
    pause, longest, number = poll, max(poll, LONGEST), 0
    yield number
    while (left := deadline - clock.now()) > 0:
        clock.sleep(min(pause, left))
        number += 1
        yield number
        pause = min(pause * random.uniform(*GROWTH), longest)
