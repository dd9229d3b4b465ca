"""Requests that arrive over HTTP are those that the service model defines."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import paws
from paws_common import ParameterError
from paws_common.local import LocalEndpoint
from support import oracle
from support import sagemaker_arguments as arguments
from support.oracle import Wire

# Headers of the connection, the signature or the retries, which no caller sets.
TRANSPORT = {
    "accept-encoding",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
    "x-amz-content-sha256",
    "x-amz-date",
}
METHODS = {
    "InvokeEndpoint": "invoke_endpoint",
    "InvokeEndpointAsync": "invoke_endpoint_async",
    "InvokeEndpointWithResponseStream": "invoke_endpoint_with_response_stream",
}
FUNCTIONS = {
    name: getattr(paws, f"sagemakerruntime_{method}")
    for name, method in METHODS.items()
}
KNOWN = {name: set(inspect.signature(f).parameters) for name, f in FUNCTIONS.items()}

operations = pytest.mark.parametrize("operation", METHODS)


class Endpoint:
    """A local endpoint, a service for it, and botocore's own client for it."""

    def __init__(self, local: LocalEndpoint) -> None:
        self.local = local
        self.service = paws.sagemakerruntime(**local.config())
        self.unchecked = paws.sagemakerruntime(
            **local.config(), config={"validation": "off"}
        )
        self.botocore = botocore.session.Session().create_client(
            "sagemaker-runtime",
            region_name="us-east-1",
            endpoint_url=local.url,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def sent(self, caller: object, operation: str, values: Mapping[str, Any]) -> Wire:
        """Return the one request that a call of `caller` puts on the wire."""
        before = len(self.local.requests)
        result = getattr(caller, METHODS[operation])(**values)
        if operation == "InvokeEndpointWithResponseStream":
            list(result["Body"])
        (request,) = self.local.requests[before:]
        headers = {
            name.lower(): value
            for name, value in request.headers.fields
            if name.lower() not in TRANSPORT
        }
        return Wire(request.method, request.path, headers, request.body)

    def refused(self, operation: str, values: Mapping[str, Any]) -> list[str]:
        """Return the parameters that a call is refused for, with nothing sent."""
        before = len(self.local.requests)
        with pytest.raises(ParameterError) as caught:
            getattr(self.service, METHODS[operation])(**values)
        assert len(self.local.requests) == before
        return [violation.path for violation in caught.value.violations]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with LocalEndpoint(lambda body, request: body) as local:
        made = Endpoint(local)
        yield made
        for client in (made.service.client, made.unchecked.client, made.botocore):
            client.close()


PLAIN: Mapping[str, Any] = {
    "EndpointName": "endpoint",
    "Body": b"1,2",
    "InputLocation": "s3://bucket/key",
}


def right(operation: str, **values: Any) -> dict[str, Any]:
    """Return the least arguments that can be sent, and `values`."""
    needed = [*oracle.required(operation)]
    if operation == "InvokeEndpointAsync" and "Body" not in values:
        needed.append("InputLocation")
    return {**{name: PLAIN[name] for name in needed}, **values}


@operations
@given(data=st.data())
def test_valid_arguments_arrive_as_the_model_defines(endpoint, operation, data):
    values = data.draw(arguments.calls(operation, KNOWN[operation]))

    wire = endpoint.sent(endpoint.service, operation, values)

    assert wire == oracle.expected(operation, values)


@operations
@given(data=st.data())
def test_none_and_omission_give_the_same_request(endpoint, operation, data):
    values = data.draw(arguments.calls(operation, KNOWN[operation]))
    omitted = {
        name: None for name in oracle.members(operation) if name in KNOWN[operation]
    }

    wire = endpoint.sent(endpoint.service, operation, {**omitted, **values})

    assert wire == endpoint.sent(endpoint.service, operation, values)


@operations
@given(data=st.data())
def test_botocore_sends_the_same_except_for_r_defaults(endpoint, operation, data):
    values = data.draw(arguments.calls(operation, KNOWN[operation]))

    ours = endpoint.sent(endpoint.service, operation, values)
    theirs = endpoint.sent(endpoint.botocore, operation, values)

    defaults = (
        {"content-type": "application/json", "accept": "application/json"}
        if theirs.body
        else {}
    )
    assert ours == replace(theirs, headers={**defaults, **theirs.headers})


def each_value(
    values: Callable[[Any], Iterable[tuple[str, Any]]],
) -> pytest.MarkDecorator:
    """Parametrize a test with some values of each member of each operation."""
    return pytest.mark.parametrize(
        ("operation", "name", "value"),
        [
            pytest.param(operation, name, value, id=f"{operation}-{name}-{note}")
            for operation in METHODS
            for name, member in oracle.members(operation).items()
            if name in KNOWN[operation]
            for note, value in values(member)
        ],
    )


@each_value(arguments.at_the_bounds)
def test_value_at_its_bound_arrives(endpoint, operation, name, value):
    values = right(operation, **{name: value})

    wire = endpoint.sent(endpoint.service, operation, values)

    assert wire == oracle.expected(operation, values)


@each_value(arguments.wrong)
def test_out_of_bounds_value_is_refused(endpoint, operation, name, value):
    values = right(operation, **{name: value})

    assert endpoint.refused(operation, values) == [name]


@pytest.mark.slow
@operations
@given(data=st.data())
def test_all_wrong_arguments_are_reported_at_once(endpoint, operation, data):
    members = {
        name: member
        for name, member in oracle.members(operation).items()
        if name in KNOWN[operation] and arguments.wrong(member)
    }
    values = data.draw(arguments.calls(operation, KNOWN[operation]))
    names = data.draw(
        st.lists(st.sampled_from(sorted(members)), min_size=2, unique=True)
    )
    if operation == "InvokeEndpointAsync":
        # One of the two is required, so the other is not missing.
        values.pop("Body", None)
        values["InputLocation"] = "s3://bucket/key"
        names = [name for name in names if name != "Body"]
        assume(names)
    for name in names:
        values[name] = data.draw(
            st.sampled_from([value for _, value in arguments.wrong(members[name])])
        )

    assert sorted(endpoint.refused(operation, values)) == sorted(names)


@pytest.mark.parametrize(
    ("values", "got"),
    [({}, "neither"), ({"InputLocation": "s3://b/k", "Body": b"1"}, "both")],
)
def test_input_location_and_body_are_exclusive(endpoint, values, got):
    before = len(endpoint.local.requests)

    with pytest.raises(ParameterError) as caught:
        endpoint.service.invoke_endpoint_async("endpoint", **values)

    (violation,) = caught.value.violations
    assert violation.path == "InputLocation, Body"
    assert violation.reason == f"exactly one of them is required, got {got}"
    assert len(endpoint.local.requests) == before


@pytest.mark.parametrize(
    "body",
    [
        "1,2",
        bytearray(b"1,2"),
        memoryview(b"1,2"),
        io.BytesIO(b"1,2"),
    ],
    ids=lambda body: type(body).__name__,
)
@pytest.mark.parametrize(
    "operation", [name for name in METHODS if "Body" in oracle.members(name)]
)
def test_every_kind_of_blob_arrives_as_its_bytes(endpoint, operation, body):
    wire = endpoint.sent(endpoint.service, operation, right(operation, Body=body))

    assert wire.body == b"1,2"
    if hasattr(body, "seek"):
        body.seek(0)


def test_integral_float_arrives_as_an_integer(endpoint):
    values = right("InvokeEndpointAsync", RequestTTLSeconds=100.0)

    wire = endpoint.sent(endpoint.service, "InvokeEndpointAsync", values)

    assert wire.headers["x-amzn-sagemaker-requestttlseconds"] == "100"
