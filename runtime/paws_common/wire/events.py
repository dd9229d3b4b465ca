"""The events of an answer: from the bytes of its body to what botocore parses of them.

botocore's own reader of a body waits until 64 KiB or all of it are there, loses the
members of an error, and takes half an event at the end for the end. What an event holds
is botocore's parsers' to say; blobs alone, whose bytes are the payload, do not pass
through them.

A message is, with every number big-endian and unsigned (AWS, "Event stream encoding",
and ``botocore/eventstream.py``, whose limits these are)::

    4 bytes  length of the whole message
    4 bytes  length of the headers
    4 bytes  CRC32 of the eight bytes before
    headers
    payload
    4 bytes  CRC32 of everything before
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from zlib import crc32

from botocore.eventstream import (
    ChecksumMismatch,
    EventStreamHeaderParser,
    InvalidHeadersLength,
    InvalidPayloadLength,
    ParserError,
)
from botocore.exceptions import EventStreamError
from botocore.model import Shape
from botocore.parsers import create_parser
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from botocore.model import OperationModel, StructureShape

_PRELUDE = struct.Struct(">III")
_PRELUDE_BYTES = _PRELUDE.size
_MAX_HEADERS_BYTES = 128 * 1024
_MAX_PAYLOAD_BYTES = 24 * 1024 * 1024
_READ_BYTES = 65_536

_Parse: TypeAlias = Callable[[Mapping[str, Any], Shape | None], dict[str, Any]]


class Events:
    """The events of an answer, one after the other.

    Parameters
    ----------
    headers : mapping
        The headers of the answer.
    body : urllib3.response.HTTPResponse
        Its body, unread.
    model : botocore.model.OperationModel
        What was called.

    Attributes
    ----------
    attempts : int
        How often the request was sent; errors tell it.
    """

    attempts: int = 1

    def __init__(
        self, headers: Mapping[str, str], body: Any, model: OperationModel
    ) -> None:
        # botocore turns it off, and takes what there is of a body for all of it.
        body.enforce_content_length = True
        self._headers = headers
        self.close: Callable[[], None] = body.close
        self._messages = _messages(_reader(body))
        self._operation = model.name
        self._shape = cast("StructureShape", model.get_event_stream_output())
        self._blobs = _blobs(self._shape)
        parser: Any = create_parser(model.service_model.resolved_protocol)
        self._parse_error: _Parse = parser.parse
        self._parse_event: _Parse = parser.EVENT_STREAM_PARSER_CLS().parse

    def stream(self) -> Iterator[bytes]:
        """Give the messages to botocore, which itself reads the first one of some protocols.

        What it does not take is still to be had by iteration.
        """
        return self._messages

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Give the events that the model knows.

        Raises
        ------
        botocore.exceptions.EventStreamError
            The service broke off with an error; its members are in the response.
        botocore.eventstream.ParserError
            A message is broken, or the last one is not whole.
        urllib3.exceptions.HTTPError
            The connection broke, or nothing came in time.
        """
        known: bytes | None = None
        headers: Mapping[str, Any] = {}
        try:
            for message in self._messages:
                start = _PRELUDE_BYTES + int.from_bytes(message[4:8], "big")
                block, payload = message[_PRELUDE_BYTES:start], message[start:-4]
                # Events of one kind have the same headers, and those take longest to read.
                if block != known:
                    known, headers = block, _headers(block)
                if headers.get(":message-type") in ("error", "exception"):
                    raise self._error(headers, payload)
                name = headers.get(":event-type", "")
                if name in self._blobs:
                    yield {name: {self._blobs[name]: payload}}
                elif event := _parsed(self._parse_event, headers, payload, self._shape):
                    yield event
        except HTTPError as error:
            vars(error)["attempts"] = self.attempts
            raise

    def _error(self, headers: Mapping[str, Any], payload: bytes) -> EventStreamError:
        kind = headers.get(":exception-type", "")
        shape = self._shape.members.get(kind)
        members = _parsed(self._parse_error, self._headers, payload, shape)
        metadata = {
            "RequestId": members.pop("ResponseMetadata").get("RequestId"),
            "RetryAttempts": self.attempts - 1,
        }
        message = members.get("Message", members.get("message"))
        error = {
            "Code": headers.get(":error-code", kind),
            "Message": headers.get(":error-message", message),
        }
        answer: Any = {**members, "Error": error, "ResponseMetadata": metadata}
        return EventStreamError(answer, self._operation)


def _blobs(stream: StructureShape) -> Mapping[str, str]:
    """Return which member is all that there is of an event, as the bytes of its payload."""
    events = cast("Mapping[str, Any]", stream.members)
    blobs = {}
    for name, event in events.items():
        match [*event.members.items()]:
            case [
                (member, Shape(type_name="blob", serialization={"eventpayload": True}))
            ]:
                blobs[name] = member
    return blobs


def _parsed(
    parse: _Parse, headers: Mapping[str, Any], payload: bytes, shape: Shape | None
) -> dict[str, Any]:
    answer = {"status_code": 200, "headers": headers, "body": payload}
    try:
        return parse(answer, shape)
    # botocore's parsers break at JSON that is none of their business, such as a number.
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ParserError("an event is not what the service model says") from error


def _headers(block: bytes) -> Mapping[str, Any]:
    try:
        headers: Mapping[str, Any] = EventStreamHeaderParser().parse(block)
    except (LookupError, ValueError, struct.error) as error:
        raise ParserError("the headers of an event cannot be read") from error
    return headers


def _reader(body: Any) -> Callable[[int], bytes]:
    """Return what reads as much of a body as is there, and waits only for the first byte."""
    if hasattr(body, "read1"):
        return cast("Callable[[int], bytes]", body.read1)
    # urllib3 before 2.2.1 has the chunks of HTTP at best, which are as good for most.
    chunks = body.stream(_READ_BYTES)
    return lambda size: next(chunks, b"")


def _messages(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Give the messages of a body, each as soon as it is whole."""
    held: list[bytes] = []
    size, needed = 0, _PRELUDE_BYTES
    while chunk := read(_READ_BYTES):
        held.append(chunk)
        size += len(chunk)
        if size < needed:
            continue
        data, start = b"".join(held), 0
        while size >= (needed := _needed(data, start)):
            message = data[start : start + needed]
            _check(message[:-4], message[-4:])
            yield message
            start += needed
            size -= needed
        held = [data[start:]]
    if size:
        raise ParserError("the stream ended inside of an event")


def _needed(data: bytes, start: int) -> int:
    """Return the bytes of a message, or of the prelude that tells how many they are."""
    if len(data) - start < _PRELUDE_BYTES:
        return _PRELUDE_BYTES
    prelude = data[start : start + _PRELUDE_BYTES]
    _check(prelude[:8], prelude[8:])
    length, headers, _ = _PRELUDE.unpack(prelude)
    payload = length - headers - _PRELUDE_BYTES - 4
    if headers > _MAX_HEADERS_BYTES:
        raise InvalidHeadersLength(headers)
    if payload < 0:
        raise ParserError("an event is shorter than its headers")
    if payload > _MAX_PAYLOAD_BYTES:
        raise InvalidPayloadLength(payload)
    return int(length)


def _check(content: bytes, checksum: bytes) -> None:
    expected, calculated = int.from_bytes(checksum, "big"), crc32(content)
    if calculated != expected:
        raise ChecksumMismatch(expected, calculated)
