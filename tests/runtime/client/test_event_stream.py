"""`paws_common.client.event_stream` over HTTP: complete, broken and invalid streams."""

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
from paws.services.sagemakerruntime import InternalStreamFailure, ModelStreamError
from paws_common import (
    EndpointConnectionError,
    EventStream,
    PawsError,
    ServiceError,
    StreamError,
)
from paws_common.local import LocalEndpoint, event_stream
from paws_common.local.server import client_config
from support.servers import PATIENCE_SECONDS, last_response, scripted
from support.streams import CHUNKED, LAST_CHUNK, chunk, head, part

Respond = Callable[[bytes], EventStream[Any]]
PredictParts = Callable[[list[bytes]], EventStream[Any]]


@pytest.fixture(scope="module")
def respond() -> Iterator[Respond]:
    """Return a function that calls a server, which responds with these bytes."""
    with scripted() as server:
        service = paws.sagemakerruntime(**client_config(server.url))

        def respond(response):
            server.respond(last_response(response))
            return service.invoke_endpoint_with_response_stream("demo", b"1")["Body"]

        with closing(service.client):
            yield respond


@pytest.fixture(scope="module")
def predict_parts() -> Iterator[PredictParts]:
    """Return a function that calls a model, which yields these parts."""

    def predict(body, request):
        return [bytes.fromhex(content) for content in json.loads(body)]

    with LocalEndpoint(predict) as local:
        service = paws.sagemakerruntime(**local.config())

        def predict_parts(contents):
            body = json.dumps([content.hex() for content in contents])
            return service.invoke_endpoint_with_response_stream("demo", body)["Body"]

        with closing(service.client):
            yield predict_parts


@contextmanager
def stream_of(predict: Any) -> Iterator[EventStream[Any]]:
    """Yield the stream of a model."""
    with LocalEndpoint(predict) as local:
        service = paws.sagemakerruntime(**local.config())
        with closing(service.client):
            yield service.invoke_endpoint_with_response_stream("demo", b"1")["Body"]


def event(content: bytes) -> dict[str, Any]:
    return {"PayloadPart": {"Bytes": content}}


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


# --- Complete streams


@given(contents=st.lists(st.binary(max_size=9), max_size=5))
def test_each_part_of_a_model_is_an_event(predict_parts, contents) -> None:
    stream = predict_parts(contents)
    assert list(stream) == [event(content) for content in contents]
    assert list(stream) == []  # it is read once


def test_stream_is_its_own_iterator() -> None:
    with stream_of(lambda body, request: [b"a", b"b", b"c"]) as stream:
        assert next(stream) == event(b"a")
        assert [*stream] == [event(b"b"), event(b"c")]
        with pytest.raises(StopIteration):
            next(stream)


@pytest.mark.parametrize("is_begun", [False, True])
def test_model_stops_when_its_stream_is_closed(is_begun) -> None:
    stopped = threading.Event()

    def predict(body, request):
        try:
            while True:
                yield bytes(65_536)
        finally:
            stopped.set()

    with stream_of(predict) as stream:
        if is_begun:
            assert next(stream) == event(bytes(65_536))
        assert not stopped.is_set()
        stream.close()
        assert stopped.wait(PATIENCE_SECONDS)


# --- Errors of the service


def test_model_error_is_raised_after_its_parts() -> None:
    def predict(body, request):
        yield b"a"
        yield b"b"
        raise ValueError("no such row")

    with stream_of(predict) as stream:
        events, error = read(stream)
        assert list(stream) == []
    assert events == [event(b"a"), event(b"b")]
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
    ("headers", "content", "error_class", "code", "message"),
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
                "the service sent no message; the code may be explained in its "
                "documentation"
            ),
        ),
    ],
    ids=["modeled", "error", "not modeled"],
)
def test_service_error_is_raised_after_events(
    respond, headers, content, error_class, code, message
) -> None:
    messages = part(b"a") + event_stream.encode(headers, content) + part(b"b")
    length = f"Content-Length: {len(messages)}"
    events, error = read(respond(head(length) + messages))
    assert events == [event(b"a")]
    assert type(error) is error_class
    assert (error.code, error.message) == (code, message)


# --- Broken streams

MESSAGES = [part(b"a"), part(b""), part(bytes(300)), part(b"b")]
STREAM = b"".join(MESSAGES)
ENDS = list(accumulate(map(len, MESSAGES)))
EVENTS = [event(b"a"), event(b""), event(bytes(300)), event(b"b")]


LENGTH = head(f"Content-Length: {len(STREAM)}")
# Two ways to end a body (RFC 9112, section 6.3), complete or not.
ENDINGS: dict[str, Callable[[bytes], bytes]] = {
    "close": lambda body: head("Connection: close") + body,
    "last chunk": lambda body: CHUNKED + chunk(body) + LAST_CHUNK,
}


@given(cut=st.integers(0, len(b"".join(map(chunk, MESSAGES))) - 1))
def test_broken_connection_raises_after_events(respond, cut) -> None:
    chunks = [chunk(message) for message in MESSAGES]
    events, error = read(respond(CHUNKED + b"".join(chunks)[:cut]))
    assert type(error) is EndpointConnectionError
    # A line end follows the event in its chunk.
    ends = [end - 2 for end in accumulate(map(len, chunks))]
    assert events == EVENTS[: sum(end <= cut for end in ends)]


@given(cut=st.integers(0, len(STREAM) - 1))
def test_body_shorter_than_its_length_raises(respond, cut) -> None:
    events, error = read(respond(LENGTH + STREAM[:cut]))
    assert type(error) is EndpointConnectionError
    assert events == EVENTS[: sum(end <= cut for end in ENDS)]


@pytest.mark.parametrize("ending", ENDINGS)
@given(cut=st.integers(1, len(STREAM) - 1))
def test_end_within_an_event_raises_after_events(respond, ending, cut) -> None:
    events, error = read(respond(ENDINGS[ending](STREAM[:cut])))
    assert events == EVENTS[: sum(end <= cut for end in ENDS)]
    if cut in ENDS:
        assert error is None
    else:
        assert type(error) is StreamError
        assert "the stream ended within an event" in str(error)


@given(sizes=st.lists(st.integers(1, 40), min_size=1))
def test_stream_in_any_chunks_is_complete(respond, sizes) -> None:
    offsets = [0, *(end for end in accumulate(sizes) if end < len(STREAM)), len(STREAM)]
    chunks = [chunk(STREAM[start:end]) for start, end in pairwise(offsets)]
    response = CHUNKED + b"".join(chunks) + LAST_CHUNK
    assert read(respond(response)) == (EVENTS, None)


@pytest.mark.parametrize(
    ("length", "headers", "message"),
    [
        (0, 0, "an event is shorter than its headers"),
        (15, 0, "an event is shorter than its headers"),
        (16, 1, "an event is shorter than its headers"),
        (16 + event_stream.MAX_PAYLOAD_BYTES + 1, 0, "exceeded the maximum"),
        (2**32 - 1, event_stream.MAX_HEADERS_BYTES + 1, "exceeded the maximum"),
        (17, 2**32 - 1, "exceeded the maximum"),
    ],
)
def test_invalid_length_raises_before_more_is_read(
    respond, length, headers, message
) -> None:
    lengths = length.to_bytes(4, "big") + headers.to_bytes(4, "big")
    prelude = lengths + crc32(lengths).to_bytes(4, "big")
    # The body is also incomplete, but the length is the error.
    events, error = read(respond(LENGTH + MESSAGES[0] + prelude))
    assert events == EVENTS[:1]
    assert type(error) is StreamError
    assert message in str(error)


@given(size=st.integers(17, 200_000), sizes=st.lists(st.integers(1, 70_000)))
def test_event_of_any_size_in_any_chunks_is_complete(respond, size, sizes) -> None:
    messages = part(bytes(size)) + MESSAGES[0]
    ends = [end for end in accumulate(sizes) if end < len(messages)]
    chunks = [messages[i:j] for i, j in pairwise([0, *ends, len(messages)])]
    response = CHUNKED + b"".join(map(chunk, chunks)) + LAST_CHUNK
    assert read(respond(response)) == ([event(bytes(size)), EVENTS[0]], None)


@given(offset=st.integers(0, len(STREAM) - 1), flipped=st.integers(1, 255))
def test_wrong_byte_raises_after_events(respond, offset, flipped) -> None:
    wrong = bytearray(STREAM)
    wrong[offset] ^= flipped
    events, error = read(respond(head(f"Content-Length: {len(wrong)}") + bytes(wrong)))
    assert type(error) is StreamError
    assert "hecksum" in str(error)
    assert events == EVENTS[: sum(end <= offset for end in ENDS)]
