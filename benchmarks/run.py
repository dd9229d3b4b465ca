"""Run benchmarks, print their results, and insert them into a document."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import calls
import concurrency
import starts
from coroutines import LATENCY_SECONDS, coroutines
from generation import generation
from machine import machine
from measuring import Plan
from peers import configure
from server import serving
from tables import insert


class Benchmark(NamedTuple):
    """A function that measures, how often, and how often with ``--small``.

    `latency` is the time in seconds that the server takes for a response.
    """

    measure: Callable[[Plan], str]
    plan: Plan
    small: Plan
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
    "second-service": Benchmark(starts.second_service, Plan(20, 5), Plan(1, 1)),
    "generation": Benchmark(generation, Plan(7), Plan(1)),
}


def main() -> None:
    """Run the benchmarks of the command line."""
    arguments = _parser().parse_args()
    sections = {}
    print(f"{machine()}\n")
    # aiobotocore needs another environment than the rest: tox -e bench-aio
    default = [name for name in BENCHMARKS if arguments.small or name != "coroutines"]
    for name in arguments.names or default:
        benchmark = BENCHMARKS[name]
        plan = benchmark.small if arguments.small else benchmark.plan
        with serving(benchmark.latency) as url:
            configure(url)
            text = benchmark.measure(plan)
        text = f"{benchmark.measure.__doc__}\n\n{text}\n\nEach: {plan}."
        print(f"{text}\n", flush=True)
        sections[name] = text
    if arguments.output:
        if sections.keys() == BENCHMARKS.keys() - {"coroutines"}:
            sections["machine"] = machine()
        document = arguments.output.read_text(encoding="utf-8")
        arguments.output.write_text(insert(document, sections), encoding="utf-8")


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


if __name__ == "__main__":
    main()
