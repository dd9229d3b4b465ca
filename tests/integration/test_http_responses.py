"""Responses of all framings, and broken ones, alongside botocore's own sender."""

from __future__ import annotations

import pytest

from paws_common.client.connections import Progress
from support.senders import (
    Outcome,
    botocore_session,
    compare,
    failure,
    prepared,
    send,
    transport,
)
from support.servers import (
    NO_RESPONSE,
    OK,
    PATIENCE_SECONDS,
    Peer,
    Script,
    responding,
    responding_once,
    response,
    serve,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST_CHUNKS = b"2\r\nok\r\n0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n"
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
ELSEWHERE = {"Location": "http://127.0.0.1:9/"}

# RFC 9112, sections 6 and 9.3; RFC 9110, sections 15.2 and 15.4.
COMPLETE = {
    "Content-Length": ([OK], 200, b"ok"),
    "one byte at a time": ([bytes([byte]) for byte in OK], 200, b"ok"),
    "chunked": ([CHUNKED, b"1\r\no\r\n", b"1\r\nk\r\n0\r\n\r\n"], 200, b"ok"),
    "chunk extension": ([CHUNKED, b"2;a=b\r\nok\r\n0\r\n\r\n"], 200, b"ok"),
    "trailers": ([CHUNKED, b"2\r\nok\r\n0\r\nX-A: b\r\n\r\n"], 200, b"ok"),
    "until the end": ([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok"], 200, b"ok"),
    "HTTP/1.0": ([b"HTTP/1.0 200 OK\r\n\r\nok"], 200, b"ok"),
    "HTTP/1.0 kept": (
        [b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"],
        200,
        b"ok",
    ),
    "204": ([b"HTTP/1.1 204 No Content\r\n\r\n"], 204, b""),
    "304": ([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"], 304, b""),
    "100": ([CONTINUE, OK], 200, b"ok"),
    "several 100": ([CONTINUE * 3, OK], 200, b"ok"),
    "301": ([response(301, b"moved", ELSEWHERE)], 301, b"moved"),
    "307": ([response(307, b"moved", ELSEWHERE)], 307, b"moved"),
    "folded header": (
        [b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok"],
        200,
        b"ok",
    ),
    "no CR": ([b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"], 200, b"ok"),
    "both framings": (
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n", CHUNKED[17:], LAST_CHUNKS],
        200,
        b"ok",
    ),
    "no reason": ([b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"], 200, b"ok"),
    "long header": ([response(200, b"ok", {"X-A": "a" * 60_000})], 200, b"ok"),
    "many headers": (
        [b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 98 + b"Content-Length: 2\r\n\r\nok"],
        200,
        b"ok",
    ),
    "bytes after the end": ([OK + b"more"], 200, b"ok"),
}

BROKEN = {
    "no response": [],
    "not HTTP": [b"SSH-2.0-OpenSSH\r\n"],
    "HTTP/2": [b"HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    "status of four digits": [b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"],
    "header too long": [response(200, b"ok", {"X-A": "a" * 70_000})],
    "too many headers": [b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 101 + b"\r\nok"],
    "cut within a chunk": [CHUNKED, b"5\r\nok"],
    "cut between chunks": [CHUNKED, b"2\r\nok\r\n"],
    "invalid chunk": [CHUNKED, b"zz\r\nok\r\n"],
    "two lengths": [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"
    ],
    "interim response only": [CONTINUE],
}

# botocore's sender returns a response for each of them.
BETTER = {
    "Early Hints": ([EARLY_HINTS, EARLY_HINTS, OK], Outcome(200, body=b"ok")),
    "Processing": ([b"HTTP/1.1 102 Processing\r\n\r\n", OK], Outcome(200, body=b"ok")),
    "Switching Protocols": (
        [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"],
        Outcome(error="ConnectionClosedError"),
    ),
    "cut within a header": (
        [b"HTTP/1.1 200 OK\r\nConte"],
        Outcome(error="ConnectionClosedError"),
    ),
    "cut between headers": (
        [b"HTTP/1.1 200 OK\r\nX-A: b\r\n"],
        Outcome(error="ConnectionClosedError"),
    ),
    "cut after the status": (
        [b"HTTP/1.1 200 OK\r\n"],
        Outcome(error="ConnectionClosedError"),
    ),
}


@pytest.mark.parametrize("name", COMPLETE)
def test_response_equals_that_of_botocore(name: str) -> None:
    parts, status, body = COMPLETE[name]
    with serve(responding_once(*parts)) as server:
        ours, theirs = compare(f"{server.url}/a%20b?c=d&e")
    assert (ours.status, ours.body) == (status, body)
    assert ours == theirs
    first, second = server.requests
    assert first == second
    assert first.target == "/a%20b?c=d&e"


@pytest.mark.parametrize("name", BROKEN)
def test_broken_response_is_the_error_of_botocore(name: str) -> None:
    with serve(responding_once(*BROKEN[name])) as server:
        ours, theirs = compare(server.url)
    assert ours.error == theirs.error is not None


@pytest.mark.parametrize("name", BETTER)
def test_response_is_better_than_that_of_botocore(name: str) -> None:
    parts, expected = BETTER[name]
    with serve(responding_once(*parts)) as server:
        ours, theirs = compare(server.url)
    assert ours._replace(headers=None) == expected
    assert theirs.error is None
    assert theirs != ours


def test_cut_body_is_an_error() -> None:
    """botocore returns the part, except releases before 1.44 with urllib3 2."""
    with serve(responding_once(OK[:-1])) as server:
        ours, theirs = compare(server.url)
    assert ours.error == "ConnectionClosedError"
    assert theirs.error in (None, ours.error)


@pytest.mark.parametrize(
    "parts",
    [BROKEN[name] for name in ("not HTTP", "header too long", "invalid chunk")]
    + [BETTER["Switching Protocols"][0], BROKEN["two lengths"]],
)
def test_broken_response_closes_the_connection(parts: list[bytes]) -> None:
    def handle(peer: Peer) -> None:
        peer.receive_request()
        peer.send(*parts)
        peer.wait_for_close()

    with serve(handle) as server, transport() as sender:
        assert send(sender, prepared(server.url)).error
        assert server.closed.acquire(timeout=PATIENCE_SECONDS)


def test_early_hints_leave_a_usable_connection() -> None:
    with serve(responding(EARLY_HINTS + OK)) as server, transport() as sender:
        for _ in range(3):
            assert send(sender, prepared(server.url)).body == b"ok"
    assert server.connections == 1


@pytest.mark.parametrize("parts", [[], [b"HTTP/1.1 2"], [OK[:-1]]])
def test_stalled_response_is_a_read_timeout(parts: list[bytes]) -> None:
    with serve(responding(Script(parts))) as server:
        ours, theirs = compare(server.url, read_timeout=0.2)
    assert ours.error == theirs.error == "ReadTimeoutError"


def test_read_timeout_of_a_request_has_precedence() -> None:
    """botocore's clients take it as an argument of a call: `AWSPreparedRequest.context`."""
    with serve(responding(NO_RESPONSE)) as server, transport(read_timeout=60) as sender:
        request = prepared(server.url)
        vars(request)["context"] = {"read_timeout": 0.2}
        assert send(sender, request).error == "ReadTimeoutError"


@pytest.mark.parametrize("reads_on", [True, False])
def test_early_response_is_returned(reads_on: bool) -> None:
    """A server may refuse a body that it does not read (RFC 9110, section 15.5.14)."""

    def refuse(peer: Peer) -> None:
        peer.receive(1000)
        peer.send(response(413, b"too large", {"Connection": "close"}))
        if reads_on:
            peer.wait_for_close()

    body = bytes(16 * 2**20)  # more than the buffers of a connection
    outcomes = []
    for sender in (transport, botocore_session):
        with serve(refuse) as server, sender() as created:
            outcomes.append(send(created, prepared(server.url, body)))
    ours, theirs = outcomes
    if reads_on:
        assert ours == theirs
        assert ours.status == 413
    else:  # a reset may arrive before the response is read
        lost = Outcome(error="ConnectionClosedError")
        assert {ours._replace(headers=None), theirs._replace(headers=None)} <= {
            lost,
            Outcome(413, body=b"too large"),
        }


def test_body_of_a_stream_is_not_read_at_once() -> None:
    with (
        serve(responding(Script([CHUNKED, b"2\r\nok\r\n"]))) as server,
        transport() as sender,
    ):
        response = sender.send(prepared(server.url, stream=True))
        assert response.raw.read(2) == b"ok"
        response.raw.close()


@pytest.mark.parametrize(
    ("parts", "progress"),
    [
        ([], Progress.SENT),
        ([b"HTTP/1.1 200"], Progress.SENT),
        ([b"HTTP/1.1 200 OK\r\nX-A: b\r\n"], Progress.SENT),
        ([OK[:-1]], Progress.RESPONDING),
        ([CHUNKED], Progress.RESPONDING),
        ([b"HTTP/1.1 101 Switching Protocols\r\n\r\n"], Progress.RESPONDING),
    ],
)
def test_progress_states_whether_the_response_began(
    parts: list[bytes], progress: Progress
) -> None:
    with serve(responding_once(*parts)) as server, transport() as sender:
        assert failure(sender, prepared(server.url))[1] is progress


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_addresses_of_both_families_are_supported(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with serve(responding(OK), address) as server:
        ours, theirs = compare(f"http://{host}:{server.port}/")
    assert ours == theirs
    assert {request.headers["host"] for request in server.requests} == {
        f"{host}:{server.port}"
    }
