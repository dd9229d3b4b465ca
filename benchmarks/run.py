"""Run benchmarks, print what they say, and put it into a text."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import calls
from measuring import Plan
from peers import configure
from server import serving
from tables import replaced


class Benchmark(NamedTuple):
    """What measures, how often, and how often where it only has to work."""

    measure: Callable[[Plan], str]
    plan: Plan
    small: Plan


BENCHMARKS: Mapping[str, Benchmark] = {
    "call": Benchmark(calls.small_call, Plan(50, 40), Plan(2, 5)),
    "large-call": Benchmark(calls.large_call, Plan(50, 20), Plan(2, 2)),
    "full-call": Benchmark(calls.full_call, Plan(50, 40), Plan(2, 5)),
}


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME")
    parser.add_argument("--small", action="store_true", help="see that they work")
    parser.add_argument("--output", type=Path, help="the text to put the tables into")
    given = parser.parse_args()
    sections = {}
    with serving() as url:
        configure(url)
        for name in given.names or BENCHMARKS:
            benchmark = BENCHMARKS[name]
            plan = benchmark.small if given.small else benchmark.plan
            sections[name] = f"{benchmark.measure(plan)}\n\n{plan}"
            print(f"{benchmark.measure.__doc__}\n\n{sections[name]}\n", flush=True)
    if given.output:
        text = given.output.read_text(encoding="utf-8")
        given.output.write_text(replaced(text, sections), encoding="utf-8")


if __name__ == "__main__":
    main()
