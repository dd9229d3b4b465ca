"""What a call costs that is not the first one, and what its validation does."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import cycle

from measuring import Plan, interleave, timed
from payloads import LARGE, OTHERS, THIRTEEN, THREE
from peers import PEERS, REFERENCE, STREAMS, installed
from tables import Report, comparison


def small_call(plan: Plan) -> Report:
    """A warm call: a body of 1 KB, 3 parameters, an answer of 1 KB."""
    return _calls(plan, installed(), THREE)


def large_call(plan: Plan) -> Report:
    """A warm call with a body of 1 MB, 3 parameters, an answer of 1 KB."""
    return _calls(plan, installed(), LARGE)


def full_call(plan: Plan) -> Report:
    """A warm call with all 13 parameters of InvokeEndpoint."""
    # sagemaker-core's function has no parameter PrefixAwareId.
    names = [name for name in installed() if name != "sagemaker-core"]
    return _calls(plan, names, THIRTEEN)


def _calls(plan: Plan, names: Sequence[str], arguments: Mapping[str, object]) -> Report:
    blocks = {
        name: timed(partial(PEERS[name](), **arguments), plan.calls) for name in names
    }
    return Report(comparison(interleave(blocks, plan.rounds), REFERENCE, "ms"))


def stream(plan: Plan) -> Report:
    """A stream of 1,000 parts: milliseconds of all are microseconds of one."""
    blocks = {
        name: timed(partial(make(), **THREE), plan.calls)
        for name, make in STREAMS.items()
    }
    return Report(comparison(interleave(blocks, plan.rounds), REFERENCE, "ms"))


def validation(plan: Plan) -> Report:
    """The check of all 13 parameters, and nothing else."""
    from botocore.session import get_session
    from botocore.validate import ParamValidator

    import paws
    from paws_common.validation.requests import validate

    # The body of a generated function makes the request, and what is around it sends it.
    ask = inspect.unwrap(paws.sagemakerruntime_invoke_endpoint)
    request, others = ask(**THIRTEEN), cycle([ask(**each) for each in OTHERS])
    service = get_session().get_service_model("sagemaker-runtime")
    shape = service.operation_model("InvokeEndpoint").input_shape
    theirs = ParamValidator()
    checks = {
        "paws": partial(validate, request, limits=True),
        "paws, other values each time": lambda: validate(next(others), limits=True),
        "botocore": partial(theirs.validate, THIRTEEN, shape),
    }
    blocks = {
        name: timed(check, plan.calls, plan.repeats) for name, check in checks.items()
    }
    return Report(comparison(interleave(blocks, plan.rounds), "botocore", "µs"))
