"""Several services at once: each in one of a few processes, the results in order."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int | None
) -> Iterator[Result]:
    """Yield what `function` makes of each item, in the order of the items.

    Parameters
    ----------
    function : callable
        What can be pickled: a function of a module, or a `functools.partial` of one.
    items : sequence
        What it is called with.
    jobs : int, optional
        How many processes; by default as many as there are processors. A single one,
        or a single item, is worked on here.
    """
    processes = min(jobs or os.cpu_count() or 1, len(items))
    if processes <= 1:
        yield from map(function, items)
        return
    # A fork would copy the threads of the progress bar, and what they hold.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        try:
            yield from pool.map(function, items)
        finally:
            pool.shutdown(cancel_futures=True)
