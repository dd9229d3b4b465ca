"""The operations of a local endpoint; botocore's own client is the judge."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import closing

import botocore.session
import pytest
from botocore.exceptions import EventStreamError

import needs
from local_http import (
    ASYNC,
    INVOKE,
    PATIENCE,
    STREAM,
    connect,
    echo,
    messages,
    post,
    read_answer,
    send,
)
from paws_common.local import Headers, LocalEndpoint, routes
from paws_common.local.http1 import Head


class BusyError(Exception):
    status_code = 429


def failing(error):
    def predict(body, request):
        raise error

    return predict


class Parts:
    """Parts without end that know whether they were closed; no generator."""

    closed = False

    def __iter__(self):
        return self

    def __next__(self):
        return b"part"

    def close(self):
        self.closed = True


def no_result(location, content):
    raise AssertionError(f"a result at {location}")


def service_model():
    loader = botocore.session.get_session().get_component("data_loader")
    return loader.load_service_model("sagemaker-runtime", "service-2")


@pytest.fixture(scope="module")
def recorder() -> Iterator[LocalEndpoint]:
    with LocalEndpoint(echo) as local:
        yield local


@pytest.fixture
def client_of():
    clients = []

    def client(local: LocalEndpoint):
        clients.append(
            botocore.session.get_session().create_client(
                "sagemaker-runtime",
                endpoint_url=local.url,
                region_name="us-east-1",
                aws_access_key_id="local",
                aws_secret_access_key="local",
            )
        )
        return clients[-1]

    yield client
    for each in clients:
        each.close()


# --- The three operations


@pytest.mark.parametrize(
    ("accept", "content_type", "answered"),
    [
        ("text/csv", "application/json", "text/csv"),
        ("application/json; charset=utf-8", "", "application/json; charset=utf-8"),
        ("*/*", "text/plain", "text/plain"),
        ("text/csv, text/plain", "image/png", "image/png"),
        ("", "image/png", "image/png"),
        ("image/*", "", "application/octet-stream"),
    ],
)
def test_the_type_of_an_answer_is_the_accepted_one_or_that_of_the_request(
    recorder, accept, content_type, answered
):
    answer = send(recorder, Accept=accept, Content_Type=content_type)
    assert answer.headers["Content-Type"] == answered
    stream = send(
        recorder, STREAM, Content_Type=content_type, X_Amzn_SageMaker_Accept=accept
    )
    assert stream.headers["X-Amzn-SageMaker-Content-Type"] == answered
    assert stream.headers["Content-Type"] == "application/vnd.amazon.eventstream"


def test_invoke_endpoint_through_botocore(client_of):
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
    assert "CustomAttributes" not in plain
    assert "NewSessionId" not in plain
    assert result["ContentType"] == "text/plain"
    assert result["CustomAttributes"] == "a=1; b"
    assert result["InvokedProductionVariant"] == "green"
    pattern = service_model()["shapes"]["NewSessionResponseHeader"]["pattern"]
    assert re.search(pattern, result["NewSessionId"])


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
def test_a_model_may_return_anything_like_bytes_or_an_iterable_of_it(result):
    with LocalEndpoint(lambda body, request: result) as local:
        assert send(local).body == b"abc"


@needs.inline_body
def test_invoke_endpoint_async_through_botocore(client_of):
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
def test_an_async_model_that_raises_leaves_its_text_at_the_failure_location(client_of):
    with LocalEndpoint(failing(ValueError("no such row: \ud800"))) as local:
        result = client_of(local).invoke_endpoint_async(EndpointName="demo", Body=b"in")
        outputs = local.outputs
    assert result["FailureLocation"] != result["OutputLocation"]
    assert outputs == {result["FailureLocation"]: b"no such row: \\ud800"}


def test_an_async_request_with_an_input_location_does_not_run_the_model(client_of):
    with LocalEndpoint(failing(AssertionError("the model ran"))) as local:
        result = client_of(local).invoke_endpoint_async(
            EndpointName="demo", InputLocation="s3://bucket/in.csv"
        )
        assert local.outputs == {}
    assert result["OutputLocation"].startswith("s3://local-endpoint/demo/")


def test_the_name_of_an_endpoint_cannot_end_a_header_of_the_answer(recorder):
    answer = send(recorder, "/endpoints/a%0D%0AX-Evil:%20b/async-invocations")
    assert "X-Evil" not in answer.headers
    assert "a%0D%0AX-Evil" in answer.headers["X-Amzn-SageMaker-OutputLocation"]


def test_the_response_stream_through_botocore(client_of):
    with LocalEndpoint(lambda body, request: [b"one ", b"", b"two"]) as local:
        result = client_of(local).invoke_endpoint_with_response_stream(
            EndpointName="demo", Body=b"in", Accept="text/plain", CustomAttributes="c"
        )
        parts = [event["PayloadPart"]["Bytes"] for event in result["Body"]]
    assert parts == [b"one ", b"", b"two"]
    assert result["ContentType"] == "text/plain"
    assert result["CustomAttributes"] == "c"


def test_bytes_are_one_part_of_a_stream_with_the_headers_of_an_event(recorder):
    part = {
        ":message-type": "event",
        ":event-type": "PayloadPart",
        ":content-type": "application/octet-stream",
    }
    assert messages(send(recorder, STREAM, b"whole").body) == [(part, b"whole")]


def test_a_part_is_sent_before_the_model_makes_the_next(client_of):
    received = threading.Event()

    def predict(body, request):
        yield b"first"
        yield b"in time" if received.wait(PATIENCE) else b"too late"

    with LocalEndpoint(predict) as local:
        result = client_of(local).invoke_endpoint_with_response_stream(
            EndpointName="demo", Body=b""
        )
        events = iter(result["Body"])
        assert next(events) == {"PayloadPart": {"Bytes": b"first"}}
        received.set()
        assert list(events) == [{"PayloadPart": {"Bytes": b"in time"}}]


# --- Models that fail


@pytest.mark.parametrize(
    ("error", "status", "side", "text"),
    [
        (ValueError("bad row"), 500, "server", "bad row"),
        (BusyError("later"), 429, "client", "later"),
        (ValueError(), 500, "server", "ValueError()"),
        (SystemExit("gone"), 500, "server", "gone"),
    ],
)
@pytest.mark.parametrize(
    "operation", ["invoke_endpoint", "invoke_endpoint_with_response_stream"]
)
def test_a_model_that_raises_is_a_model_error(
    client_of, operation, error, status, side, text
):
    with LocalEndpoint(failing(error)) as local:
        client = client_of(local)
        with pytest.raises(client.exceptions.ModelError) as caught:
            getattr(client, operation)(EndpointName="demo", Body=b"")
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert response["OriginalMessage"] == text
    message = response["Error"]["Message"]
    assert (
        f'Received {side} error ({status}) from primary with message "{text}"'
        in message
    )
    assert response["LogStreamArn"].startswith("arn:aws:logs:us-east-1:")
    assert response["LogStreamArn"].endswith(":log-group:/aws/sagemaker/Endpoints/demo")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("text", "returned str; it must return bytes"),
        ({b"a": 1}, "returned dict; it must return bytes"),
        (None, "returned NoneType; it must return bytes"),
        ([b"a", "text"], "yielded str; it must return bytes"),
    ],
)
def test_a_model_that_returns_no_bytes_is_told_what_to_return(result, said):
    with LocalEndpoint(lambda body, request: result) as local:
        answer = send(local)
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (424, "ModelError")
    assert said in json.loads(answer.body)["OriginalMessage"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("lost"), "StreamBroken"),
        (TimeoutError("slow"), "ModelInvocationTimeExceeded"),
    ],
)
def test_a_model_that_raises_in_a_stream_ends_it_with_a_model_stream_error(
    client_of, error, code
):
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


def test_a_part_too_long_for_a_message_is_a_failure_of_the_model():
    with LocalEndpoint(lambda body, request: bytes(24 * 1024 * 1024 + 1)) as local:
        answer = send(local, STREAM)
    assert answer.status == 424
    assert "payload: 25165825 bytes" in json.loads(answer.body)["OriginalMessage"]


def test_a_path_that_is_no_route_is_answered_with_the_routes(recorder):
    answer = send(recorder, "/endpoints/demo/invoke")
    assert answer.status == 404
    assert answer.headers["x-amzn-ErrorType"] == "UnknownOperationException"
    message = json.loads(answer.body)["Message"]
    for path in (INVOKE, ASYNC, STREAM):
        assert f"POST {path.replace('demo', 'NAME')}" in f"{message},".split(" are ")[1]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_method_that_is_not_post_is_refused_and_the_connection_lives_on(
    recorder, method
):
    with connect(recorder) as connection:
        connection.sendall(post().replace(b"POST", method.encode(), 1))
        answer = read_answer(connection)
        connection.sendall(post(b"next"))
        assert read_answer(connection).body == b"next"
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert method in json.loads(answer.body)["Message"]


def test_the_answer_to_head_has_no_body(recorder):
    with connect(recorder) as connection, connection.makefile("rb") as file:
        sent = post(fields=[b"Connection: close"])
        connection.sendall(sent.replace(b"POST", b"HEAD", 1))
        answer = file.read()
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.index(b"\r\n\r\n") == len(answer) - 4


@pytest.mark.parametrize("read", [0, 1, 2])
def test_closing_the_body_of_a_stream_closes_what_the_model_returned(read):
    parts = Parts()
    request = routes.to_request(Head("POST", STREAM, Headers(())), b"")
    response = routes.answer(request, lambda body, request: parts, no_result)
    events = iter(response.body)
    for _ in range(read):
        next(events)
    assert not parts.closed
    response.body.close()
    assert parts.closed
