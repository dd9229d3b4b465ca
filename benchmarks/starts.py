"""The time of an import, of a first call and of a second service."""

import gc
import itertools
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial

from measuring import Plan, interleave, paired, percentile, spread, timed
from payloads import SMALL
from peers import REFERENCE, installed
from processes import HERE, Usage, usage
from tables import Report, comparison, number, ratio, table

_NOTHING = "pass"
_NEW_SESSION = "boto3, new session"


def first_call(plan: Plan) -> Report:
    """Process that imports a package, creates a service, and calls it once."""
    script = str(HERE / "first_call.py")
    commands = {
        _NOTHING: ("-c", _NOTHING),
        **{name: (script, name) for name in installed()},
    }
    runs = {name: partial(usage, command) for name, command in commands.items()}
    measured = interleave(runs, plan.rounds)
    seconds = {name: [each.seconds for each in uses] for name, uses in measured.items()}
    ratios = {
        name: paired(values, seconds[REFERENCE]) for name, values in seconds.items()
    }
    rows = (
        (name, *_times(uses, measured[_NOTHING]), ratio(ratios[name]))
        for name, uses in measured.items()
    )
    head = (
        *("", "median, ms", "more than Python alone, ms (quartiles)", "peak, MB"),
        f"ratio to {REFERENCE} (quartiles)",
    )
    return Report(table(head, rows), ratios["paws"].median)


def _times(uses: Sequence[Usage], bare: Sequence[Usage]) -> tuple[str, str, str]:
    """Return the time of a process, that time without Python's own start, and the peak."""
    pairs = zip(uses, bare, strict=True)
    more = spread([(each.seconds - other.seconds) * 1e3 for each, other in pairs])
    quartiles = f"{number(more.lower)} to {number(more.upper)}"
    return (
        number(percentile([each.seconds * 1e3 for each in uses], 50)),
        f"{number(more.median)} ({quartiles})",
        number(percentile([each.peak / 2**20 for each in uses], 50)),
    )


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
