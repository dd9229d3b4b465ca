"""A local endpoint in front of containers."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
from support.containers import Container, container
from support.http_client import send
from support.servers import (
    PATIENCE_SECONDS,
    responding,
    response,
    scripted,
    serve,
    stalling,
)

URL = "http://127.0.0.1:8080"


@contextmanager
def service_of(url: Any) -> Iterator[SageMakerRuntime]:
    """Start a local endpoint in front of containers, and yield a service that calls it."""
    with (
        LocalEndpoint(container=url) as local,
        paws.sagemakerruntime({"max_retries": 0}, **local.config()) as service,
    ):
        yield service


@contextmanager
def serving(**attributes: Any) -> Iterator[tuple[Container, SageMakerRuntime]]:
    """Start a container, and yield it and a service that calls it."""
    with container(**attributes) as model, service_of(model.url) as service:
        yield model, service


# --- Requests and responses


def test_body_and_headers_are_forwarded() -> None:
    body = bytes(range(256))
    with serving() as (model, service):
        service.invoke_endpoint(
            "demo",
            body,
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
    assert request.body == body
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


def test_response_is_returned_unchanged() -> None:
    fields = [
        ("Content-Type", "text/x-model"),
        ("X-Amzn-SageMaker-Custom-Attributes", "from=model"),
        ("X-Amzn-SageMaker-New-Session-Id", "abc; Expires=2030-01-01T00:00:00Z"),
        ("X-Amzn-SageMaker-Closed-Session-Id", "def"),
        ("X-Other", "not forwarded"),
    ]
    with serving(headers=fields, chunks=[b"one", b"two"]) as (_, service):
        result = service.invoke_endpoint("demo", b"", Accept="text/csv")
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
    values = {"CustomAttributes": "caller", "SessionId": "NEW_SESSION"}
    with serving() as (_, service):
        result = service.invoke_endpoint("demo", b"", ContentType="text/csv", **values)
    assert result["ContentType"] is None
    assert result["CustomAttributes"] is None
    assert result["NewSessionId"] is None


def test_chunks_are_events_as_they_arrive() -> None:
    received = threading.Event()
    chunks = [b"data: 1\n\n", received, b"data: [DONE]\n\n"]
    fields = [("Content-Type", "text/event-stream")]
    with serving(headers=fields, chunks=chunks) as (_, service):
        result = service.invoke_endpoint_with_response_stream("demo", b"")
        events = iter(result["Body"])
        assert next(events) == {"PayloadPart": {"Bytes": b"data: 1\n\n"}}
        received.set()
        assert list(events) == [{"PayloadPart": {"Bytes": b"data: [DONE]\n\n"}}]
    assert result["ContentType"] == "text/event-stream"


def test_path_of_the_url_is_a_prefix() -> None:
    with container() as model, service_of(f"{model.url}/models/a/") as service:
        service.invoke_endpoint("demo", b"")
    assert model.requests[0].target == "/models/a/invocations"


# --- Failures


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 302])
@pytest.mark.parametrize(
    "operation", ["invoke_endpoint", "invoke_endpoint_with_response_stream"]
)
def test_error_of_a_container_is_a_model_error(operation, status) -> None:
    with (
        serving(status=status, chunks=[b'{"detail": "bad row"}']) as (model, service),
        pytest.raises(ModelError) as caught,
    ):
        getattr(service, operation)("demo", b"")
    assert caught.value.OriginalStatusCode == status
    assert caught.value.OriginalMessage == '{"detail": "bad row"}'
    assert len(model.requests) == 1


def test_chunks_have_precedence_over_a_length() -> None:
    """RFC 9112, section 6.3. Not by `container`: h11 does not send both."""
    fields = b"Content-Length: 50\r\nTransfer-Encoding: chunked\r\n"
    response = b"HTTP/1.1 200 OK\r\n%b\r\n1\r\nx\r\n0\r\n\r\n" % fields
    with scripted(response) as model, LocalEndpoint(container=model.url) as local:
        assert send(local).body == b"x"


@pytest.mark.parametrize("fields", [[("Content-Length", "9")], []])
def test_truncated_stream_is_a_model_stream_error(fields) -> None:
    with serving(headers=fields, chunks=[b"first"], truncated=True) as (_, service):
        result = service.invoke_endpoint_with_response_stream("demo", b"")
        events = iter(result["Body"])
        assert next(events) == {"PayloadPart": {"Bytes": b"first"}}
        with pytest.raises(ModelStreamError) as caught:
            next(events)
    assert caught.value.ErrorCode == "StreamBroken"


def test_container_that_is_not_ready_is_not_invoked() -> None:
    with serving(ping_status=503) as (model, service):
        with pytest.raises(ModelNotReadyException, match="/ping returned 503"):
            service.invoke_endpoint("demo", b"")
        assert model.requests == []
        model.ping_status = 200
        assert service.invoke_endpoint("demo", b"")["Body"] == b"ok"
        model.ping_status = 404
        with pytest.raises(ModelNotReadyException, match="/ping returned 404"):
            service.invoke_endpoint("demo", b"")


def test_container_that_does_not_listen_is_not_ready() -> None:
    with container() as stopped:
        url = stopped.url
    with (
        service_of(url) as service,
        pytest.raises(ModelNotReadyException, match="ConnectionRefusedError"),
    ):
        service.invoke_endpoint("demo", b"")


def test_container_with_silent_ping_is_not_ready(monkeypatch) -> None:
    monkeypatch.setattr("paws_common.local.container._PING_SECONDS", 0.05)
    with (
        serve(stalling) as silent,
        service_of(silent.url) as service,
        pytest.raises(ModelNotReadyException, match=r"did not respond in 0\.05 s"),
    ):
        service.invoke_endpoint("demo", b"")


def test_busy_container_stays_ready(monkeypatch) -> None:
    """A container with one thread cannot respond to /ping while its model runs."""
    monkeypatch.setattr("paws_common.local.container._PING_SECONDS", 0.05)
    released = threading.Event()
    results: list[Any] = []
    with serving() as (model, service):

        def call():
            results.append(service.invoke_endpoint("demo", b"")["Body"])

        call()
        model.chunks = [released, b"ok"]
        calls = [threading.Thread(target=call) for _ in range(2)]
        for each in calls:
            each.start()
        calls[1].join(0.5)  # longer than the time limit of its ping
        released.set()
        for each in calls:
            each.join(PATIENCE_SECONDS)
    assert results == [b"ok"] * 3


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
        service_of(
            {"AllTraffic": default.url, "a.tar.gz": a.url, "b": b.url}
        ) as service,
    ):
        result = service.invoke_endpoint("demo", b"", **arguments)
    assert result["Body"] == expected


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({}, "a"), ({"TargetModel": "b"}, "a"), ({"TargetModel": "b"}, "AllTraffic")],
)
def test_unknown_name_is_a_validation_error(arguments, name) -> None:
    with (
        service_of({name: URL}) as service,
        pytest.raises(ValidationError, match=f"configured names are '{name}'"),
    ):
        service.invoke_endpoint("demo", b"", **arguments)


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
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://[::1",
        "http://user:pass@127.0.0.1:1",
        "http://127.0.0.1:1/?query",
        "http://127.0.0.1:1/#fragment",
    ],
)
def test_other_url_is_rejected_and_named(url) -> None:
    shown = re.sub("//.*@", "//…@", url)
    reason = f"{shown!r} is not the http URL of a server on the loopback interface"
    with pytest.raises(ValueError, match=f"^container.*: {re.escape(reason)}"):
        Containers({"canary": url})


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (8080, TypeError, ".* int$"),
        (URL.encode(), TypeError, ".* bytes$"),
        ([URL], TypeError, ".* list$"),
        ({"canary": 8080}, TypeError, ".* int$"),
        ({1: URL}, TypeError, ".* int$"),
        ({"": URL}, ValueError, "a name is empty"),
        ({}, ValueError, "the mapping of names to URLs is empty"),
    ],
)
def test_invalid_container_is_an_error(value, error, message) -> None:
    with pytest.raises(error, match=f"^container: {message}"):
        LocalEndpoint(container=value)


def test_localhost_is_not_resolved(monkeypatch) -> None:
    hosts = []
    resolve = socket.getaddrinfo

    def record(host, *args, **kwargs):
        hosts.append(host)
        return resolve(host, *args, **kwargs)

    with (
        container() as model,
        service_of(model.url.replace("127.0.0.1", "localhost")) as service,
    ):
        monkeypatch.setattr(socket, "getaddrinfo", record)
        service.invoke_endpoint("demo", b"")
    assert set(hosts) == {"127.0.0.1"}


def test_ipv6_container_is_reached_as_localhost() -> None:
    with serve(responding(response()), "::1") as server:
        Containers(f"http://localhost:{server.port}").wait_until_ready(0)
