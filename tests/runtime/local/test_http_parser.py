"""A local endpoint receives the exact bytes of a request, or rejects it."""

from __future__ import annotations

import json
import re
import socket

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common.local import LocalEndpoint
from paws_common.local.http_server import MAX_BODY_BYTES
from support.http_client import (
    INVOKE,
    STREAM,
    Received,
    Responses,
    connect,
    cut,
    read_response,
    request,
    send,
)

VALUES = st.binary(max_size=60).map(
    lambda value: re.sub(rb"[\r\n\0]", b"", value).strip(b" \t")
)
PADDING = st.text(" \t", max_size=3).map(str.encode)


# --- Header fields, paths and bodies


@given(VALUES, PADDING, PADDING)
@example("é 日本 🙂".encode(), b" ", b"")
@example(b"a\tb  c", b" ", b"")
@example(b"\xe9\xff", b" ", b"")
@example(b"line\x0bline\x0cline\xc2\x85line", b" ", b"")
def test_header_value_is_decoded_as_utf_8(local, value, before, after) -> None:
    with connect(local) as connection:
        connection.sendall(request(fields=[b"X-Value:" + before + value + after]))
        assert read_response(connection).status == 200
    received = local.requests[-1].headers["x-value"]
    assert received == value.decode("utf-8", "surrogateescape")


def test_headers_have_order_case_and_repetition(local) -> None:
    with connect(local) as connection:
        connection.sendall(request(fields=[b"x-TWO: 2", b"X-One: 1", b"X-Two: zwei"]))
        read_response(connection)
    headers = local.requests[-1].headers
    assert headers.fields == (
        ("Host", "localhost"),
        ("x-TWO", "2"),
        ("X-One", "1"),
        ("X-Two", "zwei"),
        ("Content-Length", "0"),
    )
    assert list(headers) == ["Host", "x-TWO", "X-One", "Content-Length"]
    assert len(headers) == 4
    assert headers.get_all("X-TWO") == ("2", "zwei")
    assert headers["x-two"] == "2, zwei"
    assert "x-three" not in headers


@given(st.binary(max_size=300), st.lists(st.integers(min_value=0), max_size=5))
def test_body_with_length_or_chunks_is_exact(local, body, offsets) -> None:
    chunks = (chunk for chunk in cut(body, offsets) if chunk)
    coded = b"".join(b"%X;note=1\r\n%b\r\n" % (len(c), c) for c in chunks)
    head = f"POST {INVOKE} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"
    chunked = head.encode() + b"\r\n\r\n" + coded + b"0\r\nTrailer: ignored\r\n\r\n"
    with connect(local) as connection:
        responses = Responses(connection)
        for sent in (chunked, request(body)):
            for piece in cut(sent, offsets):
                connection.sendall(piece)
            received = responses.next()
            assert received.body == body
            assert "connection" not in received.headers
    assert [each.body for each in local.requests[-2:]] == [body, body]


@pytest.mark.parametrize(
    ("path", "operation", "name"),
    [
        ("/endpoints/a%20b%2Fc/invocations", "InvokeEndpoint", "a b/c"),
        ("/endpoints/%C3%A9/async-invocations", "InvokeEndpointAsync", "é"),
        (STREAM, "InvokeEndpointWithResponseStream", "demo"),
        ("/endpoints/../invocations", "InvokeEndpoint", ".."),
        ("/endpoints/%ff/invocations?x=1", "InvokeEndpoint", "\udcff"),
        ("//endpoints/a/invocations", "", ""),
        ("/endpoints//invocations", "", ""),
        ("/endpoints/a/b/invocations", "", ""),
    ],
)
def test_path_names_operation_and_endpoint(local, path, operation, name) -> None:
    with connect(local) as connection:
        connection.sendall(request(path=path))
        read_response(connection)
    received = local.requests[-1]
    assert (received.method, received.path) == ("POST", path)
    assert (received.operation, received.endpoint_name) == (operation, name)


# --- Malformed requests


def rejected(local: LocalEndpoint, sent: bytes, method: str = "POST") -> Received:
    """Return the last response of a connection, whose request is not recorded."""
    before = local.requests
    with connect(local) as connection:
        connection.sendall(sent)
        response = read_response(connection, method)
        assert connection.recv(1) == b""
    assert local.requests == before
    return response


LINE = b"POST /endpoints/demo/invocations HTTP/1.1\r\n"
HEAD = LINE + b"Host: localhost\r\n"
TOO_LONG = MAX_BODY_BYTES + 1
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "message"),
    [
        (b"POST /a b HTTP/1.1\r\n\r\n", 400, "is not a request line"),
        (b"POST /\xe9 HTTP/1.1\r\n\r\n", 400, "is not a request line"),
        (b"POST  / HTTP/1.1\r\n\r\n", 400, "is not a request line"),
        (b"GET /\r\n\r\n", 400, "is not a request line"),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", 400, "is not a request line"),
        (b"POST http://evil.example/ HTTP/1.1\r\n\r\n", 400, "is not a request line"),
        (b"POST evil.example:80 HTTP/1.1\r\n\r\n", 400, "is not a request line"),
        (b"POST * HTTP/1.1\r\n\r\n", 400, "is not a request line"),
        (b"POST / HTTP/1.1\n\r\n", 400, "CR, LF or NUL"),
        (b"POST / HTTP/1.0\r\n\r\n", 505, "HTTP/1.0 is not supported"),
        (LINE + b"\r\n", 400, "one Host field"),
        (HEAD + b"Host: localhost\r\n\r\n", 400, "one Host field"),
        (HEAD + b"X-A: b\r\n folded\r\n\r\n", 400, "is not a header field"),
        (HEAD + b"X-A : b\r\n\r\n", 400, "is not a header field"),
        (HEAD + b"no colon\r\n\r\n", 400, "is not a header field"),
        (HEAD + b"X-A: b\rContent-Length: 3\r\n\r\n", 400, "CR, LF or NUL"),
        (HEAD + b"X-A: b\n\r\n", 400, "CR, LF or NUL"),
        (HEAD + b"X-A: \0\r\n\r\n", 400, "CR, LF or NUL"),
        (HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431, "exceed 65536 bytes"),
        (HEAD + b"X: abc\r\n" * 9_000 + b"\r\n", 431, "exceed 65536 bytes"),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400, "'-1' is not a number"),
        (HEAD + b"Content-Length: +1\r\n\r\n", 400, "'+1' is not a number"),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "1, 2"),
        (CHUNKED + b"Content-Length: 1\r\n\r\n", 400, "exclude each other"),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501, "'gzip' is not supported"),
        (CHUNKED[:-2] + b", chunked\r\n\r\n", 501, "is not supported"),
        (CHUNKED + b"\r\nx\r\n", 400, "length of a chunk"),
        (CHUNKED + b"\r\n0x1\r\na\r\n", 400, "length of a chunk"),
        (CHUNKED + b"\r\n1\r\nab\r\n", 400, "longer than the declared 1 bytes"),
        (CHUNKED + b"\r\n0\r\nno colon\r\n\r\n", 400, "is not a header field"),
    ],
)
def test_malformed_request_is_rejected(local, sent, status, message) -> None:
    response = rejected(local, sent)
    assert response.status == status
    assert message in json.loads(response.body)["Message"]
    assert response.headers["connection"] == "close"


# --- Limits


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"Content-Length: %d" % TOO_LONG, b""),
        (b"Content-Length: 999999999999999999", b""),
        (b"Transfer-Encoding: chunked", b"%x\r\n" % TOO_LONG),
        (b"Content-Length: %d\r\nExpect: 100-continue" % TOO_LONG, b""),
    ],
)
def test_body_over_25_mb_is_rejected_unread(local, fields, body) -> None:
    """The response arrives although no byte of the body was sent."""
    before = local.requests
    with connect(local) as connection:
        connection.sendall(HEAD + fields + b"\r\n\r\n" + body)
        assert connection.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 413"
    assert local.requests == before


def test_body_of_25_mb_is_accepted() -> None:
    body = bytes(MAX_BODY_BYTES)
    with LocalEndpoint(lambda body, request: b"%d" % len(body)) as local:
        assert send(local, body=body).body == b"%d" % MAX_BODY_BYTES


def test_rejected_client_that_still_sends_can_read_why(local) -> None:
    with connect(local) as connection:
        connection.sendall(b"nonsense\r\n" + bytes(32 * 1024 * 1024))
        connection.shutdown(socket.SHUT_WR)
        assert read_response(connection).status == 400


# --- Several requests on a connection


def test_client_that_expects_100_continue_receives_it(local) -> None:
    head, body = request(b"late", [b"Expect: 100-continue"])[:-4], b"late"
    with connect(local) as connection:
        connection.sendall(head)
        expected = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert connection.recv(len(expected), socket.MSG_WAITALL) == expected
        connection.sendall(body)
        assert read_response(connection).body == body


def test_pipelined_requests_are_served_until_close(local) -> None:
    closing = request(b"second", [b"Connection: TE, Close"])
    with connect(local) as connection:
        connection.sendall(request(b"first") + closing + request(b"third"))
        responses = Responses(connection)
        first, second = responses.next(), responses.next()
        assert connection.recv(1) == b""
    assert (first.body, second.body) == (b"first", b"second")
    assert second.headers["connection"] == "close"
    assert local.requests[-1].body == b"second"


@pytest.mark.parametrize("length", [0, 5])
def test_body_is_not_the_next_request(local, length) -> None:
    """A request hidden in a body is a part of the body, whatever follows it."""
    hidden = b"x" * length + request(b"hidden")
    before = len(local.requests)
    with connect(local) as connection:
        connection.sendall(request(hidden) + request(b"next"))
        responses = Responses(connection)
        assert [responses.next().body, responses.next().body] == [hidden, b"next"]
    assert len(local.requests) == min(before + 2, 1000)


# --- Web pages


@pytest.mark.parametrize(
    ("host", "fields"),
    [
        (b"localhost", []),
        (b"LOCALHOST:8080", []),
        (b"127.0.0.1", []),
        (b"127.0.0.1:1", []),
        (b"127.8.9.10", []),
        (b"[::1]:8080", []),
        # Node's fetch sends Sec-Fetch-Mode, and a person's own request has "none".
        (b"localhost", [b"Sec-Fetch-Mode: cors", b"Sec-Fetch-Site: none"]),
    ],
)
def test_request_of_this_machine_is_accepted(local, host, fields) -> None:
    with connect(local) as connection:
        connection.sendall(request(b"x", fields, host=b"Host: " + host))
        assert read_response(connection).status == 200


@pytest.mark.parametrize(
    "host",
    [
        b"evil.example",
        b"evil.example:8080",
        b"localhost.evil.example",
        b"127.0.0.1.evil.example",
        b"foo.localhost",
        b"localhost.",
        b"127.0.0.1@evil.example",
        b"127.0.0.1, evil.example",
        b"127.0.0.1:8080:80",
        b"127.1",
        b"2130706433",
        b"0.0.0.0",
        b"[::]",
        b"192.168.0.1",
        b"",
        b"\xff",
    ],
)
def test_other_host_is_rejected(local, host) -> None:
    """DNS rebinding: the name of the page leads to 127.0.0.1."""
    assert rejected(local, request(b"x", host=b"Host: " + host)).status == 403


EVIL = b"Origin: http://evil.example"
CROSS_SITE = b"Sec-Fetch-Site: cross-site"


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("POST", [EVIL, b"Content-Type: text/plain"]),
        ("POST", [b"Origin: null"]),
        ("POST", [b"origin:"]),
        ("POST", [b"Origin: http://127.0.0.1:8080"]),
        ("POST", [CROSS_SITE, b"Sec-Fetch-Mode: no-cors"]),
        ("POST", [b"Sec-Fetch-Site: same-origin"]),
        ("GET", [CROSS_SITE]),
        ("PUT", [EVIL]),
        ("HEAD", [EVIL]),
        ("OPTIONS", [EVIL, b"Access-Control-Request-Method: POST"]),
        ("GET", [EVIL, b"Upgrade: websocket"]),
    ],
)
@pytest.mark.parametrize("path", [INVOKE, "/bucket/key"])
def test_request_of_a_web_page_is_rejected(local, method, fields, path) -> None:
    response = rejected(local, request(b"x", fields, path, method), method)
    assert response.status == 403
    assert not [name for name in response.headers if name.startswith("access-control")]
