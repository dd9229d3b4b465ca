"""Connections that are kept, and replaced before anything is written to a dead one."""

from __future__ import annotations

import gc
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from paws_common.client.connections import MAX_IDLE_SECONDS, Progress
from support.certificates import Authority
from support.senders import Sender, failure, prepared, send, transport
from support.servers import (
    OK,
    PATIENCE_SECONDS,
    Handler,
    Peer,
    Server,
    responding,
    responding_once,
    response,
    secure,
    serve,
    tunnel,
)

HOSTS = 70  # more than the transport keeps connections to


def reset_after_response(peer: Peer) -> None:
    peer.receive_request()
    peer.send(OK)
    peer.reset()


@pytest.fixture(params=["plain", "TLS", "tunnel"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Setup:
    """A server of a scheme, and how to send requests to it."""

    def __init__(self, authority: Authority, scheme: str) -> None:
        self._authority = authority
        self._scheme = scheme
        self.options: dict[str, Any] = {"verify": str(authority.bundle)}

    def handler(self, handler: Handler) -> Handler:
        if self._scheme == "plain":
            return handler
        handler = secure(self._authority.server_context(), handler)
        return tunnel(handler) if self._scheme == "tunnel" else handler

    def sender(self, server: Server) -> Any:
        if self._scheme == "tunnel":
            self.options["proxies"] = {"https": server.url}
        return transport(**self.options)

    def url(self, server: Server) -> str:
        return server.url if self._scheme == "plain" else server.https_url


@pytest.fixture
def setup(authority: Authority, scheme: str) -> Setup:
    return Setup(authority, scheme)


def send_ok(sender: Sender, url: str) -> None:
    outcome = send(sender, prepared(url))
    assert outcome.body == b"ok", outcome


def test_connection_is_kept(setup: Setup) -> None:
    handler = setup.handler(responding(OK))
    with serve(handler) as server, setup.sender(server) as sender:
        for _ in range(5):
            send_ok(sender, setup.url(server))
        assert server.connections == 1


@pytest.mark.parametrize("handler", [responding_once(OK), reset_after_response])
def test_connection_closed_while_idle_is_replaced(
    setup: Setup, handler: Handler
) -> None:
    with serve(setup.handler(handler)) as server, setup.sender(server) as sender:
        for count in range(1, 4):
            send_ok(sender, setup.url(server))
            assert server.closed.acquire(timeout=PATIENCE_SECONDS)
            assert len(server.requests) == count


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports what arrived")
def test_request_after_an_unseen_close_is_not_received(
    setup: Setup, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server closes the connection after the last check, before the request arrives."""
    with serve(setup.handler(responding_once(OK))) as server:
        with setup.sender(server) as sender:
            send_ok(sender, setup.url(server))
            assert server.closed.acquire(timeout=PATIENCE_SECONDS)
            _hide_closed_connections(monkeypatch)
            error, progress = failure(sender, prepared(setup.url(server)))
            # Newer versions of OpenSSL write to the closed connection while they read, and
            # fail with an error that also occurs after a request was received.
            is_unknown = scheme != "plain" and "Broken pipe" in str(error.__cause__)
            assert progress is (Progress.SENT if is_unknown else Progress.NOT_WRITTEN)
        assert len(server.requests) == 1


def test_request_that_a_closing_server_received_is_sent(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(peer: Peer) -> None:
        peer.receive_request()
        peer.send(OK)
        peer.receive_request()

    with serve(setup.handler(handle)) as server, setup.sender(server) as sender:
        send_ok(sender, setup.url(server))
        _hide_closed_connections(monkeypatch)
        _, progress = failure(sender, prepared(setup.url(server)))
        assert progress is Progress.SENT
        assert len(server.requests) == 2


def _hide_closed_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("paws_common.client.connections", "urllib3.connectionpool"):
        monkeypatch.setattr(f"{module}.is_connection_dropped", lambda _: False)


@pytest.mark.parametrize(
    ("idle", "connections"), [(MAX_IDLE_SECONDS - 1, 1), (MAX_IDLE_SECONDS + 1, 2)]
)
def test_connection_that_was_idle_for_long_is_replaced(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, idle: float, connections: int
) -> None:
    handler = setup.handler(responding(OK))
    with serve(handler) as server, setup.sender(server) as sender:
        send_ok(sender, setup.url(server))
        _advance_clock(monkeypatch, idle)
        send_ok(sender, setup.url(server))
        send_ok(sender, setup.url(server))
        assert server.connections == connections


def test_closed_connection_is_replaced_once(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that urllib3 opens again has not been idle."""
    handler = setup.handler(responding_once(OK))
    with serve(handler) as server, setup.sender(server) as sender:
        send_ok(sender, setup.url(server))
        assert server.closed.acquire(timeout=PATIENCE_SECONDS)
        _advance_clock(monkeypatch, MAX_IDLE_SECONDS + 1)
        send_ok(sender, setup.url(server))
        assert server.connections == 2


def test_all_idle_connections_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    together = Barrier(3)

    def handle(peer: Peer) -> None:
        while True:
            peer.receive_request()
            together.wait(PATIENCE_SECONDS)
            peer.send(OK)

    with serve(handle) as server, transport() as sender, ThreadPoolExecutor(3) as pool:
        for connections in (3, 3, 6):
            if connections == 6:
                _advance_clock(monkeypatch, MAX_IDLE_SECONDS + 1)
            for _ in pool.map(send_ok, [sender] * 3, [server.url] * 3):
                pass
            assert server.connections == connections
        for _ in range(3):
            assert server.closed.acquire(timeout=PATIENCE_SECONDS)


def test_chunked_request_replaces_an_idle_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def chunked() -> Any:
        return prepared(server.url, headers={"Transfer-Encoding": "chunked"})

    with serve(responding(OK)) as server, transport() as sender:
        assert send(sender, chunked()).body == b"ok"
        _advance_clock(monkeypatch, MAX_IDLE_SECONDS + 1)
        assert send(sender, chunked()).body == b"ok"
        assert server.connections == 2
        assert [request.body for request in server.requests] == [b"1,2", b"1,2"]


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        response(200, b"ok", {"Connection": "close"}),
    ],
)
def test_connection_that_is_to_be_closed_is_not_reused(said: bytes) -> None:
    with serve(responding(said)) as server, transport() as sender:
        for _ in range(2):
            send_ok(sender, server.url)
        assert server.connections == 2


def test_unread_response_closes_its_connection() -> None:
    with serve(responding(OK)) as server, transport() as sender:
        sender.send(prepared(server.url, stream=True)).raw.close()
        assert server.closed.acquire(timeout=PATIENCE_SECONDS)
        send_ok(sender, server.url)


def test_closed_transport_opens_new_connections(setup: Setup) -> None:
    handler = setup.handler(responding(OK))
    with serve(handler) as server, setup.sender(server) as sender:
        gc.disable()
        try:
            for count in range(1, 4):
                send_ok(sender, setup.url(server))
                assert server.connections == count
                sender.close()
                assert server.closed.acquire(timeout=PATIENCE_SECONDS)
        finally:
            gc.enable()


def test_transport_can_be_closed_during_requests() -> None:
    with serve(responding(OK)) as server, transport() as sender:

        def call(number: int) -> None:
            if number % 5 == 0:
                sender.close()
            send_ok(sender, server.url)

        with ThreadPoolExecutor(4) as pool:
            for _ in pool.map(call, range(200)):
                pass
    assert len(server.requests) == 200


def test_number_of_hosts_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolve_to_loopback(monkeypatch)
    urls = [f"http://bucket-{number}.example:{{}}/" for number in range(HOSTS)]
    with serve(responding(OK)) as server, transport() as sender:
        for url in urls:
            send_ok(sender, url.format(server.port))
        gc.collect()
        for _ in range(HOSTS - 64):
            assert server.closed.acquire(timeout=PATIENCE_SECONDS)
        # The hosts that were used last still have their connections.
        for url in urls[-64:]:
            send_ok(sender, url.format(server.port))
        assert server.connections == HOSTS
        send_ok(sender, urls[0].format(server.port))
        assert server.connections == HOSTS + 1


def _advance_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monotonic = time.monotonic
    monkeypatch.setattr("time.monotonic", lambda: monotonic() + seconds)


def _resolve_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def resolve_any(_host: str, *args: Any, **kwargs: Any) -> Any:
        return resolve("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr("socket.getaddrinfo", resolve_any)
