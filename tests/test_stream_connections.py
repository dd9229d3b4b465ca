"""What becomes of the connection of a stream: it goes back to its pool, or is closed."""

from __future__ import annotations

import gc
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

import paws
from paws_common import (
    EndpointConnectionError,
    EventStream,
    PawsError,
    ResponseTimeoutError,
    Service,
    StreamError,
)
from paws_common.local import frames
from paws_common.local.server import client_config
from segments import PATIENCE, SegmentServer, segment_server


def event(content: bytes) -> bytes:
    headers = {":message-type": "event", ":event-type": "PayloadPart"}
    return frames.encode(headers, content)


PARTS = [event(b"a\n"), event(b"[1]\n"), event(b"c\n")]
STREAM = b"".join(PARTS)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


WHOLE = {
    "length": [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(STREAM), STREAM],
    "chunked": [CHUNKED, *map(chunk, PARTS), LAST_CHUNK],
}
# More is to come, and does not.
STALLED = {
    "length": [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", STREAM, STREAM[:9]],
    "chunked": [CHUNKED, chunk(STREAM), b"ff\r\n", STREAM[:9]],
}


@pytest.fixture
def server() -> Iterator[SegmentServer]:
    with segment_server() as made:
        yield made


@pytest.fixture
def service(server: SegmentServer) -> Iterator[Service]:
    config = {"read_timeout": 0.2}
    made = paws.sagemakerruntime(config, **client_config(server.url))
    with closing(made.client):
        yield made


@pytest.fixture
def stream(service: Any) -> Callable[[], EventStream[Any]]:
    return lambda: service.invoke_endpoint_with_response_stream("demo", b"1")["Body"]


READS: dict[str, Callable[[EventStream[Any]], Iterator[Any]]] = {
    "events": iter,
    "bytes": EventStream.iter_bytes,
    "text": EventStream.iter_text,
    "lines": EventStream.iter_lines,
}


@pytest.mark.parametrize("framing", WHOLE)
@pytest.mark.parametrize("read", READS)
def test_a_stream_that_was_read_gives_its_connection_to_the_next(
    server: SegmentServer,
    stream: Callable[[], EventStream[Any]],
    framing: str,
    read: str,
) -> None:
    server.segments = WHOLE[framing]
    for _ in range(3):
        body = stream()
        assert len(list(READS[read](body))) == 3
        body.close()
        # Nothing is left of it, and nothing was given up.
        assert list(body) == []
    assert server.connections == 1


def leave_the_loop(body: EventStream[Any]) -> None:
    for _ in body.iter_text():
        break


def leave_the_with_statement(body: EventStream[Any]) -> None:
    with body:
        next(body)


def raise_in_the_loop(body: EventStream[Any]) -> None:
    with suppress(ZeroDivisionError):
        for line in body.iter_lines():
            len(line) // 0


def read_what_is_no_json(body: EventStream[Any]) -> None:
    with suppress(StreamError):
        list(body.iter_json())


def raise_in_the_function(body: EventStream[Any]) -> None:
    with suppress(ZeroDivisionError):
        body(lambda event: 1 // 0)


@pytest.mark.parametrize(
    "stop",
    [
        EventStream.close,
        leave_the_loop,
        leave_the_with_statement,
        raise_in_the_loop,
        read_what_is_no_json,
        raise_in_the_function,
    ],
)
@pytest.mark.parametrize("framing", WHOLE)
def test_a_stream_that_is_left_closes_its_connection_and_says_so_from_then_on(
    server: SegmentServer,
    stream: Callable[[], EventStream[Any]],
    framing: str,
    stop: Callable[[EventStream[Any]], None],
) -> None:
    server.segments = STALLED[framing]
    body = stream()
    stop(body)
    assert server.left.wait(PATIENCE)
    for read in READS.values():
        with pytest.raises(StreamError, match="closed before its end; call again"):
            next(read(body))
    body.close()


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("framing", WHOLE)
def test_a_stream_that_is_forgotten_closes_its_connection_without_a_warning(
    server: SegmentServer,
    stream: Callable[[], EventStream[Any]],
    monkeypatch: pytest.MonkeyPatch,
    framing: str,
    begun: bool,
) -> None:
    server.segments = STALLED[framing]
    unraisable: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)
    body = stream()
    if begun:
        next(body)
    gc.disable()  # a cycle would keep the connection until who knows when
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            del body
            assert server.left.wait(PATIENCE)
    finally:
        gc.enable()
    assert unraisable == []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no signals")
def test_a_stream_that_is_interrupted_is_closed_and_not_at_its_end(
    server: SegmentServer,
) -> None:
    server.segments = STALLED["length"]
    service = paws.sagemakerruntime(**client_config(server.url))
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    with closing(service.client):
        body = service.invoke_endpoint_with_response_stream("demo", b"1")["Body"]
        for _ in PARTS:
            next(body)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(KeyboardInterrupt):
                next(body)
        finally:
            signal.signal(signal.SIGALRM, before)
        assert server.left.wait(PATIENCE)
        with pytest.raises(StreamError, match="closed before its end"):
            next(body)


def drained(items: Iterator[Any]) -> tuple[list[Any], PawsError | None]:
    found: list[Any] = []
    try:
        found.extend(items)
    except PawsError as error:
        return found, error
    return found, None


@pytest.mark.parametrize("framing", STALLED)
def test_a_stream_that_stalls_is_an_error_after_all_that_came(
    server: SegmentServer, stream: Callable[[], EventStream[Any]], framing: str
) -> None:
    server.segments = STALLED[framing]
    found, error = drained(stream().iter_bytes())
    assert found == [b"a\n", b"[1]\n", b"c\n"]
    assert type(error) is ResponseTimeoutError
    assert server.left.wait(PATIENCE)


@pytest.mark.parametrize("framing", STALLED)
@pytest.mark.parametrize("way", ["hangs_up", "resets"])
def test_a_connection_that_ends_in_the_middle_is_an_error_after_all_that_came(
    server: SegmentServer,
    stream: Callable[[], EventStream[Any]],
    framing: str,
    way: str,
) -> None:
    setattr(server, way, True)
    server.segments = STALLED[framing]
    found, error = drained(stream().iter_bytes())
    assert type(error) is EndpointConnectionError
    # A connection that is reset may lose what was not read yet.
    assert found == [b"a\n", b"[1]\n", b"c\n"] or way == "resets"


def test_a_broken_stream_closes_its_connection(
    server: SegmentServer, stream: Callable[[], EventStream[Any]]
) -> None:
    head, body = WHOLE["length"]
    server.segments = [head, body[:-1] + b"\0"]
    found, error = drained(stream().iter_bytes())
    assert found == [b"a\n", b"[1]\n"]
    assert type(error) is StreamError


def test_a_length_that_is_a_lie_is_told_before_anything_is_waited_for(
    server: SegmentServer, stream: Callable[[], EventStream[Any]]
) -> None:
    # Its own checksum does not fit the prelude that promises 4 GB.
    server.segments = [CHUNKED, chunk(PARTS[0] + b"\xff" * 12)]
    found, error = drained(stream().iter_bytes())
    assert found == [b"a\n"]
    assert type(error) is StreamError
    assert server.left.wait(PATIENCE)


def test_an_event_is_given_as_soon_as_it_is_there(
    server: SegmentServer, service: Any
) -> None:
    for framing in STALLED.values():
        server.segments = framing
        with service.invoke_endpoint_with_response_stream("demo", b"1")["Body"] as body:
            # The next bytes never come, and were not waited for.
            parts = [next(body)["PayloadPart"]["Bytes"] for _ in PARTS]
        assert parts == [b"a\n", b"[1]\n", b"c\n"]
