"""Run benchmarks, print their results, and insert them into a document."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import calls
import concurrency
import generation
import starts
from coroutines import LATENCY_SECONDS, coroutines
from machine import machine
from measuring import Plan
from peers import REFERENCE, configure
from plot import plot
from server import serving
from tables import Report, insert


class Benchmark(NamedTuple):
    """A function that measures, how often, and how often with ``--small``, if at all.

    `latency` is the time in seconds that the server takes for a response.
    """

    measure: Callable[[Plan], Report]
    plan: Plan
    small: Plan | None
    latency: float = 0.0


BENCHMARKS: Mapping[str, Benchmark] = {
    "call": Benchmark(calls.small_call, Plan(50, 40), Plan(2, 5)),
    "large-call": Benchmark(calls.large_call, Plan(50, 20), Plan(2, 2)),
    "full-call": Benchmark(calls.full_call, Plan(50, 40), Plan(2, 5)),
    "stream": Benchmark(calls.stream, Plan(50, 20), Plan(2, 2)),
    "validation": Benchmark(calls.validation, Plan(50, 40, 100), Plan(2, 5, 10)),
    "threads": Benchmark(concurrency.threads, Plan(25, 400), Plan(2, 16)),
    "coroutines": Benchmark(coroutines, Plan(7, 6), Plan(1, 1), LATENCY_SECONDS),
    "start": Benchmark(starts.first_call, Plan(20), Plan(1)),
    "import": Benchmark(starts.imports, Plan(40), Plan(1)),
    "second-service": Benchmark(starts.second_service, Plan(20, 5), Plan(1, 1)),
    "generation": Benchmark(generation.few, Plan(7), Plan(1)),
    "growth": Benchmark(generation.everything, Plan(1), None),
    "endurance": Benchmark(concurrency.endurance, Plan(1, 10_000), Plan(1, 64)),
}


def main() -> None:
    """Run the benchmarks of the command line."""
    arguments = _parser().parse_args()
    reports = {}
    print(f"{machine()}\n")
    # aiobotocore needs another environment than the rest: tox -e bench-aio
    default = [name for name in BENCHMARKS if arguments.small or name != "coroutines"]
    for name in arguments.names or default:
        benchmark = BENCHMARKS[name]
        plan = benchmark.small if arguments.small else benchmark.plan
        if plan is None:
            continue
        with serving(benchmark.latency) as url:
            configure(url)
            report = benchmark.measure(plan)
        text = f"{benchmark.measure.__doc__}\n\n{report.text}\n\nEach: {plan}."
        print(f"{text}\n", flush=True)
        reports[name] = report._replace(text=text)
    if arguments.output:
        _write(arguments.output, reports)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"the benchmarks (default: all): {', '.join(BENCHMARKS)}",
    )
    parser.add_argument("--small", action="store_true", help="only check that they run")
    parser.add_argument(
        "--output", type=Path, help="the document with a section for each table"
    )
    return parser


def _write(output: Path, reports: Mapping[str, Report]) -> None:
    """Insert the tables into the document, and plot the ratios to boto3 beside it."""
    sections = {name: report.text for name, report in reports.items()}
    is_complete = reports.keys() == BENCHMARKS.keys() - {"coroutines"}
    if is_complete:
        sections["machine"] = machine()
    text = output.read_text(encoding="utf-8")
    output.write_text(insert(text, sections), encoding="utf-8")
    if is_complete:
        ratios = {
            name: report.ratio
            for name, report in reports.items()
            if report.ratio is not None
        }
        picture = output.with_name("ratios.svg")
        picture.write_text(plot(ratios, REFERENCE), encoding="utf-8")


if __name__ == "__main__":
    main()
