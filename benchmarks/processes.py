"""What whole processes take."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Usage(NamedTuple):
    """What a process took, and all that it waited for.

    Times are in seconds. `peak` is the most memory, in bytes, that one of them had.
    """

    seconds: float
    processor: float
    peak: float


def usage(arguments: Sequence[str]) -> Usage:
    """Run Python with these arguments, and return what it took."""
    launcher = sys.executable, "-I", "-S", str(HERE / "launch.py")
    done = subprocess.run(
        [*launcher, sys.executable, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Usage(*map(float, done.stdout.split()))
