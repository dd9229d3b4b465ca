"""Whether threads that share a service get in each other's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from measuring import Plan, interleave, paired, spread
from payloads import THREE
from peers import PEERS, REFERENCE
from tables import Report, number, ratio, table

_THREADS = 8
_NAMES = ("paws", REFERENCE)


def threads(plan: Plan) -> Report:
    """Calls per second of one service, which is used by one thread, or by eight."""
    calls = {name: partial(PEERS[name](), **THREE) for name in _NAMES}
    blocks = {
        (name, number): partial(_rate, call, number, plan.calls)
        for name, call in calls.items()
        for number in (1, _THREADS)
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
    return Report(table(head, rows))


def _rate(call: Callable[[], object], number: int, calls: int) -> float:
    """Return how many calls a second some threads make together."""
    together = threading.Barrier(number + 1)

    def work() -> None:
        together.wait()
        for _ in range(calls // number):
            call()

    workers = [threading.Thread(target=work) for _ in range(number)]
    for worker in workers:
        worker.start()
    together.wait()
    start = time.perf_counter()
    for worker in workers:
        worker.join()
    return calls // number * number / (time.perf_counter() - start)
