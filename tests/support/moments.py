"""Run a function with an action at a chosen moment: before one of the lines that run."""

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

    `action` is called before the line number `moment`, counted from 1. Only lines of files
    whose paths have one of the ends `files` are counted.
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
