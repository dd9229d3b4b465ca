"""Answers that mean harm: what each comes to, and that it harms no other call."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from misbehaving import OK, Misbehaving, Script, Then, calls
from paws_common import (
    EndpointConnectionError,
    PawsError,
    ResponseTimeoutError,
    ServiceError,
)
from paws_common.local import frames

BODY = b"body of a request that is nobody's business"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
BOMB = gzip.compress(bytes(10**8))
ATTRIBUTES = b"X-Amzn-SageMaker-Custom-Attributes: "


def answer(body: bytes = b"ok", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, *fields, length, b"", body])


def promise(length: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length


def error(body: bytes, *fields: bytes) -> Script:
    return Script([answer(body, *fields, status=b"400 Bad Request")])


def says(head: bytes, then: Then = Then.STAYS) -> Script:
    return Script([head], then)


# What comes of an answer: the body of the result, or the class of the error.
ROWS: dict[str, tuple[Script, bytes | type[PawsError]]] = {
    # Lengths
    "1 GB and the end": (says(promise(10**9), Then.HANGS_UP), EndpointConnectionError),
    "1 GB and nothing": (says(promise(10**9)), ResponseTimeoutError),
    "1 EB and the end": (says(promise(10**18), Then.HANGS_UP), EndpointConnectionError),
    "a length that is no number": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok", Then.HANGS_UP),
        PawsError,
    ),
    "a length below zero": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok", Then.HANGS_UP),
        EndpointConnectionError,
    ),
    "two lengths": (
        Script([answer(b"ok", b"Content-Length: 3")]),
        EndpointConnectionError,
    ),
    "no length and the end": (says(b"HTTP/1.1 200 OK\r\n\r\nok", Then.HANGS_UP), b"ok"),
    "no length and nothing": (says(b"HTTP/1.1 200 OK\r\n\r\nok"), ResponseTimeoutError),
    "more than the length": (Script([answer() + EVIL]), b"ok"),
    "half a body and the end": (says(OK[:-1], Then.HANGS_UP), EndpointConnectionError),
    "half a body and a reset": (says(OK[:-1], Then.RESETS), EndpointConnectionError),
    "half a body and nothing": (says(OK[:-1]), ResponseTimeoutError),
    "a chunk of 16 EB": (
        says(CHUNKED + b"ffffffffffffffff\r\nok", Then.HANGS_UP),
        EndpointConnectionError,
    ),
    "a chunk below zero": (
        says(CHUNKED + b"-2\r\nok\r\n0\r\n\r\n", Then.HANGS_UP),
        PawsError,
    ),
    "a chunk without a length": (
        says(CHUNKED + b"two\r\nok\r\n0\r\n\r\n"),
        EndpointConnectionError,
    ),
    "no last chunk": (
        says(CHUNKED + b"2\r\nok\r\n", Then.HANGS_UP),
        EndpointConnectionError,
    ),
    # Heads
    "nothing and the end": (says(b"", Then.HANGS_UP), EndpointConnectionError),
    "nothing and a reset": (says(b"", Then.RESETS), EndpointConnectionError),
    "nothing": (says(b""), ResponseTimeoutError),
    "half a head": (says(OK[:30]), ResponseTimeoutError),
    "10,000 headers": (
        Script([answer(b"ok", *(b"X-%d: a" % number for number in range(10_000)))]),
        EndpointConnectionError,
    ),
    "a header of 1 MB": (
        Script([answer(b"ok", b"X-A: " + b"a" * 2**20)]),
        EndpointConnectionError,
    ),
    "a status line of 1 MB": (
        says(b"HTTP/1.1 200 " + b"a" * 2**20 + b"\r\n\r\n"),
        EndpointConnectionError,
    ),
    "no HTTP": (says(b"hello\r\n\r\n"), EndpointConnectionError),
    "no text": (says(b"\0\xff\xfe\r\n\r\n"), EndpointConnectionError),
    "HTTP/2": (says(b"HTTP/2 200 OK\r\n\r\n"), EndpointConnectionError),
    "a status that is no number": (
        says(b"HTTP/1.1 abc OK\r\n\r\n"),
        EndpointConnectionError,
    ),
    "a status of five digits": (
        says(b"HTTP/1.1 99999 OK\r\n\r\n"),
        EndpointConnectionError,
    ),
    "a line that is no header": (Script([answer(b"ok", b"no")]), ResponseTimeoutError),
    "a header without a name": (Script([answer(b"ok", b": b")]), b"ok"),
    "a header that is no UTF-8": (Script([answer(b"ok", ATTRIBUTES + b"\xff")]), b"ok"),
    # Statuses
    "100 and then 200": (Script([b"HTTP/1.1 100 Continue\r\n\r\n", OK]), b"ok"),
    "100 and nothing": (says(b"HTTP/1.1 100 Continue\r\n\r\n"), ResponseTimeoutError),
    "101 with a body": (
        Script([answer(status=b"101 Switching Protocols")]),
        EndpointConnectionError,
    ),
    "103 and then 200": (
        Script([b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", EVIL]),
        EndpointConnectionError,
    ),
    "204 with a body": (
        Script([answer(EVIL, status=b"204 No Content")]),
        EndpointConnectionError,
    ),
    "304 with a body": (
        Script([answer(EVIL, status=b"304 Not Modified")]),
        ServiceError,
    ),
    "before the request was read": (Script([OK], Then.HANGS_UP, reads=False), b"ok"),
    "a refusal before the request was read": (
        Script(
            [answer(b"{}", status=b"413 Content Too Large")], Then.HANGS_UP, reads=False
        ),
        ServiceError,
    ),
    "one byte at a time": (Script([b"%c" % byte for byte in answer()]), b"ok"),
    # Encodings: none was asked for, and what comes is given as it is.
    "gzip that is none": (
        Script([answer(b"plain", b"Content-Encoding: gzip")]),
        b"plain",
    ),
    "gzip that is a bomb": (Script([answer(BOMB, b"Content-Encoding: gzip")]), BOMB),
    # Errors that are no JSON, or none that was expected
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
def test_an_answer_comes_to_what_it_is_and_the_next_call_to_its_own(
    row: str, caplog: pytest.LogCaptureFixture
) -> None:
    # What urllib3 logs of malformed headers would hold its pool, and keep it open.
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
            del outcome  # errors of urllib3 hold the pool, and keep it open
        # What is left of a harmful answer would be the answer to the next request.
        served.server.script = Script([OK])
        assert served.outcome()["Body"] == b"ok"


def test_no_encoding_is_asked_for() -> None:
    with calls() as served:
        served.outcome()
        assert served.server.requests[0].all_of("Accept-Encoding") == [b"identity"]


METHODS = [
    "invoke_endpoint",
    "invoke_endpoint_async",
    "invoke_endpoint_with_response_stream",
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [b"101 Switching Protocols", b"103 Early Hints"])
def test_an_interim_answer_is_no_result_of_any_operation(
    method: str, status: bytes
) -> None:
    script = Script([b"HTTP/1.1 " + status + b"\r\n\r\n", EVIL])
    with calls(script) as served:
        outcome = served.outcome(method)
        assert type(outcome) is EndpointConnectionError
        assert f"HTTP {status[:3].decode()} is no final answer" in str(outcome)
        served.server.script = Script([OK])
        assert served.outcome()["Body"] == b"ok"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Misbehaving]:
    server = Misbehaving(Script([OK]))
    yield server
    server.stop()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_is_not_followed(
    elsewhere: Misbehaving, method: str, status: int
) -> None:
    location = f"Location: {elsewhere.url}/stolen".encode()
    redirect = Script([answer(b"", location, status=b"%d Moved" % status)])
    with calls(redirect) as served:
        outcome = served.outcome(method)
        # urllib3 breaks off at 303, for which it would have to change the method.
        kind = EndpointConnectionError if status == 303 else ServiceError
        assert type(outcome) is kind
        assert getattr(outcome, "status_code", status) == status
        assert len(served.server.requests) == 1
    assert elsewhere.connections == 0


def test_a_request_that_the_server_does_not_read_is_not_reported_as_sent() -> None:
    body = bytes(64 * 2**20)  # more than any socket's buffers
    with calls(Script(reads=False), connect_timeout=0.3, validation="off") as served:
        outcome = served.outcome(Body=body)
        assert type(outcome) is EndpointConnectionError


def test_a_key_that_comes_twice_has_its_last_value() -> None:
    with calls(ROWS["an error with a key twice"][0]) as served:
        assert served.outcome().message == "b"


@pytest.mark.parametrize("row", ["an error that is a list", "an error in gzip"])
def test_of_an_error_that_cannot_be_read_the_first_1000_bytes_are_kept(
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
    return frames.encode(headers, content)


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
        says(promise(999) + PART + PART[:-1], Then.HANGS_UP),
        "EndpointConnectionError",
    ),
    "half an event and nothing": (
        says(promise(999) + PART + PART[:-1]),
        "ResponseTimeoutError",
    ),
    "no event": (Script([answer(PART + b"<html>" * 9)]), "StreamError"),
    "a chunk of 16 EB": (
        says(
            CHUNKED + b"%x\r\n%b\r\n" % (len(PART), PART) + b"f" * 16 + b"\r\nok",
            Then.HANGS_UP,
        ),
        "EndpointConnectionError",
    ),
    "one byte at a time": (Script([b"%c" % byte for byte in answer(PART)]), ""),
}


@pytest.mark.parametrize("row", STREAMS)
def test_of_a_stream_that_breaks_nothing_is_lost_and_the_next_call_is_answered(
    row: str,
) -> None:
    script, expected = STREAMS[row]
    with calls(script) as served:
        body = served.outcome("invoke_endpoint_with_response_stream", Body=BODY)["Body"]
        parts, raised = drained(body.iter_bytes())
        assert parts == [b"1,2"]
        assert type(raised).__name__ == (expected or "NoneType")
        assert BODY.decode() not in str(raised)
        del body, raised  # errors of urllib3 hold the pool, and keep it open
        served.server.script = Script([OK])
        assert served.outcome()["Body"] == b"ok"
