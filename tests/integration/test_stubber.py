"""botocore's `Stubber`, with the client of a service."""

from __future__ import annotations

import io

import pytest
from botocore.exceptions import StubAssertionError, UnStubbedResponseError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from paws.services.sagemakerruntime import ModelError
from paws_common import PawsError


def body_of(content: bytes) -> StreamingBody:
    return StreamingBody(io.BytesIO(content), len(content))


def test_stubbed_response_is_returned(service, local) -> None:
    with Stubber(service.client) as stubber:
        stubber.add_response(
            "invoke_endpoint",
            {"Body": body_of(b"0.93"), "ContentType": "text/csv"},
            {"EndpointName": "demo", "Body": b"1,2", "Accept": "text/csv"},
        )
        result = service.invoke_endpoint("demo", b"1,2", Accept="text/csv")
        stubber.assert_no_pending_responses()
    assert (result["Body"], result["ContentType"]) == (b"0.93", "text/csv")
    assert local.requests == ()


def test_stubbed_error_is_raised(service) -> None:
    with Stubber(service.client) as stubber:
        stubber.add_client_error(
            "invoke_endpoint",
            "ModelError",
            "no such column",
            424,
            modeled_fields={"OriginalStatusCode": 500},
        )
        with pytest.raises(ModelError, match="no such column") as caught:
            service.invoke_endpoint("demo", b"1,2")
    assert (caught.value.status_code, caught.value.OriginalStatusCode) == (424, 500)


@pytest.mark.parametrize(
    ("has_stub", "match", "cause"),
    [
        (True, "(?s)other.*demo", StubAssertionError),
        (False, "stub", UnStubbedResponseError),
    ],
)
def test_unexpected_call_is_an_error(service, local, has_stub, match, cause) -> None:
    with Stubber(service.client) as stubber:
        if has_stub:
            expected = {"EndpointName": "other", "Body": ANY}
            stubber.add_response("invoke_endpoint", {"Body": body_of(b"")}, expected)
        with pytest.raises(PawsError, match=match) as caught:
            service.invoke_endpoint("demo", b"1,2")
    assert isinstance(caught.value.__cause__, cause)
    assert local.requests == ()


@pytest.mark.parametrize("when", ["before", "after"])
def test_requests_are_sent_outside_of_the_stubber(service, when) -> None:
    if when == "before":
        service.invoke_endpoint("demo", b"a")
    with Stubber(service.client) as stubber:
        stubber.add_response("invoke_endpoint", {"Body": body_of(b"stub")})
        assert service.invoke_endpoint("demo", b"a")["Body"] == b"stub"
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"
