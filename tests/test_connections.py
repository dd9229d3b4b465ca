"""Our connections send what botocore's send, and read what they read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from email.parser import Parser
from http import client
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool, HeadersDict
from hypothesis import example, given
from hypothesis import strategies as st

import paws
from listening import PATIENCE
from local_http import INVOKE
from paws_common import LocalEndpoint
from paws_common.wire.connections import OneSend, Response, read_headers

SMALL = 65536

NAMES = st.from_regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}", fullmatch=True)
FIELDS = st.builds(
    lambda name, space, value: f"{name}:{space}{value}".encode("latin-1"),
    st.one_of(NAMES, st.text(st.characters(max_codepoint=255), max_size=6)),
    st.sampled_from(["", " ", "\t ", "  "]),
    st.text(st.characters(max_codepoint=255), max_size=20),
)
LINES = st.one_of(FIELDS, FIELDS, st.binary(max_size=12))
HEADS = st.builds(
    lambda lines, ends, rest: b"".join(map(bytes.__add__, lines, ends)) + rest,
    st.lists(LINES, max_size=8),
    st.lists(st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r"]), min_size=8, max_size=8),
    st.sampled_from([b"\r\n", b"\r\n{}", b"\n{}", b"", b"\r\n\r\nHTTP/1.1 200 OK"]),
)
STATUS = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.0 404 -", b"HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK"]
)
MANY = [b"".join(b"a:%d\r\n" % i for i in range(n)) + b"\r\n{}" for n in (99, 100, 101)]


class InOnes(io.RawIOBase):
    """Gives one byte at a time, as a slow network may."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._content.read(1)
        buffer[: len(piece)] = piece
        return len(piece)


def seen(read: Any, stream: io.BufferedReader) -> object:
    """Return what a reader of headers makes of a stream, and what it leaves of it."""
    try:
        message = read(stream)
    except client.HTTPException as error:
        return type(error), str(error)
    # A multipart's defects are in the body, which here is none, and nobody asks for them.
    return message.items(), message.get("A"), message.get_payload(), stream.read()


@given(HEADS, st.sampled_from([io.BytesIO, InOnes]))
@example(MANY[0], io.BytesIO)
@example(MANY[1], io.BytesIO)
@example(MANY[2], io.BytesIO)
@example(b"a:" + b" " * 65536 + b"\r\n\r\n", io.BytesIO)
def test_headers_are_what_http_client_reads(head: bytes, stream: Any) -> None:
    ours = seen(read_headers, io.BufferedReader(stream(head)))
    assert ours == seen(client.parse_headers, io.BufferedReader(stream(head)))


def response(kind: type[client.HTTPResponse], content: bytes) -> client.HTTPResponse:
    """Return an answer that has not begun."""
    stream = io.BufferedReader(io.BytesIO(content))
    socket: Any = SimpleNamespace(makefile=lambda mode: stream)
    return kind(socket, method="POST")


def test_a_plain_head_is_not_read_as_an_e_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"x-amzn-RequestId: 1\r\nContent-Type: text/csv; charset=utf-8\r\n\r\n{}"
    answer = response(Response, b"HTTP/1.1 200 OK\r\n" + head)
    monkeypatch.delattr(Parser, "parsestr")
    answer.begin()
    assert answer.getheaders() == [
        ("x-amzn-RequestId", "1"),
        ("Content-Type", "text/csv; charset=utf-8"),
    ]


@given(STATUS, HEADS)
def test_an_answer_begins_as_http_client_s_does(status: bytes, head: bytes) -> None:
    def begun(kind: type[client.HTTPResponse]) -> object:
        answer = response(kind, status + b"\r\n" + head)
        try:
            answer.begin()
        except (client.HTTPException, ValueError) as error:
            return type(error), str(error)
        known = answer.status, answer.reason, answer.version, answer.length
        return known, answer.getheaders(), answer.will_close, answer.chunked

    assert begun(Response) == begun(client.HTTPResponse)


@pytest.fixture(scope="module")
def local() -> Iterator[LocalEndpoint]:
    """An endpoint that gives back what it gets."""
    with LocalEndpoint(lambda body, request: body) as endpoint:
        yield endpoint


class OurConnection(OneSend, AWSHTTPConnection):
    response_class = Response


def sent(local: LocalEndpoint, kind: Any, body: Any, fields: HeadersDict) -> Any:
    """Return the pieces in which a connection sends a request, and the answer."""
    pieces: list[bytes] = []

    class Recording(client.HTTPConnection):
        def send(self, data: Any) -> None:
            pieces.append(data.read() if hasattr(data, "read") else bytes(data))
            super().send(pieces[-1])

    address = urlsplit(local.url)
    recorded = type("Recorded", (kind, Recording), {})
    with closing(recorded(address.hostname, address.port, timeout=PATIENCE)) as opened:
        opened.request("POST", INVOKE, body, fields)
        return pieces, opened.getresponse().data


BODIES = st.one_of(
    st.binary(max_size=64),
    st.integers(SMALL - 2, SMALL + 2).map(bytes),
    st.binary(max_size=64).map(bytearray),
    st.binary(max_size=64).map(io.BytesIO),
    st.none(),
)
FIELD_SETS = st.dictionaries(
    st.sampled_from(["Expect", "expect", "X-A"]),
    st.sampled_from(["100-continue", b"100-continue"]),
)


@given(BODIES, FIELD_SETS)
def test_the_server_gets_what_botocore_sends(
    local: LocalEndpoint, body: Any, fields: dict[str, Any]
) -> None:
    ours, answer = sent(local, OurConnection, body, HeadersDict(fields))
    if isinstance(body, io.BytesIO):
        body.seek(0)
    theirs, expected = sent(local, AWSHTTPConnection, body, HeadersDict(fields))
    assert b"".join(ours) == b"".join(theirs)
    assert answer == expected
    waits = not fields.keys().isdisjoint({"Expect", "expect"})
    is_one = isinstance(body, bytes) and len(body) <= SMALL and not waits
    assert len(ours) == 1 if is_one else ours == theirs


def test_who_records_connections_of_botocore_gets_them(
    local: LocalEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[str] = []

    class Recording(AWSHTTPConnection):
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
            requests.append(url)
            super().request(method, url, *args, **kwargs)

    service = paws.sagemakerruntime(**local.config())
    service.invoke_endpoint("demo", b"a")
    service.client.close()  # a connection that is open stays what it is
    monkeypatch.setattr(AWSHTTPConnectionPool, "ConnectionCls", Recording)
    with closing(service.client):
        service.invoke_endpoint("demo", b"a")
    assert requests == [INVOKE]


@pytest.mark.parametrize("url", ["http://a.test/", "https://a.test/"])
def test_a_client_s_connections_are_ours(url: str) -> None:
    service = paws.sagemakerruntime(region="eu-west-1")
    with closing(service.client) as made:
        manager = cast(Any, made)._endpoint.http_session._manager
        kind = manager.connection_from_url(url).ConnectionCls
    assert issubclass(kind, OneSend)
    assert kind.response_class is Response
