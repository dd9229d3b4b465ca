"""A container of SageMaker that a test scripts: ``GET /ping`` and ``POST /invocations``."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from support import streams
from support.servers import PATIENCE_SECONDS, Peer, Request, response, serve


@dataclass
class Container:
    """The handler of a container that closes each connection after one response."""

    ping_status: int = 200
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)  # without framing
    # The body; an event is awaited before the next chunk.
    chunks: list[bytes | threading.Event] = field(default_factory=lambda: [b"ok"])
    truncated: bool = False  # whether the connection is closed before the body ends
    requests: list[Request] = field(default_factory=list)  # the invocations
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
                peer.send(streams.chunk(chunk) if is_chunked else chunk)
        if is_chunked and not self.truncated:
            peer.send(streams.LAST_CHUNK)


@contextmanager
def container(**attributes: Any) -> Iterator[Container]:
    """Start a container, and stop it in the end."""
    made = Container(**attributes)
    with serve(made) as server:
        made.url = server.url
        yield made
