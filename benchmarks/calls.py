"""The time of a call after the first one, and of its validation."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import cycle

from measuring import Plan, interleave, timed
from payloads import LARGE, OTHERS, SMALL, THIRTEEN
from peers import PEERS, REFERENCE, STREAMS, installed
from tables import Report, comparison


def small_call(plan: Plan) -> Report:
    """Warm call: a body of 1 KB, 4 parameters, a response of 1 KB."""
    return _calls(plan, installed(), SMALL)


def large_call(plan: Plan) -> Report:
    """Warm call with a body of 1 MB, 4 parameters, a response of 1 KB."""
    return _calls(plan, installed(), LARGE)


def full_call(plan: Plan) -> Report:
    """Warm call with all 13 parameters of InvokeEndpoint."""
    # sagemaker-core's function has no parameter PrefixAwareId.
    names = [name for name in installed() if name != "sagemaker-core"]
    return _calls(plan, names, THIRTEEN)


def _calls(plan: Plan, names: Sequence[str], arguments: Mapping[str, object]) -> Report:
    blocks = {
        name: timed(partial(PEERS[name](), **arguments), plan.calls) for name in names
    }
    return comparison(interleave(blocks, plan.rounds), REFERENCE, "ms")


def stream(plan: Plan) -> Report:
    """Stream of 1,000 parts: milliseconds of a stream are microseconds of a part."""
    blocks = {
        name: timed(partial(create(), **SMALL), plan.calls)
        for name, create in STREAMS.items()
    }
    return comparison(interleave(blocks, plan.rounds), REFERENCE, "ms")


def validation(plan: Plan) -> Report:
    """Validation of all 13 parameters."""
    from botocore.session import get_session
    from botocore.validate import ParamValidator

    import paws
    from paws_common.validation.validator import validate

    # A generated function builds the request; its wrapper sends it.
    build = inspect.unwrap(paws.sagemakerruntime_invoke_endpoint)
    request, others = build(**THIRTEEN), cycle([build(**each) for each in OTHERS])
    service = get_session().get_service_model("sagemaker-runtime")
    shape = service.operation_model("InvokeEndpoint").input_shape
    checks = {
        "paws": partial(validate, request, limits=True),
        "paws, other values each time": lambda: validate(next(others), limits=True),
        "botocore": partial(ParamValidator().validate, THIRTEEN, shape),
    }
    blocks = {
        name: timed(check, plan.calls, plan.repeats) for name, check in checks.items()
    }
    return comparison(interleave(blocks, plan.rounds), "botocore", "µs")
