"""A container of SageMaker that a test scripts: ``GET /ping`` and ``POST /invocations``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from support.servers import PATIENCE_SECONDS, Peer, Request, response, serve

Headers = list[tuple[str, str]]


@dataclass
class Container:
    """The handler of a container that closes each connection after one response.

    Attributes
    ----------
    ping_status, status : int
        The statuses of the responses.
    headers : list of (str, str)
        The header fields of the response to an invocation, in addition to its framing.
    chunks : list of bytes or threading.Event
        The body, sent in chunks; an event is awaited before the next one.
    truncated : bool
        Whether the connection is closed before the body ends.
    requests : list of Request
        The invocations.
    url : str
        The address.
    """

    ping_status: int = 200
    status: int = 200
    headers: Headers = field(default_factory=list)
    chunks: list[bytes | threading.Event] = field(default_factory=lambda: [b"ok"])
    truncated: bool = False
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def __call__(self, peer: Peer) -> None:
        request = peer.receive_request()
        if request.method == "GET":
            peer.send(response(self.ping_status))
            return
        self.requests.append(request)
        fields = list(self.headers)
        is_chunked = "content-length" not in {name.lower() for name, _ in fields}
        if is_chunked:
            fields.append(("Transfer-Encoding", "chunked"))
        lines = [f"HTTP/1.1 {self.status} Reason", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in fields]
        peer.send("\r\n".join([*lines, "", ""]).encode())
        for chunk in self.chunks:
            if isinstance(chunk, threading.Event):
                chunk.wait(PATIENCE_SECONDS)
            else:
                peer.send(
                    b"%x\r\n%b\r\n" % (len(chunk), chunk) if is_chunked else chunk
                )
        if is_chunked and not self.truncated:
            peer.send(b"0\r\n\r\n")


@contextmanager
def container(**attributes: Any) -> Iterator[Container]:
    """Start a container, and stop it in the end."""
    made = Container(**attributes)
    with serve(made) as server:
        made.url = server.url
        yield made
