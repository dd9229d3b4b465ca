"""The server that is called: SageMaker Runtime without a model, as fast as Python can.

It is a process of its own, so that the time it takes for itself is not the client's. One
thread waits for all connections at once; what it answers was made before the first
request, and of a request it reads no more than where it ends.
"""

from __future__ import annotations

import re
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from paws_common.local.frames import encode

ANSWER = b"1" * 1024
PARTS = 1000
PART = b'{"token": "of some letters"}\n'

_HOST = "127.0.0.1"
_STREAM_ROUTE = b"/invocations-response-stream "
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_EVENT = {
    ":message-type": "event",
    ":event-type": "PayloadPart",
    ":content-type": "application/octet-stream",
}
_HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"x-amzn-RequestId: 9f1c2d3e-0000-4000-8000-1234567890ab\r\n"
    b"x-Amzn-Invoked-Production-Variant: AllTraffic\r\n"
    b"Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
)


def _whole() -> bytes:
    fields = b"Content-Type: text/csv\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)
    return _HEAD + fields + ANSWER


def _in_parts() -> bytes:
    """Return an answer with one event a chunk, as the service sends them."""
    fields = (
        b"Content-Type: application/vnd.amazon.eventstream\r\n"
        b"X-Amzn-SageMaker-Content-Type: text/csv\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    event = encode(_EVENT, PART)
    return _HEAD + fields + b"%x\r\n%b\r\n" % (len(event), event) * PARTS + b"0\r\n\r\n"


class Connection:
    """A connection that is kept alive, and what is known of the request on it."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._head = b""
        self._missing = 0  # bytes of the body
        self._answer = b""

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def receive(self, buffer: bytearray) -> bool:
        """Take in what has come, answer what is whole; False where the client left."""
        size = self._socket.recv_into(buffer)
        if self._missing:
            self._missing -= size
            is_whole = not self._missing
        else:
            is_whole = self._begin(buffer[:size])
        if is_whole:
            self._socket.sendall(self._answer)
        return size > 0

    def _begin(self, received: bytes | bytearray) -> bool:
        """Take in what begins a request; True where it is all of it."""
        head, end, body = (self._head + received).partition(b"\r\n\r\n")
        self._head = b"" if end else head
        if not end:
            return False
        length = _LENGTH.search(head)
        self._missing = int(length[1]) - len(body) if length else 0
        line = head[: head.index(b"\r\n")]
        self._answer = IN_PARTS if _STREAM_ROUTE in line else WHOLE
        return not self._missing


WHOLE, IN_PARTS = _whole(), _in_parts()


def main() -> None:
    """Print the address, and serve until the standard input ends."""
    listener = socket.create_server((_HOST, 0))
    print(f"http://{_HOST}:{listener.getsockname()[1]}", flush=True)
    buffer = bytearray(2**20)
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is listener:
                    accepted, _ = listener.accept()
                    connection = Connection(accepted)
                    selector.register(accepted, selectors.EVENT_READ, connection)
                elif not key.data.receive(buffer):
                    selector.unregister(key.fileobj)
                    key.data.close()


@contextmanager
def serving() -> Iterator[str]:
    """Give the address of a server in another process; it ends with its standard input."""
    with subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


if __name__ == "__main__":
    main()
