"""Run a function with an action at a chosen moment: before one of the lines that run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def run(
    function: Callable[[], object],
    moment: int | None = None,
    action: Callable[[], object] | None = None,
    files: tuple[str, ...] = ("",),
) -> int:
    """Run `function`, and return how many lines of Python ran, callees included.

    Parameters
    ----------
    function : callable
        The function.
    moment : int, optional
        A line, counted from 1 in the order in which lines run.
    action : callable, optional
        Called before that line.
    files : tuple of str
        The ends of the paths of the files whose lines are counted; by default of all.
    """
    lines = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        if event == "call" and not frame.f_code.co_filename.endswith(files):
            return None
        if event == "line":
            lines += 1
            if lines == moment and action is not None:
                action()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return lines


def in_a_fork(function: Callable[[], object]) -> int:
    """Run `function` in a forked process, and return its wait status."""
    child = os.fork()
    if child == 0:
        try:
            function()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]
