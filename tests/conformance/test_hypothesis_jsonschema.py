"""Instances that hypothesis-jsonschema generates from the schemas can be sent.

Its last release does not work with today's hypothesis, and knows no recursion: `tox -e
schema` alone installs it. `test_schema` makes arguments of all schemas by `schema_arguments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import paws
from paws_common import schema
from support.generated_services import Generated, generated
from support.schema_arguments import can_be_sent, in_python

hypothesis_jsonschema = pytest.importorskip(
    "hypothesis_jsonschema",
    reason="tox -e schema has it, with a hypothesis of its time",
)

OPERATIONS = {
    "ecs": ["RunTask"],
    "kinesis": ["CreateStream", "PutRecord"],
    "s3": ["ListObjectsV2", "PutObject"],
    "sqs": ["SendMessage"],
}
# It draws much that its own filters throw away.
patient = settings(suppress_health_check=list(HealthCheck), max_examples=5)


def made(function: Callable[..., Any]) -> st.SearchStrategy[Any]:
    arguments: st.SearchStrategy[Any] = hypothesis_jsonschema.from_schema(
        in_python(schema(function))
    )
    return arguments


@pytest.mark.parametrize(
    "function",
    [
        paws.sagemakerruntime_invoke_endpoint,
        paws.sagemakerruntime_invoke_endpoint_async,
        paws.sagemakerruntime_invoke_endpoint_with_response_stream,
    ],
)
@patient
@given(data=st.data())
def test_sagemaker_accepts_it(function, data):
    assert can_be_sent(function, data.draw(made(function)))


@pytest.fixture(scope="module", params=OPERATIONS)
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generated]:
    folder = tmp_path_factory.mktemp("generated")
    with generated(request.param, OPERATIONS[request.param], folder) as made:
        yield made


@patient
@given(data=st.data())
def test_other_services_accept_it(service, data):
    function = service.function(data.draw(st.sampled_from(service.operations)))
    assert can_be_sent(function, data.draw(made(function)))
