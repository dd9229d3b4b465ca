"""A server that misbehaves on purpose, and what a call comes to that it answers."""

from __future__ import annotations

import gc
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from traceback import clear_frames
from typing import Any, BinaryIO, NamedTuple

import paws
from listening import PATIENCE, Listening, close_by_reset
from paws_common import PawsError
from paws_common.local.server import client_config
from paws_common.wire.retries import chain

READ_TIMEOUT = 0.3  # seconds that a client waits for bytes that do not come
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Then(Enum):
    """What a server does when it has said everything."""

    STAYS = "waits for the next request"
    HANGS_UP = "sends no more"
    RESETS = "resets the connection"


@dataclass(frozen=True, slots=True)
class Script:
    """What a server says to every request, segment by segment, and what it does then.

    One that does not read speaks as soon as there is a connection.
    """

    segments: Iterable[bytes] = ()
    then: Then = Then.STAYS
    reads: bool = True


class Received(NamedTuple):
    """A request as it came: its head to the byte, and as much of its body as came."""

    head: bytes
    body: bytes

    @property
    def target(self) -> bytes:
        return self.head.split(b" ")[1]

    def all_of(self, name: str) -> list[bytes]:
        """Return the values of a header field, as they were sent."""
        return re.findall(rb"(?im)^%b: ?(.*)\r$" % name.encode(), self.head)


class Misbehaving(Listening):
    """A server that does what its script says, and knows who has left."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Received] = []
        self.connections = 0
        self.left = 0  # connections that the client has closed, or the server reset
        super().__init__()

    def _serve(self) -> None:
        for connection in self._connections():
            self.connections += 1
            thread = threading.Thread(target=self._serve_one, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve_one(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as file:
            with suppress(ConnectionError):
                self._answer(connection, file)
            if self.script.then is Then.RESETS:
                close_by_reset(connection)  # without waiting for what is unsent
            else:
                _wait_for_the_end(connection)
            self.left += 1

    def _answer(self, connection: socket.socket, file: BinaryIO) -> None:
        while not self.script.reads or self._received(file):
            for segment in self.script.segments:
                connection.sendall(segment)
            if self.script.then is Then.HANGS_UP:
                connection.shutdown(socket.SHUT_WR)
            elif not self.script.reads:
                self._stopped.wait(PATIENCE)
            elif self.script.then is Then.STAYS:
                continue
            return

    def _received(self, file: BinaryIO) -> bool:
        """Read a request, as far as it comes; tell whether it came whole."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = file.readline()
            if not line:
                return False
            head += line
        (length,) = re.findall(rb"(?im)^content-length: ([0-9]+)\r$", head) or [b"0"]
        body = file.read(int(length))
        whole = len(body) == int(length)
        # What breaks off is noticed here at any time, perhaps behind the next request.
        if whole:
            self.requests.append(Received(head, body))
        return whole


def _wait_for_the_end(connection: socket.socket) -> None:
    with suppress(ConnectionError):
        while connection.recv(65536):
            pass


class Calls:
    """A server that misbehaves, and a service that calls it and asks but once."""

    def __init__(self, server: Misbehaving, service: Any) -> None:
        self.server = server
        self.service = service

    def outcome(self, method: str = "invoke_endpoint", **arguments: Any) -> Any:
        """Return the result of a call, or what it raises, in time."""
        # The oldest botocore knows no Body of this method.
        asynchronous = method == "invoke_endpoint_async"
        given = {"InputLocation": "s3://b/k"} if asynchronous else {"Body": b"1,2"}
        given = {"EndpointName": "demo", **given, **arguments}
        return in_time(lambda: getattr(self.service, method)(**given))


def in_time(call: Callable[[], Any]) -> Any:
    """Return what a function returns, or raises of this package's errors, in time."""
    outcomes: list[Any] = []

    def run() -> None:
        try:
            outcomes.append(call())
        except PawsError as error:
            # Frames hold connections, which nothing else does any longer.
            for one in chain(error):
                clear_frames(one.__traceback__)
            outcomes.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert outcomes, "the call hangs"
    return outcomes[0]


@contextmanager
def calls(script: Script = Script([OK]), **config: Any) -> Iterator[Calls]:
    """Give calls of a server, after which no connection may be left open."""
    server = Misbehaving(script)
    own = {"read_timeout": READ_TIMEOUT, "max_retries": 0, **config}
    gc.freeze()  # what is there before is no leak of the calls, and is much
    try:
        service = paws.sagemakerruntime(own, **client_config(server.url))
        with closing(service.client):
            yield Calls(server, service)
        # Errors of urllib3 hold their pool, in cycles; a socket that leaked warns here.
        gc.collect()
    finally:
        gc.unfreeze()
        server.stop()
    assert server.left == server.connections
