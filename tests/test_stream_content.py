"""What is in a stream: bytes, text, lines and values, over HTTP, however it is cut."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from local_http import cut
from paws.services.sagemakerruntime import ModelStreamError
from paws_common import EventStream, LocalEndpoint, StreamError
from paws_common.local import frames
from paws_common.local.server import client_config
from segments import SegmentServer, segment_server

Answered = Callable[..., EventStream[Any]]

PLACES = st.lists(st.integers(0, 5000), max_size=8)
TEXT = st.text(st.sampled_from("\r\n aé€😀\u2028") | st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def event(content: bytes) -> bytes:
    """Return the message of one part."""
    headers = {":message-type": "event", ":event-type": "PayloadPart"}
    return frames.encode(headers, content)


FAILURE = frames.encode(
    {":message-type": "exception", ":exception-type": "ModelStreamError"},
    b'{"ErrorCode": "ModelInvocationTimeExceeded", "Message": "too slow"}',
)


def with_length(body: bytes, places: Sequence[int]) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def in_chunks(body: bytes, places: Sequence[int]) -> bytes:
    chunks = [chunk for chunk in cut(body, places) if chunk]
    encoded = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""]]
    return b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(encoded)


@st.composite
def framings(draw: st.DrawFn) -> Callable[[Sequence[bytes]], list[bytes]]:
    """Draw how parts become the segments of an answer."""
    framing = draw(st.sampled_from([with_length, in_chunks]))
    chunks, segments = draw(PLACES), draw(PLACES)

    def framed(messages: Sequence[bytes]) -> list[bytes]:
        answer = framing(b"".join(messages), chunks)
        return cut(b"HTTP/1.1 200 OK\r\n" + answer, segments)

    return framed


@pytest.fixture(scope="module")
def server() -> Iterator[SegmentServer]:
    with segment_server() as made:
        yield made


@pytest.fixture(scope="module")
def answered(server: SegmentServer) -> Iterator[Answered]:
    """Give what makes a stream of the segments of an answer."""
    service = paws.sagemakerruntime(**client_config(server.url))

    def made(segments: Sequence[bytes]) -> EventStream[Any]:
        server.segments = segments
        return service.invoke_endpoint_with_response_stream("demo", b"1")["Body"]

    with closing(service.client):
        yield made


def whole(answered: Answered, *parts: bytes) -> EventStream[Any]:
    """Return the stream of parts, and of nothing else."""
    body = b"".join(map(event, parts))
    return answered([b"HTTP/1.1 200 OK\r\n" + with_length(body, [])])


# --- However it is cut


@given(text=TEXT, places=PLACES, framed=framings())
def test_text_lines_and_bytes_are_the_same_however_the_answer_is_cut(
    answered: Answered, text: str, places: list[int], framed: Any
) -> None:
    parts = cut(text.encode(), places)
    segments = framed([event(part) for part in parts])
    assert list(answered(segments).iter_bytes()) == parts
    assert "".join(answered(segments).iter_text()) == text
    lines = [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]
    assert list(answered(segments).iter_lines()) == lines


@given(
    values=st.lists(JSON, max_size=4),
    form=st.sampled_from(["{}\n", "{} ", "data: {}\n\n", "data:{}\r\n\r\n: \r\n"]),
    places=PLACES,
    framed=framings(),
)
def test_json_values_are_the_same_however_the_answer_is_cut(
    answered: Answered, values: list[Any], form: str, places: list[int], framed: Any
) -> None:
    written = [json.dumps(value, ensure_ascii=False) for value in values]
    text = "".join(form.format(one) for one in [*written, "[DONE]"])
    content = text.encode("utf-8", "surrogatepass")
    segments = framed([event(part) for part in cut(content, places)])
    assert list(answered(segments).iter_json()) == values


@given(text=TEXT.filter(bool), places=PLACES, framed=framings())
def test_all_that_came_before_an_error_is_given_before_it_is_raised(
    answered: Answered, text: str, places: list[int], framed: Any
) -> None:
    parts = cut(text.encode(), places)
    segments = framed([*map(event, parts), FAILURE, event(b"more")])
    lines = [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]
    for items, expected in (
        (answered(segments).iter_bytes(), parts),
        (answered(segments).iter_lines(), lines),
    ):
        found: list[Any] = []
        with pytest.raises(ModelStreamError, match="too slow") as caught:
            found.extend(items)
        assert found == expected
        assert caught.value.ErrorCode == "ModelInvocationTimeExceeded"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "shift_jis", "latin-1"])
def test_text_comes_in_the_encoding_that_is_asked_for(
    answered: Answered, encoding: str
) -> None:
    text = "naïve\n" if encoding == "latin-1" else "日本語\n"
    parts = [bytes([byte]) for byte in text.encode(encoding)]
    assert "".join(whole(answered, *parts).iter_text(encoding)) == text


def test_an_encoding_that_does_not_exist_leaves_the_stream_unread(
    answered: Answered,
) -> None:
    stream = whole(answered, b"a")
    with pytest.raises(LookupError, match="utf-9"):
        stream.iter_text("utf-9")
    assert list(stream.iter_text()) == ["a"]


# --- What is not what it is read as


@pytest.mark.parametrize(
    ("read", "parts", "before", "message"),
    [
        (EventStream.iter_text, [b"ab\xff"], ["ab"], "byte 2 is no utf-8"),
        (
            EventStream.iter_text,
            [b"ab", b"\xe2\x82", b"c"],
            ["ab"],
            "byte 2 is no utf-8",
        ),
        (EventStream.iter_lines, [b"a\nb\xff"], ["a", "b"], "byte 3 is no utf-8"),
        (EventStream.iter_json, [b"[1]", b"no"], [[1]], "character 3: no JSON"),
        (EventStream.iter_json, [b"[1]", b"\xff"], [[1]], "byte 3 is no utf-8"),
    ],
)
def test_what_is_not_what_it_is_read_as_is_an_error_after_what_is(
    answered: Answered, read: Any, parts: list[bytes], before: list[Any], message: str
) -> None:
    stream = whole(answered, *parts, b" more")
    found: list[Any] = []
    function = "sagemakerruntime_invoke_endpoint_with_response_stream"
    with pytest.raises(StreamError, match=f"^{function}: {message}"):
        found.extend(read(stream))
    assert found == before
    with pytest.raises(StreamError, match="closed"):
        next(stream)


# --- R's ways


def handled(event: Any) -> bytes | None:
    content: bytes = event["PayloadPart"]["Bytes"]
    return content or None


def test_a_function_is_called_with_each_event_and_gives_a_list_as_in_r(
    answered: Answered,
) -> None:
    assert whole(answered, b"a", b"", b"b")(handled) == [b"a", b"b"]


def test_the_stream_has_r_s_name_beside_that_of_the_model() -> None:
    with LocalEndpoint(lambda body, request: [b"a", b"b"]) as local:
        service = paws.sagemakerruntime(**local.config())
        with closing(service.client):
            result = service.invoke_endpoint_with_response_stream("demo", b"1")
            assert result["stream"] is result["Body"]
            assert result["stream"](handled) == [b"a", b"b"]


def test_an_error_of_the_function_closes_the_stream_and_passes_through(
    server: SegmentServer, answered: Answered
) -> None:
    server.left.clear()
    stream = answered([b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", event(b"")])
    with pytest.raises(ZeroDivisionError):
        stream(lambda event: len(event["PayloadPart"]["Bytes"]) // 0)
    with pytest.raises(StreamError, match="closed before its end"):
        next(stream)
