"""Read the events of a response from its body.

botocore's own reader waits until 64 KiB or the complete body have arrived, drops the
members of an error, and does not detect a stream that ends within an event. This reader
yields each event when it is complete. botocore parses the content of events, except for
blobs, whose value is the payload itself.

The format of a message; numbers are big-endian and unsigned (AWS, "Event stream
encoding"; the limits are those of ``botocore/eventstream.py``)::

    4 bytes  length of the message
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

if TYPE_CHECKING:
    from botocore.model import OperationModel, StructureShape

    from paws_common.client.connections import Exchange

_PRELUDE = struct.Struct(">III")
_PRELUDE_BYTES = _PRELUDE.size
_MAX_HEADERS_BYTES = 128 * 1024
_MAX_PAYLOAD_BYTES = 24 * 1024 * 1024
_READ_BYTES = 65_536

_Parse: TypeAlias = Callable[[Mapping[str, Any], Shape | None], dict[str, Any]]


class InvalidEventError(ParserError):
    """An event does not match the service model of botocore."""


class ClosedError(Exception):
    """The events were closed while they were read."""


class Events:
    """The events of a response, whose body is an unread response of urllib3."""

    def __init__(
        self, headers: Mapping[str, str], body: Any, model: OperationModel
    ) -> None:
        self._headers = headers
        self._body = body
        connection = getattr(body, "connection", None)
        self._exchange: Exchange | None = getattr(connection, "exchange", None)
        self._is_closed = False
        self._messages = _messages(_reader(body))
        self._operation = model.name
        self._shape = cast("StructureShape", model.get_event_stream_output())
        self._blobs = _blobs(self._shape)
        parser: Any = create_parser(model.service_model.resolved_protocol)
        self._parse_error: _Parse = parser.parse
        self._parse_event: _Parse = parser.EVENT_STREAM_PARSER_CLS().parse

    def stream(self) -> Iterator[bytes]:
        """Return an iterator over the messages, for the protocols with an initial response.

        botocore reads that first message. Iterating over this object then yields the
        events of the other messages.
        """
        return self._messages

    def close(self) -> None:
        """Close the connection, unless all events were read.

        Another thread that waits for an event gets a `ClosedError` at once.
        """
        self._is_closed = True
        # Closing a body would wait for the thread that reads it. A body that was read to
        # its end does not have a connection any more.
        if self._exchange is not None and self._body.connection is not None:
            self._exchange.stop()
        self._body.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the events; those that are not in the model are skipped.

        Raises
        ------
        botocore.exceptions.EventStreamError
            The service ended the stream with an error; the response of the exception
            contains its members.
        botocore.eventstream.ParserError
            A message is broken, or the last one is incomplete.
        urllib3.exceptions.HTTPError
            The connection broke, or nothing arrived in time.
        ClosedError
            `close` was called.
        """
        try:
            yield from self._events()
        except Exception as error:
            # urllib3 raises undocumented exceptions if a body is closed while it is read.
            if self._is_closed:
                raise ClosedError from error
            raise
        if self._is_closed:
            raise ClosedError

    def _events(self) -> Iterator[dict[str, Any]]:
        last_block: bytes | None = None
        headers: Mapping[str, Any] = {}
        for message in self._messages:
            start = _PRELUDE_BYTES + int.from_bytes(message[4:8], "big")
            block, payload = message[_PRELUDE_BYTES:start], message[start:-4]
            # Fast path: parsing headers takes longest, and events of one type have the
            # same headers.
            if block != last_block:
                last_block, headers = block, _headers(block)
            if headers.get(":message-type") in ("error", "exception"):
                raise self._error(headers, payload)
            name = headers.get(":event-type", "")
            if name in self._blobs:
                yield {name: {self._blobs[name]: payload}}
            elif event := _parsed(self._parse_event, headers, payload, self._shape):
                yield event

    def _error(self, headers: Mapping[str, Any], payload: bytes) -> EventStreamError:
        exception_type = headers.get(":exception-type", "")
        shape = self._shape.members.get(exception_type)
        members = _parsed(self._parse_error, self._headers, payload, shape)
        metadata = {"RequestId": members.pop("ResponseMetadata").get("RequestId")}
        message = members.get("Message", members.get("message"))
        error = {
            "Code": headers.get(":error-code", exception_type),
            "Message": headers.get(":error-message", message),
        }
        response: Any = {**members, "Error": error, "ResponseMetadata": metadata}
        return EventStreamError(response, self._operation)


def _blobs(stream: StructureShape) -> Mapping[str, str]:
    """Return the name of each event whose payload is a blob, and the name of the blob."""
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
    try:
        return parse({"status_code": 200, "headers": headers, "body": payload}, shape)
    # botocore's parsers raise them for JSON that is not an object.
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InvalidEventError("an event does not match the service model") from error


def _headers(block: bytes) -> Mapping[str, Any]:
    try:
        headers: Mapping[str, Any] = EventStreamHeaderParser().parse(block)
    except (LookupError, ValueError, struct.error) as error:
        raise ParserError("the headers of an event are invalid") from error
    return headers


def _reader(body: Any) -> Callable[[int], bytes]:
    """Return a function that waits for bytes of a body, and reads those that have arrived."""
    if hasattr(body, "read1"):
        return cast("Callable[[int], bytes]", body.read1)
    # urllib3 before 2.2.1 has no `read1`. A chunk of a chunked body is usually an event.
    chunks = body.stream(_READ_BYTES)
    return lambda size: next(chunks, b"")


def _messages(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield each message of a body when it is complete."""
    chunks: list[bytes] = []
    size, needed = 0, _PRELUDE_BYTES
    while chunk := read(_READ_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size < needed:
            continue
        data, start = b"".join(chunks), 0
        while size >= (needed := _needed(data, start)):
            message = data[start : start + needed]
            _check(message[:-4], message[-4:])
            yield message
            start += needed
            size -= needed
        chunks = [data[start:]]
    if size:
        raise ParserError("the stream ended within an event")


def _needed(data: bytes, start: int) -> int:
    """Return the length of a message, or that of a prelude which is still incomplete."""
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
