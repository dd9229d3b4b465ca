"""The time and the memory of whole processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Usage(NamedTuple):
    """The resources of a process and of its child processes.

    Times are in seconds; `peak` is the largest memory of one process in bytes.
    """

    seconds: float
    cpu: float
    peak: float


def usage(arguments: Sequence[str]) -> Usage:
    """Run Python with these arguments, and return its use of resources."""
    launcher = sys.executable, "-I", "-S", str(HERE / "launch.py")
    done = subprocess.run(
        [*launcher, sys.executable, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Usage(*map(float, done.stdout.split()))
