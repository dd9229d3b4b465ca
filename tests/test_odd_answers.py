"""Answers that are not what the protocol says, and errors that say what to do."""

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
from answers import BODY, REQUEST_ID, Answers, answering_server
from hand_made import operation_of
from parrot import parrot
from paws.services.sagemakerruntime import ValidationError
from paws_common import PawsError, Service, ServiceError
from paws_common.local.server import client_config


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    with answering_server() as made:
        yield made


OK = "HTTP/1.1 200 OK\r\n"
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
def test_an_answer_that_is_no_json_is_kept(
    answers: Answers, status: int, body: bytes
) -> None:
    error = answers.error(status, None, body)
    assert type(error) is ServiceError
    assert (error.code, error.status_code) == (str(status), status)
    assert error.request_id == REQUEST_ID
    assert error.content == body[:1000]
    assert body[:1000].decode(errors="replace") in error.message
    assert len(error.message) < 1300
    assert isinstance(error.__cause__, raised.ClientError)


@given(body=st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_any_answer_is_an_error_of_the_service(answers: Answers, body: bytes) -> None:
    error = answers.error(400, "ValidationError", body)
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
    answers: Answers, body: dict[str, Any]
) -> None:
    error = answers.error(424, None, json.dumps(body).encode())
    assert (type(error.code), type(error.message)) == (str, str)
    assert error.code
    assert error.message


def test_a_document_that_is_a_page_of_a_proxy_is_an_error() -> None:
    page = b"<html>log in first</html>"
    with parrot() as server:
        service = paws.sagemakerruntime(client_config(server.url))
        head = f"{OK}Content-Length: {len(page)}\r\n\r\n"
        server.answer = head.encode() + page
        with closing(service.client):
            with pytest.raises(ServiceError) as caught:
                service.invoke_endpoint_async("demo", InputLocation="s3://a/b")
            assert service.invoke_endpoint("demo", BODY)["Body"] == page
    assert (caught.value.status_code, caught.value.content) == (200, page)
    assert "log in first" in str(caught.value)


@pytest.mark.parametrize("body", [b'{"OutputLocation": 5, "x', b'{"a": NaN}', b"{}"])
def test_a_document_that_cannot_be_read_raises_nothing_of_botocore_s(
    body: bytes,
) -> None:
    operation = operation_of({}, service="dynamodb", name="ListTables")
    with parrot() as server:
        service = Service(operation.api, client_config(server.url))
        body = body.replace(b"OutputLocation", b"TableNames")
        head = f"{OK}Content-Length: {len(body)}\r\n\r\n"
        server.answer = head.encode() + body
        with closing(service.client):
            service.send(operation.request({}))


def test_a_document_of_another_form_is_an_error_of_this_package() -> None:
    operation = operation_of({}, service="dynamodb", name="ListTables")
    body = b'{"TableNames": 5}'
    with parrot() as server:
        service = Service(operation.api, client_config(server.url))
        head = f"{OK}Content-Length: {len(body)}\r\n\r\n"
        server.answer = head.encode() + body
        with closing(service.client), pytest.raises(PawsError) as caught:
            service.send(operation.request({}))
    assert "the answer is not what botocore's service model says" in str(caught.value)


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
    with parrot() as server:
        made = Service(operation.api, {**client_config(server.url), "max_retries": 0})
        with closing(made.client):
            for body in (b"<html><body>no", b"<html/>", b"no", b"[]", b"\xff"):
                for status in (400, 502):
                    length = f"Content-Length: {len(body)}"
                    head = f"HTTP/1.1 {status} No\r\n{length}"
                    server.answer = head.encode() + b"\r\n\r\n" + body
                    with pytest.raises(ServiceError) as caught:
                        made.send(operation.request({}))
                    error = caught.value
                    assert (error.status_code, error.content) == (status, body)


# --- What to do


@pytest.mark.parametrize(
    ("arn", "command"),
    [
        (
            (
                "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/Endpoints/demo"
                ":log-stream:AllTraffic/i-0123"
            ),
            (
                "aws logs tail /aws/sagemaker/Endpoints/demo --region eu-west-1 --since 1h "
                "--log-stream-names AllTraffic/i-0123"
            ),
        ),
        (
            "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/a/demo",
            "aws logs tail /a/demo --region cn-north-1 --since 1h",
        ),
        (
            "arn:aws:logs:eu-west-1:1:log-group:/a/$(reboot):log-stream:b;c",
            (
                "aws logs tail '/a/$(reboot)' --region eu-west-1 --since 1h "
                "--log-stream-names 'b;c'"
            ),
        ),
    ],
)
def test_an_error_of_a_model_tells_how_to_read_its_log(
    answers: Answers, arn: str, command: str
) -> None:
    body = json.dumps({"Message": "died", "LogStreamArn": arn}).encode()
    error = answers.error(424, "ModelError", body)
    assert error.hint == f"The log tells more: {command}"
    assert str(error).endswith(f"\n{error.hint}")


@pytest.mark.parametrize("arn", [None, "", "arn:aws:s3:::bucket", "a\nb", 5])
def test_what_names_no_log_is_no_hint(answers: Answers, arn: object) -> None:
    body = json.dumps({"Message": "died", "LogStreamArn": arn}).encode()
    error = answers.error(424, "ModelError", body)
    assert error.hint is None
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("INFERENCE_COMPONENT_NAME_MISSING", "no"),
        ("ValidationError", "INFERENCE_COMPONENT_NAME_MISSING: no"),
        ("ValidationError", "Inference Component Name header is required for …"),
    ],
)
def test_a_missing_inference_component_names_the_parameter(
    answers: Answers, code: str, message: str
) -> None:
    error = answers.error(400, code, json.dumps({"Message": message}).encode())
    assert "give InferenceComponentName" in str(error)
