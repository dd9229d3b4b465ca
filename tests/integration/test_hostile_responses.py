"""Hostile responses have a defined result and do not affect other calls."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from paws_common import (
    EndpointConnectionError,
    PawsError,
    ResponseTimeoutError,
    ServiceError,
)
from paws_common.local import event_stream
from support.checked_calls import calls
from support.servers import (
    HANG_UP,
    NO_RESPONSE,
    OK,
    RESET,
    End,
    Script,
    ScriptedServer,
    scripted,
    truncated,
)

BODY = b"body of a request that is nobody's business"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
BOMB = gzip.compress(bytes(10**8))
# Without it, the client may send the next request before it sees the end.
CLOSE = b"Connection: close"
ATTRIBUTES = b"X-Amzn-SageMaker-Custom-Attributes: "


def answer(body: bytes = b"ok", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, *fields, length, b"", body])


def promise(length: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length


def error(body: bytes, *fields: bytes) -> Script:
    return Script([answer(body, *fields, status=b"400 Bad Request")])


# The outcome of a response: the body of the result, or the class of the error.
ROWS: dict[str, tuple[Script, bytes | type[PawsError]]] = {
    # Lengths
    "1 GB and the end": (truncated(promise(10**9)), EndpointConnectionError),
    "1 GB and nothing": (Script([promise(10**9)]), ResponseTimeoutError),
    "1 EB and the end": (truncated(promise(10**18)), EndpointConnectionError),
    "a length that is no number": (
        truncated(b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok"),
        EndpointConnectionError,
    ),
    "a length below zero": (
        truncated(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok"),
        EndpointConnectionError,
    ),
    "two lengths": (
        Script([answer(b"ok", b"Content-Length: 3")]),
        EndpointConnectionError,
    ),
    "no length and the end": (truncated(b"HTTP/1.1 200 OK\r\n\r\nok"), b"ok"),
    "no length and nothing": (
        Script([b"HTTP/1.1 200 OK\r\n\r\nok"]),
        ResponseTimeoutError,
    ),
    "more than the length": (Script([answer() + EVIL]), b"ok"),
    "half a body and the end": (truncated(OK[:-1]), EndpointConnectionError),
    "half a body and a reset": (Script([OK[:-1]], End.RESET), EndpointConnectionError),
    "half a body and nothing": (Script([OK[:-1]]), ResponseTimeoutError),
    "a chunk of 16 EB": (
        truncated(CHUNKED + b"ffffffffffffffff\r\nok"),
        EndpointConnectionError,
    ),
    "a chunk below zero": (
        truncated(CHUNKED + b"-2\r\nok\r\n0\r\n\r\n"),
        EndpointConnectionError,
    ),
    "a chunk without a length": (
        Script([CHUNKED + b"two\r\nok\r\n0\r\n\r\n"]),
        EndpointConnectionError,
    ),
    "no last chunk": (
        truncated(CHUNKED + b"2\r\nok\r\n"),
        EndpointConnectionError,
    ),
    # Heads
    "nothing and the end": (HANG_UP, EndpointConnectionError),
    "nothing and a reset": (RESET, EndpointConnectionError),
    "nothing": (NO_RESPONSE, ResponseTimeoutError),
    "half a head": (Script([OK[:30]]), ResponseTimeoutError),
    "10,000 headers": (
        Script([answer(b"ok", *(b"X-%d: a" % number for number in range(10_000)))]),
        EndpointConnectionError,
    ),
    "a header of 1 MB": (
        Script([answer(b"ok", b"X-A: " + b"a" * 2**20)]),
        EndpointConnectionError,
    ),
    "a status line of 1 MB": (
        Script([b"HTTP/1.1 200 " + b"a" * 2**20 + b"\r\n\r\n"]),
        EndpointConnectionError,
    ),
    "no HTTP": (Script([b"hello\r\n\r\n"]), EndpointConnectionError),
    "no text": (Script([b"\0\xff\xfe\r\n\r\n"]), EndpointConnectionError),
    "HTTP/2": (Script([b"HTTP/2 200 OK\r\n\r\n"]), EndpointConnectionError),
    "a status that is no number": (
        Script([b"HTTP/1.1 abc OK\r\n\r\n"]),
        EndpointConnectionError,
    ),
    "a status of five digits": (
        Script([b"HTTP/1.1 99999 OK\r\n\r\n"]),
        EndpointConnectionError,
    ),
    "a line that is no header": (Script([answer(b"ok", b"no")]), ResponseTimeoutError),
    "a header without a name": (Script([answer(b"ok", b": b")]), b"ok"),
    "a header that is no UTF-8": (Script([answer(b"ok", ATTRIBUTES + b"\xff")]), b"ok"),
    # Statuses
    "100 and then 200": (Script([b"HTTP/1.1 100 Continue\r\n\r\n", OK]), b"ok"),
    "100 and nothing": (
        Script([b"HTTP/1.1 100 Continue\r\n\r\n"]),
        ResponseTimeoutError,
    ),
    "101 with a body": (
        Script([answer(status=b"101 Switching Protocols")]),
        EndpointConnectionError,
    ),
    "103 and then 200": (
        Script([b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", OK]),
        b"ok",
    ),
    "204 with a body": (
        Script([answer(EVIL, status=b"204 No Content")]),
        EndpointConnectionError,
    ),
    "304 with a body": (
        Script([answer(EVIL, status=b"304 Not Modified")]),
        ServiceError,
    ),
    "before the request was read": (
        Script([answer(b"ok", CLOSE)], End.SHUT_DOWN, receives=False),
        b"ok",
    ),
    "a refusal before the request was read": (
        Script(
            [answer(b"{}", CLOSE, status=b"413 Content Too Large")],
            End.SHUT_DOWN,
            receives=False,
        ),
        ServiceError,
    ),
    "one byte at a time": (Script([b"%c" % byte for byte in answer()]), b"ok"),
    # Encodings: none was requested, and the body is returned unchanged.
    "gzip that is none": (
        Script([answer(b"plain", b"Content-Encoding: gzip")]),
        b"plain",
    ),
    "gzip that is a bomb": (Script([answer(BOMB, b"Content-Encoding: gzip")]), BOMB),
    # Errors with invalid or unexpected JSON
    "an error in gzip": (error(BOMB, b"Content-Encoding: gzip"), ServiceError),
    "an error that is no UTF-8": (error(b"\xff\xe9"), ServiceError),
    "an error 100,000 deep": (error(b"[" * 100_000), ServiceError),
    "an error 100,000 deep in objects": (error(b'{"a":' * 100_000), ServiceError),
    "an error with a huge integer": (
        error(b'{"Message": %b}' % (b"9" * 10_000)),
        ServiceError,
    ),
    "an error with a key twice": (
        error(b'{"Message": "a", "Message": "b"}'),
        ServiceError,
    ),
    "an error with NaN": (error(b'{"Message": NaN}'), ServiceError),
    "an error with a lone surrogate": (error(rb'{"Message": "\ud800"}'), ServiceError),
    "an error that is a list": (error(b"[]"), ServiceError),
    "an error that is a number": (error(b"5"), ServiceError),
    "an error that is null": (error(b"null"), ServiceError),
    "a message that is an object": (error(b'{"Message": {"a": 1}}'), ServiceError),
    "a code that is a number": (error(b'{"__type": 5}'), ServiceError),
    "a code that is a list": (error(b'{"code": [5]}'), ServiceError),
}


@pytest.mark.parametrize("row", ROWS)
def test_hostile_response_leaves_the_next_call_intact(
    row: str, caplog: pytest.LogCaptureFixture
) -> None:
    # urllib3's log records of malformed headers would refer to its pool.
    caplog.set_level("ERROR", logger="urllib3")
    script, expected = ROWS[row]
    with calls(script) as served:
        outcome = served.outcome(Body=BODY)
        if isinstance(expected, bytes):
            assert outcome["Body"] == expected
        else:
            assert type(outcome) is expected
            assert BODY.decode() not in f"{outcome} {outcome!r}"
            assert len(str(outcome)) < 3000
            del outcome  # errors of urllib3 refer to the pool, and keep it open
        # Unread bytes of a hostile response would be the response to the next request.
        served.server.respond(OK)
        assert served.outcome()["Body"] == b"ok"


def test_no_encoding_is_asked_for() -> None:
    with calls() as served:
        served.outcome()
        assert served.server.requests[0].values("accept-encoding") == ["identity"]


METHODS = [
    "invoke_endpoint",
    "invoke_endpoint_async",
    "invoke_endpoint_with_response_stream",
]


@pytest.mark.parametrize("method", METHODS)
def test_other_protocol_is_an_error(method: str) -> None:
    script = Script([b"HTTP/1.1 101 Switching Protocols\r\n\r\n", EVIL])
    with calls(script) as served:
        outcome = served.outcome(method)
        assert type(outcome) is EndpointConnectionError
        assert "HTTP 101 is not a final response" in str(outcome)
        served.server.respond(OK)
        assert served.outcome()["Body"] == b"ok"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ScriptedServer]:
    with scripted(OK) as server:
        yield server


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_error_and_is_not_followed(
    elsewhere: ScriptedServer, method: str, status: int
) -> None:
    location = f"Location: {elsewhere.url}/stolen".encode()
    redirect = Script([answer(b"", location, status=b"%d Moved" % status)])
    with calls(redirect) as served:
        outcome = served.outcome(method)
        kind = ServiceError
        assert type(outcome) is kind
        assert getattr(outcome, "status_code", status) == status
        assert len(served.server.requests) == 1
    assert elsewhere.connections == 0


def test_unread_request_is_not_reported_as_sent() -> None:
    body = bytes(64 * 2**20)  # more than any socket's buffers
    with calls(Script(receives=False), connect_timeout=0.3, validation="off") as served:
        outcome = served.outcome(Body=body)
        assert type(outcome) is EndpointConnectionError


def test_key_that_comes_twice_has_its_last_value() -> None:
    with calls(ROWS["an error with a key twice"][0]) as served:
        assert served.outcome().message == "b"


@pytest.mark.parametrize("row", ["an error that is a list", "an error in gzip"])
def test_unreadable_error_keeps_its_first_1000_bytes(
    row: str,
) -> None:
    script, _ = ROWS[row]
    with calls(script) as served:
        outcome = served.outcome()
    (said,) = script.segments
    assert outcome.content == said.partition(b"\r\n\r\n")[2][:1000]


# --- Streams


def event(content: bytes) -> bytes:
    headers = {":message-type": "event", ":event-type": "PayloadPart"}
    return event_stream.encode(headers, content)


def bad_crc(message: bytes) -> bytes:
    return message[:-1] + bytes([message[-1] ^ 1])


def drained(parts: Iterator[bytes]) -> tuple[list[bytes], PawsError | None]:
    found: list[bytes] = []
    try:
        found.extend(parts)
    except PawsError as error:
        return found, error.with_traceback(None)
    return found, None


PART = event(b"1,2")
STREAMS: dict[str, tuple[Script, str]] = {
    "a bad checksum": (Script([answer(PART + bad_crc(PART))]), "StreamError"),
    "half an event": (Script([answer(PART + PART[:-1])]), "StreamError"),
    "half an event and the end": (
        truncated(promise(999) + PART + PART[:-1]),
        "EndpointConnectionError",
    ),
    "half an event and nothing": (
        Script([promise(999) + PART + PART[:-1]]),
        "ResponseTimeoutError",
    ),
    "no event": (Script([answer(PART + b"<html>" * 9)]), "StreamError"),
    "a chunk of 16 EB": (
        truncated(
            CHUNKED + b"%x\r\n%b\r\n" % (len(PART), PART) + b"f" * 16 + b"\r\nok"
        ),
        "EndpointConnectionError",
    ),
    "one byte at a time": (Script([b"%c" % byte for byte in answer(PART)]), ""),
}


@pytest.mark.parametrize("row", STREAMS)
def test_broken_stream_keeps_its_events(
    row: str,
) -> None:
    script, expected = STREAMS[row]
    with calls(script) as served:
        body = served.outcome("invoke_endpoint_with_response_stream", Body=BODY)["Body"]
        parts, raised = drained(body.iter_bytes())
        assert parts == [b"1,2"]
        assert type(raised).__name__ == (expected or "NoneType")
        assert BODY.decode() not in str(raised)
        del body, raised  # errors of urllib3 refer to the pool, and keep it open
        served.server.respond(OK)
        assert served.outcome()["Body"] == b"ok"
