"""The time of an import, of a first call and of a second service."""

from __future__ import annotations

import gc
import itertools
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from measuring import Plan, interleave, paired, percentile, spread, timed
from payloads import SMALL
from peers import REFERENCE, installed
from processes import HERE, Usage, usage
from tables import Report, comparison, number, ratio, table

_NOTHING = "pass"
_NEW_SESSION = "boto3, new session"
_IMPORTS = ("import paws", "import boto3", "import botocore.session")


def first_call(plan: Plan) -> Report:
    """Process that imports a package, creates a service, and calls it once."""
    script = str(HERE / "first_call.py")
    commands = {name: (script, name) for name in installed()}
    measured = _processes(plan, commands)
    seconds = {name: [each.seconds for each in uses] for name, uses in measured.items()}
    ratios = {
        name: paired(values, seconds[REFERENCE]) for name, values in seconds.items()
    }
    rows = (
        (name, *_times(measured, name), _megabytes(uses), ratio(ratios[name]))
        for name, uses in measured.items()
    )
    head = (*_HEAD, "peak, MB", f"ratio to {REFERENCE} (quartiles)")
    return Report(table(head, rows), ratios["paws"].median)


def imports(plan: Plan) -> Report:
    """Process that imports a package, and does nothing else."""
    commands = {statement: ("-c", statement) for statement in _IMPORTS}
    measured = _processes(plan, commands)
    rows = (
        (name, *_times(measured, name), _megabytes(uses))
        for name, uses in measured.items()
    )
    return Report(table((*_HEAD, "peak, MB"), rows))


_HEAD = ("", "median, ms", "more than Python alone, ms (quartiles)")


def _processes(
    plan: Plan, commands: Mapping[str, Sequence[str]]
) -> dict[str, list[Usage]]:
    commands = {_NOTHING: ("-c", _NOTHING), **commands}
    runs = {name: partial(usage, command) for name, command in commands.items()}
    return interleave(runs, plan.rounds)


def _times(measured: Mapping[str, Sequence[Usage]], name: str) -> tuple[str, str]:
    """Return the time of a process, and that time without Python's own start."""
    pairs = zip(measured[name], measured[_NOTHING], strict=True)
    more = spread([(each.seconds - bare.seconds) * 1e3 for each, bare in pairs])
    median = percentile([each.seconds * 1e3 for each in measured[name]], 50)
    quartiles = f"{number(more.lower)} to {number(more.upper)}"
    return number(median), f"{number(more.median)} ({quartiles})"


def _megabytes(uses: Sequence[Usage]) -> str:
    return number(percentile([each.peak / 2**20 for each in uses], 50))


def second_service(plan: Plan) -> Report:
    """Second service of a process, with other settings, and its first call."""
    candidates = _second_services()
    blocks = {name: timed(create, plan.calls) for name, create in candidates.items()}
    times = comparison(interleave(blocks, plan.rounds), _NEW_SESSION, "ms")
    memory = table(
        ("", "allocated, KB"),
        [
            (name, number(_allocated(create) / 1024))
            for name, create in candidates.items()
        ],
    )
    return Report(f"{times.text}\n\n{memory}")


def _second_services() -> dict[str, Callable[[], object]]:
    import boto3
    from botocore.config import Config

    import paws

    timeouts = itertools.count(100)  # seconds; new settings each time

    def create_paws() -> object:
        service = paws.sagemakerruntime(
            config={"read_timeout": next(timeouts)}, region="eu-west-1"
        )
        service.invoke_endpoint(**SMALL)
        return service

    def create_boto3(session: Callable[[], boto3.Session]) -> object:
        config = Config(read_timeout=next(timeouts), region_name="eu-west-1")
        client = session().client("sagemaker-runtime", config=config)
        client.invoke_endpoint(**SMALL)["Body"].read()
        return client

    shared = boto3.Session()
    return {
        "paws": create_paws,
        _NEW_SESSION: partial(create_boto3, boto3.Session),
        "boto3, same session": partial(create_boto3, lambda: shared),
    }


def _allocated(create: Callable[[], object], services: int = 10) -> float:
    """Return the bytes that one of several services keeps allocated."""
    create()
    tracemalloc.start()
    kept = [create() for _ in range(services)]
    gc.collect()
    allocated, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return allocated / len(kept)
