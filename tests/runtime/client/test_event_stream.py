"""`paws_common.client.event_stream`: complete, broken and invalid streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import pytest
from botocore.eventstream import ChecksumMismatch
from botocore.model import OperationModel
from botocore.session import Session
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
from paws_common.client.event_stream import Events
from paws_common.local import LocalEndpoint, Predict, event_stream
from paws_common.local.server import client_config
from support.http_client import cut
from support.servers import last_response, scripted
from support.streams import CHUNKED, LAST_CHUNK, chunk, head, part

Respond = Callable[[bytes], EventStream[Any]]


@pytest.fixture(scope="module")
def respond() -> Iterator[Respond]:
    """Return a function that calls a server, which responds with these bytes."""
    with (
        scripted() as server,
        paws.sagemakerruntime(**client_config(server.url)) as service,
    ):

        def respond(response):
            server.respond(last_response(response))
            return service.invoke_endpoint_with_response_stream("demo", b"1")["Body"]

        yield respond


@pytest.fixture(scope="module")
def stream_of() -> Iterator[Callable[[Predict], EventStream[Any]]]:
    """Return a function that calls a model, and returns the stream."""
    with (
        LocalEndpoint(lambda body, request: body) as local,
        paws.sagemakerruntime(**local.config()) as service,
    ):

        def stream_of(predict):
            local.predict = predict
            return service.invoke_endpoint_with_response_stream("demo", b"1")["Body"]

        yield stream_of


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


@given(contents=st.lists(st.binary(max_size=9), max_size=5))
def test_each_part_of_a_model_is_an_event(stream_of, contents) -> None:
    stream = stream_of(lambda body, request: contents)
    assert list(stream) == [event(content) for content in contents]
    assert list(stream) == []  # it is read once


def test_model_error_is_raised_after_its_parts(stream_of) -> None:
    def predict(body, request):
        yield b"a"
        yield b"b"
        raise ValueError("no such row")

    stream = stream_of(predict)
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


def exception(code: str, content: bytes) -> bytes:
    headers = {":message-type": "exception", ":exception-type": code}
    return event_stream.encode(headers, content)


FAILURE = "InternalStreamFailure"
OVERLOADED = {
    ":message-type": "error",
    ":error-code": "Overloaded",
    ":error-message": "try later",
}
NO_MESSAGE = "the service sent no message; the code may be"


@pytest.mark.parametrize(
    ("message", "error_class", "code", "text"),
    [
        (
            exception(FAILURE, b'{"Message": "try again"}'),
            *(InternalStreamFailure, FAILURE, "try again"),
        ),
        (
            event_stream.encode(OVERLOADED, b""),
            *(ServiceError, "Overloaded", "try later"),
        ),
        (exception("New", b"{}"), ServiceError, "New", NO_MESSAGE),
    ],
    ids=["modeled", "error", "not modeled"],
)
def test_error_is_raised_after_events(
    respond, message, error_class, code, text
) -> None:
    messages = part(b"a") + message + part(b"b")
    events, error = read(respond(head(f"Content-Length: {len(messages)}") + messages))
    assert events == [event(b"a")]
    assert type(error) is error_class
    assert error.code == code
    assert error.message.startswith(text)


MESSAGES = [part(b"a"), part(b""), part(bytes(300)), part(b"b")]
EVENTS = [event(b"a"), event(b""), event(bytes(300)), event(b"b")]
STREAM = b"".join(MESSAGES)
ENDS = list(accumulate(map(len, MESSAGES)))
LENGTH = head(f"Content-Length: {len(STREAM)}")
CHUNKS = list(map(chunk, MESSAGES))
# A line end follows the event in its chunk.
FRAMINGS = {"length": (LENGTH, MESSAGES, 0), "chunks": (CHUNKED, CHUNKS, 2)}
# Two ways to end a body (RFC 9112, section 6.3), complete or not.
ENDINGS: dict[str, Callable[[bytes], bytes]] = {
    "close": lambda body: head("Connection: close") + body,
    "last chunk": lambda body: CHUNKED + chunk(body) + LAST_CHUNK,
}
OFFSETS = st.integers(1, len(STREAM) - 1)


@pytest.mark.parametrize("framing", FRAMINGS)
@given(offset=OFFSETS)
def test_broken_connection_raises_after_events(respond, framing, offset) -> None:
    head, parts, after = FRAMINGS[framing]
    events, error = read(respond(head + b"".join(parts)[:offset]))
    assert type(error) is EndpointConnectionError
    ends = [end - after for end in accumulate(map(len, parts))]
    assert events == EVENTS[: sum(end <= offset for end in ends)]


@pytest.mark.parametrize("ending", ENDINGS)
@given(offset=OFFSETS)
def test_end_within_an_event_raises_after_events(respond, ending, offset) -> None:
    events, error = read(respond(ENDINGS[ending](STREAM[:offset])))
    assert events == EVENTS[: sum(end <= offset for end in ENDS)]
    if offset in ENDS:
        assert error is None
    else:
        assert type(error) is StreamError
        assert "the stream ended within an event" in str(error)


MAX_PAYLOAD, MAX_HEADERS = (
    event_stream.MAX_PAYLOAD_BYTES,
    event_stream.MAX_HEADERS_BYTES,
)


@pytest.mark.parametrize(
    ("length", "headers", "message"),
    [
        (0, 0, "an event is shorter than its headers"),
        (15, 0, "an event is shorter than its headers"),
        (16, 1, "an event is shorter than its headers"),
        (24, 9, "an event is shorter than its headers"),
        (16 + MAX_PAYLOAD, 0, None),
        (16 + MAX_PAYLOAD + 1, 0, "exceeded the maximum"),
        (16 + MAX_HEADERS, MAX_HEADERS, None),
        (16 + MAX_HEADERS + 1, MAX_HEADERS + 1, "exceeded the maximum"),
        (17, 2**32 - 1, "exceeded the maximum"),
    ],
)
def test_invalid_length_raises_at_once(respond, length, headers, message) -> None:
    """The body is also incomplete, which is the error if the length is valid."""
    lengths = length.to_bytes(4, "big") + headers.to_bytes(4, "big")
    prelude = lengths + crc32(lengths).to_bytes(4, "big")
    events, error = read(respond(LENGTH + MESSAGES[0] + prelude))
    assert events == EVENTS[:1]
    assert type(error) is (StreamError if message else EndpointConnectionError)
    assert message is None or message in str(error)


@given(size=st.integers(17, 200_000), sizes=st.lists(st.integers(1, 70_000)))
def test_event_of_any_size_in_any_chunks_is_complete(respond, size, sizes) -> None:
    messages = part(bytes(size)) + MESSAGES[0]
    chunks = cut(messages, list(accumulate(sizes)))
    response = CHUNKED + b"".join(map(chunk, filter(None, chunks))) + LAST_CHUNK
    assert read(respond(response)) == ([event(bytes(size)), EVENTS[0]], None)


@cache
def model() -> OperationModel:
    service = Session().get_service_model("sagemaker-runtime")
    return service.operation_model("InvokeEndpointWithResponseStream")


def events_of(*segments: bytes) -> Events:
    """Return the events of a body of urllib3."""
    left = iter(segments)
    body = SimpleNamespace(read1=lambda size: next(left, b""))
    return Events({}, body, model())


def test_events_are_independent_of_the_segmentation() -> None:
    for offset in range(1, len(STREAM)):
        assert list(events_of(STREAM[:offset], STREAM[offset:])) == EVENTS
    for size in (1, 7, len(STREAM)):
        segments = [STREAM[i : i + size] for i in range(0, len(STREAM), size)]
        assert list(events_of(*segments)) == EVENTS
        old = SimpleNamespace(stream=lambda size, each=segments: iter(each))
        assert list(Events({}, old, model())) == EVENTS  # urllib3 before 2.2.1


def test_wrong_byte_raises_after_events() -> None:
    for offset in range(len(STREAM)):
        wrong, found = bytearray(STREAM), []
        wrong[offset] ^= 1
        with pytest.raises(ChecksumMismatch):
            found.extend(events_of(bytes(wrong)))
        assert found == EVENTS[: sum(end <= offset for end in ENDS)]
