"""Responses that violate the protocol of the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from botocore import exceptions as raised
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws.services.sagemakerruntime import ValidationError
from paws_common import PawsError, Service, ServiceError
from paws_common.local.server import client_config
from support.error_responses import BODY, REQUEST_ID, ScriptedService, scripted_service
from support.example_services import operation_of
from support.servers import response, scripted


@pytest.fixture(scope="module")
def responses() -> Iterator[ScriptedService]:
    with scripted_service() as made:
        yield made


ODD = [
    b"<html><body>502 Bad Gateway</body></html>",
    b"<!DOCTYPE html><html>",
    b"not here",
    b"[]",
    b"5",
    b"null",
    b'"text"',
    b'{"message": "cut off',
    b'{"__type": 5}',
    b'{"__type": {"a": 1}}',
    b"interdit\xe9",
    b"\xff\x00" * 700,
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", ODD, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize("status", [400, 502])
def test_invalid_json_error_is_kept(
    responses: ScriptedService, status: int, body: bytes
) -> None:
    error = responses.error(status, None, body)
    assert type(error) is ServiceError
    assert (error.code, error.status_code) == (str(status), status)
    assert error.request_id == REQUEST_ID
    assert error.content == body[:1000]
    assert body[:1000].decode(errors="replace") in error.message
    assert len(error.message) < 1300
    assert isinstance(error.__cause__, raised.ClientError)


@given(body=st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_any_error_response_is_a_service_error(
    responses: ScriptedService, body: bytes
) -> None:
    error = responses.error(400, "ValidationError", body)
    assert type(error) is ValidationError
    assert error.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
KEYS = ("message", "Message", "code", "Code", "__type", "OriginalStatusCode")


@given(body=st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_an_error_of_the_service(
    responses: ScriptedService, body: dict[str, Any]
) -> None:
    error = responses.error(424, None, json.dumps(body).encode())
    assert (type(error.code), type(error.message)) == (str, str)
    assert error.code
    assert error.message


def test_html_page_instead_of_a_document_is_an_error() -> None:
    page = b"<html>log in first</html>"
    with scripted() as server:
        service = paws.sagemakerruntime(client_config(server.url))
        server.respond(response(200, page))
        with closing(service.client):
            with pytest.raises(ServiceError) as caught:
                service.invoke_endpoint_async("demo", InputLocation="s3://a/b")
            assert service.invoke_endpoint("demo", BODY)["Body"] == page
    assert (caught.value.status_code, caught.value.content) == (200, page)
    assert "log in first" in str(caught.value)


@pytest.mark.parametrize("body", [b'{"OutputLocation": 5, "x', b'{"a": NaN}', b"{}"])
def test_unreadable_document_is_not_a_botocore_error(
    body: bytes,
) -> None:
    operation = operation_of({}, service="dynamodb", name="ListTables")
    with scripted() as server:
        service = Service(operation.api, client_config(server.url))
        body = body.replace(b"OutputLocation", b"TableNames")
        server.respond(response(200, body))
        with closing(service.client):
            assert "ResponseMetadata" in service.send(operation.request({}))


def test_document_of_another_type_is_an_error() -> None:
    operation = operation_of({}, service="dynamodb", name="ListTables")
    body = b'{"TableNames": 5}'
    with scripted() as server:
        service = Service(operation.api, client_config(server.url))
        server.respond(response(200, body))
        with closing(service.client), pytest.raises(PawsError) as caught:
            service.send(operation.request({}))
    assert "the response is not in the protocol of the service" in str(caught.value)


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("sts", "GetCallerIdentity"),
        ("ec2", "DescribeRegions"),
        ("s3", "ListBuckets"),
        ("dynamodb", "ListTables"),
        ("cloudwatch", "ListDashboards"),
    ],
)
def test_every_protocol_keeps_what_is_not_its_own(service: str, name: str) -> None:
    operation = operation_of({}, service=service, name=name)
    with scripted() as server:
        made = Service(operation.api, {**client_config(server.url), "max_retries": 0})
        with closing(made.client):
            for body in (b"<html><body>no", b"<html/>", b"no", b"[]", b"\xff"):
                for status in (400, 502):
                    server.respond(response(status, body))
                    with pytest.raises(ServiceError) as caught:
                        made.send(operation.request({}))
                    error = caught.value
                    assert (error.status_code, error.content) == (status, body)
