"""What a call costs that is not the first one: small, large, with every parameter."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial

import server
from measuring import Plan, interleave, timed
from peers import PEERS, REFERENCE, installed
from tables import comparison

THREE = {"EndpointName": "my-endpoint", "Body": b"1" * 1024, "ContentType": "text/csv"}
LARGE = {**THREE, "Body": b"1" * 2**20}
THIRTEEN = {
    **THREE,
    "Accept": "application/json",
    "CustomAttributes": "trace=1f2e3d; tenant=42",
    "TargetModel": "models/churn-2024.tar.gz",
    "TargetVariant": "AllTraffic",
    "TargetContainerHostname": "container-1",
    "InferenceId": "b7c9e1d2-5f60-4a3b-8c1d-0e2f4a6b8c0d",
    "EnableExplanations": "`true`",
    "InferenceComponentName": "component-1",
    "SessionId": "f3a1c5e7-9b8d-4c2e-a6f0-1d3b5c7e9f02",
    "PrefixAwareId": "conversation-17",
}


def small_call(plan: Plan) -> str:
    """A warm call: a body of 1 KB, 3 parameters, an answer of 1 KB."""
    return _calls(plan, installed(), THREE)


def large_call(plan: Plan) -> str:
    """A warm call with a body of 1 MB, 3 parameters, an answer of 1 KB."""
    return _calls(plan, installed(), LARGE)


def full_call(plan: Plan) -> str:
    """A warm call with all 13 parameters of InvokeEndpoint."""
    # sagemaker-core's function has no parameter PrefixAwareId.
    names = [name for name in installed() if name != "sagemaker-core"]
    return _calls(plan, names, THIRTEEN)


def _calls(plan: Plan, names: list[str], arguments: Mapping[str, object]) -> str:
    blocks = {
        name: timed(partial(PEERS[name](), **arguments), plan.calls) for name in names
    }
    return comparison(interleave(blocks, plan.rounds), REFERENCE, "ms")
