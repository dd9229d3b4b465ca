"""A local endpoint with many clients, impolite clients, and too few resources."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from paws_common.local import LocalEndpoint, Request
from paws_common.local.http_server import Server
from paws_common.local.messages import Reply
from support.http_client import INVOKE, STREAM, connect, read_response, request, send
from support.programs import run_program
from support.servers import PATIENCE_SECONDS


def echo(body: bytes, request: Request) -> bytes:
    return body


class Endless:
    """A model with infinitely many parts."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self, body: bytes, request: Request) -> Iterator[bytes]:
        try:
            for number in count():
                yield b"%d" % number * 1000
        finally:
            self.closed.set()


@contextmanager
def connected(respond: Any) -> Iterator[socket.socket]:
    """Start a server of any replies, and yield a connection to it."""
    server = Server(respond, 0)
    with connect(server) as connection:
        yield connection
    server.stop()


def test_endpoint_listens_on_one_loopback_address(local) -> None:
    port = int(local.url.rpartition(":")[2])
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection(("127.0.0.2", port), PATIENCE_SECONDS).close()


def test_start_does_not_resolve_a_name(monkeypatch) -> None:
    """http.server looks up the name of its address, which may ask DNS."""
    for name in ("getfqdn", "gethostbyaddr"):
        monkeypatch.delattr(socket, name)
    with LocalEndpoint(echo) as local:
        assert local.url.startswith("http://127.0.0.1:")


def test_client_that_leaves_a_stream_closes_the_model(capfd) -> None:
    model = Endless()
    with LocalEndpoint(model) as local:
        with connect(local) as connection:
            connection.sendall(request(path=STREAM))
            assert connection.recv(10_000)
        assert model.closed.wait(PATIENCE_SECONDS)
        assert send(local, "/no/route").status == 404
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "sent", [request()[:30], request(b"body")[:-1], request(b"body")]
)
def test_client_that_resets_a_request_leaves_no_trace(capfd, sent) -> None:
    with LocalEndpoint(echo) as local:
        with connect(local) as connection:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.sendall(sent)
        assert send(local, body=b"next").body == b"next"
    assert capfd.readouterr() == ("", "")


def test_error_of_the_server_is_printed(capfd) -> None:
    def respond(request):
        raise LookupError("a bug")

    with connected(respond) as connection:
        connection.sendall(request())
        assert connection.recv(1) == b""
    assert "LookupError: a bug" in capfd.readouterr().err


def test_control_character_cannot_end_a_header() -> None:
    reply = Reply(530, (("X-A", "b\r\nX-Evil: 1\x00\x7fé"),), b"")
    with connected(lambda request: reply) as connection:
        connection.sendall(request())
        response = read_response(connection)
    assert response.status == 530
    assert response.headers["x-a"] == "b  X-Evil: 1  é"
    assert "x-evil" not in response.headers


def test_connection_waits_for_a_thread(monkeypatch) -> None:
    failures = iter(range(3))
    start = threading.Thread.start
    acceptor: list[threading.Thread] = []

    def fail_three_times(thread):
        if threading.current_thread() in acceptor and next(failures, None) is not None:
            raise RuntimeError("can't start new thread")
        start(thread)

    before = set(threading.enumerate())
    with LocalEndpoint(echo) as local:
        acceptor.extend(set(threading.enumerate()) - before)
        monkeypatch.setattr(threading.Thread, "start", fail_three_times)
        assert send(local, body=b"served").body == b"served"
    assert next(failures, None) is None


def test_stop_does_not_wait_for_a_thread(monkeypatch) -> None:
    attempted = threading.Event()

    def fail(thread):
        attempted.set()
        raise RuntimeError("can't start new thread")

    local = LocalEndpoint(echo)
    local.start()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with connect(local):
            assert attempted.wait(PATIENCE_SECONDS)
            started = time.monotonic()
            local.stop()
            assert time.monotonic() - started < PATIENCE_SECONDS / 2


EXHAUSTED = """
import os, resource, socket, time
from paws_common.local import LocalEndpoint
from support.http_client import connect, read_response, request

resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
with (
    LocalEndpoint(lambda body, request: b"served") as local,
    connect(local) as client,
    socket.socket() as waiting,
):
    client.sendall(request())
    assert read_response(client).body == b"served"
    files = []
    try:
        while True:
            files.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    # Accepted by the kernel; the server has no descriptor.
    waiting.connect(client.getpeername())
    waiting.sendall(request())
    used = time.process_time()
    waiting.settimeout(0.5)
    try:
        raise SystemExit(f"a response without a descriptor: {waiting.recv(1)}")
    except TimeoutError:
        pass
    print(time.process_time() - used)
    for file in files:
        os.close(file)
    waiting.settimeout(20)
    assert read_response(waiting).body == b"served"
"""


def test_connection_waits_for_a_file_descriptor() -> None:
    """The server uses no processor time meanwhile, and serves the connection later."""
    assert float(run_program(EXHAUSTED)) < 0.2


def test_stop_ends_idle_connections_and_streams() -> None:
    model = Endless()
    local = LocalEndpoint(model)
    local.start()
    with connect(local) as idle, connect(local) as streaming:
        idle.sendall(request(path="/no/route"))
        assert read_response(idle).status == 404
        streaming.sendall(request(path=STREAM))
        assert streaming.recv(10)
        local.stop()
        assert model.closed.is_set()
        assert idle.recv(1) == b""


def test_stop_does_not_wait_for_an_endless_model() -> None:
    started, released = threading.Event(), threading.Event()
    ended = []

    def predict(body, request):
        started.set()
        ended.append(released.wait(PATIENCE_SECONDS))
        return b""

    with LocalEndpoint(predict) as local, connect(local) as connection:
        connection.sendall(request())
        assert started.wait(PATIENCE_SECONDS)
        local.stop()
        assert ended == []
        assert connection.recv(1) == b""
        released.set()


def test_no_thread_is_left_after_stop() -> None:
    before = set(threading.enumerate())
    with LocalEndpoint(echo) as local, connect(local) as connection:
        connection.sendall(request())
        read_response(connection)
        assert len(set(threading.enumerate()) - before) == 2
    assert set(threading.enumerate()) - before == set()


def test_program_that_never_stops_its_endpoint_ends() -> None:
    program = f"""
from http.client import HTTPConnection
from paws_common.local import LocalEndpoint
local = LocalEndpoint(lambda body, request: body)
local.start()
connection = HTTPConnection(local.url[7:])
connection.request("POST", {INVOKE!r}, b"works")
print(connection.getresponse().read().decode())
connection.close()
"""
    assert run_program(program) == "works"


def test_port_in_use_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            LocalEndpoint(echo, port=port).start()
    with LocalEndpoint(echo, port=port) as local:
        assert local.url == f"http://127.0.0.1:{port}"
