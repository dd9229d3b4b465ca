"""What the servers of the tests have in common: a socket on loopback, and an end."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

PATIENCE = 20  # seconds until a test that hangs is a test that fails


class Listening:
    """A server that listens from the beginning until it is stopped.

    A subclass has what it needs before it begins, and takes its `_connections` in `_serve`.
    """

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    @property
    def host(self) -> str:
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def stop(self) -> None:
        self._stopped.set()
        socket.create_connection(self._listener.getsockname()).close()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _serve(self) -> None:
        raise NotImplementedError

    def _connections(self) -> Iterator[socket.socket]:
        """Give the connections as they come, but not the one that `stop` makes."""
        while True:
            connection, _ = self._listener.accept()
            if self._stopped.is_set():
                connection.close()
                return
            yield connection


def close_by_reset(connection: socket.socket) -> None:
    """Have a connection end, when it is closed, with RST and not with FIN."""
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
