"""Connections of urllib3 that record whether a request was written to them.

A failed request that was not written can be retried safely. The error alone does not show
whether it was: urllib3 raises `ProxyError` for every broken connection behind a proxy, and
a TLS handshake fails with the same exceptions as an established connection.
"""

from __future__ import annotations

import queue
import socket
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from enum import IntEnum
from functools import cache
from http.client import HTTPResponse, RemoteDisconnected
from typing import TYPE_CHECKING, Any, cast

from botocore import exceptions as botocore_errors
from urllib3.util.connection import is_connection_dropped

from paws_common.client.cancellation import check_cancelled, current_cancellation

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool

    _Connection = HTTPConnection
else:
    _Connection = object

# Load balancers of AWS close connections that are idle for 60 seconds. A request that is
# written at that moment is lost, so idle connections are replaced well before.
MAX_IDLE_SECONDS = 20.0

_INTERIM_STATUSES = range(
    102, 200
)  # 101 changes the protocol: no other response follows
_MAX_MERGED_BYTES = 64 * 1024  # of a head and a body that are written together
# The field tcpi_bytes_acked of `struct tcp_info` (linux/tcp.h).
_BYTES_ACKED = slice(120, 128)


class Progress(IntEnum):
    """The progress of an attempt to send a request."""

    UNKNOWN = 0  # the connection does not record it
    NOT_WRITTEN = 1  # or written, but the server cannot have received it
    WRITTEN = 2  # at least one byte was written
    SENT = 3  # the complete request was written
    RESPONDING = 4  # the head of the response was read


def progress_of(error: BaseException) -> Progress:
    """Return the progress of a request that failed with an error.

    Parameters
    ----------
    error : Exception
        An error of `Transport.send`, or of `botocore.httpsession.URLLib3Session.send`,
        which does not record the progress. The latter also raises `ProxyConnectionError`
        if a connection breaks after the request was written.
    """
    progress: Progress = vars(error).get("progress", Progress.UNKNOWN)
    if progress is Progress.UNKNOWN and isinstance(
        error,
        botocore_errors.EndpointConnectionError | botocore_errors.ConnectTimeoutError,
    ):
        return Progress.NOT_WRITTEN
    return progress


class Attempt:
    """One attempt to send a request; the connection records its progress here."""

    __slots__ = ("acknowledged", "progress")

    def __init__(self) -> None:
        self.progress = Progress.UNKNOWN
        # The bytes that the server had acknowledged before, on a reused connection.
        self.acknowledged: int | None = None


# urllib3 chooses the connection of a request, and cannot pass an `Attempt` to it. This is
# not a `threading.local`: greenlets share one that was created before gevent's patching.
current_attempt: ContextVar[Attempt] = ContextVar("paws_attempt")


class StaleConnectionError(Exception):
    """The server closed an idle connection, or the connection was idle for too long."""


class FinalResponse(HTTPResponse):
    """A response whose head is complete, and which is not an interim response."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._connected = sock

    def begin(self, *args: Any, **kwargs: Any) -> None:
        """Read the head.

        http.client treats the end of the connection as the end of the head, and skips only
        100 of the interim responses (RFC 9110, section 15.2).
        """
        response: Any = self
        file = response.fp
        response.fp = head = _Head(file)
        try:
            super().begin(*args, **kwargs)
            while response.status in _INTERIM_STATUSES:
                response.headers = response.msg = None  # else `begin` does nothing
                super().begin(*args, **kwargs)
        except RemoteDisconnected:
            if _was_closed_before_request(self._connected):
                current_attempt.get().progress = Progress.NOT_WRITTEN
            raise
        finally:
            self._connected = None
            if response.fp is head:  # http.client may have closed it
                response.fp = file
        if not head.last_line:
            raise RemoteDisconnected("the connection ended within the head")


class _Head:
    """Reads the lines of a head, and stores the last one."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.last_line = b""

    def readline(self, *size: int) -> bytes:
        self.last_line = self._file.readline(*size)
        return self.last_line

    def close(self) -> None:
        self._file.close()


class Exchange:
    """A request and its response, which another thread can stop.

    Parameters
    ----------
    sock : socket
        The socket of the connection.
    """

    def __init__(self, sock: Any) -> None:
        # A TLS connection within TLS has no `shutdown`, but its socket has.
        self._sock = getattr(sock, "socket", sock)
        self._lock = threading.RLock()  # a signal handler may also stop it

    def stop(self) -> None:
        """End the connection at once for the thread that writes to it or reads it."""
        with self._lock, suppress(OSError):
            if isinstance(self._sock, ssl.SSLSocket):
                # Its own method would first disable the encryption: another thread might
                # write a part of the request in plain text.
                super(ssl.SSLSocket, self._sock).shutdown(socket.SHUT_RDWR)
            elif self._sock is not None:
                self._sock.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Make `stop` do nothing: another request uses the connection now."""
        with self._lock:
            self._sock = None


class _Handshake(Exchange):
    """The opening of a tunnel or a TLS handshake, which another thread can stop.

    It uses a duplicate of the socket, because `ssl` detaches the socket that it wraps.
    """

    def __init__(self, sock: Any) -> None:
        self._duplicate = sock.dup()
        super().__init__(self._duplicate)

    def end(self) -> None:
        with self._lock:
            self._duplicate.close()


class RecordingMixin(_Connection):
    """Records in `current_attempt` whether a request is written.

    Neither CONNECT nor a TLS handshake is a part of the request.
    """

    response_class = FinalResponse
    exchange: Exchange | None = None
    _is_connecting = False
    _handshake: _Handshake | None = None
    _socket: Any = None
    _last_used: float | None = None
    _pending: list[bytes] | None = None

    @property
    def sock(self) -> Any:
        """The socket. urllib3 sets it before it opens a tunnel or starts TLS."""
        return self._socket

    @sock.setter
    def sock(self, sock: Any) -> None:
        self._socket = sock
        cancellation = current_cancellation.get()
        if cancellation and self._is_connecting and self._handshake is None:
            self._handshake = _Handshake(sock)
            cancellation.wait_for(self._handshake)

    def connect(self) -> None:
        current_attempt.get().progress = Progress.NOT_WRITTEN
        check_cancelled()
        self._last_used = None  # urllib3 opens closed connections again
        self._is_connecting = True
        try:
            super().connect()
        finally:
            self._is_connecting = False
            if self._handshake is not None:
                self._handshake.end()
                self._handshake = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Write a request.

        Raises
        ------
        StaleConnectionError
            Nothing was written; another connection has to be used.
        """
        self._write_request(super().request, args, kwargs)

    def request_chunked(self, *args: Any, **kwargs: Any) -> None:
        """Write a request whose body is chunked: urllib3 1 has its own method for it."""
        self._write_request(super().request_chunked, args, kwargs)

    def send(self, data: Any) -> None:
        if self._is_connecting:
            super().send(data)
            return
        if self._pending is not None:
            size = sum(map(len, self._pending)) + len(data)
            if isinstance(data, bytes) and size <= _MAX_MERGED_BYTES:
                self._pending.append(data)
                return
            self._write_pending()
        self._write(data)

    def getresponse(self) -> Any:
        current_attempt.get().progress = Progress.SENT
        response = super().getresponse()
        self._last_used = time.monotonic()
        return response

    def _write_request(
        self, write: Callable[..., None], args: Any, kwargs: Mapping[str, Any]
    ) -> None:
        current_attempt.get().progress = Progress.NOT_WRITTEN
        if self.exchange is not None:
            self.exchange.end()
        check_cancelled()
        if self._is_stale():
            raise StaleConnectionError
        attempt = current_attempt.get()
        is_reused = self.sock is not None and self._last_used is not None
        attempt.acknowledged = _acknowledged_bytes(self.sock) if is_reused else None
        if self.sock is None:  # else http.client connects within its own `send`
            self.connect()
        self.exchange = Exchange(self.sock)
        if (cancellation := current_cancellation.get()) is not None:
            cancellation.wait_for(self.exchange)
        # urllib3 2 writes head and body separately, which wakes the server twice.
        self._pending = []
        try:
            write(*args, **kwargs)
            self._write_pending()
        finally:
            self._pending = None

    def _is_stale(self) -> bool:
        if self.sock is None or self._last_used is None:
            return False
        # urllib3 checked the connection when it chose it. Checking again just before the
        # request is written makes it less likely that the server closes it in between.
        idle = time.monotonic() - self._last_used
        return idle > MAX_IDLE_SECONDS or is_connection_dropped(cast(Any, self))

    def _write_pending(self) -> None:
        pending, self._pending = self._pending, None
        if pending:
            self._write(b"".join(pending))

    def _write(self, data: Any) -> None:
        current_attempt.get().progress = Progress.WRITTEN
        super().send(data)


def _was_closed_before_request(sock: Any) -> bool:
    """Return whether a server closed the connection before it received any of a request.

    The segment that ends a connection acknowledges all bytes that have arrived (RFC 9293,
    section 3.4).
    """
    before = current_attempt.get().acknowledged
    return before is not None and before == _acknowledged_bytes(sock)


def _acknowledged_bytes(sock: Any) -> int | None:
    """Return the number of bytes that the server has acknowledged; None if unknown."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        info = getattr(sock, "socket", sock).getsockopt(
            socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_ACKED.stop
        )
    except (AttributeError, OSError):  # it is closed, or not a socket
        return None
    field = info[_BYTES_ACKED]
    return int.from_bytes(field, sys.byteorder) if len(field) == 8 else None


class ConnectionStack:
    """The idle connections of a pool, with the methods of `queue.LifoQueue` that it calls.

    A `LifoQueue` has a lock. If a signal handler makes a call while its thread holds the
    lock, the thread waits for itself. A `deque` needs no lock.

    Parameters
    ----------
    maxsize : int
        The maximum number of connections.
    """

    def __init__(self, maxsize: int) -> None:
        self._maxsize = maxsize
        self._connections: deque[Any] = deque()

    def put(self, connection: Any, block: bool = True) -> None:
        """Add a connection.

        Raises
        ------
        queue.Full
            There are `maxsize` connections.
        """
        if len(self._connections) >= self._maxsize:
            raise queue.Full
        self._connections.append(connection)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Remove and return the connection that was added last.

        Raises
        ------
        queue.Empty
            There is none.
        """
        try:
            return self._connections.pop()
        except IndexError:
            raise queue.Empty from None

    def qsize(self) -> int:
        """Return the number of connections."""
        return len(self._connections)


@cache
def recording_pool(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    """Return a subclass of a pool whose connections record the progress of requests."""
    # A property, because mocks replace the class of a pool's connections at any time.
    connection = property(lambda _: _recording(pool.ConnectionCls))
    attributes = {"ConnectionCls": connection, "QueueCls": ConnectionStack}
    return type(pool.__name__, (pool,), attributes)


@cache
def _recording(connection: type) -> type:
    """Return a recording subclass of a connection of urllib3; others are unchanged.

    VCR.py, for example, has its own connections.
    """
    if not connection.__module__.startswith("urllib3."):
        return connection
    return type(connection.__name__, (RecordingMixin, connection), {})
