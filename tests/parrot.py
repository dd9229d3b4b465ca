"""A server that says what it was told to say, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from listening import PATIENCE, Listening

_STATUS_LINE, _AND_CLOSES = (
    re.compile(rb"\AHTTP/.*\r\n"),
    rb"\g<0>Connection: close\r\n",
)


class Parrot(Listening):
    """A server that answers every request with the same bytes, and then hangs up.

    It adds to the answer that it will: a client that sends its next request just before
    it sees that it did cannot know what became of it.

    One that stalls hangs up when it is stopped.
    """

    def __init__(self, *, stalls: bool = False) -> None:
        self.answer = b""
        self._stalls = stalls
        super().__init__()

    def _serve(self) -> None:
        for connection in self._connections():
            with connection, connection.makefile("rb") as file:
                head = b"".join(iter(lambda: file.readline().strip(), b""))
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
