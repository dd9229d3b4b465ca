"""A server on loopback whose connections a test scripts.

`scripted` starts a server that sends a response to each request; `Script` is a response that
is invalid, late or cut off. `serve` starts a server with any handler: a function of a `Peer`,
the server's end of a connection, which is closed when the handler returns. Handlers compose::

    responding(OK)                                    HTTP
    secure(context, responding(OK))                   HTTPS
    tunnel(secure(context, responding(OK)))           HTTPS behind a proxy
    secure(proxy_context, tunnel(secure(context, …)))   HTTPS behind a proxy with TLS

A proxy and the server behind it are the same process: nothing is forwarded.
"""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import h11

PATIENCE_SECONDS = 20.0  # until a test that hangs is a test that fails

_RECEIVED_BYTES = 2**18
_MAX_HEAD_BYTES = 2**22  # h11's default is 16 KiB


def response(
    status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """Return a response of HTTP/1.1 with a Content-Length."""
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def error_response(status: int, code: str = "Broken", **headers: str) -> bytes:
    """Return an error of a REST service with JSON."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return response(status, b'{"Message": "no"}', {"x-amzn-ErrorType": code, **fields})


OK = response(200, b"ok")


@dataclass(frozen=True, slots=True)
class Request:
    """A received request; names of headers are lower case."""

    method: str
    target: str
    fields: Sequence[tuple[str, str]]
    body: bytes

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self.fields)

    def values(self, name: str) -> list[str]:
        """Return the value of each header field with this name."""
        return [value for key, value in self.fields if key == name.lower()]


_Channel: TypeAlias = "socket.socket | _Tls"


class Peer:
    """The server's end of a connection."""

    def __init__(self, connection: socket.socket, server: Server) -> None:
        self.server = server  # records the requests of all connections
        self._connection = connection
        self._channel: _Channel = connection

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Run the handshake of a server, within TLS if that was started before."""
        self._channel = _Tls(self._channel, context)

    def receive_request(self) -> Request:
        """Return the next request; EOFError if the client closed the connection."""
        request = self._receive()
        self.server.requests.append(request)
        return request

    def receive_connect(self) -> Request:
        """Return the request for a tunnel, and record it in `Server.tunnels`."""
        request = self._receive()
        assert request.method == "CONNECT", request
        self.server.tunnels.append(request)
        return request

    def receive(self, size: int) -> bytes:
        """Return exactly as many bytes; EOFError if the client closed the connection."""
        received = b""
        while len(received) < size:
            part = self._channel.recv(size - len(received))
            if not part:
                raise EOFError
            received += part
        return received

    def receive_hello(self) -> None:
        """Receive the first record of a client's TLS handshake (RFC 8446, section 5.1).

        A connection that is closed with unread bytes is reset.
        """
        header = self.receive(5)
        self.receive(int.from_bytes(header[3:], "big"))

    def send(self, *parts: bytes) -> None:
        """Send each part separately."""
        for part in parts:
            self._channel.sendall(part)

    def stall(self) -> None:
        """Do nothing until the server is stopped."""
        self.server.stopped.wait(PATIENCE_SECONDS)

    def reset(self) -> None:
        """Make the end of the connection a reset."""
        linger = struct.pack("ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def shut_down(self) -> None:
        """End the stream to the client, and wait until the client closes the connection.

        Unlike closing the connection, this sends no reset if there are unread bytes.
        """
        self._connection.shutdown(socket.SHUT_WR)
        self.wait_for_close()

    def wait_for_close(self) -> None:
        """Return when the client has closed the connection."""
        while self._channel.recv(_RECEIVED_BYTES):
            pass

    def _receive(self) -> Request:
        parser = h11.Connection(h11.SERVER, _MAX_HEAD_BYTES)
        head, body = None, bytearray()
        while not isinstance(event := parser.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                if parser.they_are_waiting_for_100_continue:
                    self._channel.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    parser.send(h11.InformationalResponse(status_code=100, headers=[]))
                parser.receive_data(self._channel.recv(_RECEIVED_BYTES))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            else:
                raise EOFError
        assert head is not None
        fields = [(name.decode(), value.decode()) for name, value in head.headers]
        return Request(head.method.decode(), head.target.decode(), fields, bytes(body))


class _Tls:
    """TLS over any channel: `ssl.SSLContext.wrap_socket` takes sockets only."""

    def __init__(self, channel: _Channel, context: ssl.SSLContext) -> None:
        self._channel = channel
        self._received, self._unsent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._unsent, server_side=True)
        self._run(self._tls.do_handshake)

    def recv(self, size: int) -> bytes:
        try:
            return self._run(lambda: self._tls.read(size))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""

    def sendall(self, data: bytes) -> None:
        self._run(lambda: self._tls.write(data))

    def _run(self, step: Callable[[], Any]) -> Any:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                pass
            finally:  # an alert, too
                if unsent := self._unsent.read():
                    self._channel.sendall(unsent)
            if received := self._channel.recv(_RECEIVED_BYTES):
                self._received.write(received)
            else:
                self._received.write_eof()


Handler: TypeAlias = Callable[[Peer], None]


class Server:
    """A server that runs a handler in a thread for each connection."""

    def __init__(self, handler: Handler, host: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []  # that the handlers have received
        self.tunnels: list[Request] = []  # the requests for tunnels
        self.connections = 0
        self.closed = threading.Semaphore(0)  # released at the end of each connection
        self.stopped = threading.Event()
        self._handler = handler
        self._open: list[socket.socket] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def https_url(self) -> str:
        return f"https://localhost:{self.port}"

    def wait_until_closed(self) -> None:
        """Assert that the client closes each connection, and end what stalls."""
        self.stopped.set()
        for _ in range(self.connections):
            assert self.closed.acquire(timeout=PATIENCE_SECONDS)

    def stop(self) -> None:
        """Close all connections, and wait for the handlers."""
        self.stopped.set()
        socket.create_connection(self._listener.getsockname()[:2]).close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopped.is_set():
                connection.close()
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._handler(Peer(connection, self))
        except (EOFError, OSError, h11.RemoteProtocolError):
            pass  # the client has closed the connection, or refuses the certificate
        finally:
            connection.close()
            self.closed.release()


class End(Enum):
    """The action of a server after the segments of a `Script`."""

    KEEP = "receive the next request, or stall after an incomplete response"
    SHUT_DOWN = "send no more, and wait until the client closes the connection"
    RESET = "reset the connection"


@dataclass(frozen=True, slots=True)
class Script:
    """The response to a request, valid or not."""

    segments: Iterable[bytes] = ()  # each is sent separately
    end: End = End.KEEP
    receives: bool = True  # whether the request is received first


NO_RESPONSE = Script()
HANG_UP = Script(end=End.SHUT_DOWN)
RESET = Script(end=End.RESET)


def truncated(*segments: bytes) -> Script:
    """Return the script of a response after which the connection ends."""
    return Script(segments, End.SHUT_DOWN)


def last_response(content: bytes) -> Script:
    """Return the script of a response with ``Connection: close``, which then ends.

    Without this field, the client might send its next request before it sees the end.
    """
    announced = re.sub(rb"\AHTTP/.*\r\n", rb"\g<0>Connection: close\r\n", content)
    return truncated(announced)


Response: TypeAlias = bytes | Script


class _Scripts:
    def __init__(self, responses: Sequence[Response]) -> None:
        self.replace(responses)

    def replace(self, responses: Sequence[Response]) -> None:
        self._scripts = [
            each if isinstance(each, Script) else Script([each]) for each in responses
        ]

    def __call__(self, peer: Peer) -> None:
        while self._run(peer):
            pass

    def _run(self, peer: Peer) -> bool:
        """Run a script, and return whether the connection stays open."""
        requests = peer.server.requests
        script = self._script(len(requests))
        if script.receives:
            peer.receive_request()
            # A test may have replaced the scripts in the meantime.
            script = self._script(len(requests) - 1)
        peer.send(*script.segments)
        if script.end is End.SHUT_DOWN:
            peer.shut_down()
        elif script.end is End.RESET:
            peer.reset()
        elif not script.receives:
            peer.stall()
            peer.wait_for_close()
        return script.end is End.KEEP and script.receives

    def _script(self, index: int) -> Script:
        return self._scripts[min(index, len(self._scripts) - 1)]


def responding(*responses: Response) -> Handler:
    """Return a handler that sends a response to each request; the last one repeatedly.

    Requests are counted over all connections of the server.
    """
    return _Scripts(responses)


class ScriptedServer(Server):
    """A server whose responses a test can replace between requests."""

    def __init__(self, *responses: Response) -> None:
        self._scripts = _Scripts(responses)
        super().__init__(self._scripts)

    def respond(self, *responses: Response) -> None:
        """Replace the responses."""
        self._scripts.replace(responses)


@contextmanager
def _stopping(server: Any) -> Iterator[Any]:
    try:
        yield server
    finally:
        server.stop()


def serve(handler: Handler, host: str = "127.0.0.1") -> AbstractContextManager[Server]:
    """Start a server, and stop it in the end."""
    return _stopping(Server(handler, host))


def scripted(*responses: Response) -> AbstractContextManager[ScriptedServer]:
    """Start a server that sends a response to each request; the last one repeatedly."""
    return _stopping(ScriptedServer(*responses or [NO_RESPONSE]))


def responding_once(*parts: bytes) -> Handler:
    """Return a handler that sends parts after a request, and closes the connection."""

    def handle(peer: Peer) -> None:
        peer.receive_request()
        peer.send(*parts)

    return handle


def secure(context: ssl.SSLContext, handler: Handler) -> Handler:
    """Return a handler that starts TLS first."""

    def handle(peer: Peer) -> None:
        peer.start_tls(context)
        handler(peer)

    return handle


def tunnel(
    handler: Handler, reply: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n"
) -> Handler:
    """Return a handler of a proxy that opens a tunnel to another handler."""

    def handle(peer: Peer) -> None:
        peer.receive_connect()
        peer.send(reply)
        handler(peer)

    return handle


def stalling(peer: Peer) -> None:
    """Receive and send nothing."""
    peer.stall()
