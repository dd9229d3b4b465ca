"""Poll at growing intervals until a deadline."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

MAX_DELAY_SECONDS = 30.0  # a longer `poll` is not shortened
GROWTH = (1.2, 1.8)  # the range of the random factor between two delays


class Clock(NamedTuple):
    """A monotonic clock in seconds, and the function that sleeps."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


SYSTEM = Clock(time.monotonic, time.sleep)


def rounds(timeout: float, poll: float, clock: Clock = SYSTEM) -> Iterator[int]:
    """Yield the number of each round, from 0, when it is due.

    The first round is at once, the last one not before the deadline. Delays grow by
    random factors, so that callers that start together do not poll together. `timeout` is
    the seconds until the deadline, and `poll` the first delay in seconds.
    """
    deadline = clock.now() + timeout
    delay, max_delay, number = poll, max(poll, MAX_DELAY_SECONDS), 0
    yield number
    while (left := deadline - clock.now()) > 0:
        clock.sleep(min(delay, left))
        number += 1
        yield number
        delay = min(delay * random.uniform(*GROWTH), max_delay)
