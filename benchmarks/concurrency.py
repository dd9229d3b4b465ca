"""How threads that share a service affect each other."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

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


def endurance(plan: Plan) -> Report:
    """Calls in 64 threads, then many calls and half-read streams: does anything grow?"""
    call = partial(PEERS["paws"](), **SMALL)
    rate = _rate(call, 64, plan.calls)
    before = _resources()
    for _ in range(2 * plan.calls):
        call()
    calls = _resources()
    import paws

    invoke = paws.sagemakerruntime().invoke_endpoint_with_response_stream
    for _ in range(plan.calls // 5):
        next(invoke(**SMALL)["Body"])  # and forget the rest
    streams = _resources()
    head = ("", "resident memory, MB", "objects", "open files")
    rows = (
        (f"after {plan.calls:,} calls in 64 threads", *before),
        (f"after {2 * plan.calls:,} more calls", *calls),
        (f"after {plan.calls // 5:,} half-read streams", *streams),
    )
    return Report(f"{number(rate)} calls/s, no error\n\n{table(head, rows)}")


def _resources() -> tuple[str, str, str]:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    files = len(os.listdir("/proc/self/fd"))
    return number(megabytes), f"{len(gc.get_objects()):,}", str(files)
