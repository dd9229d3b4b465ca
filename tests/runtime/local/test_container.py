"""A local endpoint in front of containers."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws.services.sagemakerruntime.errors import (
    ModelError,
    ModelNotReadyException,
    ModelStreamError,
    ValidationError,
)
from paws_common import LocalEndpoint
from paws_common.local.container import Containers
from support import requirements as needs
from support.containers import container
from support.http_client import send
from support.servers import PATIENCE_SECONDS, scripted, serve, stalling


def service(local: LocalEndpoint) -> SageMakerRuntime:
    return paws.sagemakerruntime(**local.config(), config={"max_retries": 0})


# --- Requests and responses


def test_body_and_headers_are_forwarded() -> None:
    with container() as model, LocalEndpoint(container=model.url) as local:
        service(local).invoke_endpoint(
            "demo",
            bytes(range(256)),
            ContentType="text/csv",
            Accept="application/json",
            CustomAttributes="a=1",
            TargetModel="m.tar.gz",
            TargetVariant="green",
            InferenceId="id",
            SessionId="NEW_SESSION",
        )
    (request,) = model.requests
    assert (request.method, request.target) == ("POST", "/invocations")
    assert request.body == bytes(range(256))
    headers = dict(request.headers)
    del headers["host"]
    assert headers == {
        "accept": "application/json",
        "accept-encoding": "identity",
        "content-length": "256",
        "content-type": "text/csv",
        "x-amzn-sagemaker-custom-attributes": "a=1",
        "x-amzn-sagemaker-inference-id": "id",
        "x-amzn-sagemaker-session-id": "NEW_SESSION",
        "x-amzn-sagemaker-target-model": "m.tar.gz",
        "x-amzn-sagemaker-target-variant": "green",
    }


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("invoke_endpoint_async", marks=needs.inline_body),
        "invoke_endpoint_with_response_stream",
    ],
)
def test_media_types_of_other_operations_are_forwarded(operation) -> None:
    with container() as model, LocalEndpoint(container=model.url) as local:
        call = getattr(service(local), operation)
        result = call(
            EndpointName="demo", Body=b"", ContentType="text/csv", Accept="text/plain"
        )
        if operation.endswith("stream"):
            list(result["Body"])
    (request,) = model.requests
    headers = request.headers
    assert (headers["content-type"], headers["accept"]) == ("text/csv", "text/plain")
    assert not [name for name in headers if name.startswith("x-amzn")]


def test_response_is_returned_unchanged() -> None:
    fields = [
        ("Content-Type", "text/x-model"),
        ("X-Amzn-SageMaker-Custom-Attributes", "from=model"),
        ("X-Amzn-SageMaker-New-Session-Id", "abc; Expires=2030-01-01T00:00:00Z"),
        ("X-Amzn-SageMaker-Closed-Session-Id", "def"),
        ("X-Other", "not forwarded"),
    ]
    with (
        container(headers=fields, chunks=[b"one", b"two"]) as model,
        LocalEndpoint(container=model.url) as local,
    ):
        result = service(local).invoke_endpoint("demo", b"", Accept="text/csv")
    assert result["Body"] == b"onetwo"
    assert result["ContentType"] == "text/x-model"
    assert result["CustomAttributes"] == "from=model"
    assert result["NewSessionId"] == "abc; Expires=2030-01-01T00:00:00Z"
    assert result["ClosedSessionId"] == "def"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [(b"a=\xc3\xa9", "a=é"), (b"a=\r\n  b", "a= b"), (b"a=\tb", "a=\tb")],
    ids=["UTF-8", "folded", "tab"],
)
def test_header_of_a_container_is_forwarded(sent, expected) -> None:
    """Not by `container`: h11 does not send such a value."""
    field = b"X-Amzn-SageMaker-Custom-Attributes: " + sent
    response = b"HTTP/1.1 200 OK\r\n%b\r\nContent-Length: 0\r\n\r\n" % field
    with scripted(response) as model, LocalEndpoint(container=model.url) as local:
        received = send(local).headers
    assert received["x-amzn-sagemaker-custom-attributes"] == expected


def test_what_the_container_does_not_set_is_absent() -> None:
    with container() as model, LocalEndpoint(container=model.url) as local:
        result = service(local).invoke_endpoint(
            "demo",
            b"",
            ContentType="text/csv",
            CustomAttributes="caller",
            SessionId="NEW_SESSION",
        )
    assert result["ContentType"] is None
    assert result["CustomAttributes"] is None
    assert result["NewSessionId"] is None


def test_chunks_are_events_as_they_arrive() -> None:
    received = threading.Event()
    with (
        container(
            headers=[("Content-Type", "text/event-stream")],
            chunks=[b"data: 1\n\n", received, b"data: [DONE]\n\n"],
        ) as model,
        LocalEndpoint(container=model.url) as local,
    ):
        result = service(local).invoke_endpoint_with_response_stream("demo", b"")
        events = iter(result["Body"])
        assert next(events) == {"PayloadPart": {"Bytes": b"data: 1\n\n"}}
        received.set()
        assert list(events) == [{"PayloadPart": {"Bytes": b"data: [DONE]\n\n"}}]
    assert result["ContentType"] == "text/event-stream"


def test_async_result_is_the_container_s() -> None:
    with (
        container(chunks=[b"result"]) as model,
        LocalEndpoint(container=model.url) as local,
    ):
        local.put_object("s3://bucket/in.csv", b"rows")
        result = service(local).invoke_endpoint_async(
            "demo", InputLocation="s3://bucket/in.csv"
        )
        assert local.outputs == {result["OutputLocation"]: b"result"}
    assert model.requests[0].body == b"rows"


def test_path_of_the_url_is_a_prefix() -> None:
    with (
        container() as model,
        LocalEndpoint(container=f"{model.url}/models/a/") as local,
    ):
        service(local).invoke_endpoint("demo", b"")
    assert model.requests[0].target == "/models/a/invocations"


# --- Failures


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 302])
@pytest.mark.parametrize(
    "operation", ["invoke_endpoint", "invoke_endpoint_with_response_stream"]
)
def test_error_of_a_container_is_a_model_error(operation, status) -> None:
    with (
        container(status=status, chunks=[b'{"detail": "bad row"}']) as model,
        LocalEndpoint(container=model.url) as local,
        pytest.raises(ModelError) as caught,
    ):
        getattr(service(local), operation)("demo", b"")
    assert caught.value.OriginalStatusCode == status
    assert caught.value.OriginalMessage == '{"detail": "bad row"}'
    assert len(model.requests) == 1


def test_chunks_have_precedence_over_a_length() -> None:
    """RFC 9112, section 6.3. Not by `container`: h11 does not send both."""
    fields = b"Content-Length: 50\r\nTransfer-Encoding: chunked\r\n"
    response = b"HTTP/1.1 200 OK\r\n%b\r\n1\r\nx\r\n0\r\n\r\n" % fields
    with scripted(response) as model, LocalEndpoint(container=model.url) as local:
        assert send(local).body == b"x"


@pytest.mark.parametrize("length", [True, False])
def test_truncated_stream_is_a_model_stream_error(length) -> None:
    with (
        container(
            headers=[("Content-Length", "9")] if length else [],
            chunks=[b"first"],
            truncated=True,
        ) as model,
        LocalEndpoint(container=model.url) as local,
    ):
        result = service(local).invoke_endpoint_with_response_stream("demo", b"")
        events = iter(result["Body"])
        assert next(events) == {"PayloadPart": {"Bytes": b"first"}}
        with pytest.raises(ModelStreamError) as caught:
            next(events)
    assert caught.value.ErrorCode == "StreamBroken"


def test_container_that_is_not_ready_is_not_invoked() -> None:
    with (
        container(ping_status=503) as model,
        LocalEndpoint(container=model.url) as local,
    ):
        svc = service(local)
        with pytest.raises(ModelNotReadyException, match="/ping returned 503"):
            svc.invoke_endpoint("demo", b"")
        assert model.requests == []
        model.ping_status = 200
        assert svc.invoke_endpoint("demo", b"")["Body"] == b"ok"
        model.ping_status = 404
        with pytest.raises(ModelNotReadyException, match="/ping returned 404"):
            svc.invoke_endpoint("demo", b"")


def test_container_that_does_not_listen_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        LocalEndpoint(container=f"http://localhost:{port}") as local,
        pytest.raises(ModelNotReadyException, match="ConnectionRefusedError"),
    ):
        service(local).invoke_endpoint("demo", b"")


def test_container_with_silent_ping_is_not_ready(monkeypatch) -> None:
    monkeypatch.setattr("paws_common.local.container._PING_SECONDS", 0.05)
    with (
        serve(stalling) as silent,
        LocalEndpoint(container=silent.url) as local,
        pytest.raises(ModelNotReadyException, match=r"did not respond in 0\.05 s"),
    ):
        service(local).invoke_endpoint("demo", b"")


def test_busy_container_stays_ready(monkeypatch) -> None:
    """A container with one thread cannot respond to /ping while its model runs."""
    monkeypatch.setattr("paws_common.local.container._PING_SECONDS", 0.05)
    released = threading.Event()
    with container() as model, LocalEndpoint(container=model.url) as local:
        svc = service(local)
        svc.invoke_endpoint("demo", b"")
        model.chunks = [released, b"ok"]
        results: list[Any] = []
        calls = [
            threading.Thread(
                target=lambda: results.append(svc.invoke_endpoint("demo", b""))
            )
            for _ in range(2)
        ]
        for call in calls:
            call.start()
        calls[1].join(0.5)  # longer than the time limit of its ping
        released.set()
        for call in calls:
            call.join(PATIENCE_SECONDS)
    assert [result["Body"] for result in results] == [b"ok", b"ok"]


def test_wait_until_ready_returns_when_ping_succeeds() -> None:
    with container(ping_status=503) as model:
        local = LocalEndpoint(container={"AllTraffic": model.url})
        with pytest.raises(TimeoutError, match="/ping returned 503, 0 s after"):
            local.wait_until_ready(0)
        timer = threading.Timer(0.3, setattr, (model, "ping_status", 200))
        timer.start()
        local.wait_until_ready(PATIENCE_SECONDS)
        timer.join()


def test_wait_until_ready_returns_for_a_function() -> None:
    LocalEndpoint(lambda body, request: body).wait_until_ready(0)


# --- Several containers


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, b"default"),
        ({"TargetModel": "a.tar.gz"}, b"a"),
        ({"InferenceComponentName": "b"}, b"b"),
        ({"TargetVariant": "b"}, b"b"),
        ({"TargetVariant": "AllTraffic"}, b"default"),
        ({"TargetModel": "a.tar.gz", "TargetVariant": "b"}, b"a"),
        ({"TargetModel": "other", "TargetVariant": "b"}, b"b"),
    ],
)
def test_name_in_the_request_selects_the_container(arguments, expected) -> None:
    with (
        container(chunks=[b"default"]) as default,
        container(chunks=[b"a"]) as a,
        container(chunks=[b"b"]) as b,
        LocalEndpoint(
            container={"AllTraffic": default.url, "a.tar.gz": a.url, "b": b.url}
        ) as local,
    ):
        result = service(local).invoke_endpoint("demo", b"", **arguments)
    assert result["Body"] == expected


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({}, "a"), ({"TargetModel": "b"}, "a"), ({"TargetModel": "b"}, "AllTraffic")],
)
def test_unknown_name_is_a_validation_error(arguments, name) -> None:
    with (
        LocalEndpoint(container={name: "http://127.0.0.1:1"}) as local,
        pytest.raises(ValidationError, match=f"configured names are '{name}'"),
    ):
        service(local).invoke_endpoint("demo", b"", **arguments)


# --- Loopback only


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com:8080",
        "http://192.168.0.1:8080",
        "http://0.0.0.0:8080",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com/",
        "https://127.0.0.1:8080",
        "127.0.0.1:8080",
        "",
    ],
)
def test_url_outside_of_this_machine_is_rejected(url) -> None:
    with pytest.raises(ValueError, match="on the loopback interface"):
        Containers(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://[::1",
        "http://user:pass@127.0.0.1:1",
        "http://127.0.0.1:1/?query",
        "http://127.0.0.1:1/#fragment",
    ],
)
def test_invalid_url_is_named(url) -> None:
    with pytest.raises(ValueError, match="is not the http URL of a server") as caught:
        Containers({"canary": url})
    text = str(caught.value)
    assert "container" in text
    assert url.replace("user:pass@", "…@") in text


@pytest.mark.parametrize(
    "value",
    [
        8080,
        b"http://127.0.0.1:8080",
        ["http://127.0.0.1:8080"],
        {"canary": 8080},
        {1: "http://127.0.0.1:8080"},
    ],
)
def test_wrong_type_is_a_type_error(value) -> None:
    with pytest.raises(TypeError, match=r"^container: .* (int|bytes|list)$"):
        LocalEndpoint(container=value)


def test_empty_name_is_rejected() -> None:
    with pytest.raises(ValueError, match="container: a name is empty"):
        Containers({"": "http://127.0.0.1:8080"})


def test_empty_mapping_is_rejected() -> None:
    with pytest.raises(ValueError, match="is empty"):
        LocalEndpoint(container={})


def test_localhost_is_not_resolved(monkeypatch) -> None:
    hosts = []
    resolve = socket.getaddrinfo

    def record(host, *args, **kwargs):
        hosts.append(host)
        return resolve(host, *args, **kwargs)

    with container() as model:
        url = model.url.replace("127.0.0.1", "localhost")
        with LocalEndpoint(container=url) as local:
            monkeypatch.setattr(socket, "getaddrinfo", record)
            service(local).invoke_endpoint("demo", b"")
    assert set(hosts) == {"127.0.0.1"}


def test_ipv6_container_is_reached_as_localhost() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback interface")
    with listener:
        url = f"http://localhost:{listener.getsockname()[1]}"

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        Containers(url).wait_until_ready(0)
        thread.join()
