"""The time of `make-paws generate`."""

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from measuring import Plan, interleave, spread
from processes import Usage, usage
from tables import Report, number, table

_SELECTIONS = {
    "sagemaker-runtime": ("sagemaker-runtime",),
    "ten services": (
        *("acm", "athena", "cloudwatch", "dynamodb", "kms"),
        *("lambda", "logs", "sagemaker-runtime", "sns", "sqs"),
    ),
}


def generation(plan: Plan) -> Report:
    """`make-paws generate` as a process: one service, and ten."""
    command = ("-m", "make_paws", "generate")
    with tempfile.TemporaryDirectory() as folder:
        runs = {
            name: partial(usage, (*command, *services, "--output", f"{folder}/{name}"))
            for name, services in _SELECTIONS.items()
        }
        measured = interleave(runs, plan.rounds)
        rows = [_row(name, measured[name], Path(folder, name)) for name in runs]
    head = (
        *("", "seconds (quartiles)", "CPU, s", "generated, MB"),
        *("CPU, s/MB", "peak of one process, MB"),
    )
    return Report(table(head, rows))


def _row(name: str, uses: Sequence[Usage], output: Path) -> tuple[str, ...]:
    size = sum(path.stat().st_size for path in output.rglob("*.py*")) / 2**20
    seconds = spread([each.seconds for each in uses])
    cpu = spread([each.cpu for each in uses]).median
    quartiles = f"{number(seconds.lower)} to {number(seconds.upper)}"
    numbers = cpu, size, cpu / size, max(each.peak for each in uses) / 2**20
    return (name, f"{number(seconds.median)} ({quartiles})", *map(number, numbers))
