"""The time of `make-paws generate`, for more and more services."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from measuring import Plan, interleave, spread
from processes import Usage, usage
from tables import Report, number, table

_ONE = ("sagemaker-runtime",)
_TEN = (
    *("acm", "athena", "cloudwatch", "dynamodb", "kms"),
    *("lambda", "logs", "sagemaker-runtime", "sns", "sqs"),
)
_ALL = ("--all",)


def few(plan: Plan) -> Report:
    """`make-paws generate` as a process: one service, and ten."""
    return _generation(plan, {"sagemaker-runtime": _ONE, "ten services": _TEN})


def everything(plan: Plan) -> Report:
    """`make-paws generate` as a process: one service, ten, and all of botocore."""
    selections = {
        "sagemaker-runtime": _ONE,
        "ten services": _TEN,
        "all services": _ALL,
    }
    return _generation(plan, selections)


def _generation(plan: Plan, selections: Mapping[str, Sequence[str]]) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        outputs = {name: Path(folder, name) for name in selections}
        runs = {
            name: partial(usage, _arguments(selection, outputs[name]))
            for name, selection in selections.items()
        }
        measured = interleave(runs, plan.rounds)
        sizes = {name: _size(output) for name, output in outputs.items()}
    rows = [_row(name, uses, sizes[name]) for name, uses in measured.items()]
    head = (
        *("", "seconds (quartiles)", "CPU, s", "generated, MB"),
        *("CPU, s/MB", "peak of one process, MB"),
    )
    return Report(table(head, rows))


def _arguments(selection: Sequence[str], output: Path) -> tuple[str, ...]:
    return ("-m", "make_paws", "generate", *selection, "--output", str(output))


def _size(output: Path) -> float:
    return sum(path.stat().st_size for path in output.rglob("*.py*")) / 2**20


def _row(name: str, uses: Sequence[Usage], size: float) -> tuple[str, ...]:
    seconds = spread([each.seconds for each in uses])
    cpu = spread([each.cpu for each in uses]).median
    quartiles = f"{number(seconds.lower)} to {number(seconds.upper)}"
    numbers = cpu, size, cpu / size, max(each.peak for each in uses) / 2**20
    return (name, f"{number(seconds.median)} ({quartiles})", *map(number, numbers))
