"""Connections that are kept, and replaced before anything is written to a dead one."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Barrier

import pytest

from paws_common.client.connections import MAX_IDLE_SECONDS, Progress
from paws_common.client.transport import Transport
from support.senders import failure, prepared, send, transport
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


@dataclass(frozen=True)
class Route:
    """A server, and how to send requests to it."""

    server: Server
    sender: Transport
    url: str

    def send(self) -> None:
        outcome = send(self.sender, prepared(self.url))
        assert outcome.body == b"ok", outcome

    def wait_for_close(self) -> None:
        assert self.server.closed.acquire(timeout=PATIENCE_SECONDS)


Connect = Callable[[Handler], AbstractContextManager[Route]]


@pytest.fixture(params=["plain", "TLS", "tunnel"])
def scheme(request) -> str:
    return str(request.param)


@pytest.fixture
def connect(authority, scheme) -> Connect:
    """Return a function that starts a server with a handler."""

    @contextmanager
    def connect(handler: Handler) -> Iterator[Route]:
        if scheme != "plain":
            handler = secure(authority.server_context(), handler)
        with serve(tunnel(handler) if scheme == "tunnel" else handler) as server:
            url = server.url if scheme == "plain" else server.https_url
            proxies = {"https": server.url} if scheme == "tunnel" else {}
            with transport(verify=str(authority.bundle), proxies=proxies) as sender:
                yield Route(server, sender, url)

    return connect


@pytest.mark.parametrize("handler", [responding_once(OK), reset_after_response])
def test_connection_closed_while_idle_is_replaced(connect, handler) -> None:
    with connect(handler) as route:
        for count in range(1, 4):
            route.send()
            route.wait_for_close()
            assert len(route.server.requests) == count


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports what arrived")
def test_request_after_an_unseen_close_is_not_received(
    connect, scheme, monkeypatch
) -> None:
    """The server closes the connection after the last check, before the request arrives."""
    with connect(responding_once(OK)) as route:
        route.send()
        route.wait_for_close()
        _hide_closed_connections(monkeypatch)
        error, progress = failure(route.sender, prepared(route.url))
        # Newer versions of OpenSSL write to the closed connection while they read, and
        # fail with an error that also occurs after a request was received.
        is_unknown = scheme != "plain" and "Broken pipe" in str(error.__cause__)
        assert progress is (Progress.SENT if is_unknown else Progress.NOT_WRITTEN)
    assert len(route.server.requests) == 1


def test_request_that_a_closing_server_received_is_sent(connect, monkeypatch) -> None:
    def handle(peer: Peer) -> None:
        peer.receive_request()
        peer.send(OK)
        peer.receive_request()

    with connect(handle) as route:
        route.send()
        _hide_closed_connections(monkeypatch)
        _, progress = failure(route.sender, prepared(route.url))
        assert progress is Progress.SENT
        assert len(route.server.requests) == 2


def _hide_closed_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("paws_common.client.connections", "urllib3.connectionpool"):
        monkeypatch.setattr(f"{module}.is_connection_dropped", lambda _: False)


@pytest.mark.parametrize(
    ("idle", "connections"), [(MAX_IDLE_SECONDS - 1, 1), (MAX_IDLE_SECONDS + 1, 2)]
)
def test_connection_that_was_idle_for_long_is_replaced(
    connect, monkeypatch, idle, connections
) -> None:
    with connect(responding(OK)) as route:
        route.send()
        _advance_clock(monkeypatch, idle)
        route.send()
        route.send()
        assert route.server.connections == connections


def test_closed_connection_is_replaced_once(connect, monkeypatch) -> None:
    """A connection that urllib3 opens again has not been idle."""
    with connect(responding_once(OK)) as route:
        route.send()
        route.wait_for_close()
        _advance_clock(monkeypatch)
        route.send()
        assert route.server.connections == 2


def test_all_idle_connections_are_replaced(connect, monkeypatch) -> None:
    together = Barrier(3)

    def handle(peer: Peer) -> None:
        while True:
            peer.receive_request()
            together.wait(PATIENCE_SECONDS)
            peer.send(OK)

    with connect(handle) as route, ThreadPoolExecutor(3) as pool:
        for connections in (3, 3, 6):
            if connections == 6:
                _advance_clock(monkeypatch)
            for _ in pool.map(lambda _: route.send(), range(3)):
                pass
            assert route.server.connections == connections
        for _ in range(3):
            route.wait_for_close()


def test_chunked_request_replaces_an_idle_connection(connect, monkeypatch) -> None:
    with connect(responding(OK)) as route:
        for _ in range(2):
            request = prepared(route.url, headers={"Transfer-Encoding": "chunked"})
            assert send(route.sender, request).body == b"ok"
            _advance_clock(monkeypatch)
        assert route.server.connections == 2
    assert [request.body for request in route.server.requests] == [b"1,2", b"1,2"]


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        response(200, b"ok", {"Connection": "close"}),
    ],
)
def test_connection_that_is_to_be_closed_is_not_reused(connect, said) -> None:
    with connect(responding(said)) as route:
        route.send()
        route.send()
        assert route.server.connections == 2


def test_closed_transport_opens_new_connections(connect) -> None:
    with connect(responding(OK)) as route:
        gc.disable()
        try:
            for count in range(1, 4):
                route.send()
                assert route.server.connections == count
                route.sender.close()
                route.wait_for_close()
        finally:
            gc.enable()


def test_transport_can_be_closed_during_requests(connect) -> None:
    with connect(responding(OK)) as route, ThreadPoolExecutor(4) as pool:

        def call(number: int) -> None:
            if number % 5 == 0:
                route.sender.close()
            route.send()

        for _ in pool.map(call, range(200)):
            pass
    assert len(route.server.requests) == 200


@pytest.mark.usefixtures("any_host")
def test_number_of_hosts_is_limited() -> None:
    with serve(responding(OK)) as server, transport() as sender:
        routes = [
            Route(server, sender, f"http://bucket-{number}.example:{server.port}/")
            for number in range(HOSTS)
        ]
        for each in routes:
            each.send()
        gc.collect()
        for _ in range(HOSTS - 64):
            routes[0].wait_for_close()
        # The hosts that were used last still have their connections.
        for each in routes[-64:]:
            each.send()
        assert server.connections == HOSTS
        routes[0].send()
        assert server.connections == HOSTS + 1


def _advance_clock(
    monkeypatch: pytest.MonkeyPatch, seconds: float = MAX_IDLE_SECONDS + 1
) -> None:
    monotonic = time.monotonic
    monkeypatch.setattr("time.monotonic", lambda: monotonic() + seconds)
