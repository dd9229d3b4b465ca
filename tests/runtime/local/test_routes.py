"""The operations of a local endpoint, called by botocore's own client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from paws.services.sagemakerruntime.errors import ModelError
from paws_common import ServiceError
from paws_common.local import (
    Headers,
    LocalEndpoint,
    Predict,
    Request,
    Response,
    event_stream,
    routes,
)
from paws_common.local.s3 import Objects
from support import requirements as needs
from support.http_client import (
    ASYNC,
    INVOKE,
    STREAM,
    Responses,
    connect,
    messages,
    read_response,
    request,
    send,
)

INPUT = {"EndpointName": "demo", "Body": b"in"}


class BusyError(Exception):
    status_code = 429


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


STATUS = "status_code must be an integer from 400 to 599"
UNPRINTABLE = f"{__name__}.UnprintableError: <exception str() failed>"


def raising(error: BaseException) -> Predict:
    def predict(body, request):
        raise error

    return predict


class Parts:
    """An infinite iterator that is not a generator, and records whether it was closed."""

    closed = False

    def __iter__(self) -> Parts:
        return self

    def __next__(self) -> bytes:
        return b"part"

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def local() -> Iterator[LocalEndpoint]:
    """Return an endpoint whose model a test may replace."""
    with LocalEndpoint(lambda body, request: body) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def session() -> Any:
    return botocore.session.Session()


@pytest.fixture
def client(local, session) -> Iterator[Any]:
    created = session.create_client(
        "sagemaker-runtime",
        endpoint_url=local.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with closing(created):
        yield created


# --- The three operations


@pytest.mark.parametrize(
    ("accept", "content_type", "expected"),
    [
        ("text/csv", "application/json", "text/csv"),
        ("application/json; charset=utf-8", "", "application/json; charset=utf-8"),
        ("*/*", "text/plain", "text/plain"),
        ("text/csv, text/plain", "image/png", "image/png"),
        ("", "image/png", "image/png"),
        ("image/*", "", "application/octet-stream"),
    ],
)
def test_content_type_of_a_response(local, accept, content_type, expected) -> None:
    response = send(local, Accept=accept, Content_Type=content_type)
    assert response.headers["content-type"] == expected
    stream = send(
        local, STREAM, Content_Type=content_type, X_Amzn_SageMaker_Accept=accept
    )
    assert stream.headers["x-amzn-sagemaker-content-type"] == expected
    assert stream.headers["content-type"] == "application/vnd.amazon.eventstream"


def test_response_has_the_members_of_the_service(local, client) -> None:
    local.predict = lambda body, request: body.upper()
    plain = client.invoke_endpoint(**INPUT)
    result = client.invoke_endpoint(
        **INPUT,
        ContentType="text/plain",
        CustomAttributes="a=1; b",
        TargetVariant="green",
        SessionId="NEW_SESSION",
    )
    assert plain["Body"].read() == result["Body"].read() == b"IN"
    assert plain["InvokedProductionVariant"] == "AllTraffic"
    assert plain["ResponseMetadata"]["RequestId"]
    assert "NewSessionId" not in plain
    assert result["ContentType"] == "text/plain"
    assert "CustomAttributes" not in result
    assert result["InvokedProductionVariant"] == "green"
    header = client.meta.service_model.shape_for("NewSessionResponseHeader")
    assert re.search(header.metadata["pattern"], result["NewSessionId"])


def test_model_sets_the_members_of_a_response(local, client) -> None:
    local.predict = lambda body, request: Response(
        [body, b"!"],
        content_type="text/x-model",
        custom_attributes="model=1; é",
        new_session_id="abc; Expires=2030-01-01T00:00:00Z",
        closed_session_id="def",
    )
    values = {**INPUT, "Accept": "text/csv"}
    result = client.invoke_endpoint(**values, SessionId="NEW_SESSION")
    stream = client.invoke_endpoint_with_response_stream(**values)
    raw = send(local)
    assert result["Body"].read() == b"in!"
    parts = [event["PayloadPart"]["Bytes"] for event in stream["Body"]]
    assert parts == [b"in", b"!"]
    assert result["ContentType"] == stream["ContentType"] == "text/x-model"
    assert result["CustomAttributes"].startswith("model=1; ")
    assert raw.headers["x-amzn-sagemaker-custom-attributes"] == "model=1; é"
    assert stream["CustomAttributes"] == result["CustomAttributes"]
    assert result["NewSessionId"] == "abc; Expires=2030-01-01T00:00:00Z"
    assert result["ClosedSessionId"] == "def"


@pytest.mark.parametrize(
    "name", ["content_type", "custom_attributes", "new_session_id", "closed_session_id"]
)
@pytest.mark.parametrize(
    ("value", "error", "reason"),
    [
        ("a\r\nX-Evil: 1", ValueError, "contains a control character"),
        ("\ud800", ValueError, "contains a lone surrogate"),
        (7, TypeError, "must be str, not int"),
    ],
    ids=["control", "surrogate", "int"],
)
def test_invalid_member_of_a_response_is_rejected(name, value, error, reason) -> None:
    with pytest.raises(error, match=f"Response: {name} {reason}"):
        Response(b"", **{name: value})


@pytest.mark.parametrize(
    "result",
    [bytearray(b"abc"), memoryview(b"abc"), [b"a", bytearray(b"bc")], iter([b"abc"])],
    ids=lambda result: type(result).__name__,
)
def test_model_may_return_bytes_or_an_iterable_of_them(local, result) -> None:
    local.predict = lambda body, request: result
    assert send(local).body == b"abc"


def test_request_has_media_types_of_any_operation(local) -> None:
    typed = {"Content_Type": "a/b", "Accept": "c/d"}
    prefixed = {f"X_Amzn_SageMaker_{name}": value for name, value in typed.items()}
    send(local, INVOKE, **typed)
    send(local, STREAM, Content_Type="a/b", X_Amzn_SageMaker_Accept="c/d")
    send(local, ASYNC, **prefixed)
    send(local)
    types = [(request.content_type, request.accept) for request in local.requests]
    assert types == [("a/b", "c/d")] * 3 + [("", "")]


# --- Asynchronous calls


@needs.inline_body
def test_async_result_is_at_its_output_location(local, client) -> None:
    local.predict = lambda body, request: [body, b"!"]
    result = client.invoke_endpoint_async(**INPUT)
    named = client.invoke_endpoint_async(
        **INPUT,
        InferenceId="job 7",
        S3OutputPathExtension="daily/run",
        Filename="out.csv",
    )
    assert result["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert result["OutputLocation"].endswith(f"/{result['InferenceId']}.out")
    assert named["InferenceId"] == "job 7"
    assert named["OutputLocation"].endswith("/demo/output/daily/run/out.csv")
    locations = [result["OutputLocation"], named["OutputLocation"]]
    assert local.outputs == dict.fromkeys(locations, b"in!")


@needs.inline_body
def test_async_failure_is_at_its_failure_location(local, client) -> None:
    local.predict = raising(ValueError("no such row: \ud800"))
    result = client.invoke_endpoint_async(**INPUT)
    assert result["FailureLocation"] != result["OutputLocation"]
    assert local.outputs == {result["FailureLocation"]: b"no such row: \\ud800"}


@pytest.mark.parametrize(
    "location", ["s3://bucket/in.csv", "https://bucket.s3.amazonaws.com/in.csv"]
)
def test_async_input_is_read_from_the_endpoint_s_s3(local, client, location) -> None:
    local.predict = lambda body, request: body + b" " + request.body
    local.put_object("s3://bucket/in.csv", b"rows")
    result = client.invoke_endpoint_async(EndpointName="demo", InputLocation=location)
    assert local.outputs == {result["OutputLocation"]: b"rows rows"}
    assert local.requests[-1].body == b""


@pytest.mark.parametrize("location", ["s3://bucket/absent", "https://example.com/in"])
def test_async_input_that_is_missing_is_a_failure(local, client, location) -> None:
    result = client.invoke_endpoint_async(EndpointName="demo", InputLocation=location)
    failure = local.outputs[result["FailureLocation"]].decode()
    assert failure.startswith(f"{location} is not an object of the local endpoint")
    assert len(local.outputs) == 1


def test_endpoint_name_cannot_end_a_header(local) -> None:
    response = send(local, "/endpoints/a%0D%0AX-Evil:%20b/async-invocations")
    assert "x-evil" not in response.headers
    assert "a%0D%0AX-Evil" in response.headers["x-amzn-sagemaker-outputlocation"]


# --- Streams


@pytest.mark.parametrize(
    ("length", "events"), [(0, [0]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])]
)
def test_too_long_part_is_several_events(local, monkeypatch, length, events) -> None:
    monkeypatch.setattr(event_stream, "MAX_PAYLOAD_BYTES", 10)
    part = bytes(range(length))
    parts = messages(send(local, STREAM, part).body)
    assert b"".join(payload for _, payload in parts) == part
    assert [len(payload) for _, payload in parts] == events
    for headers, _ in parts:
        assert headers == {
            ":message-type": "event",
            ":event-type": "PayloadPart",
            ":content-type": "application/octet-stream",
        }


@pytest.mark.parametrize("read", [0, 1, 2])
def test_closing_a_stream_closes_the_model_s_iterable(read) -> None:
    parts = Parts()
    sent = Request("POST", STREAM, Headers(()), b"")
    reply = routes.respond(sent, lambda body, request: parts, Objects(len))
    assert not isinstance(reply.body, bytes)
    events = iter(reply.body)
    for _ in range(read):
        next(events)
    assert not parts.closed
    reply.body.close()
    assert parts.closed


# --- Models that fail


@pytest.mark.parametrize(
    ("error", "status", "side", "text"),
    [
        (ValueError("bad row"), 500, "server", "bad row"),
        (BusyError("later"), 429, "client", "later"),
        (ValueError(), 500, "server", "ValueError()"),
        (SystemExit("gone"), 500, "server", "gone"),
        (UnprintableError(), 500, "server", UNPRINTABLE),
    ],
)
@pytest.mark.parametrize(
    "operation", ["invoke_endpoint", "invoke_endpoint_with_response_stream"]
)
def test_exception_of_a_model_is_a_model_error(
    local, client, operation, error, status, side, text
) -> None:
    local.predict = raising(error)
    with pytest.raises(client.exceptions.ModelError) as caught:
        getattr(client, operation)(**INPUT)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert response["OriginalMessage"] == text
    message = response["Error"]["Message"]
    expected = f'Received {side} error ({status}) from primary with message "{text}"'
    assert expected in message
    assert response["LogStreamArn"].startswith("arn:aws:logs:us-east-1:")
    assert response["LogStreamArn"].endswith(":log-group:/aws/sagemaker/Endpoints/demo")


def original_message(local: LocalEndpoint) -> str:
    """Return the message of the model whose error is the response."""
    response = send(local)
    assert response.status == 424
    assert response.headers["x-amzn-errortype"] == "ModelError"
    message: str = json.loads(response.body)["OriginalMessage"]
    return message


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("text", "returned str"),
        ({b"a": 1}, "returned dict"),
        (None, "returned NoneType"),
        ([b"a", "text"], "yielded str"),
        (Response("text"), "returned str"),  # type: ignore[arg-type]
    ],
)
def test_result_that_is_not_bytes_is_described(local, result, message) -> None:
    local.predict = lambda body, request: result
    assert f"{message}; it must return bytes" in original_message(local)


BROKEN = {"ErrorCode": "StreamBroken"}
TIMED_OUT = {"ErrorCode": "ModelInvocationTimeExceeded"}
LOST = "InternalStreamFailure"


@pytest.mark.parametrize(
    ("error", "code", "members"),
    [
        (ValueError("lost"), "ModelStreamError", BROKEN),
        (TimeoutError("lost"), "ModelStreamError", TIMED_OUT),
        (ServiceError("predict", LOST, "lost"), LOST, {}),
    ],
)
def test_exception_in_a_stream_ends_it(local, client, error, code, members) -> None:
    def predict(body, request):
        yield b"first"
        raise error

    local.predict = predict
    (_, first), (headers, payload) = messages(send(local, STREAM).body)
    assert first == b"first"
    assert headers == {
        ":message-type": "exception",
        ":exception-type": code,
        ":content-type": "application/json",
    }
    assert json.loads(payload) == {"Message": "lost", **members}
    result = client.invoke_endpoint_with_response_stream(**INPUT)
    with (
        closing(result["Body"]) as stream,
        pytest.raises(EventStreamError, match=f"{code}.*: lost"),
    ):
        list(stream)


# --- A service that fails


@pytest.mark.parametrize(
    ("code", "given", "status"),
    [
        ("ThrottlingException", None, 429),
        ("ServiceUnavailable", None, 503),
        ("InternalFailure", None, 500),
        ("InternalDependencyException", None, 530),
        ("ModelNotReadyException", None, 429),
        ("ValidationError", None, 400),
        ("Anything", 418, 418),
    ],
)
@pytest.mark.parametrize(
    "operation",
    [
        "invoke_endpoint",
        "invoke_endpoint_with_response_stream",
        pytest.param("invoke_endpoint_async", marks=needs.inline_body),
    ],
)
def test_service_error_of_a_model_is_sent_unchanged(
    local, client, operation, code, given, status
) -> None:
    local.predict = raising(ServiceError("predict", code, "later", given))
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**INPUT)
    response = caught.value.response
    assert response["Error"] == {"Code": code, "Message": "later"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert local.outputs == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("X", "m", "503"), f"{STATUS}, not '503'"),
        (("X", "m", 204), f"{STATUS}, not 204"),
        (("X", "m", True), f"{STATUS}, not True"),
        ((5, "m", None), "code must be printable ASCII text, not 5"),
        (("\ud800", "m", None), "code must be printable ASCII text, not '\\ud800'"),
        (("X", 5, None), "message must be text, not 5"),
    ],
)
def test_invalid_service_error_is_a_model_error(local, arguments, message) -> None:
    local.predict = raising(ServiceError("predict", *arguments))
    assert original_message(local) == f"ServiceError: {message}"


def test_members_of_a_service_error_are_sent(local, client) -> None:
    members = {"OriginalStatusCode": 418}
    local.predict = raising(ModelError("predict", "ModelError", "no", members=members))
    with pytest.raises(client.exceptions.ModelError) as caught:
        client.invoke_endpoint(**INPUT)
    assert caught.value.response["OriginalStatusCode"] == 418
    assert "OriginalMessage" not in caught.value.response


# --- Other routes and methods


def test_unknown_path_is_404_with_the_routes(local) -> None:
    response = send(local, "/endpoints/demo/invoke")
    assert response.status == 404
    assert response.headers["x-amzn-errortype"] == "UnknownOperationException"
    message = json.loads(response.body)["Message"]
    for path in (INVOKE, ASYNC, STREAM):
        assert f"POST {path.replace('demo', 'NAME')}" in f"{message},".split(" are ")[1]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_method_is_405_and_keeps_the_connection(local, method) -> None:
    with connect(local) as connection:
        responses = Responses(connection)
        connection.sendall(request(b"body", method=method))
        response = responses.next(method)
        connection.sendall(request(b"next"))
        assert responses.next().body == b"next"
    assert (response.status, response.headers["allow"]) == (405, "POST")
    assert method in json.loads(response.body)["Message"]


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "FOO"])
def test_unknown_method_closes_the_connection(local, method) -> None:
    with connect(local) as connection:
        connection.sendall(request(b"body", method=method) + request(b"next"))
        assert read_response(connection, method).status == 501
        assert connection.recv(1) == b""


def test_response_to_head_has_no_body(local) -> None:
    with connect(local) as connection, connection.makefile("rb") as file:
        connection.sendall(request(fields=[b"Connection: close"], method="HEAD"))
        response = file.read()
    assert response.startswith(b"HTTP/1.1 405 ")
    assert response.index(b"\r\n\r\n") == len(response) - 4
