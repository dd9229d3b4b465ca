"""A server that says what it was told to say, byte by byte."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STATUS_LINE, _AND_CLOSES = (
    re.compile(rb"\AHTTP/.*\r\n"),
    rb"\g<0>Connection: close\r\n",
)
PATIENCE = 20  # seconds until a test that hangs is a test that fails


class Parrot:
    """A server that answers every request with the same bytes, and then hangs up.

    It adds to the answer that it will: a client that sends its next request just before
    it sees that it did cannot know what became of it.

    One that stalls hangs up when it is stopped.
    """

    def __init__(self, *, stalls: bool = False) -> None:
        self.answer = b""
        self._stalls = stalls
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()
        return f"http://{host}:{port}"

    def stop(self) -> None:
        self._stopped.set()
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join(PATIENCE)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rb") as file:
                head = b"".join(iter(lambda: file.readline().strip(), b""))
                if not head:  # the connection that `stop` makes
                    return
                length = re.search(rb"Content-Length: ([0-9]+)", head)
                file.read(int(length[1]) if length else 0)
                connection.sendall(_STATUS_LINE.sub(_AND_CLOSES, self.answer))
                if self._stalls:
                    self._stopped.wait(PATIENCE)


@contextmanager
def parrot(*, stalls: bool = False) -> Iterator[Parrot]:
    """Give a server, and stop it."""
    server = Parrot(stalls=stalls)
    try:
        yield server
    finally:
        server.stop()
