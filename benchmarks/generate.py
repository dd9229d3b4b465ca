"""How long `make-paws generate` takes for one service, the whole process.

Each run starts a process; the first, which fills the caches of the system, is not
counted. Generation alternates with a Python that does nothing, so that a machine that
slows down is seen in both.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence


def seconds(command: Sequence[str]) -> float:
    """Return the wall time of a process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("service", nargs="?", default="sagemaker-runtime")
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as output:
        commands = {
            f"make-paws generate {given.service}": [
                *(sys.executable, "-m", "make_paws", "generate", given.service),
                *("--output", output),
            ],
            "python -c pass": [sys.executable, "-c", "pass"],
        }
        measured = [
            {name: seconds(command) for name, command in commands.items()}
            for _ in range(given.runs + 1)
        ][1:]
    print("| process | least | median | most |")
    print("|---|---|---|---|")
    for name in commands:
        times = [run[name] for run in measured]
        figures = (min(times), statistics.median(times), max(times))
        print(
            f"| {name} | " + " | ".join(f"{figure:.3f} s" for figure in figures) + " |"
        )


if __name__ == "__main__":
    main()
