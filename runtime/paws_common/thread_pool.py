"""Await functions that run in threads, with asyncio (and uvloop) or trio."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")


async def run_in_thread(
    executor: Callable[[], Executor],
    function: Callable[[], Result],
    *,
    on_cancel: Callable[[], object],
) -> Result:
    """Return the result of a function that runs in a thread.

    The function runs in a copy of the caller's context (`contextvars`). If the caller is
    cancelled, `on_cancel` is called, and this coroutine ends at once; the function is not
    called, or runs to its end.

    A RuntimeError is raised if the function raised StopIteration.
    """
    context = contextvars.copy_context()
    try:
        try:
            future = executor().submit(context.run, _call, function)
        except RuntimeError:
            # The interpreter is shutting down, and does not start threads any more. An
            # exit handler that awaits a call may block its event loop.
            return context.run(_call, function)
        # If trio runs the caller, it has been imported.
        trio = sys.modules.get("trio")
        if trio is not None and trio.lowlevel.in_trio_task():
            return await _wait_with_trio(trio, future)
        return await asyncio.wrap_future(future)
    except Exception:
        raise
    except BaseException:  # the task was cancelled
        on_cancel()
        raise


def _call(function: Callable[[], Result]) -> Result:
    """Call a function; its StopIteration becomes a RuntimeError, as in a coroutine (PEP 479).

    Before Python 3.12, asyncio would wait forever for a future with a StopIteration.
    """
    try:
        return function()
    except StopIteration as error:
        raise RuntimeError("the call raised StopIteration") from error


async def _wait_with_trio(trio: Any, future: Future[Result]) -> Result:
    is_done, token = trio.Event(), trio.lowlevel.current_trio_token()

    def wake(_: object) -> None:
        with suppress(trio.RunFinishedError):
            token.run_sync_soon(is_done.set)

    future.add_done_callback(wake)
    try:
        await is_done.wait()
    except BaseException:
        future.cancel()
        raise
    return future.result()
