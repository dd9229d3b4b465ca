"""A server that responds like SageMaker Runtime, as fast as Python can.

It runs in another process, so that its CPU time is not the client's. One thread serves all
connections. The responses are built before the first request, and of a request only its
path and its length are read.
"""

from __future__ import annotations

import re
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from paws_common.local.event_stream import encode

BODY = b"1" * 1024
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


def _complete() -> bytes:
    fields = b"Content-Type: text/csv\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    return _HEAD + fields + BODY


def _stream() -> bytes:
    """Return a response with one event in each chunk, as the service sends them."""
    fields = (
        b"Content-Type: application/vnd.amazon.eventstream\r\n"
        b"X-Amzn-SageMaker-Content-Type: text/csv\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    event = encode(_EVENT, PART)
    return _HEAD + fields + b"%x\r\n%b\r\n" % (len(event), event) * PARTS + b"0\r\n\r\n"


class Connection:
    """A persistent connection, and the state of its current request."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._head = b""
        self._missing = 0  # bytes of the body that have not arrived
        self._response = b""

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def receive(self, buffer: bytearray) -> bool:
        """Read what has arrived; True if a request is complete.

        Raises
        ------
        ConnectionError
            The client closed the connection.
        """
        size = self._socket.recv_into(buffer)
        if not size:
            raise ConnectionResetError
        if self._missing:
            self._missing -= size
            return not self._missing
        return self._start(buffer[:size])

    def respond(self) -> None:
        """Send the response."""
        # A client that closes a stream before its end is noticed when it is read from.
        with suppress(ConnectionError):
            self._socket.sendall(self._response)

    def _start(self, received: bytes | bytearray) -> bool:
        """Read the start of a request; True if the request is complete."""
        head, end, body = (self._head + received).partition(b"\r\n\r\n")
        self._head = b"" if end else head
        if not end:
            return False
        length = _LENGTH.search(head)
        self._missing = int(length[1]) - len(body) if length else 0
        line = head[: head.index(b"\r\n")]
        self._response = STREAM if _STREAM_ROUTE in line else COMPLETE
        return not self._missing


COMPLETE, STREAM = _complete(), _stream()


def main() -> None:
    """Print the address, and serve until the standard input ends.

    The argument is the time in seconds from a request to its response.
    """
    latency = float(sys.argv[1])
    listener = socket.create_server((_HOST, 0))
    print(f"http://{_HOST}:{listener.getsockname()[1]}", flush=True)
    buffer = bytearray(2**20)
    due: deque[tuple[float, Connection]] = (
        deque()
    )  # the responses that are not sent yet
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            while due and due[0][0] <= time.monotonic():
                due.popleft()[1].respond()
            timeout = max(0.0, due[0][0] - time.monotonic()) if due else None
            for key, _ in selector.select(timeout):
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is listener:
                    accepted, _ = listener.accept()
                    connection = Connection(accepted)
                    selector.register(accepted, selectors.EVENT_READ, connection)
                    continue
                try:
                    if key.data.receive(buffer):
                        due.append((time.monotonic() + latency, key.data))
                except ConnectionError:
                    selector.unregister(key.fileobj)
                    key.data.close()


@contextmanager
def serving(latency: float = 0.0) -> Iterator[str]:
    """Run the server in another process, and yield its address.

    Parameters
    ----------
    latency : float
        The time in seconds from a request to its response.
    """
    with subprocess.Popen(
        [sys.executable, __file__, str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


if __name__ == "__main__":
    main()
