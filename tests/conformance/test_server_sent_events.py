"""Streams of model servers, and server-sent events as httpx-sse decodes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common import ServerSentEvent
from paws_common.responses.decoding import decode_json, decode_sse
from support.http_client import cut

OFFSETS = st.lists(st.integers(0, 1000), max_size=8)


def cut_text(text: str, offsets: Sequence[int]) -> list[str]:
    """Return the parts of a text of ASCII characters, none of them empty."""
    parts = cut(text.encode("ascii"), [offset % (len(text) + 1) for offset in offsets])
    return [part.decode("ascii") for part in parts if part]


# --- Formats of model servers

OPENAI = """\
data: {"id":"c-1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

data: {"id":"c-1","choices":[{"index":0,"delta":{"content":"Once"}}]}

data: {"id":"c-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]"""

VLLM = """\
data: {"id":"cmpl-1","choices":[{"index":0,"text":"Once","finish_reason":null}]}

: ping

data: {"error":{"message":"out of memory","type":"InternalServerError","code":500}}

data: [DONE]

"""

TGI = """\
:

data:{"index":1,"token":{"id":9038,"text":"Once","special":false},"details":null}

data:{"index":2,"token":{"id":2,"text":"</s>","special":true},"details":{"seed":null}}

"""

DJL_LINES = """\
{"token": {"id": 9038, "text": "Once"}}
{"token": {"id": 2, "text": ""}, "generated_text": "Once", "details": {"seed": 1}}
"""

ANTHROPIC = """\
event: message_start
data: {"type": "message_start"}

event: ping
data: {"type": "ping"}

event: error
data: {"type": "error", "error": {"type": "overloaded_error"}}

"""


@pytest.mark.parametrize(
    ("text", "summary", "expected"),
    [
        (OPENAI, lambda v: v["choices"][0]["delta"].get("content"), ["", "Once", None]),
        (VLLM, lambda v: v.get("error", v).get("code"), [None, 500]),
        (TGI, lambda v: v["token"]["text"], ["Once", "</s>"]),
        (DJL_LINES, lambda v: v["token"]["id"], [9038, 2]),
        (ANTHROPIC, lambda v: v["type"], ["message_start", "ping", "error"]),
    ],
    ids=["OpenAI", "vLLM", "TGI", "DJL", "Anthropic"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(offsets=OFFSETS)
def test_values_of_model_servers_are_decoded(text, summary, expected, end, offsets):
    text = text.replace("\n", end)
    for texts in (cut_text(text, offsets), list(text)):
        assert [summary(value) for value in decode_json(texts)] == expected


def test_event_types_of_a_model_server_are_decoded():
    events = [(event.event, json.loads(event.data)) for event in decode_sse(ANTHROPIC)]
    assert [event for event, _ in events] == ["message_start", "ping", "error"]
    assert events[2][1]["error"] == {"type": "overloaded_error"}


# --- httpx-sse


def httpx_events(parts: Sequence[str]) -> list[ServerSentEvent]:
    """Return the events that httpx-sse yields."""
    httpx = pytest.importorskip("httpx")
    httpx_sse = pytest.importorskip("httpx_sse")

    class Body(httpx.SyncByteStream):  # type: ignore[name-defined, misc]
        def __iter__(self) -> Iterator[bytes]:
            return (part.encode() for part in parts)

    headers = {"Content-Type": "text/event-stream"}
    response = httpx.Response(200, headers=headers, stream=Body())
    return [
        ServerSentEvent(event.event, event.data, event.id, event.retry)
        for event in httpx_sse.EventSource(response).iter_sse()
    ]


LINES = [
    *["", "", "data", "data:", "data: 1", "data:1", "data:  third event", "data: a: b"],
    *["event: logline", "event:", "event", "retry: 10000", "retry: 1667a", "retry"],
    *[":", ": test stream", "something: ignore", "foo", "Data: 2", " data: 2"],
]
ENDS = st.sampled_from(["\n", "\r", "\r\n"])


@given(st.lists(st.tuples(st.sampled_from(LINES) | st.text("dat: x"), ENDS)), OFFSETS)
@example([("data: YH00", "\n"), ("data: +2", "\n"), ("data: 10", "\n")], [])
@example([("data: Hello", "\r"), ("", "\r\n"), ("data", "\n")], [12])
def test_events_without_ids_match_httpx_sse(lines, offsets):
    text = "".join(line + end for line, end in lines)
    # httpx-sse drops an event without a blank line after it.
    texts = cut_text(f"{text}\n\n", offsets)
    assert list(decode_sse(texts)) == httpx_events(texts)


BLOCKS = st.tuples(
    st.lists(st.sampled_from(["id: 1", "id:2", "id", "id:  x", "id: 4\0", ": id: 5"])),
    st.lists(st.sampled_from(LINES[2:])),
    st.sampled_from(["data", "data: 1", "retry: 5", "event: end"]),
)


@given(st.lists(BLOCKS), OFFSETS)
def test_ids_of_events_match_httpx_sse(blocks, offsets):
    # After an id, httpx-sse yields an event without data for each blank line.
    lines = [line for ids, others, last in blocks for line in [*ids, *others, last, ""]]
    texts = cut_text("".join(f"{line}\n" for line in lines), offsets)
    assert list(decode_sse(texts)) == httpx_events(texts)


def test_unfinished_event_without_data_is_dropped():
    """As httpx-sse, which drops all unfinished events (third example of the standard)."""
    texts = ["data\n\ndata\ndata\n\ndata:\n"]
    expected = [ServerSentEvent(), ServerSentEvent(data="\n")]
    assert list(decode_sse(texts)) == httpx_events(texts) == expected
