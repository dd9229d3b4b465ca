"""Streams of other services: members of events, and which of them are bytes."""

import base64
import json
from contextlib import ExitStack
from typing import Any
from zlib import crc32

import pytest

from paws_common import StreamError
from paws_common.local import event_stream
from support.generated_services import serving, several
from support.servers import response

OPERATIONS = {
    "bedrock-runtime": ["InvokeModelWithResponseStream", "ConverseStream"],
    "kinesis": ["SubscribeToShard"],
    "lambda": ["InvokeWithResponseStream"],
    "s3": ["SelectObjectContent"],
}
MODEL = {"modelId": "a", "body": b"{}"}


def event(event_type: str, payload: bytes | dict[str, Any]) -> bytes:
    """Return the message of an event; a structure is sent as JSON."""
    headers = {":message-type": "event", ":event-type": event_type}
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return event_stream.encode(headers, content)


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    with several(OPERATIONS, tmp_path_factory) as made:
        yield made


@pytest.fixture
def result_of(services):
    """Return a function that calls a method; its response is a stream of messages."""
    with ExitStack() as stack:

        def result(name: str, method: str, sent: list[bytes], **arguments: Any) -> Any:
            content = response(200, b"".join(sent))
            service, _ = stack.enter_context(serving(services(name), content))
            return getattr(service, method)(**arguments)

        yield result


@pytest.fixture
def model_result_of(result_of):
    """Return a function that invokes a model of Bedrock."""
    method = "invoke_model_with_response_stream"
    return lambda *sent: result_of("bedrock-runtime", method, sent, **MODEL)


def test_bytes_in_json_are_read_without_other_events(model_result_of):
    parts = [base64.b64encode(part).decode() for part in (b'{"a"', b": 1}")]
    messages = [
        event("chunk", {"bytes": parts[0]}),
        event("newer than the model", {"bytes": parts[0]}),
        event("chunk", {}),
        event("chunk", {"bytes": parts[1]}),
    ]
    assert list(model_result_of(*messages)["body"].iter_json()) == [{"a": 1}]
    assert list(model_result_of(*messages)["stream"].iter_bytes()) == [b'{"a"', b": 1}"]
    assert list(model_result_of(*messages)["stream"])[1] == {"chunk": {"bytes": None}}


def test_bytes_are_read_among_other_events(result_of):
    messages = [
        event("PayloadChunk", b"a"),
        event("PayloadChunk", b"b"),
        event("InvokeComplete", {"ErrorCode": "no", "ErrorDetails": None}),
    ]
    call = ("lambda", "invoke_with_response_stream", messages)
    events = list(result_of(*call, FunctionName="f")["EventStream"])
    assert events[:2] == [
        {"PayloadChunk": {"Payload": b"a"}},
        {"PayloadChunk": {"Payload": b"b"}},
    ]
    assert events[2]["InvokeComplete"]["ErrorCode"] == "no"
    result = result_of(*call, FunctionName="f")
    assert list(result["stream"].iter_text()) == ["a", "b"]


def test_events_in_xml_are_read(result_of):
    messages = [
        event("Records", b"1,2\n3,"),
        event("Stats", b"<Details><BytesScanned>9</BytesScanned></Details>"),
        event("Records", b"4"),
        event("End", b""),
    ]
    arguments = {
        "Bucket": "b",
        "Key": "k",
        "Expression": "e",
        "ExpressionType": "SQL",
        "InputSerialization": {},
        "OutputSerialization": {},
    }
    call = ("s3", "select_object_content", messages)
    assert list(result_of(*call, **arguments)["Payload"].iter_lines()) == ["1,2", "3,4"]
    _, stats, _, end = result_of(*call, **arguments)["stream"]
    assert stats["Stats"]["Details"]["BytesScanned"] == 9
    assert end == {"End": {}}


def test_initial_response_is_not_an_event(result_of):
    records = {"Records": [], "MillisBehindLatest": 0}
    messages = [
        event("initial-response", {}),
        *(
            event("SubscribeToShardEvent", {**records, "ContinuationSequenceNumber": n})
            for n in "12"
        ),
    ]
    result = result_of(
        "kinesis",
        "subscribe_to_shard",
        messages,
        ConsumerARN="arn:aws:kinesis:us-east-1:123456789012:stream/a/consumer/b:1",
        ShardId="s",
        StartingPosition={"Type": "LATEST"},
    )
    numbers = result["stream"](
        lambda event: event["SubscribeToShardEvent"]["ContinuationSequenceNumber"]
    )
    assert numbers == ["1", "2"]


@pytest.mark.parametrize(
    "method", ["iter_bytes", "iter_text", "iter_lines", "iter_json", "iter_sse"]
)
def test_stream_without_bytes_survives_the_error(result_of, method):
    messages = [event("messageStart", {"role": "assistant"})]
    call = ("bedrock-runtime", "converse_stream", messages)
    stream = result_of(*call, modelId="a", messages=[])["stream"]
    message = "events of this operation have no bytes; iterate"
    with pytest.raises(StreamError, match=message):
        getattr(stream, method)()
    assert list(stream) == [{"messageStart": {"role": "assistant"}}]


@pytest.mark.parametrize("payload", [b"3", b"[]", b'{"bytes": 3}', b'{"bytes": "a"}'])
def test_event_that_does_not_match_the_model_raises(model_result_of, payload):
    result = model_result_of(event("chunk", payload))
    with pytest.raises(StreamError, match="does not match the service model"):
        next(result["body"])


def test_invalid_headers_of_an_event_raise(model_result_of):
    message = bytearray(event("chunk", b"{}"))
    name = 1 + message[12]
    message[12 + name] = 200  # not a type of a header
    content = bytes(message[:-4])
    result = model_result_of(content + crc32(content).to_bytes(4, "big"))
    with pytest.raises(StreamError, match="the headers of an event are invalid"):
        next(result["body"])
