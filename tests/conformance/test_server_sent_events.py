"""Streams of model servers, and server-sent events as httpx-sse decodes them."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common import ServerSentEvent
from paws_common.responses.decoding import decode_json, decode_sse
from support.http_client import cut_text

OFFSETS = st.lists(st.integers(0, 1000), max_size=8)


# A stream, a value of each of its objects, and these values.
MODEL_SERVERS = {
    "OpenAI": (
        """\
data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

data: {"choices":[{"index":0,"delta":{"content":"Once"}}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]""",
        lambda value: value["choices"][0]["delta"].get("content"),
        ["", "Once", None],
    ),
    "vLLM": (
        """\
data: {"choices":[{"index":0,"text":"Once","finish_reason":null}]}

: ping

data: {"error":{"message":"out of memory","type":"InternalServerError","code":500}}

data: [DONE]

""",
        lambda value: value.get("error", value).get("code"),
        [None, 500],
    ),
    "TGI": (
        """\
:

data:{"index":1,"token":{"id":9038,"text":"Once","special":false},"details":null}

data:{"index":2,"token":{"id":2,"text":"</s>","special":true},"details":{"seed":null}}

""",
        lambda value: value["token"]["text"],
        ["Once", "</s>"],
    ),
    "DJL": (
        """\
{"token": {"id": 9038, "text": "Once"}}
{"token": {"id": 2, "text": ""}, "generated_text": "Once", "details": {"seed": 1}}
""",
        lambda value: value["token"]["id"],
        [9038, 2],
    ),
}


@pytest.mark.parametrize("server", MODEL_SERVERS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(offsets=OFFSETS)
def test_values_of_model_servers_are_decoded(server, end, offsets):
    text, summary, expected = MODEL_SERVERS[server]
    text = text.replace("\n", end)
    for texts in (cut_text(text, offsets), list(text)):
        assert [summary(value) for value in decode_json(texts)] == expected


def httpx_events(parts: Sequence[str]) -> list[ServerSentEvent]:
    """Return the events that httpx-sse yields."""
    httpx = pytest.importorskip("httpx")
    httpx_sse = pytest.importorskip("httpx_sse")
    headers = {"Content-Type": "text/event-stream"}
    content = (part.encode() for part in parts)
    response = httpx.Response(200, headers=headers, content=content)
    return [
        ServerSentEvent(event.event, event.data, event.id, event.retry)
        for event in httpx_sse.EventSource(response).iter_sse()
    ]


IDS = ["id: 1", "id:2", "id", "id:  x", "id: 4\0", ": id: 5"]
LINES = [
    *["data", "data:", "data: 1", "data:1", "data:  third event", "data: a: b"],
    *["event: logline", "event:", "event", "retry: 10000", "retry: 1667a", "retry"],
    *[":", ": test stream", "something: ignore", "foo", "Data: 2", " data: 2"],
]
EVENTS = st.tuples(
    st.lists(st.sampled_from(IDS)),
    st.lists(st.sampled_from(LINES) | st.text("dat: x", min_size=1)),
    st.sampled_from(["data", "data: 1", "retry: 5", "event: end"]),
)
ENDS = st.sampled_from(["\n", "\r", "\r\n"])


@given(st.lists(EVENTS), ENDS, OFFSETS)
@example([([], ["data: YH00", "data: +2"], "data: 10")], "\n", [])
def test_events_match_httpx_sse(events, end, offsets):
    # After an id, httpx-sse yields an event without data for each blank line.
    lines = [line for ids, others, last in events for line in [*ids, *others, last, ""]]
    texts = cut_text("".join(f"{line}{end}" for line in lines), offsets)
    assert list(decode_sse(texts)) == httpx_events(texts)
