"""How threads that share a service affect each other."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from measuring import Plan, interleave, paired, spread
from payloads import SMALL
from peers import PEERS, REFERENCE
from tables import Report, number, ratio, table

_THREADS = 8
_NAMES = ("paws", REFERENCE)


def threads(plan: Plan) -> Report:
    """Calls per second of one service in one thread, and in eight."""
    calls = {name: partial(PEERS[name](), **SMALL) for name in _NAMES}
    blocks = {
        (name, count): partial(_rate, call, count, plan.calls)
        for name, call in calls.items()
        for count in (1, _THREADS)
    }
    rates = interleave(blocks, plan.rounds)
    rows = [
        (
            name,
            *(number(spread(rates[name, count]).median) for count in (1, _THREADS)),
            ratio(paired(rates[name, _THREADS], rates[name, 1])),
            ratio(paired(rates[name, _THREADS], rates[REFERENCE, _THREADS])),
        )
        for name in _NAMES
    ]
    head = (
        *("", "1 thread, calls/s", f"{_THREADS} threads, calls/s"),
        *(f"{_THREADS} to 1 (quartiles)", f"ratio to {REFERENCE} (quartiles)"),
    )
    times = paired(rates[REFERENCE, _THREADS], rates["paws", _THREADS])
    return Report(table(head, rows), times.median)


def _rate(call: Callable[[], object], count: int, calls: int) -> float:
    """Return how many calls a second some threads make together."""
    barrier = threading.Barrier(count + 1)

    def work() -> None:
        barrier.wait()
        for _ in range(calls // count):
            call()

    with ThreadPoolExecutor(count) as pool:
        workers = [pool.submit(work) for _ in range(count)]
        barrier.wait()
        start = time.perf_counter()
        for worker in workers:
            worker.result()  # raises the exception of a call
        return calls // count * count / (time.perf_counter() - start)
