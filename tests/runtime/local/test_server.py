"""`LocalEndpoint` as an object: start and stop, its model, what it records."""

from __future__ import annotations

import threading

import pytest

from paws_common.local import LocalEndpoint, Request
from support.http_client import connect, request, send


def echo(body: bytes, request: Request) -> bytes:
    return body


def test_endpoint_can_be_stopped_twice_and_restarted() -> None:
    local = LocalEndpoint(echo)
    local.stop()
    for body in (b"1", b"2"):
        local.start()
        assert send(local, body=body).body == body
        local.stop()
        local.stop()
    assert [request.body for request in local.requests] == [b"1", b"2"]


def test_model_may_stop_its_endpoint() -> None:
    def predict(body, request):
        local.stop()
        stopped.set()
        return b""

    local, stopped = LocalEndpoint(predict), threading.Event()
    local.start()
    with connect(local) as connection:
        connection.sendall(request())
        assert stopped.wait(10)
        assert connection.recv(1) == b""
    local.predict = echo
    with local:
        assert send(local, body=b"2").body == b"2"


def test_second_start_is_an_error_with_the_url(local) -> None:
    with pytest.raises(RuntimeError, match=f"already listening at {local.url}"):
        local.start()


def test_url_before_start_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"not started: .* call start\(\)"):
        LocalEndpoint(echo).config()


def test_model_that_is_not_callable_is_an_error() -> None:
    local, reason = LocalEndpoint(echo), "predict must be a function, .* not bytes"
    with pytest.raises(TypeError, match=reason):
        LocalEndpoint(b"text")
    with pytest.raises(TypeError, match=reason):
        local.predict = b"text"
    assert local.predict is echo


def test_r_function_as_model_is_an_error() -> None:
    def python_function(*args, **kwargs):
        raise AssertionError("R aborts")

    python_function.__module__ = "rpytools.call"  # as reticulate creates it
    with pytest.raises(TypeError, match=r"not an R function: .* py_run_string\(\)"):
        LocalEndpoint(python_function)


@pytest.mark.parametrize(
    "arguments", [{}, {"predict": echo, "container": "http://127.0.0.1:1"}]
)
def test_model_is_either_function_or_container(arguments) -> None:
    with pytest.raises(TypeError, match="either predict or container=URL"):
        LocalEndpoint(**arguments)


def test_requests_for_objects_are_not_recorded() -> None:
    with LocalEndpoint(echo) as local:
        send(local, "/bucket/key", b"content", "PUT")
        assert send(local, "/bucket/key", method="GET").body == b"content"
        send(local, body=b"recorded")
        send(local, "/unknown", body=b"recorded")
        assert [request.body for request in local.requests] == [b"recorded"] * 2


def test_bodies_of_64_mb_are_recorded() -> None:
    local = LocalEndpoint(lambda body, request: b"")
    bodies = [bytes([number]) * (20 * 1024 * 1024) for number in range(4)]
    for body in bodies:
        local._respond(Request("POST", "/", {}, body))  # type: ignore[arg-type]
    assert [request.body for request in local.requests] == bodies[1:]
