"""The messages of a stream, without HTTP: cut at every place, broken at every byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate
from typing import Any

import pytest
from botocore.eventstream import ParserError
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import EventStreamJSONParser
from botocore.session import Session

from paws_common.client.event_stream import Events
from paws_common.local import event_stream
from support.streams import part


class Body:
    """A body that comes in segments, as urllib3 has one, or fails."""

    def __init__(self, segments: Iterable[bytes | Exception]) -> None:
        self._segments = iter(segments)

    def close(self) -> None:
        pass

    def read1(self, size: int) -> bytes:
        segment = next(self._segments, b"")
        if isinstance(segment, Exception):
            raise segment
        assert len(segment) <= size
        return segment


class OldBody:
    """The same, as urllib3 before 2.2.1 has one."""

    def __init__(self, segments: Iterable[bytes]) -> None:
        self._segments = segments

    def close(self) -> None:
        pass

    def stream(self, size: int) -> Iterator[bytes]:
        yield from self._segments


@cache
def model() -> OperationModel:
    service = Session().get_service_model("sagemaker-runtime")
    return service.operation_model("InvokeEndpointWithResponseStream")


def events_of(*segments: bytes | Exception) -> Events:
    return Events({}, Body(segments), model())


def read(*segments: bytes) -> tuple[list[Any], str]:
    """Return the events in segments, and the name of the error that they end with."""
    found: list[Any] = []
    try:
        found.extend(events_of(*segments))
    except ParserError as error:
        return found, type(error).__name__
    return found, ""


MESSAGES = [part(b"a"), part(b""), part(bytes(60)), part(b"b")]
STREAM = b"".join(MESSAGES)
ENDS = list(accumulate(map(len, MESSAGES)))
EVENTS = [{"PayloadPart": {"Bytes": each}} for each in (b"a", b"", bytes(60), b"b")]


def before(place: int) -> list[Any]:
    """Return the events that have ended at a place of the stream."""
    return EVENTS[: sum(end <= place for end in ENDS)]


def test_events_are_independent_of_the_segmentation() -> None:
    for place in range(1, len(STREAM)):
        assert read(STREAM[:place], STREAM[place:]) == (EVENTS, "")
    for size in (1, 7, len(STREAM)):
        segments = [STREAM[i : i + size] for i in range(0, len(STREAM), size)]
        assert read(*segments) == (EVENTS, "")
        assert list(Events({}, OldBody(segments), model())) == EVENTS


def test_truncated_stream_raises_after_complete_events() -> None:
    for place in range(len(STREAM)):
        error = "" if place in (0, *ENDS) else "ParserError"
        assert read(STREAM[:place]) == (before(place), error)


def test_byte_that_is_wrong_is_found_wherever_it_is() -> None:
    for place in range(len(STREAM)):
        wrong = bytearray(STREAM)
        wrong[place] ^= 1
        assert read(bytes(wrong)) == (before(place), "ChecksumMismatch")


def test_event_is_given_before_more_is_read() -> None:
    late = OSError("this is read too early")
    for count in range(1, len(MESSAGES) + 1):
        events = iter(events_of(b"".join(MESSAGES[:count]), late))
        assert [next(events) for _ in range(count)] == EVENTS[:count]
        with pytest.raises(OSError, match="too early"):
            next(events)


def test_bytes_that_are_all_of_an_event_are_not_parsed(monkeypatch) -> None:
    def parse(*_):
        raise AssertionError

    monkeypatch.setattr(EventStreamJSONParser, "parse", parse)
    assert list(events_of(STREAM)) == EVENTS


MEMBERS = {
    "Bytes": {"shape": "Bytes", "eventpayload": True},
    "Kind": {"shape": "Kind", "eventheader": True},
}
STREAM_SHAPE = {"eventstream": True, "members": {"Part": {"shape": "Part"}}}
MODEL = {
    "metadata": {"protocol": "rest-json", "serviceId": "Example"},
    "operations": {"Go": {"name": "Go", "output": {"shape": "Output"}}},
    "shapes": {
        "Output": {"type": "structure", "members": {"Stream": {"shape": "Stream"}}},
        "Stream": {"type": "structure", **STREAM_SHAPE},
        "Part": {"type": "structure", "event": True, "members": MEMBERS},
        "Bytes": {"type": "blob"},
        "Kind": {"type": "string"},
    },
}


def test_other_event_members_are_returned() -> None:
    headers = {":message-type": "event", ":event-type": "Part", "Kind": "odd"}
    body, operation = Body([event_stream.encode(headers, b"a")]), ServiceModel(MODEL)
    events = Events({}, body, operation.operation_model("Go"))
    assert list(events) == [{"Part": {"Bytes": b"a", "Kind": "odd"}}]
