"""Call a function for several items in worker processes, with results in order.

`multiprocessing` is not used, because its helper processes print tracebacks and warnings
when a signal ends the command. A worker reads items from a pipe, and ends when it closes.
"""

from __future__ import annotations

import io
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any, BinaryIO, TypeVar

from make_paws import signals, terminal
from make_paws.errors import MakePawsError, WorkerError

Item = TypeVar("Item")
Result = TypeVar("Result")

_START = "import sys; sys.path[:] = {path!r}; from make_paws import parallel; parallel.work()"
# A terminal sends signals to the process group; only the parent should handle them.
_OWN_GROUP: dict[str, Any]
if sys.platform == "win32":
    _OWN_GROUP = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _OWN_GROUP = {"process_group": 0}


def each(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int | None
) -> Generator[Result, None, None]:
    """Yield the result of `function` for each item, in the order of the items.

    The worker processes end with the generator and with this process, even if it is killed.

    Parameters
    ----------
    function : callable
        A function that can be pickled, such as a `functools.partial` of a global function.
    items : sequence
        The arguments of the calls.
    jobs : int, optional
        The maximum number of processes, by default one for each processor. No process is
        started for one job or one item.

    Raises
    ------
    MakePawsError, OSError
        An error of `function`.
    WorkerError
        A worker process ended early, for example because of another exception.
    """
    processes = min(jobs or os.cpu_count() or 1, len(items))
    if processes <= 1:
        yield from _checked(map(function, items))
        return
    with signals.deferred(), ExitStack() as stack:
        pool = ThreadPoolExecutor(processes)
        stack.callback(pool.shutdown, cancel_futures=True)
        pickled = pickle.dumps(function)
        idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for _ in range(processes):
            worker = _Worker(pickled)
            stack.callback(worker.end)
            idle.put(worker)

        def call(item: Item) -> Result:
            worker = idle.get()
            try:
                result: Result = worker.call(item)
                return result
            finally:
                idle.put(worker)

        results = pool.map(call, items)
        with signals.interruptible():
            yield from _checked(results)


def _checked(results: Iterator[Result]) -> Iterator[Result]:
    """Yield results, and raise if a signal was received between them."""
    for result in results:
        signals.check()
        yield result


class _Worker:
    """A process that applies a function to the items that are sent to it."""

    def __init__(self, pickled: bytes) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **_OWN_GROUP,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._items = self._process.stdin
        self._results = self._process.stdout
        self._send(pickled)

    def call(self, item: object) -> Any:
        """Return the function's result for an item, or raise its error."""
        self._send(pickle.dumps(item))
        try:
            result, error = pickle.load(self._results)
        except (EOFError, pickle.UnpicklingError):
            code = self._process.wait()
            raise WorkerError(
                f"a worker process ended with exit code {code}; if it was killed for "
                "lack of memory, use --jobs 1"
            ) from None
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """Kill the process; a `call` in another thread fails."""
        self._process.kill()
        self._process.wait()
        self._results.close()
        with suppress(BrokenPipeError):
            self._items.close()

    def _send(self, message: bytes) -> None:
        # A process that has ended makes `call` fail, which reports the exit code.
        with suppress(BrokenPipeError):
            self._items.write(message)
            self._items.flush()


def work() -> None:
    """Run as a worker: read a function and items from stdin, write results to stdout."""
    terminal.open_closed_streams()
    # A duplicate, because Python waits at exit for a thread that reads sys.stdin.
    items = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # print() goes to stderr
    _buffer_lines()
    received: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with suppress(EOFError, BrokenPipeError):  # the parent has ended
        function = pickle.load(items)
        threading.Thread(target=_receive, args=(items, received), daemon=True).start()
        while True:
            pickle.dump(_outcome(function, received.get()), results)
            results.flush()


def _buffer_lines() -> None:
    """Write each line of output at once, so that lines of workers are not mixed.

    A buffer of more than a line is lost when the process is killed. Without a buffer
    (``PYTHONUNBUFFERED``), Python writes a line in parts.
    """
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True, write_through=False)


def _receive(items: BinaryIO, received: queue.SimpleQueue[Any]) -> None:
    """Read items; the pipe closes when the parent ends, which ends this process."""
    try:
        while True:
            received.put(pickle.load(items))
    finally:
        os._exit(1)


def _outcome(
    function: Callable[[Any], Any], item: object
) -> tuple[object, Exception | None]:
    """Return a function's result for an item and None, or None and its error."""
    try:
        return function(item), None
    except (MakePawsError, OSError) as error:
        return None, error
