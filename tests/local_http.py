"""What the tests of `paws_common.local` share: a client that hides nothing."""

import socket
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPMessage, HTTPResponse
from itertools import pairwise
from typing import NamedTuple

from botocore.eventstream import EventStreamBuffer

from listening import PATIENCE
from paws_common.local import LocalEndpoint
from paws_common.local.server import Server

INVOKE = "/endpoints/demo/invocations"
ASYNC = "/endpoints/demo/async-invocations"
STREAM = "/endpoints/demo/invocations-response-stream"


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes


def echo(body, request):
    return body


def connect(local: LocalEndpoint | Server) -> socket.socket:
    host, port = local.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_answer(connection: socket.socket) -> Answer:
    with HTTPResponse(connection) as response:
        response.begin()
        return Answer(response.status, response.headers, response.read())


def send(local, path=INVOKE, body=b"", method="POST", **headers: str) -> Answer:
    with closing(HTTPConnection(local.url[7:], timeout=PATIENCE)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        with connection.getresponse() as response:
            return Answer(response.status, response.headers, response.read())


def post(body: bytes = b"", fields: Sequence[bytes] = (), path: str = INVOKE) -> bytes:
    lines = [b"POST %b HTTP/1.1" % path.encode(), b"Host: here", *fields]
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([*lines, length, b"", body])


def cut(content: bytes, places: Sequence[int]) -> list[bytes]:
    ends = [0, *sorted(place % (len(content) + 1) for place in places), len(content)]
    return [content[start:end] for start, end in pairwise(ends)]


def messages(*pieces: bytes) -> list[tuple[dict[str, str], bytes]]:
    decoder = EventStreamBuffer()
    decoded = []
    for piece in pieces:
        decoder.add_data(piece)
        decoded += [(message.headers, message.payload) for message in decoder]
    return decoded
