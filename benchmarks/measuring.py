"""How to compare fairly: everybody takes turns, and is compared within the turn.

A machine is slower in one second than in the next: it has other work, and its clock
changes. Whoever is measured first and whoever is measured last then differ for no reason
of their own. So nobody is measured in one go. In each round every candidate makes one
short block of calls, in an order that is drawn anew, and what is told of it is the ratio
to a reference of the same round, with the spread of that ratio over all rounds. A
difference that is smaller than the spread is none.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Name = TypeVar("Name")
Measured = TypeVar("Measured")


@dataclass(frozen=True)
class Plan:
    """How often everybody is measured: `rounds` blocks of `calls` figures.

    A figure is the mean of `repeats` calls.
    """

    rounds: int
    calls: int = 1
    repeats: int = 1

    def __str__(self) -> str:
        calls = _counted(self.calls, "measurement")
        repeats = f" of {_counted(self.repeats, 'call')}" if self.repeats > 1 else ""
        return f"{_counted(self.rounds, 'round')} of {calls}{repeats}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class Block:
    """What some calls took: each one's seconds, and the processor's, their mean.

    What waits for a server, or for a processor that somebody else has, takes no time of
    the processor. So this says more where a machine is busy, and less of what is waited for.
    """

    seconds: Sequence[float]
    processor: float


@dataclass(frozen=True)
class Spread:
    """The middle of some figures, and the quarters between which half of them lie."""

    lower: float
    median: float
    upper: float


def interleave(
    candidates: Mapping[Name, Callable[[], Measured]], rounds: int
) -> dict[Name, list[Measured]]:
    """Return what each candidate gives in each round.

    The round before the first one fills caches and makes connections; it does not count.

    Parameters
    ----------
    candidates : mapping
        Of a name to what measures one block.
    rounds : int
        The number of rounds.
    """
    shuffled = random.Random(0)  # the same order in every run
    measured: dict[Name, list[Measured]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name in shuffled.sample(list(candidates), len(candidates)):
            block = candidates[name]()
            if number > 0:
                measured[name].append(block)
    return measured


def timed(
    call: Callable[[], object], calls: int, repeats: int = 1
) -> Callable[[], Block]:
    """Return what measures a block of calls.

    Parameters
    ----------
    call : callable
        What is measured.
    calls : int
        The number of figures.
    repeats : int
        How many calls one figure is the mean of; more than one where a call takes hardly
        longer than looking at the clock.
    """

    def block() -> Block:
        seconds = []
        busy = time.process_time()
        for _ in range(calls):
            start = time.perf_counter()
            for _ in range(repeats):
                call()
            seconds.append((time.perf_counter() - start) / repeats)
        busy = time.process_time() - busy
        return Block(seconds, busy / calls / repeats)

    return block


def percentile(figures: Sequence[float], percent: int) -> float:
    """Return the figure that `percent` % of all figures are not greater than."""
    if len(figures) == 1:
        return figures[0]
    return statistics.quantiles(figures, n=100, method="inclusive")[percent - 1]


def spread(figures: Sequence[float]) -> Spread:
    """Return the median and the quartiles."""
    return Spread(*(percentile(figures, percent) for percent in (25, 50, 75)))


def paired(figures: Sequence[float], reference: Sequence[float]) -> Spread:
    """Return the ratio of two candidates, each round's by itself.

    Parameters
    ----------
    figures, reference : sequence of float
        One figure a round, of the same rounds.
    """
    ratios = [one / other for one, other in zip(figures, reference, strict=True)]
    return spread(ratios)
