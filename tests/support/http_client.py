"""A client for exact bytes: requests are written by hand, responses are read by h11."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

import h11
from botocore.eventstream import EventStreamBuffer

from support.servers import PATIENCE_SECONDS

INVOKE = "/endpoints/demo/invocations"
ASYNC = "/endpoints/demo/async-invocations"
STREAM = "/endpoints/demo/invocations-response-stream"


class Received(NamedTuple):
    """A response; the names of its header fields are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@contextmanager
def connect(server: Any) -> Iterator[socket.socket]:
    """Open a connection to the `url` of a server, and close it in the end."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


class Responses:
    """The responses of one connection, in order; h11 rejects any invalid byte."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._unread = b""

    def next(self, method: str = "POST") -> Received:
        """Read the response to a request with this method."""
        parser = h11.Connection(h11.CLIENT)
        parser.send(h11.Request(method=method, target="/", headers=[("Host", "h")]))
        parser.send(h11.EndOfMessage())
        if self._unread:
            parser.receive_data(self._unread)
        body = b""
        while True:
            event = parser.next_event()
            if event is h11.NEED_DATA:
                parser.receive_data(self._connection.recv(65_536))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                self._unread = bytes(parser.trailing_data[0])
                headers = {
                    name.decode(): value.decode(errors="surrogateescape")
                    for name, value in head.headers
                }
                return Received(head.status_code, headers, body)


def read_response(connection: socket.socket, method: str = "POST") -> Received:
    """Read the only response that was sent so far."""
    return Responses(connection).next(method)


def request(
    body: bytes = b"",
    fields: Sequence[bytes] = (),
    path: str = INVOKE,
    method: str = "POST",
    host: bytes = b"Host: localhost",
) -> bytes:
    """Return the bytes of a request with a Content-Length."""
    lines = [f"{method} {path} HTTP/1.1".encode(), host, *fields]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


def send(
    server: Any,
    path: str = INVOKE,
    body: bytes = b"",
    method: str = "POST",
    **headers: str,
) -> Received:
    """Send one request on a new connection; ``X_A="b"`` is the field X-A."""
    fields = [
        f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()
    ]
    with connect(server) as connection:
        connection.sendall(request(body, fields, path, method))
        return read_response(connection, method)


def cut(content: bytes, offsets: Sequence[int]) -> list[bytes]:
    """Cut bytes into pieces at these offsets, modulo their length."""
    inner = sorted(offset % (len(content) + 1) for offset in offsets)
    ends = [0, *inner, len(content)]
    return [content[start:end] for start, end in pairwise(ends)]


def cut_text(text: str, offsets: Sequence[int]) -> list[str]:
    """Cut a text into pieces, none of them empty."""
    content = text.encode("utf-32-le", "surrogatepass")
    parts = cut(content, [offset * 4 % (len(content) + 4) for offset in offsets])
    return [part.decode("utf-32-le", "surrogatepass") for part in parts if part]


def messages(*pieces: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Decode an event stream by botocore: the headers and the payload of each message."""
    decoder = EventStreamBuffer()
    decoded: list[Any] = []
    for piece in pieces:
        decoder.add_data(piece)
        decoded += [(message.headers, message.payload) for message in decoder]
    return decoded
