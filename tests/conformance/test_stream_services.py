"""Streams of other services: members of events, and which of them are bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import cache
from typing import Any, get_type_hints
from zlib import crc32

import pytest

from paws_common import StreamError
from paws_common.local import event_stream
from paws_common.local.server import client_config
from support.generated_services import Generated, generated
from support.servers import ScriptedServer, scripted

SERVICES = {
    "InvokeModelWithResponseStream": "bedrock-runtime",
    "SubscribeToShard": "kinesis",
    "InvokeWithResponseStream": "lambda",
    "SelectObjectContent": "s3",
    "StartConversation": "lexv2-runtime",
    "ConverseStream": "bedrock-runtime",
}
Streamed = Callable[..., Any]


def event(event_type: str, payload: bytes) -> bytes:
    return event_stream.encode(
        {":message-type": "event", ":event-type": event_type}, payload
    )


def structure(event_type: str, members: Mapping[str, Any]) -> bytes:
    return event(event_type, json.dumps(members).encode())


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted() as made:
        yield made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with ExitStack() as stack:

        @cache
        def make(operation: str) -> Generated:
            folder = tmp_path_factory.mktemp(operation)
            made = generated(SERVICES[operation], [operation], folder)
            return stack.enter_context(made)

        yield make


@pytest.fixture
def result_of(made: Any, server: ScriptedServer) -> Iterator[Streamed]:
    """Return a function that calls an operation, whose response has these messages."""
    with ExitStack() as stack:

        def result(name: str, sent: list[bytes], /, **arguments: Any) -> Any:
            body = b"".join(sent)
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            server.respond(head + body)
            package = made(name)
            constructor = getattr(package.package, package.described.constructor)
            given = constructor({"validation": "off"}, **client_config(server.url))
            stack.enter_context(closing(given.client))
            (operation,) = package.described.operations
            return getattr(given, operation.method)(**arguments)

        yield result


def test_bytes_in_json_are_read_without_other_events(result_of):
    parts = [base64.b64encode(part).decode() for part in (b'{"a"', b": 1}")]
    messages = [structure("chunk", {"bytes": part}) for part in parts]
    messages.insert(1, structure("chunk", {}))
    messages.insert(1, structure("newer than the model", {"bytes": parts[0]}))
    arguments = {"body": b"{}", "modelId": "a"}
    result = result_of("InvokeModelWithResponseStream", messages, **arguments)
    assert list(result["body"].iter_json()) == [{"a": 1}]
    result = result_of("InvokeModelWithResponseStream", messages, **arguments)
    assert list(result["stream"].iter_bytes()) == [b'{"a"', b": 1}"]
    result = result_of("InvokeModelWithResponseStream", messages, **arguments)
    assert list(result["stream"])[1] == {"chunk": {"bytes": None}}


def test_bytes_are_read_among_other_events(result_of):
    messages = [
        event("PayloadChunk", b"a"),
        event("PayloadChunk", b"b"),
        structure("InvokeComplete", {"ErrorCode": "no", "ErrorDetails": None}),
    ]
    result = result_of("InvokeWithResponseStream", messages, FunctionName="f")
    events = list(result["EventStream"])
    assert events[:2] == [
        {"PayloadChunk": {"Payload": b"a"}},
        {"PayloadChunk": {"Payload": b"b"}},
    ]
    assert events[2]["InvokeComplete"]["ErrorCode"] == "no"
    result = result_of("InvokeWithResponseStream", messages, FunctionName="f")
    assert list(result["stream"].iter_text()) == ["a", "b"]


def test_events_in_xml_are_read(result_of):
    messages = [
        event("Records", b"1,2\n3,"),
        event("Stats", b"<Details><BytesScanned>9</BytesScanned></Details>"),
        event("Records", b"4"),
        event("End", b""),
    ]
    arguments: dict[str, Any] = {
        "Bucket": "b",
        "Key": "k",
        "Expression": "e",
        "ExpressionType": "SQL",
        "InputSerialization": {},
        "OutputSerialization": {},
    }
    result = result_of("SelectObjectContent", messages, **arguments)
    assert list(result["Payload"].iter_lines()) == ["1,2", "3,4"]
    _, stats, _, end = result_of("SelectObjectContent", messages, **arguments)["stream"]
    assert stats["Stats"]["Details"]["BytesScanned"] == 9
    assert end == {"End": {}}


def test_initial_response_is_not_an_event(result_of):
    members = {
        "Records": [],
        "ContinuationSequenceNumber": "1",
        "MillisBehindLatest": 0,
    }
    messages = [
        structure("initial-response", {}),
        structure("SubscribeToShardEvent", members),
        structure(
            "SubscribeToShardEvent", {**members, "ContinuationSequenceNumber": "2"}
        ),
    ]
    arguments = {
        "ConsumerARN": "arn:aws:kinesis:us-east-1:123456789012:stream/a/consumer/b:1",
        "ShardId": "s",
        "StartingPosition": {"Type": "LATEST"},
    }
    result = result_of("SubscribeToShard", messages, **arguments)
    numbers = result["stream"](
        lambda event: event["SubscribeToShardEvent"]["ContinuationSequenceNumber"]
    )
    assert numbers == ["1", "2"]


@pytest.mark.parametrize(
    "method", ["iter_bytes", "iter_text", "iter_lines", "iter_json", "iter_sse"]
)
def test_stream_without_bytes_survives_the_error(result_of, method):
    messages = [structure("messageStart", {"role": "assistant"})]
    stream = result_of("ConverseStream", messages, modelId="a", messages=[])["stream"]
    with pytest.raises(
        StreamError, match="events of this operation have no bytes; iterate"
    ):
        getattr(stream, method)()
    assert list(stream) == [{"messageStart": {"role": "assistant"}}]


@pytest.mark.parametrize("payload", [b"3", b"[]", b'{"bytes": 3}', b'{"bytes": "a"}'])
def test_event_that_does_not_match_the_model_raises(result_of, payload):
    arguments = {"body": b"{}", "modelId": "a"}
    result = result_of(
        "InvokeModelWithResponseStream", [event("chunk", payload)], **arguments
    )
    with pytest.raises(StreamError, match="does not match the service model"):
        next(result["body"])


def test_invalid_headers_of_an_event_raise(result_of):
    message = bytearray(event("chunk", b"{}"))
    name = 1 + message[12]
    message[12 + name] = 200  # not a type of a header
    content = bytes(message[:-4])
    broken = content + crc32(content).to_bytes(4, "big")
    arguments = {"body": b"{}", "modelId": "a"}
    result = result_of("InvokeModelWithResponseStream", [broken], **arguments)
    with pytest.raises(StreamError, match="the headers of an event are invalid"):
        next(result["body"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_type_of_result_has_stream_by_both_names(made, name):
    package = made(name)
    (operation,) = package.described.operations
    function = getattr(package.package, operation.function)
    result = get_type_hints(function)["return"]
    hints = get_type_hints(result)
    model_name = next(
        name for name, hint in hints.items() if "EventStream" in str(hint)
    )
    assert hints["stream"] == hints[model_name]
    assert list(hints)[-2:] == ["stream", "ResponseMetadata"] or model_name == "stream"
