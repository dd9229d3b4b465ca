"""A request that may have been processed is sent once, wherever its connection breaks.

The connection breaks at each stage of each route, in one of three ways. The oracle is the
stage alone: which bytes arrived at the server, and whether a response had begun.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError as BotocoreConnectionError
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from paws_common import EndpointConnectionError, PawsError, ResponseTimeoutError
from paws_common.client.connections import Progress
from support.certificates import Authority
from support.hypothesis_settings import examples
from support.servers import Peer, Server, serve, stalling
from support.services import runtime

MAX_RETRIES = 2
SOON = 0.1  # seconds; a timeout that is waited for
BODY = b"1,2,3"
SECRET = "customer-4711"  # in the message of an exception of the caller
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"
HEAD_BYTES = RESPONSE.index(b"abcde")
ENDS = ["close", "close", "reset", "reset", "stall"]  # the last one takes a timeout
MIN_REQUEST_BYTES = 200  # each request is longer


class Stage(IntEnum):
    """Where the connection breaks."""

    PROXY_TLS = 0
    CONNECT = 1
    TLS = 2
    REQUEST = 3
    HEAD = 4
    BODY = 5


@dataclass(frozen=True)
class Route:
    """How a request gets to the service: by which proxy, and with TLS or not."""

    tls: bool
    proxy: str | None = None
    forwards_https: bool = False

    @property
    def stages(self) -> list[Stage]:
        is_tunnel = self.tls and self.proxy and not self.forwards_https
        absent = {
            Stage.PROXY_TLS: self.proxy != "https",
            Stage.CONNECT: not is_tunnel,
            Stage.TLS: not self.tls or self.forwards_https,
        }
        return [stage for stage in Stage if not absent.get(stage)]


ROUTES = {
    "direct": Route(tls=False),
    "TLS": Route(tls=True),
    "proxy": Route(tls=False, proxy="http"),
    "TLS by a proxy": Route(tls=True, proxy="http"),
    "TLS proxy": Route(tls=False, proxy="https"),
    "TLS by a TLS proxy": Route(tls=True, proxy="https"),
    "TLS forwarded by a TLS proxy": Route(tls=True, proxy="https", forwards_https=True),
}


@dataclass(frozen=True)
class Break:
    """A break at a stage, after a number of bytes of it, by ``end``."""

    stage: Stage
    offset: int
    end: str

    @property
    def is_sent(self) -> bool:
        """Return whether a byte of the request arrived."""
        return self.stage >= Stage.REQUEST


@st.composite
def breaks(draw: st.DrawFn, route: Route) -> Break:
    stage = draw(st.sampled_from(route.stages))
    limits = {
        Stage.REQUEST: (1, MIN_REQUEST_BYTES),
        Stage.HEAD: (0, HEAD_BYTES - 1),
        Stage.BODY: (HEAD_BYTES, len(RESPONSE) - 1),
    }
    offset = draw(st.integers(*limits.get(stage, (0, 0))))
    return Break(stage, offset, draw(st.sampled_from(ENDS)))


class Breaking:
    """A handler that breaks connections, and counts the requests that arrive."""

    def __init__(self, authority: Authority, route: Route, where: Break) -> None:
        self._route = route
        self._where = where
        self._context = authority.server_context()
        self.arrived = 0

    def __call__(self, peer: Peer) -> None:
        for stage in self._route.stages:
            breaks_here = stage is self._where.stage
            match stage:
                case Stage.CONNECT:
                    peer.receive_connect()
                    peer.send(b"" if breaks_here else b"HTTP/1.1 200 OK\r\n\r\n")
                case Stage.PROXY_TLS | Stage.TLS if breaks_here:
                    peer.receive_hello()
                case Stage.PROXY_TLS | Stage.TLS:
                    peer.start_tls(self._context)
                case Stage.REQUEST if breaks_here:
                    peer.receive(self._where.offset)
                    self.arrived += 1
                case Stage.REQUEST:
                    peer.receive_request()
                    self.arrived += 1
                case Stage.HEAD | Stage.BODY if breaks_here:
                    peer.send(RESPONSE[: self._where.offset])
            if breaks_here:
                break
        if self._where.end == "stall":
            peer.stall()
        elif self._where.end == "reset":
            peer.reset()


@contextmanager
def service_of(
    server: Server, route: Route, authority: Authority, **config: Any
) -> Iterator[Any]:
    """Create a service that calls a server by a route."""
    options: dict[str, Any] = {}
    if route.proxy:
        host = "localhost" if route.proxy == "https" else "127.0.0.1"
        url = f"{route.proxy}://user:{SECRET}@{host}:{server.port}"
        options["proxies"] = {"http": url, "https": url}
        options["proxies_config"] = {
            "proxy_use_forwarding_for_https": route.forwards_https
        }
    endpoint = server.https_url if route.tls else server.url
    config = {
        "max_retries": MAX_RETRIES,
        "ca_bundle": str(authority.bundle),
        "botocore": Config(**options),
        **config,
    }
    with runtime(endpoint, config) as service:
        yield service


CALLS: dict[str, Callable[[Any], object]] = {  # their responses are read differently
    "invoke": lambda service: service.invoke_endpoint("demo", BODY),
    "async": lambda service: service.invoke_endpoint_async(
        "demo", InputLocation="s3://bucket/key"
    ),
    "stream": lambda service: list(
        service.invoke_endpoint_with_response_stream("demo", BODY)["Body"]
    ),
}


def plainly(call: Callable[[], object]) -> None:
    call()


def _unsent() -> Exception:
    error = BotocoreConnectionError(endpoint_url=f"https://{SECRET}", error="no")
    vars(error)["progress"] = Progress.NOT_WRITTEN
    return error


# Errors of other requests, which once caused wrong decisions on retries.
FAILURES = [
    ssl.SSLCertVerificationError(SECRET),
    ssl.SSLEOFError(SECRET),
    ConnectionRefusedError(SECRET),
    FileNotFoundError(SECRET),
    NewConnectionError(None, SECRET),
    ConnectTimeoutError(SECRET),
    ProxyError(SECRET, OSError("Tunnel connection failed: 407")),
    _unsent(),
]


def do_handshake(failure: Exception) -> None:
    """Raise from a frame of this name, by which a handshake was recognized once."""
    raise failure


def in_except(failure: Exception, call: Callable[[], object]) -> None:
    try:
        do_handshake(failure)
    except type(failure):
        call()


def in_finally(failure: Exception, call: Callable[[], object]) -> None:
    try:
        do_handshake(failure)
    finally:
        call()


def in_exit(failure: Exception, call: Callable[[], object]) -> None:
    with ExitStack() as stack:
        stack.callback(call)
        do_handshake(failure)


CONTEXTS = st.just(plainly) | st.builds(
    partial,
    st.sampled_from([in_except, in_finally, in_exit]),
    st.sampled_from(FAILURES),
)


@pytest.fixture(autouse=True)
def _no_waits(waits) -> None:
    """Skip the pauses between attempts."""


def outcome(
    service: Any,
    call: Callable[[Any], object],
    context: Callable[[Callable[[], object]], None] = plainly,
) -> Any:
    """Return the error of a call that is made in a context."""
    errors: list[PawsError] = []

    def run() -> None:
        try:
            call(service)
        except PawsError as error:
            errors.append(error)

    with suppress(Exception):
        context(run)
    (error,) = errors
    return error


@pytest.mark.parametrize("name", ROUTES)
@examples(40)
@given(
    data=st.data(),
    call=st.sampled_from(sorted(CALLS)),
    context=CONTEXTS,
    retry_timeouts=st.booleans(),
)
def test_request_that_may_be_processed_is_sent_once(
    authority, name, data, call, context, retry_timeouts
) -> None:
    route = ROUTES[name]
    where = data.draw(breaks(route))
    handler = Breaking(authority, route, where)
    config: dict[str, Any] = {"retry_timeouts": retry_timeouts}
    if where.end == "stall":
        config["read_timeout" if where.is_sent else "connect_timeout"] = SOON
    with (
        serve(handler) as server,
        service_of(server, route, authority, **config) as service,
    ):
        error = outcome(service, CALLS[call], context)
    # Once a response has begun, the request is not retried by any option.
    is_retried = not where.is_sent or (retry_timeouts and where.stage < Stage.BODY)
    attempts = MAX_RETRIES + 1 if is_retried else 1
    assert handler.arrived == (attempts if where.is_sent else 0)
    assert server.connections == error.attempts == attempts
    assert ("nothing was sent" in str(error)) is not where.is_sent
    assert ("may have processed it" in str(error)) is where.is_sent
    assert SECRET not in str(error)
    is_timeout = where.is_sent and where.end == "stall"
    expected = ResponseTimeoutError if is_timeout else EndpointConnectionError
    assert type(error) is expected


@pytest.mark.parametrize("name", ["direct", "TLS", "TLS by a proxy"])
@pytest.mark.parametrize("end", ["stall", "reset"])
@pytest.mark.parametrize("retry_timeouts", [False, True])
def test_request_that_is_partly_written_counts_as_sent(
    authority, name, end, retry_timeouts
) -> None:
    body = bytes(16 * 2**20)  # more than the buffers of a connection
    handler = Breaking(authority, ROUTES[name], Break(Stage.REQUEST, 1000, end))
    config: dict[str, Any] = {"retry_timeouts": retry_timeouts, "validation": "off"}
    if end == "stall":
        # urllib3 writes with it; the server needs time to receive the first bytes.
        config["connect_timeout"] = 3 * SOON
    with (
        serve(handler) as server,
        service_of(server, ROUTES[name], authority, **config) as service,
    ):
        error = outcome(service, lambda service: service.invoke_endpoint("demo", body))
    assert handler.arrived == (MAX_RETRIES + 1 if retry_timeouts else 1)
    assert "may have processed it" in str(error)


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("reason", ["no name", "no server"])
def test_request_without_a_connection_is_not_sent(
    monkeypatch, authority, name, reason
) -> None:
    def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with serve(stalling) as server:
        pass  # so that nothing listens
    if reason == "no name":
        monkeypatch.setattr("socket.getaddrinfo", resolve)
    with service_of(server, ROUTES[name], authority, retry_timeouts=True) as service:
        error = outcome(service, CALLS["invoke"])
    assert error.attempts == MAX_RETRIES + 1
    assert "nothing was sent" in str(error)
    assert SECRET not in str(error)
