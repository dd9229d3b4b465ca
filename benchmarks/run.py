"""Run benchmarks, print what they say, and put it into a text."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import calls
import concurrency
import generation
import profiles
import starts
from machine import machine
from measuring import Plan
from peers import configure
from server import serving
from tables import Report, replaced


class Benchmark(NamedTuple):
    """What measures, how often, and how often where it only has to work, if at all."""

    measure: Callable[[Plan], Report]
    plan: Plan
    small: Plan | None


BENCHMARKS: Mapping[str, Benchmark] = {
    "call": Benchmark(calls.small_call, Plan(50, 40), Plan(2, 5)),
    "large-call": Benchmark(calls.large_call, Plan(50, 20), Plan(2, 2)),
    "full-call": Benchmark(calls.full_call, Plan(50, 40), Plan(2, 5)),
    "stream": Benchmark(calls.stream, Plan(50, 20), Plan(2, 2)),
    "validation": Benchmark(calls.validation, Plan(50, 40, 100), Plan(2, 5, 10)),
    "threads": Benchmark(concurrency.threads, Plan(25, 400), Plan(2, 16)),
    "start": Benchmark(starts.first_call, Plan(20), Plan(1)),
    "import": Benchmark(starts.imports, Plan(40), Plan(1)),
    "second-service": Benchmark(starts.second_service, Plan(20, 5), Plan(1, 1)),
    "generation": Benchmark(generation.few, Plan(7), Plan(1)),
    "growth": Benchmark(generation.everything, Plan(1), None),
    "profiles": Benchmark(profiles.profiles, Plan(40, 100), Plan(1, 20)),
}


def main() -> None:
    """Run the benchmarks that were asked for."""
    given = _parser().parse_args()
    reports = {}
    print(f"{machine()}\n")
    with serving() as url:
        configure(url)
        for name in given.names or BENCHMARKS:
            benchmark = BENCHMARKS[name]
            plan = benchmark.small if given.small else benchmark.plan
            if plan is None:
                continue
            report = benchmark.measure(plan)
            text = f"{benchmark.measure.__doc__}\n\n{report.text}\n\nEach: {plan}."
            print(f"{text}\n", flush=True)
            reports[name] = report._replace(text=text)
    if given.output:
        _write(given.output, reports)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"the benchmarks, all without one: {', '.join(BENCHMARKS)}",
    )
    parser.add_argument("--small", action="store_true", help="only see that they work")
    parser.add_argument(
        "--output", type=Path, help="the text with a place for each table"
    )
    return parser


def _write(output: Path, reports: Mapping[str, Report]) -> None:
    """Put the tables into the text, and what belongs to them beside it."""
    sections = {name: report.text for name, report in reports.items()}
    text = output.read_text(encoding="utf-8")
    sections = {"machine": machine(), **sections}
    output.write_text(replaced(text, sections), encoding="utf-8")
    for report in reports.values():
        for name, content in report.files.items():
            (output.parent / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
