"""Compare fairly: candidates take turns, and are compared within a turn.

A machine is slower in one second than in the next: it has other work, and its clock
changes. So in each round every candidate runs one short block of calls, in random order.
The result is the ratio to the reference in the same round, with the spread of that ratio
over all rounds. A difference that is smaller than the spread is not a difference.
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
    """How often to measure: `rounds` blocks of `calls` measurements.

    A measurement is the mean of `repeats` calls.
    """

    rounds: int
    calls: int = 1
    repeats: int = 1

    def __str__(self) -> str:
        calls = _count(self.calls, "measurement")
        repeats = f" of {_count(self.repeats, 'call')}" if self.repeats > 1 else ""
        return f"{_count(self.rounds, 'round')} of {calls}{repeats}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class Block:
    """The seconds of each call of a block, and the mean CPU seconds of a call.

    CPU time excludes what a client waits for: the server, and a busy processor.
    """

    seconds: Sequence[float]
    cpu: float


@dataclass(frozen=True)
class Spread:
    """The quartiles of some measurements."""

    lower: float
    median: float
    upper: float


def interleave(
    candidates: Mapping[Name, Callable[[], Measured]], rounds: int
) -> dict[Name, list[Measured]]:
    """Return the measurements of each candidate, one for each round.

    An additional first round fills caches and opens connections, and is not counted.

    Parameters
    ----------
    candidates : mapping
        The functions that measure one block each.
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
    """Return a function that measures a block of calls.

    Parameters
    ----------
    call : callable
        The call.
    calls : int
        The number of measurements.
    repeats : int
        The calls of one measurement: several if a call is hardly longer than reading the
        clock.
    """

    def block() -> Block:
        seconds = []
        cpu = time.process_time()
        for _ in range(calls):
            start = time.perf_counter()
            for _ in range(repeats):
                call()
            seconds.append((time.perf_counter() - start) / repeats)
        cpu = time.process_time() - cpu
        return Block(seconds, cpu / calls / repeats)

    return block


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that `percent` % of all values do not exceed."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(values: Sequence[float]) -> Spread:
    """Return the quartiles."""
    return Spread(*(percentile(values, percent) for percent in (25, 50, 75)))


def paired(values: Sequence[float], reference: Sequence[float]) -> Spread:
    """Return the quartiles of the ratios of two candidates, computed for each round.

    Parameters
    ----------
    values, reference : sequence of float
        One value for each round, of the same rounds.
    """
    ratios = [one / other for one, other in zip(values, reference, strict=True)]
    return spread(ratios)
