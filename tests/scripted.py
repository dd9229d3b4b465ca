"""A server that answers the n-th request as a test says, and remembers what was asked."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from listening import Listening, close_by_reset

STALL: Final = b"(stalls)"  # until it is stopped; an answer may end so, too
RESET: Final = b"(resets the connection)"
HANG_UP: Final = b""


def answer(
    status: int = 200,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    connection: str = "close",
) -> bytes:
    """Return an answer of HTTP/1.1."""
    lines = [
        f"HTTP/1.1 {status} Status",
        f"Connection: {connection}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def failure(status: int, code: str = "Broken", **headers: str) -> bytes:
    """Return an answer that is an error of REST with JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(status, b'{"Message": "no"}', {"x-amzn-ErrorType": code, **named})


class Scripted(Listening):
    """A server with an answer for every request; the last one is for all that follow.

    It hangs up after each, of which an answer may not speak. What it was asked is in
    `requests`, whole.
    """

    def __init__(self, answers: Sequence[bytes]) -> None:
        self.requests: list[bytes] = []
        self.hung_up = threading.Semaphore(0)  # as many as there were connections
        self._answers = answers
        super().__init__()

    def _serve(self) -> None:
        held = []  # the connections that stall
        for connection in self._connections():
            said = self._answers[min(len(self.requests), len(self._answers) - 1)]
            self.requests.append(_request(connection))
            if said.endswith(STALL):
                connection.sendall(said.removesuffix(STALL))
                held.append(connection)
                continue
            if said == RESET:
                close_by_reset(connection)
            else:
                connection.sendall(said)
            connection.close()
            self.hung_up.release()
        for stalled in held:
            stalled.close()


def _request(connection: socket.socket) -> bytes:
    """Return a request; of what is no HTTP, what there is of it."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
        head, end, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: ([0-9]+)", head.lower())
        if received[:1] == b"\x16" or (
            end and len(body) >= int(length[1] if length else 0)
        ):
            break
    return received


@contextmanager
def scripted(*answers: bytes) -> Iterator[Scripted]:
    """Give a server, and stop it."""
    server = Scripted(answers)
    try:
        yield server
    finally:
        server.stop()
