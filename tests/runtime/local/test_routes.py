"""The operations of a local endpoint, called by botocore's own client."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
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
from support.servers import PATIENCE_SECONDS

ClientOf = Callable[[LocalEndpoint], Any]


class BusyError(Exception):
    status_code = 429


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


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


def service_model() -> dict[str, Any]:
    loader = botocore.session.get_session().get_component("data_loader")
    model: dict[str, Any] = loader.load_service_model("sagemaker-runtime", "service-2")
    return model


@pytest.fixture(scope="module")
def session() -> Any:
    return botocore.session.Session()


@pytest.fixture
def client_of(session) -> Iterator[ClientOf]:
    clients = []

    def client(local):
        clients.append(
            session.create_client(
                "sagemaker-runtime",
                endpoint_url=local.url,
                region_name="us-east-1",
                aws_access_key_id="local",
                aws_secret_access_key="local",
                config=Config(retries={"total_max_attempts": 1}),
            )
        )
        return clients[-1]

    yield client
    for each in clients:
        each.close()


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
def test_content_type_is_the_accepted_or_sent_one(
    local, accept, content_type, expected
) -> None:
    response = send(local, Accept=accept, Content_Type=content_type)
    assert response.headers["content-type"] == expected
    stream = send(
        local, STREAM, Content_Type=content_type, X_Amzn_SageMaker_Accept=accept
    )
    assert stream.headers["x-amzn-sagemaker-content-type"] == expected
    assert stream.headers["content-type"] == "application/vnd.amazon.eventstream"


def test_invoke_endpoint_returns_the_model_s_bytes(client_of) -> None:
    with LocalEndpoint(lambda body, request: body.upper()) as local:
        client = client_of(local)
        plain = client.invoke_endpoint(EndpointName="demo", Body=b"hello")
        result = client.invoke_endpoint(
            EndpointName="demo",
            Body=b"hello",
            ContentType="text/plain",
            CustomAttributes="a=1; b",
            TargetVariant="green",
            SessionId="NEW_SESSION",
        )
        assert plain["Body"].read() == result["Body"].read() == b"HELLO"
    assert plain["InvokedProductionVariant"] == "AllTraffic"
    assert plain["ResponseMetadata"]["RequestId"]
    assert "NewSessionId" not in plain
    assert result["ContentType"] == "text/plain"
    assert "CustomAttributes" not in result
    assert result["InvokedProductionVariant"] == "green"
    pattern = service_model()["shapes"]["NewSessionResponseHeader"]["pattern"]
    assert re.search(pattern, result["NewSessionId"])


def test_model_sets_the_members_of_a_response(client_of) -> None:
    def predict(body, request):
        return Response(
            [body, b"!"],
            content_type="text/x-model",
            custom_attributes="model=1; é",
            new_session_id="abc; Expires=2030-01-01T00:00:00Z",
            closed_session_id="def",
        )

    with LocalEndpoint(predict) as local:
        client = client_of(local)
        result = client.invoke_endpoint(
            EndpointName="demo", Body=b"in", Accept="text/csv", SessionId="NEW_SESSION"
        )
        assert result["Body"].read() == b"in!"
        stream = client.invoke_endpoint_with_response_stream(
            EndpointName="demo", Body=b"in", Accept="text/csv"
        )
        parts = [event["PayloadPart"]["Bytes"] for event in stream["Body"]]
        raw = send(local)
    assert result["ContentType"] == stream["ContentType"] == "text/x-model"
    assert result["CustomAttributes"].startswith("model=1; ")
    assert raw.headers["x-amzn-sagemaker-custom-attributes"] == "model=1; é"
    assert stream["CustomAttributes"] == result["CustomAttributes"]
    assert result["NewSessionId"] == "abc; Expires=2030-01-01T00:00:00Z"
    assert result["ClosedSessionId"] == "def"
    assert parts == [b"in", b"!"]


def test_response_of_a_model_has_only_what_it_sets(client_of) -> None:
    with LocalEndpoint(lambda body, request: Response(b"", content_type="")) as local:
        result = client_of(local).invoke_endpoint(
            EndpointName="demo",
            Body=b"",
            ContentType="text/csv",
            CustomAttributes="caller",
            SessionId="NEW_SESSION",
        )
    members = {"CustomAttributes", "ContentType", "NewSessionId", "ClosedSessionId"}
    assert members.isdisjoint(result)


FIELDS = ["content_type", "custom_attributes", "new_session_id", "closed_session_id"]


@pytest.mark.parametrize("name", FIELDS)
def test_response_with_a_control_character_is_rejected(name) -> None:
    with pytest.raises(ValueError, match=f"{name} contains a control character"):
        Response(b"", **{name: "a\r\nX-Evil: 1"})


@pytest.mark.parametrize("name", FIELDS)
def test_response_with_another_type_is_rejected(name) -> None:
    value: Any = 7
    with pytest.raises(TypeError, match=f"Response: {name} must be str, not int"):
        Response(b"", **{name: value})


@pytest.mark.parametrize("name", FIELDS)
def test_response_with_a_lone_surrogate_is_rejected(name) -> None:
    with pytest.raises(ValueError, match=f"Response: {name} contains a lone surrogate"):
        Response(b"", **{name: "\ud800"})


@pytest.mark.parametrize(
    "result",
    [
        b"abc",
        bytearray(b"abc"),
        memoryview(b"abc"),
        [b"a", bytearray(b"bc")],
        iter([b"abc"]),
    ],
    ids=lambda result: type(result).__name__,
)
def test_model_may_return_bytes_or_an_iterable_of_them(result) -> None:
    with LocalEndpoint(lambda body, request: result) as local:
        assert send(local).body == b"abc"


def test_request_has_media_types_of_any_operation() -> None:
    seen = []

    def predict(body, request):
        seen.append((request.content_type, request.accept))
        return b""

    with LocalEndpoint(predict) as local:
        send(local, INVOKE, Content_Type="a/b", Accept="c/d")
        send(local, STREAM, Content_Type="a/b", X_Amzn_SageMaker_Accept="c/d")
        send(
            local,
            ASYNC,
            X_Amzn_SageMaker_Content_Type="a/b",
            X_Amzn_SageMaker_Accept="c/d",
        )
        send(local)
    assert seen == [("a/b", "c/d")] * 3 + [("", "")]


# --- Asynchronous calls


@needs.inline_body
def test_async_result_is_at_its_output_location(client_of) -> None:
    with LocalEndpoint(lambda body, request: [body, b"!"]) as local:
        client = client_of(local)
        result = client.invoke_endpoint_async(EndpointName="demo", Body=b"in")
        named = client.invoke_endpoint_async(
            EndpointName="demo",
            Body=b"in",
            InferenceId="job 7",
            S3OutputPathExtension="daily/run",
            Filename="out.csv",
        )
        outputs = local.outputs
    assert result["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert result["OutputLocation"].endswith(f"/{result['InferenceId']}.out")
    assert named["InferenceId"] == "job 7"
    assert named["OutputLocation"].endswith("/demo/output/daily/run/out.csv")
    assert outputs == {
        result["OutputLocation"]: b"in!",
        named["OutputLocation"]: b"in!",
    }


@needs.inline_body
def test_async_failure_is_at_its_failure_location(client_of) -> None:
    with LocalEndpoint(raising(ValueError("no such row: \ud800"))) as local:
        result = client_of(local).invoke_endpoint_async(EndpointName="demo", Body=b"in")
        outputs = local.outputs
    assert result["FailureLocation"] != result["OutputLocation"]
    assert outputs == {result["FailureLocation"]: b"no such row: \\ud800"}


@pytest.mark.parametrize(
    "location", ["s3://bucket/in.csv", "https://bucket.s3.amazonaws.com/in.csv"]
)
def test_async_input_is_read_from_the_endpoint_s_s3(client_of, location) -> None:
    def predict(body, request):
        assert request.body == body
        return body.upper()

    with LocalEndpoint(predict) as local:
        local.put_object("s3://bucket/in.csv", b"rows")
        result = client_of(local).invoke_endpoint_async(
            EndpointName="demo", InputLocation=location
        )
        assert local.outputs == {result["OutputLocation"]: b"ROWS"}
        assert local.requests[-1].body == b""


@pytest.mark.parametrize("location", ["s3://bucket/absent", "https://example.com/in"])
def test_async_input_that_is_missing_is_a_failure(client_of, location) -> None:
    with LocalEndpoint(raising(AssertionError("the model ran"))) as local:
        result = client_of(local).invoke_endpoint_async(
            EndpointName="demo", InputLocation=location
        )
        failure = local.outputs[result["FailureLocation"]].decode()
    assert failure.startswith(f"{location} is not an object of the local endpoint")


def test_endpoint_name_cannot_end_a_header(local) -> None:
    response = send(local, "/endpoints/a%0D%0AX-Evil:%20b/async-invocations")
    assert "x-evil" not in response.headers
    assert "a%0D%0AX-Evil" in response.headers["x-amzn-sagemaker-outputlocation"]


# --- Streams


def test_stream_has_one_event_a_part(client_of) -> None:
    with LocalEndpoint(lambda body, request: [b"one ", b"", b"two"]) as local:
        result = client_of(local).invoke_endpoint_with_response_stream(
            EndpointName="demo", Body=b"in", Accept="text/plain", CustomAttributes="c"
        )
        parts = [event["PayloadPart"]["Bytes"] for event in result["Body"]]
    assert parts == [b"one ", b"", b"two"]
    assert result["ContentType"] == "text/plain"
    assert "CustomAttributes" not in result


def test_bytes_are_one_event(local) -> None:
    part = {
        ":message-type": "event",
        ":event-type": "PayloadPart",
        ":content-type": "application/octet-stream",
    }
    assert messages(send(local, STREAM, b"whole").body) == [(part, b"whole")]


@pytest.mark.parametrize(
    ("length", "events"), [(0, [0]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])]
)
def test_too_long_part_is_several_events(monkeypatch, length, events) -> None:
    monkeypatch.setattr(event_stream, "MAX_PAYLOAD_BYTES", 10)
    part = bytes(range(length))
    with LocalEndpoint(lambda body, request: part) as local:
        payloads = [payload for _, payload in messages(send(local, STREAM).body)]
    assert b"".join(payloads) == part
    assert [len(payload) for payload in payloads] == events


def test_part_is_sent_before_the_next_is_produced(client_of) -> None:
    received = threading.Event()

    def predict(body, request):
        yield b"first"
        yield b"in time" if received.wait(PATIENCE_SECONDS) else b"too late"

    with LocalEndpoint(predict) as local:
        result = client_of(local).invoke_endpoint_with_response_stream(
            EndpointName="demo", Body=b""
        )
        events = iter(result["Body"])
        assert next(events) == {"PayloadPart": {"Bytes": b"first"}}
        received.set()
        assert list(events) == [{"PayloadPart": {"Bytes": b"in time"}}]


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
    client_of, operation, error, status, side, text
) -> None:
    with LocalEndpoint(raising(error)) as local:
        client = client_of(local)
        with pytest.raises(client.exceptions.ModelError) as caught:
            getattr(client, operation)(EndpointName="demo", Body=b"")
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert response["OriginalMessage"] == text
    message = response["Error"]["Message"]
    expected = f'Received {side} error ({status}) from primary with message "{text}"'
    assert expected in message
    assert response["LogStreamArn"].startswith("arn:aws:logs:us-east-1:")
    assert response["LogStreamArn"].endswith(":log-group:/aws/sagemaker/Endpoints/demo")


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("text", "returned str; it must return bytes"),
        ({b"a": 1}, "returned dict; it must return bytes"),
        (None, "returned NoneType; it must return bytes"),
        ([b"a", "text"], "yielded str; it must return bytes"),
        (Response("text"), "returned str; it must return bytes"),  # type: ignore[arg-type]
    ],
)
def test_result_that_is_not_bytes_is_described(result, message) -> None:
    with LocalEndpoint(lambda body, request: result) as local:
        response = send(local)
    assert response.status == 424
    assert response.headers["x-amzn-errortype"] == "ModelError"
    assert message in json.loads(response.body)["OriginalMessage"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("lost"), "StreamBroken"),
        (TimeoutError("slow"), "ModelInvocationTimeExceeded"),
    ],
)
def test_exception_in_a_stream_is_a_model_stream_error(client_of, error, code) -> None:
    def predict(body, request):
        yield b"first"
        raise error

    with LocalEndpoint(predict) as local:
        headers, payload = messages(send(local, STREAM).body)[-1]
        result = client_of(local).invoke_endpoint_with_response_stream(
            EndpointName="demo", Body=b""
        )
        with closing(result["Body"]) as stream:
            events = iter(stream)
            assert next(events) == {"PayloadPart": {"Bytes": b"first"}}
            with pytest.raises(EventStreamError, match=rf"ModelStreamError.*: {error}"):
                next(events)
    assert headers == {
        ":message-type": "exception",
        ":exception-type": "ModelStreamError",
        ":content-type": "application/json",
    }
    assert json.loads(payload) == {"Message": str(error), "ErrorCode": code}


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
    client_of, operation, code, given, status
) -> None:
    with LocalEndpoint(raising(ServiceError("predict", code, "later", given))) as local:
        client = client_of(local)
        with pytest.raises(ClientError) as caught:
            getattr(client, operation)(EndpointName="demo", Body=b"")
        assert local.outputs == {}
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["Error"]["Message"] == "later"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("X", "m", "503"),
            "status_code must be an integer from 400 to 599, not '503'",
        ),
        (("X", "m", 204), "status_code must be an integer from 400 to 599, not 204"),
        (("X", "m", True), "status_code must be an integer from 400 to 599, not True"),
        ((5, "m", None), "code must be printable ASCII text, not 5"),
        (("\ud800", "m", None), "code must be printable ASCII text, not '\\ud800'"),
        (("X", 5, None), "message must be text, not 5"),
    ],
)
@pytest.mark.parametrize("route", [INVOKE, STREAM, ASYNC])
def test_invalid_service_error_is_a_model_error(arguments, message, route) -> None:
    with LocalEndpoint(raising(ServiceError("predict", *arguments))) as local:
        response = send(local, route)
        (failure,) = local.outputs.values() or [response.body]
    assert response.status == (202 if route == ASYNC else 424)
    text = (
        failure if route == ASYNC else json.loads(failure)["OriginalMessage"].encode()
    )
    assert text.decode() == f"ServiceError: {message}"


def test_members_of_a_service_error_are_sent(client_of) -> None:
    error = ModelError(
        "predict", "ModelError", "no", members={"OriginalStatusCode": 418}
    )
    with LocalEndpoint(raising(error)) as local:
        client = client_of(local)
        with pytest.raises(client.exceptions.ModelError) as caught:
            client.invoke_endpoint(EndpointName="demo", Body=b"")
    assert caught.value.response["OriginalStatusCode"] == 418
    assert "OriginalMessage" not in caught.value.response


def test_service_error_in_a_stream_ends_it(client_of) -> None:
    def predict(body, request):
        yield b"first"
        raise ServiceError("predict", "InternalStreamFailure", "lost")

    with LocalEndpoint(predict) as local:
        result = client_of(local).invoke_endpoint_with_response_stream(
            EndpointName="demo", Body=b""
        )
        with closing(result["Body"]) as stream:
            events = iter(stream)
            next(events)
            with pytest.raises(EventStreamError, match=r"InternalStreamFailure.*lost"):
                next(events)


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
