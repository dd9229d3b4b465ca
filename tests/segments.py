"""A server that says what it was told to say, segment by segment, and sees who leaves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from listening import PATIENCE, close_by_reset
from paws_common.local import http1


class SegmentServer:
    """A server that answers every request with the same segments.

    It does not end a connection, so an answer that is not whole is one that stalls; or
    it hangs up after the segments, or resets the connection.
    """

    def __init__(self) -> None:
        self.segments: Sequence[bytes] = ()
        self.hangs_up = self.resets = False
        self.connections = 0
        self.left = threading.Event()  # set when a client has closed a connection
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()
        return f"http://{host}:{port}"

    def stop(self) -> None:
        with suppress(OSError):  # some systems refuse it for a listener
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._open.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file:
            try:
                while self._answer(connection, file):
                    pass
            except (EOFError, OSError):
                self.left.set()

    def _answer(self, connection: socket.socket, file: http1.BinaryIO) -> bool:
        """Answer one request; tell whether the connection stays open."""
        head = http1.read_head(file)
        http1.read_body(file, head.headers)
        for segment in self.segments:
            connection.sendall(segment)
        if self.resets:
            close_by_reset(connection)  # without waiting for what is unsent
        return not (self.hangs_up or self.resets)


@contextmanager
def segment_server() -> Iterator[SegmentServer]:
    """Give a server, and stop it."""
    server = SegmentServer()
    try:
        yield server
    finally:
        server.stop()
