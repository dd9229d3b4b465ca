"""What it costs to begin: an import, a first call, a second service."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from measuring import Plan, interleave, paired, percentile, spread, timed
from payloads import THREE
from peers import REFERENCE, installed
from processes import HERE, Usage, usage
from tables import Report, comparison, number, ratio, table

_NOTHING = "pass"
_NEW_SESSION = "boto3, new session"
_IMPORTS = ("import paws", "import boto3", "import botocore.session")


def first_call(plan: Plan) -> Report:
    """A process that imports, makes a service, and calls it once."""
    script = str(HERE / "first_call.py")
    commands = {name: (script, name) for name in installed()}
    measured = _processes(plan, commands)
    medians = {name: [each.seconds for each in uses] for name, uses in measured.items()}
    rows = (
        (
            *(name, *_times(measured, name), _megabytes(uses)),
            ratio(paired(medians[name], medians[REFERENCE])),
        )
        for name, uses in measured.items()
    )
    head = (*_HEAD, "peak, MB", f"ratio to {REFERENCE} (quartiles)")
    return Report(table(head, rows))


def imports(plan: Plan) -> Report:
    """A process that imports, and does nothing else."""
    commands = {statement: ("-c", statement) for statement in _IMPORTS}
    measured = _processes(plan, commands)
    rows = (
        (name, *_times(measured, name), _megabytes(uses), _loads_botocore(name))
        for name, uses in measured.items()
    )
    return Report(table((*_HEAD, "peak, MB", "loads botocore"), rows))


_HEAD = ("", "median, ms", "over a bare Python, ms (quartiles)")


def _processes(
    plan: Plan, commands: Mapping[str, Sequence[str]]
) -> dict[str, list[Usage]]:
    everything = {_NOTHING: ("-c", _NOTHING), **commands}
    runs = {name: partial(usage, command) for name, command in everything.items()}
    return interleave(runs, plan.rounds)


def _times(measured: Mapping[str, Sequence[Usage]], name: str) -> tuple[str, str]:
    """Return the time of a process, and what of it is not Python's own start."""
    pairs = zip(measured[name], measured[_NOTHING], strict=True)
    over = spread([(each.seconds - bare.seconds) * 1e3 for each, bare in pairs])
    median = percentile([each.seconds * 1e3 for each in measured[name]], 50)
    quartiles = f"{number(over.lower)} to {number(over.upper)}"
    return number(median), f"{number(over.median)} ({quartiles})"


def _megabytes(uses: Sequence[Usage]) -> str:
    return number(percentile([each.peak / 2**20 for each in uses], 50))


def _loads_botocore(statement: str) -> str:
    code = f"import sys; {statement}; print('botocore' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    return "yes" if done.stdout.strip() == "True" else "no"


def second_service(plan: Plan) -> Report:
    """Another service of the process, with settings of its own, and its first call."""
    makers = _second_services()
    blocks = {name: timed(make, plan.calls) for name, make in makers.items()}
    times = comparison(interleave(blocks, plan.rounds), _NEW_SESSION, "ms")
    memory = table(
        ("", "allocated, KB"),
        [(name, number(_allocated(make) / 1024)) for name, make in makers.items()],
    )
    return Report(f"{times}\n\n{memory}")


def _second_services() -> dict[str, Callable[[], object]]:
    import boto3
    from botocore.config import Config

    import paws

    timeouts = itertools.count(100)  # seconds; nobody has seen these settings before

    def ours() -> object:
        service = paws.sagemakerruntime(
            config={"read_timeout": next(timeouts)}, region="eu-west-1"
        )
        service.invoke_endpoint(**THREE)
        return service

    def theirs(session: Callable[[], boto3.Session]) -> object:
        config = Config(read_timeout=next(timeouts), region_name="eu-west-1")
        client = session().client("sagemaker-runtime", config=config)
        client.invoke_endpoint(**THREE)["Body"].read()
        return client

    shared = boto3.Session()
    return {
        "paws": ours,
        _NEW_SESSION: partial(theirs, boto3.Session),
        "boto3, same session": partial(theirs, lambda: shared),
    }


def _allocated(make: Callable[[], object], services: int = 10) -> float:
    """Return the bytes that stay allocated for one of several services."""
    make()
    tracemalloc.start()
    kept = [make() for _ in range(services)]
    gc.collect()
    allocated, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return allocated / len(kept)
