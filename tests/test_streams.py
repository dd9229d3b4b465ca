"""Streams of events: how they are read, how they end, and how they break."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import accumulate, pairwise
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from listening import PATIENCE
from parrot import parrot
from paws.services.sagemakerruntime import InternalStreamFailure, ModelStreamError
from paws_common import (
    EndpointConnectionError,
    EventStream,
    PawsError,
    ServiceError,
    StreamError,
)
from paws_common.local import LocalEndpoint, frames
from paws_common.local.server import client_config

BODY = b"1,2"


@contextmanager
def streams_at(url: str) -> Iterator[Callable[[bytes], EventStream[Any]]]:
    """Give what makes a stream of a body, by a service at a URL."""
    service = paws.sagemakerruntime(**client_config(url))
    with closing(service.client):
        yield lambda body: service.invoke_endpoint_with_response_stream("demo", body)[
            "Body"
        ]


@contextmanager
def stream_of(predict: Any) -> Iterator[EventStream[Any]]:
    """Give the stream of a model."""
    with LocalEndpoint(predict) as local, streams_at(local.url) as stream:
        yield stream(BODY)


@pytest.fixture(scope="module")
def answered() -> Iterator[Callable[[bytes], EventStream[Any]]]:
    """Give what makes a stream of the bytes of an answer."""
    with parrot() as server, streams_at(server.url) as stream:

        def made(answer: bytes) -> EventStream[Any]:
            server.answer = answer
            return stream(BODY)

        yield made


@pytest.fixture(scope="module")
def parted() -> Iterator[Callable[[bytes], EventStream[Any]]]:
    """Give what makes a stream of parts, which a body of JSON lists in base 16."""

    def predict(body: bytes, request: object) -> list[bytes]:
        return [bytes.fromhex(part) for part in json.loads(body)]

    with LocalEndpoint(predict) as local, streams_at(local.url) as stream:
        yield stream


def part(content: bytes) -> dict[str, Any]:
    return {"PayloadPart": {"Bytes": content}}


def event(content: bytes) -> bytes:
    """Return the message of one part."""
    headers = {":message-type": "event", ":event-type": "PayloadPart"}
    return frames.encode(headers, content)


def head(*fields: str) -> bytes:
    """Return the head of an answer that is a stream."""
    lines = (
        "HTTP/1.1 200 OK",
        "Content-Type: application/vnd.amazon.eventstream",
        *fields,
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def read(stream: EventStream[Any]) -> tuple[list[Any], PawsError | None]:
    """Return the events of a stream, and the error that it ends with."""
    events: list[Any] = []
    while True:
        try:
            events.append(next(stream))
        except StopIteration:
            return events, None
        except PawsError as error:
            return events, error


# --- A stream that is whole


@given(parts=st.lists(st.binary(max_size=9), max_size=5))
def test_every_part_of_a_model_is_an_event(
    parted: Callable[[bytes], EventStream[Any]], parts: list[bytes]
) -> None:
    stream = parted(json.dumps([content.hex() for content in parts]).encode())
    assert list(stream) == [part(content) for content in parts]
    # It is read once.
    assert list(stream) == []


def test_a_stream_is_its_own_iterator() -> None:
    with stream_of(lambda body, request: [b"a", b"b", b"c"]) as stream:
        assert next(stream) == part(b"a")
        assert [*stream] == [part(b"b"), part(b"c")]
        with pytest.raises(StopIteration):
            next(stream)


def endless(closed: threading.Event) -> Callable[[bytes, object], Iterator[bytes]]:
    def predict(body: bytes, request: object) -> Iterator[bytes]:
        try:
            while True:
                yield bytes(65_536)
        finally:
            closed.set()

    return predict


def test_a_with_statement_closes_the_stream_and_the_model_stops() -> None:
    closed = threading.Event()
    with stream_of(endless(closed)) as stream:
        with stream as entered:
            assert entered is stream
            assert next(stream) == part(bytes(65_536))
            assert not closed.is_set()
        assert closed.wait(PATIENCE)


def test_a_stream_that_is_closed_unread_stops_the_model() -> None:
    closed = threading.Event()
    with stream_of(endless(closed)) as stream:
        stream.close()
        assert closed.wait(PATIENCE)


def test_an_error_of_the_reader_closes_the_stream_and_passes_through() -> None:
    closed = threading.Event()
    with stream_of(endless(closed)) as stream:
        with pytest.raises(ZeroDivisionError), stream:
            len(next(stream)) // 0
        assert closed.wait(PATIENCE)


# --- A stream that the service breaks off


def test_a_model_that_fails_is_an_error_after_the_parts_before_it() -> None:
    def predict(body: bytes, request: object) -> Iterator[bytes]:
        yield b"a"
        yield b"b"
        raise ValueError("no such row")

    with stream_of(predict) as stream:
        events, error = read(stream)
        assert list(stream) == []
    assert events == [part(b"a"), part(b"b")]
    assert type(error) is ModelStreamError
    assert error.code == "ModelStreamError"
    assert error.ErrorCode == "StreamBroken"
    assert error.request_id
    assert "no such row" in error.message
    assert error.status_code is None
    assert str(error).startswith(
        "sagemakerruntime_invoke_endpoint_with_response_stream: ModelStreamError: "
    )


@pytest.mark.parametrize(
    ("headers", "content", "kind", "code", "message"),
    [
        (
            {
                ":message-type": "exception",
                ":exception-type": "InternalStreamFailure",
                ":content-type": "application/json",
            },
            b'{"Message": "try again"}',
            InternalStreamFailure,
            "InternalStreamFailure",
            "try again",
        ),
        (
            {
                ":message-type": "error",
                ":error-code": "Overloaded",
                ":error-message": "try later",
            },
            b"",
            ServiceError,
            "Overloaded",
            "try later",
        ),
        (
            {":message-type": "exception", ":exception-type": "NewException"},
            b"{}",
            ServiceError,
            "NewException",
            (
                "the service sent no message; its documentation may explain the code, "
                "and AWS support finds the request by its id"
            ),
        ),
    ],
    ids=["modelled", "error", "not modelled"],
)
def test_an_error_in_a_stream_is_raised_after_the_parts_before_it(
    answered: Callable[[bytes], EventStream[Any]],
    headers: dict[str, str],
    content: bytes,
    kind: type[ServiceError],
    code: str,
    message: str,
) -> None:
    messages = event(b"a") + frames.encode(headers, content) + event(b"b")
    length = f"Content-Length: {len(messages)}"
    events, error = read(answered(head(length) + messages))
    assert events == [part(b"a")]
    assert type(error) is kind
    assert (error.code, error.message) == (code, message)


# --- A stream that breaks on its way

MESSAGES = [event(b"a"), event(b""), event(bytes(300)), event(b"b")]
STREAM = b"".join(MESSAGES)
ENDS = list(accumulate(map(len, MESSAGES)))
EVENTS = [part(b"a"), part(b""), part(bytes(300)), part(b"b")]


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


CHUNKED = head("Transfer-Encoding: chunked")
LAST_CHUNK = b"0\r\n\r\n"
LENGTH = head(f"Content-Length: {len(STREAM)}")
# Two ways to end a body well (RFC 9112, section 6.3) though what is in it is cut off.
ENDINGS: dict[str, Callable[[bytes], bytes]] = {
    "close": lambda body: head("Connection: close") + body,
    "last chunk": lambda body: CHUNKED + chunk(body) + LAST_CHUNK,
}


@given(cut=st.integers(0, len(b"".join(map(chunk, MESSAGES))) - 1))
def test_a_connection_that_breaks_is_an_error_after_the_whole_events(
    answered: Callable[[bytes], EventStream[Any]], cut: int
) -> None:
    chunks = [chunk(message) for message in MESSAGES]
    events, error = read(answered(CHUNKED + b"".join(chunks)[:cut]))
    assert type(error) is EndpointConnectionError
    # What follows an event in its chunk is an end of line.
    ends = [end - 2 for end in accumulate(map(len, chunks))]
    assert events == EVENTS[: sum(end <= cut for end in ends)]


@given(cut=st.integers(0, len(STREAM) - 1))
def test_a_body_that_is_shorter_than_it_was_said_to_be_is_an_error(
    answered: Callable[[bytes], EventStream[Any]], cut: int
) -> None:
    events, error = read(answered(LENGTH + STREAM[:cut]))
    assert type(error) is EndpointConnectionError
    assert events == EVENTS[: sum(end <= cut for end in ENDS)]


@pytest.mark.parametrize("ending", ENDINGS)
@given(cut=st.integers(1, len(STREAM) - 1))
def test_a_stream_that_ends_inside_of_an_event_is_an_error_after_those_before_it(
    answered: Callable[[bytes], EventStream[Any]], ending: str, cut: int
) -> None:
    events, error = read(answered(ENDINGS[ending](STREAM[:cut])))
    assert events == EVENTS[: sum(end <= cut for end in ENDS)]
    if cut in ENDS:
        assert error is None
    else:
        assert type(error) is StreamError
        assert "the stream ended inside of an event" in str(error)


@given(sizes=st.lists(st.integers(1, 40), min_size=1))
def test_a_stream_is_whole_however_it_comes_in_chunks(
    answered: Callable[[bytes], EventStream[Any]], sizes: list[int]
) -> None:
    places = [0, *(end for end in accumulate(sizes) if end < len(STREAM)), len(STREAM)]
    chunks = [chunk(STREAM[start:end]) for start, end in pairwise(places)]
    answer = CHUNKED + b"".join(chunks) + LAST_CHUNK
    assert read(answered(answer)) == (EVENTS, None)


@pytest.mark.parametrize(
    ("length", "headers", "message"),
    [
        (0, 0, "an event is shorter than its headers"),
        (15, 0, "an event is shorter than its headers"),
        (16, 1, "an event is shorter than its headers"),
        (16 + frames.MAX_PAYLOAD_BYTES + 1, 0, "exceeded the maximum"),
        (2**32 - 1, frames.MAX_HEADERS_BYTES + 1, "exceeded the maximum"),
        (17, 2**32 - 1, "exceeded the maximum"),
    ],
)
def test_lengths_that_cannot_be_are_an_error_before_more_is_waited_for(
    answered: Callable[[bytes], EventStream[Any]],
    length: int,
    headers: int,
    message: str,
) -> None:
    lengths = length.to_bytes(4, "big") + headers.to_bytes(4, "big")
    prelude = lengths + crc32(lengths).to_bytes(4, "big")
    # The body is cut off, too; that is not what is told.
    events, error = read(answered(LENGTH + MESSAGES[0] + prelude))
    assert events == EVENTS[:1]
    assert type(error) is StreamError
    assert message in str(error)


@given(size=st.integers(17, 200_000), sizes=st.lists(st.integers(1, 70_000)))
def test_an_event_of_any_size_is_whole_however_it_comes(
    answered: Callable[[bytes], EventStream[Any]], size: int, sizes: list[int]
) -> None:
    messages = event(bytes(size)) + MESSAGES[0]
    ends = [end for end in accumulate(sizes) if end < len(messages)]
    chunks = [messages[i:j] for i, j in pairwise([0, *ends, len(messages)])]
    answer = CHUNKED + b"".join(map(chunk, chunks)) + LAST_CHUNK
    assert read(answered(answer)) == ([part(bytes(size)), EVENTS[0]], None)


@given(place=st.integers(0, len(STREAM) - 1), flipped=st.integers(1, 255))
def test_a_stream_with_a_wrong_byte_is_an_error_after_the_events_before_it(
    answered: Callable[[bytes], EventStream[Any]], place: int, flipped: int
) -> None:
    wrong = bytearray(STREAM)
    wrong[place] ^= flipped
    events, error = read(answered(head(f"Content-Length: {len(wrong)}") + bytes(wrong)))
    assert type(error) is StreamError
    assert "hecksum" in str(error)
    assert events == EVENTS[: sum(end <= place for end in ENDS)]
