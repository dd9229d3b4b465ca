"""Messages of an Amazon event stream (``application/vnd.amazon.eventstream``).

`paws_common.client.event_stream` describes the format. A header consists of the length of
its name (1 byte), the name, its type (1 byte; 7: string), the length of its value (2 bytes)
and the value. Source: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html
The decoder in ``botocore/eventstream.py`` sets the limits.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from zlib import crc32

MAX_HEADERS_BYTES = 128 * 1024
MAX_PAYLOAD_BYTES = 24 * 1024 * 1024

_MAX_NAME_BYTES = 0xFF
_MAX_VALUE_BYTES = 0xFFFF
_PRELUDE_BYTES = 12
_TRAILER_BYTES = 4
_STRING = 7


def encode(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Encode one message. SageMaker Runtime sends only headers of type string.

    A ValueError is raised if a name, a value, the headers or the payload exceeds the limit
    of the format or of botocore's decoder.
    """
    block = b"".join(_header(name, value) for name, value in headers.items())
    _check_length("the headers", block, MAX_HEADERS_BYTES)
    _check_length("the payload", payload, MAX_PAYLOAD_BYTES)
    length = _PRELUDE_BYTES + len(block) + len(payload) + _TRAILER_BYTES
    lengths = struct.pack(">II", length, len(block))
    message = lengths + struct.pack(">I", crc32(lengths)) + block + payload
    return message + struct.pack(">I", crc32(message))


def _header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode(), value.encode()
    _check_length(f"the name of header {name!r}", name_bytes, _MAX_NAME_BYTES)
    _check_length(f"the value of header {name!r}", value_bytes, _MAX_VALUE_BYTES)
    return (
        struct.pack(">B", len(name_bytes))
        + name_bytes
        + struct.pack(">BH", _STRING, len(value_bytes))
        + value_bytes
    )


def _check_length(name: str, content: bytes, limit: int) -> None:
    if len(content) > limit:
        raise ValueError(
            f"event stream message: {name}: {len(content)} bytes exceed the maximum "
            f"of {limit}"
        )
