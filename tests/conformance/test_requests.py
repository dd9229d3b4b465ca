"""Requests that arrive over HTTP are those of the service model, and of R."""

import base64
import hashlib
import inspect
import io
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import paws
from paws_common import ParameterError
from paws_common.local import LocalEndpoint
from support import oracle
from support import sagemaker_arguments as arguments
from support.oracle import Wire
from support.r_facts import r_wire

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
# The installed botocore may support other members than the generated functions.
MEMBERS = {
    operation: {
        name: member
        for name, member in oracle.members(operation).items()
        if name in inspect.signature(getattr(paws, f"sagemakerruntime_{f}")).parameters
    }
    for operation, f in METHODS.items()
}
BODY = {"EndpointName": "endpoint", "Body": b"1,2"}
LEAST: dict[str, dict[str, Any]] = {
    "InvokeEndpoint": BODY,
    "InvokeEndpointAsync": {"EndpointName": "e", "InputLocation": "s3://bucket/key"},
    "InvokeEndpointWithResponseStream": BODY,
}

operations = pytest.mark.parametrize("operation", METHODS)


class Endpoint:
    """A local endpoint, and a service for it."""

    def __init__(self, local: LocalEndpoint, **config: Any) -> None:
        self.local = local
        self.service = paws.sagemakerruntime(**local.config(), config=config)

    def sent(self, operation: str, values: Mapping[str, Any]) -> Wire:
        """Return the one request of a call."""
        before = len(self.local.requests)
        result = getattr(self.service, METHODS[operation])(**values)
        if operation == "InvokeEndpointWithResponseStream":
            list(result["Body"])
        (request,) = self.local.requests[before:]
        headers = {
            name.lower(): value
            for name, value in request.headers.fields
            if name.lower() not in TRANSPORT
        }
        return Wire(request.method, request.path, headers, request.body)

    def refused(self, operation: str, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the violations of a call, which sends nothing."""
        before = len(self.local.requests)
        with pytest.raises(ParameterError) as caught:
            getattr(self.service, METHODS[operation])(**values)
        assert len(self.local.requests) == before
        return {each.path: each.reason for each in caught.value.violations}


@pytest.fixture(scope="module")
def endpoint():
    with LocalEndpoint(lambda body, request: body) as local:
        made = Endpoint(local)
        with closing(made.service.client):
            yield made


def right(operation: str, **values: Any) -> dict[str, Any]:
    """Return the least arguments that can be sent, and `values`."""
    least = {**LEAST[operation]}
    if operation == "InvokeEndpointAsync" and "Body" in values:
        del least["InputLocation"]
    return {**least, **values}


@operations
@given(data=st.data())
def test_valid_arguments_arrive_as_the_model_defines(endpoint, operation, data):
    values = data.draw(arguments.calls(operation, MEMBERS[operation]))
    expected = oracle.expected(operation, values)
    assert endpoint.sent(operation, values) == expected
    omitted = dict.fromkeys(MEMBERS[operation])
    assert endpoint.sent(operation, {**omitted, **values}) == expected


def each_value(values: Callable[[Any], list[Any]]) -> pytest.MarkDecorator:
    """Parametrize a test with some values of each member of each operation."""
    rows = [
        pytest.param(operation, name, value, id=f"{operation}-{name}-{number}")
        for operation, members in MEMBERS.items()
        for name, member in members.items()
        for number, value in enumerate(values(member))
    ]
    return pytest.mark.parametrize(("operation", "name", "value"), rows)


@each_value(arguments.at_the_bounds)
def test_value_at_its_bound_arrives(endpoint, operation, name, value):
    values = right(operation, **{name: value})
    assert endpoint.sent(operation, values) == oracle.expected(operation, values)


@each_value(arguments.wrong)
def test_out_of_bounds_value_is_refused(endpoint, operation, name, value):
    assert [*endpoint.refused(operation, right(operation, **{name: value}))] == [name]


@pytest.mark.slow
@operations
@given(data=st.data())
def test_all_wrong_arguments_are_reported_at_once(endpoint, operation, data):
    values = data.draw(arguments.calls(operation, MEMBERS[operation]))
    wrong = {
        name: arguments.wrong(MEMBERS[operation][name]) for name in MEMBERS[operation]
    }
    names = data.draw(st.lists(st.sampled_from(sorted(wrong)), min_size=2, unique=True))
    if operation == "InvokeEndpointAsync":
        # One of the two is required, so the other is not missing.
        values.pop("Body", None)
        values["InputLocation"] = "s3://bucket/key"
        names = [name for name in names if name != "Body"]
        assume(names)
    for name in names:
        values[name] = data.draw(st.sampled_from(wrong[name]))

    assert sorted(endpoint.refused(operation, values)) == sorted(names)


@pytest.mark.parametrize(
    ("values", "got"),
    [({}, "neither"), ({"InputLocation": "s3://b/k", "Body": b"1"}, "both")],
)
def test_input_location_and_body_are_exclusive(endpoint, values, got):
    values = {"EndpointName": "endpoint", **values}
    assert endpoint.refused("InvokeEndpointAsync", values) == {
        "InputLocation, Body": f"exactly one of them is required, got {got}"
    }


@pytest.mark.parametrize(
    "kind", [str, bytearray, memoryview, io.BytesIO], ids=lambda kind: kind.__name__
)
@pytest.mark.parametrize(
    "operation", [name for name in METHODS if "Body" in oracle.members(name)]
)
def test_every_kind_of_blob_arrives_as_its_bytes(endpoint, operation, kind):
    body = "1,2" if kind is str else kind(b"1,2")
    assert endpoint.sent(operation, right(operation, Body=body)).body == b"1,2"


def test_integral_float_arrives_as_an_integer(endpoint):
    values = right("InvokeEndpointAsync", RequestTTLSeconds=100.0)
    wire = endpoint.sent("InvokeEndpointAsync", values)
    assert wire.headers["x-amzn-sagemaker-requestttlseconds"] == "100"


def plain(value):
    """Return a recorded argument, with blobs decoded."""
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def test_every_request_of_r_is_sent_alike(endpoint, subtests):
    # Some of R's arguments break a limit: R checks none.
    unchecked = Endpoint(endpoint.local, validation="off")
    cases = r_wire()
    assert len(cases) == 71
    operations = {method: operation for operation, method in METHODS.items()}
    for case in cases:
        with subtests.test(case["id"]):
            operation, recorded = operations[case["operation"]], case["request"]
            if not case["args"].keys() <= oracle.members(operation).keys():
                pytest.skip("the installed botocore is older than this argument")
            values = {name: plain(value) for name, value in case["args"].items()}
            sent = unchecked.sent(operation, values)
            headers = {
                name.lower(): field for name, field in recorded["headers"].items()
            }
            assert (sent.method, sent.path) == (
                recorded["method"],
                recorded["raw_path"],
            )
            assert sent.headers == headers
            assert hashlib.sha256(sent.body).hexdigest() == recorded["body_sha256"]
    unchecked.service.client.close()
