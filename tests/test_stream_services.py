"""Streams of other services: what is in an event, and which of it is bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import cache
from typing import Any, get_type_hints
from zlib import crc32

import pytest

from generated_services import Generated, generated
from paws_common import StreamError
from paws_common.local import frames
from paws_common.local.server import client_config
from segments import SegmentServer, segment_server

SERVICES = {
    "InvokeModelWithResponseStream": "bedrock-runtime",
    "SubscribeToShard": "kinesis",
    "InvokeWithResponseStream": "lambda",
    "SelectObjectContent": "s3",
    "StartConversation": "lexv2-runtime",
    "ConverseStream": "bedrock-runtime",
}
Streamed = Callable[..., Any]


def event(kind: str, payload: bytes) -> bytes:
    return frames.encode({":message-type": "event", ":event-type": kind}, payload)


def structure(kind: str, members: Mapping[str, Any]) -> bytes:
    return event(kind, json.dumps(members).encode())


@pytest.fixture(scope="module")
def server() -> Iterator[SegmentServer]:
    with segment_server() as made:
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
def result_of(made: Any, server: SegmentServer) -> Iterator[Streamed]:
    """Give what makes the result of an operation of the messages that it answers with."""
    with ExitStack() as stack:

        def result(name: str, sent: list[bytes], /, **arguments: Any) -> Any:
            body = b"".join(sent)
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            server.segments = [head, body]
            package = made(name)
            constructor = getattr(package.package, package.described.constructor)
            given = constructor({"validation": "off"}, **client_config(server.url))
            stack.enter_context(closing(given.client))
            (operation,) = package.described.operations
            return getattr(given, operation.method)(**arguments)

        yield result


def test_bytes_inside_of_json_are_read_and_events_without_any_are_passed_over(
    result_of: Streamed,
) -> None:
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


def test_bytes_come_beside_other_events(result_of: Streamed) -> None:
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


def test_events_of_xml_are_read(result_of: Streamed) -> None:
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


def test_what_comes_before_the_events_is_in_the_result(result_of: Streamed) -> None:
    told = {"Records": [], "ContinuationSequenceNumber": "1", "MillisBehindLatest": 0}
    messages = [
        structure("initial-response", {}),
        structure("SubscribeToShardEvent", told),
        structure("SubscribeToShardEvent", {**told, "ContinuationSequenceNumber": "2"}),
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


@pytest.mark.parametrize("way", ["iter_bytes", "iter_text", "iter_lines", "iter_json"])
def test_a_stream_without_bytes_says_so_and_can_be_read_all_the_same(
    result_of: Streamed, way: str
) -> None:
    messages = [structure("messageStart", {"role": "assistant"})]
    stream = result_of("ConverseStream", messages, modelId="a", messages=[])["stream"]
    with pytest.raises(StreamError, match=r"its events hold no bytes; iterate over"):
        getattr(stream, way)()
    assert list(stream) == [{"messageStart": {"role": "assistant"}}]


@pytest.mark.parametrize("payload", [b"3", b"[]", b'{"bytes": 3}', b'{"bytes": "a"}'])
def test_an_event_that_is_not_what_the_model_says_is_an_error(
    result_of: Streamed, payload: bytes
) -> None:
    arguments = {"body": b"{}", "modelId": "a"}
    result = result_of(
        "InvokeModelWithResponseStream", [event("chunk", payload)], **arguments
    )
    with pytest.raises(StreamError, match="not what the service model says"):
        next(result["body"])


def test_headers_that_cannot_be_read_are_an_error(result_of: Streamed) -> None:
    message = bytearray(event("chunk", b"{}"))
    name = 1 + message[12]
    message[12 + name] = 200  # no type of a header
    content = bytes(message[:-4])
    broken = content + crc32(content).to_bytes(4, "big")
    arguments = {"body": b"{}", "modelId": "a"}
    result = result_of("InvokeModelWithResponseStream", [broken], **arguments)
    with pytest.raises(StreamError, match="the headers of an event cannot be read"):
        next(result["body"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_the_type_of_a_result_has_the_stream_by_both_names(
    made: Any, name: str
) -> None:
    package = made(name)
    (operation,) = package.described.operations
    function = getattr(package.package, operation.function)
    result = get_type_hints(function.__wrapped__)["return"]
    hints = get_type_hints(result)
    model_name = next(
        name for name, kind in hints.items() if "EventStream" in str(kind)
    )
    assert hints["stream"] == hints[model_name]
    assert list(hints)[-2:] == ["stream", "ResponseMetadata"] or model_name == "stream"
