"""`paws_common.responses.streams`: the content of streams, and their connections."""

from __future__ import annotations

import copy
import gc
import pickle
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

import paws
from paws.services.sagemakerruntime import ModelStreamError
from paws_common import (
    EventStream,
    LocalEndpoint,
    PawsError,
    ResponseTimeoutError,
    ServerSentEvent,
    StreamError,
)
from paws_common.local.server import client_config
from support.servers import PATIENCE_SECONDS, Script, ScriptedServer, scripted
from support.streams import CHUNKED, LAST_CHUNK, MODEL_STREAM_ERROR, chunk, head, part

FUNCTION = "sagemakerruntime_invoke_endpoint_with_response_stream"
Respond = Callable[..., EventStream[Any]]


def called(
    server: ScriptedServer, service: Any, segments: Sequence[bytes], **options: Any
) -> EventStream[Any]:
    """Return the stream of a response of these segments."""
    server.respond(Script(segments))
    view = service.with_options(**options)
    return view.invoke_endpoint_with_response_stream("demo", b"1")["Body"]


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted() as server:
        yield server


@pytest.fixture(scope="module")
def respond(server: ScriptedServer) -> Iterator[Respond]:
    """Return a function that calls the server, which responds with segments."""
    with paws.sagemakerruntime(**client_config(server.url)) as service:
        yield partial(called, server, service)


def complete(*messages: bytes) -> list[bytes]:
    """Return a response with a length, and no more messages."""
    body = b"".join(messages)
    return [head(f"Content-Length: {len(body)}"), body]


def drain(items: Iterator[Any]) -> tuple[list[Any], PawsError | None]:
    found: list[Any] = []
    try:
        found.extend(items)
    except PawsError as error:
        return found, error
    return found, None


# --- Content; test_decoding.py cuts it anywhere

CONTENT = '\ufeffdata: {"é": "€😀"}\r\n\r\ndata: [DONE]\n'


@pytest.mark.parametrize(
    ("read", "items"),
    [
        (EventStream.iter_bytes, [bytes([byte]) for byte in CONTENT.encode()]),
        (EventStream.iter_text, [*CONTENT]),
        (EventStream.iter_lines, ['data: {"é": "€😀"}', "", "data: [DONE]"]),
        (EventStream.iter_json, [{"é": "€😀"}]),
        (
            EventStream.iter_sse,
            [ServerSentEvent(data='{"é": "€😀"}'), ServerSentEvent(data="[DONE]")],
        ),
    ],
)
def test_content_in_many_parts_is_unchanged(respond, read, items) -> None:
    parts = [part(bytes([byte])) for byte in CONTENT.encode()]
    assert list(read(respond(complete(*parts)))) == items


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "shift_jis", "latin-1"])
def test_text_in_another_encoding_is_decoded(respond, encoding) -> None:
    text = "naïve\n" if encoding == "latin-1" else "日本語\n"
    parts = [part(bytes([byte])) for byte in text.encode(encoding)]
    assert "".join(respond(complete(*parts)).iter_text(encoding)) == text


def test_unknown_encoding_leaves_stream_unread(respond) -> None:
    stream = respond(complete(part(b"a")))
    with pytest.raises(LookupError, match="utf-9"):
        stream.iter_text("utf-9")
    assert list(stream.iter_text()) == ["a"]


READS: dict[str, Callable[[EventStream[Any]], Iterator[Any]]] = {
    "events": iter,
    "bytes": EventStream.iter_bytes,
    "text": EventStream.iter_text,
    "lines": EventStream.iter_lines,
    "json": EventStream.iter_json,
    "sse": EventStream.iter_sse,
}


@pytest.mark.parametrize("read", READS)
def test_nothing_is_read_before_the_first_item(respond, read) -> None:
    stream = respond(complete(part(b"a")))
    items = READS[read](stream)
    assert next(stream) == {"PayloadPart": {"Bytes": b"a"}}
    assert list(items) == []


# --- Errors


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (EventStream.iter_bytes, [b"data: 1\n\ndata: ", b"2\ndata: 3"]),
        (EventStream.iter_lines, ["data: 1", "", "data: 2", "data: 3"]),
        (EventStream.iter_json, [1, 2]),
        (EventStream.iter_sse, [ServerSentEvent(data="1")]),
    ],
)
def test_content_before_an_error_is_yielded_first(respond, read, expected) -> None:
    parts = [part(b"data: 1\n\ndata: "), part(b"2\ndata: 3")]
    stream = respond(complete(*parts, MODEL_STREAM_ERROR, part(b"more")))
    found, error = drain(read(stream))
    assert found == expected
    assert type(error) is ModelStreamError
    assert error.ErrorCode == "ModelInvocationTimeExceeded"


@pytest.mark.parametrize(
    ("read", "parts", "before", "message"),
    [
        (EventStream.iter_text, [b"ab\xff"], ["ab"], "byte 2 is not utf-8"),
        (EventStream.iter_text, [b"ab", b"\xe2\x82", b"c"], ["ab"], "byte 2 is not"),
        (EventStream.iter_lines, [b"a\nb\xff"], ["a", "b"], "byte 3 is not utf-8"),
        (EventStream.iter_json, [b"[1]", b"no"], [[1]], "character 3 is not JSON"),
        (EventStream.iter_json, [b"[1]", b"\xff"], [[1]], "byte 3 is not utf-8"),
        (EventStream.iter_sse, [b"data\n\n\xff"], [ServerSentEvent()], "byte 6 is not"),
    ],
)
def test_invalid_content_raises_after_valid_content(
    respond, read, parts, before, message
) -> None:
    stream = respond(complete(*map(part, parts), part(b" more")))
    found, error = drain(read(stream))
    assert found == before
    assert type(error) is StreamError
    assert str(error).startswith(f"{FUNCTION}: {message}")
    with pytest.raises(StreamError, match="closed"):
        next(stream)


# --- Functions, as in R


def test_result_has_stream_by_name_of_r() -> None:
    with (
        LocalEndpoint(lambda body, request: [b"a", b"", b"b"]) as local,
        paws.sagemakerruntime(**local.config()) as service,
    ):
        result = service.invoke_endpoint_with_response_stream("demo", b"1")
        assert result["stream"] is result["Body"]
        # Results that are None are omitted.
        found = result["stream"](lambda event: event["PayloadPart"]["Bytes"] or None)
    assert found == [b"a", b"b"]


# --- Connections

PARTS = [part(b"a\n"), part(b"[1]\n"), part(b"c\n")]
CONTENTS = [b"a\n", b"[1]\n", b"c\n"]
STREAM = b"".join(PARTS)
COMPLETE = {
    "length": complete(*PARTS),
    "chunked": [CHUNKED, *map(chunk, PARTS), LAST_CHUNK],
}
# The rest of the last message never arrives.
STALLED = {
    "length": [head("Content-Length: 9999"), STREAM, STREAM[:9]],
    "chunked": [CHUNKED, chunk(STREAM), b"ff\r\n", STREAM[:9]],
}


@pytest.fixture
def own_server() -> Iterator[ScriptedServer]:
    """Return a server that no other test uses, so that its state belongs to this one."""
    with scripted() as server:
        yield server


@pytest.fixture
def stream(own_server: ScriptedServer) -> Iterator[Respond]:
    """Return a function that calls this server, which responds with segments."""
    with paws.sagemakerruntime(**client_config(own_server.url)) as service:
        yield partial(called, own_server, service)


@pytest.mark.parametrize("framing", COMPLETE)
@pytest.mark.parametrize("read", ["events", "bytes", "text", "lines"])
def test_connection_of_read_stream_is_reused(own_server, stream, framing, read) -> None:
    for _ in range(3):
        body = stream(COMPLETE[framing])
        assert len(list(READS[read](body))) == 3
        body.close()
        assert list(body) == []
    assert own_server.connections == 1


def leave_loop(body: EventStream[Any]) -> None:
    for _ in body.iter_text():
        break


def leave_with_statement(body: EventStream[Any]) -> None:
    with body as entered:
        next(entered)


def raise_in_loop(body: EventStream[Any]) -> None:
    with suppress(ZeroDivisionError):
        for line in body.iter_lines():
            len(line) // 0


def read_invalid_json(body: EventStream[Any]) -> None:
    with suppress(StreamError):
        list(body.iter_json())


def raise_in_function(body: EventStream[Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        body(lambda event: 1 // 0)


@pytest.mark.parametrize(
    "stop",
    [
        EventStream.close,
        leave_loop,
        leave_with_statement,
        raise_in_loop,
        read_invalid_json,
        raise_in_function,
    ],
)
@pytest.mark.parametrize("framing", STALLED)
def test_stream_left_early_is_closed(own_server, stream, framing, stop) -> None:
    body = stream(STALLED[framing])
    stop(body)
    assert own_server.closed.acquire(timeout=PATIENCE_SECONDS)
    for read in READS.values():
        with pytest.raises(StreamError, match="closed before its end; call the"):
            next(read(body))
    body.close()


def test_stream_closed_by_another_thread_raises(stream) -> None:
    body = stream(STALLED["length"])
    found: list[Any] = []
    last_part_read = threading.Event()

    def read() -> None:
        items = body.iter_bytes()
        found.extend(next(items) for _ in PARTS)
        last_part_read.set()
        found.append(drain(items)[1])

    reader = threading.Thread(target=read)
    reader.start()
    assert last_part_read.wait(PATIENCE_SECONDS)
    body.close()
    reader.join(PATIENCE_SECONDS)
    assert found[:-1] == CONTENTS
    assert type(found[-1]) is StreamError


@pytest.mark.parametrize("is_begun", [False, True])
@pytest.mark.parametrize("framing", STALLED)
def test_deleted_stream_closes_its_connection(
    own_server, stream, monkeypatch, framing, is_begun
) -> None:
    unraisable: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)
    body = stream(STALLED[framing])
    if is_begun:
        next(body)
    gc.disable()  # a reference cycle would keep the connection open
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            del body
            assert own_server.closed.acquire(timeout=PATIENCE_SECONDS)
    finally:
        gc.enable()
    assert unraisable == []


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_stream_cannot_be_copied(duplicate) -> None:
    body: EventStream[Any] = EventStream.__new__(EventStream)
    with pytest.raises(TypeError, match=r"EventStream cannot be copied .*iter_bytes"):
        duplicate(body)


def test_interrupted_constructor_prints_nothing(monkeypatch) -> None:
    """Ctrl-C may end the constructor before any attribute of the stream is set."""
    unraisable: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)
    body: EventStream[Any] = EventStream.__new__(EventStream)
    del body
    gc.collect()
    assert unraisable == []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")
def test_interrupted_stream_is_closed_and_not_over(own_server, stream) -> None:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    body = stream(STALLED["length"])
    for _ in PARTS:
        next(body)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            next(body)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert own_server.closed.acquire(timeout=PATIENCE_SECONDS)
    with pytest.raises(StreamError, match="closed before its end"):
        next(body)


@pytest.mark.parametrize("framing", STALLED)
def test_stalled_stream_times_out_after_its_parts(own_server, stream, framing) -> None:
    found, error = drain(stream(STALLED[framing], read_timeout=0.2).iter_bytes())
    assert found == CONTENTS
    assert type(error) is ResponseTimeoutError
    assert own_server.closed.acquire(timeout=PATIENCE_SECONDS)


@pytest.mark.parametrize(
    ("segments", "contents"),
    [
        ([CHUNKED, chunk(STREAM[:-1] + b"\0")], CONTENTS[:2]),
        # The checksum of a prelude that announces 4 GB is wrong.
        ([CHUNKED, chunk(PARTS[0] + b"\xff" * 12)], CONTENTS[:1]),
    ],
    ids=["payload", "prelude"],
)
def test_invalid_message_closes_the_connection(
    own_server, stream, segments, contents
) -> None:
    found, error = drain(stream(segments).iter_bytes())
    assert found == contents
    assert type(error) is StreamError
    assert own_server.closed.acquire(timeout=PATIENCE_SECONDS)
