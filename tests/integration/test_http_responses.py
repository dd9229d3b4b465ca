"""Complete responses of all framings, alongside botocore's own sender."""

from __future__ import annotations

import pytest

from support.senders import (
    Outcome,
    botocore_session,
    compare,
    prepared,
    send,
    transport,
)
from support.servers import (
    NO_RESPONSE,
    OK,
    Peer,
    responding,
    responding_once,
    response,
    serve,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n"
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
LENGTH = b"Content-Length: 2\r\n"
ELSEWHERE = {"Location": "http://127.0.0.1:9/"}

# RFC 9112, sections 6 and 9.3; RFC 9110, sections 15.2 and 15.4. The body is b"ok".
COMPLETE = {
    "Content-Length": [OK],
    "one byte at a time": [bytes([byte]) for byte in OK],
    "chunked": [CHUNKED, b"1\r\no\r\n", b"1\r\nk\r\n0\r\n\r\n"],
    "chunk extension": [CHUNKED, b"2;a=b\r\nok\r\n0\r\n\r\n"],
    "trailers": [CHUNKED, b"2\r\nok\r\n0\r\nX-A: b\r\n\r\n"],
    "until the end": [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok"],
    "HTTP/1.0": [b"HTTP/1.0 200 OK\r\n\r\nok"],
    "HTTP/1.0 kept": [
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + LENGTH + b"\r\nok"
    ],
    "100": [CONTINUE, OK],
    "several 100": [CONTINUE * 3, OK],
    "folded header": [b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n" + LENGTH + b"\r\nok"],
    "no CR": [b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
    "both framings": [
        b"HTTP/1.1 200 OK\r\n" + LENGTH + CHUNKED[17:] + b"2\r\nok\r\n0\r\n\r\n"
    ],
    "no reason": [b"HTTP/1.1 200\r\n" + LENGTH + b"\r\nok"],
    "long header": [response(200, b"ok", {"X-A": "a" * 60_000})],
    "many headers": [b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 98 + LENGTH + b"\r\nok"],
    "bytes after the end": [OK + b"more"],
}
RESPONSES = {
    **{name: (parts, 200, b"ok") for name, parts in COMPLETE.items()},
    "204": ([b"HTTP/1.1 204 No Content\r\n\r\n"], 204, b""),
    "304": ([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"], 304, b""),
    "301": ([response(301, b"moved", ELSEWHERE)], 301, b"moved"),
    "307": ([response(307, b"moved", ELSEWHERE)], 307, b"moved"),
}


@pytest.mark.parametrize(("parts", "status", "body"), RESPONSES.values(), ids=RESPONSES)
def test_response_equals_that_of_botocore(parts, status, body) -> None:
    with serve(responding_once(*parts)) as server:
        ours, theirs = compare(f"{server.url}/a%20b?c=d&e")
    assert (ours.status, ours.body) == (status, body)
    assert ours == theirs
    first, second = server.requests
    assert first == second
    assert first.target == "/a%20b?c=d&e"


@pytest.mark.parametrize("interim", [EARLY_HINTS, EARLY_HINTS * 2, PROCESSING])
def test_interim_response_leaves_a_usable_connection(interim) -> None:
    """botocore's sender returns it as the response."""
    with serve(responding(interim + OK)) as server, transport() as sender:
        for _ in range(3):
            assert send(sender, prepared(server.url)).body == b"ok"
    assert server.connections == 1


def test_read_timeout_of_a_request_has_precedence() -> None:
    """botocore's clients take it as an argument of a call: `AWSPreparedRequest.context`."""
    with serve(responding(NO_RESPONSE)) as server, transport(read_timeout=60) as sender:
        request = prepared(server.url)
        vars(request)["context"] = {"read_timeout": 0.2}
        assert send(sender, request).error == "ReadTimeoutError"


@pytest.mark.parametrize("reads_on", [True, False])
def test_early_response_is_returned(reads_on) -> None:
    """A server may refuse a body that it does not read (RFC 9110, section 15.5.14)."""

    def refuse(peer: Peer) -> None:
        peer.receive(1000)
        peer.send(response(413, b"too large", {"Connection": "close"}))
        if reads_on:
            peer.wait_for_close()

    expected = [Outcome(413, body=b"too large")]
    if not reads_on:  # a reset may arrive before the response is read
        expected.append(Outcome(error="ConnectionClosedError"))
    body = bytes(16 * 2**20)  # more than the buffers of a connection
    for create in (transport, botocore_session):
        with serve(refuse) as server, create() as sender:
            outcome = send(sender, prepared(server.url, body))
        assert outcome._replace(headers=None) in expected
