"""Decode the bytes of a stream: text, lines, server-sent events and JSON values.

The service may split a stream anywhere: inside a character, a line or a value. Each
function is a generator over the output of another one, yields each item when it is
complete, and does no I/O::

    bytes --decode_text--> text --split_lines--> lines
                           text --decode_sse---> server-sent events
                           text --decode_json--> JSON values
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from paws_common.errors import PawsError

# Not str.splitlines: U+2028 and others may occur in a JSON string.
_LINE_END = re.compile(r"\r\n|\r|\n")
_SSE_FIELDS = frozenset({"data", "event", "id", "retry", ""})  # "" is a comment
_BLANK = " \t\n\r"  # white space of JSON (RFC 8259, section 2)
_NOT_BLANK = re.compile(f"[^{_BLANK}]")
_CONSTANTS = ("true", "false", "null", "NaN", "Infinity")  # of the json module
_JSON_START = re.compile(rf'[\[{{"0-9-]|(?:{"|".join(_CONSTANTS)})\b')
_SCALAR_END = re.compile(rf'[{_BLANK}\[{{"]')
# Characters that may end a JSON value, outside of strings and in strings.
_TOKEN = re.compile(r'[\[\]{}"]')
_STRING_TOKEN = re.compile(r'["\\]')
_DONE = "[DONE]"  # the last line of many streams


class StreamDecodeError(Exception):
    """The content of a stream is invalid; the message contains its offset, not the content."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """A server-sent event (WHATWG HTML, section 9.2.6).

    Parameters
    ----------
    event : str
        Its type: "message" if the server sent none.
    data : str
        Its ``data:`` lines, joined by line feeds.
    id : str
        The last id that the server sent, in this event or before it.
    retry : int or None
        The milliseconds that the server wants a client to wait before it reconnects.
    """

    event: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None


def decode_text(
    parts: Iterable[bytes], decoder: codecs.IncrementalDecoder
) -> Iterator[str]:
    """Yield the text of parts; a character that is split over two parts is joined.

    A `StreamDecodeError` is raised for invalid bytes, after the text before them.
    """
    size = 0
    for part in chain(parts, [None]):
        content = part or b""
        size += len(content)
        state = decoder.getstate()
        invalid = None
        try:
            text = decoder.decode(content, final=part is None)
        except UnicodeDecodeError as error:
            # The invalid bytes may begin in an earlier part.
            rest = len(error.object) - error.start
            invalid = f"byte {size - rest} is not {error.encoding}: {error.reason}"
            decoder.setstate(state)
            text = decoder.decode(content[: max(len(content) - rest, 0)])
        if text:
            yield text
        # Outside of `except`: a UnicodeDecodeError contains the bytes.
        if invalid:
            raise StreamDecodeError(invalid)


def skip_byte_order_mark(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts, none of which is empty, without a byte order mark at the start."""
    texts = iter(texts)
    for text in texts:
        if text := text.removeprefix("\ufeff"):
            yield text
        break
    yield from texts


def split_lines(texts: Iterable[str]) -> Iterator[str]:
    r"""Yield the lines of a text, without their ends: ``\n``, ``\r`` or ``\r\n``.

    The last line does not need an end. An incomplete line is also yielded before an
    error of `texts` is raised.
    """
    errors: list[Exception] = []

    def until_error() -> Iterator[str]:
        try:
            yield from texts
        except (PawsError, StreamDecodeError) as error:
            errors.append(error)

    yield from _lines(until_error())
    for error in errors:
        raise error


def _lines(texts: Iterable[str]) -> Iterator[str]:
    incomplete: list[str] = []
    after_return = False
    for text in texts:
        # The line was yielded at the first half of \r\n.
        rest = text.removeprefix("\n") if after_return else text
        after_return = text.endswith("\r")
        *lines, last = _LINE_END.split(rest)
        for line in lines:
            yield "".join([*incomplete, line])
            incomplete.clear()
        incomplete.append(last)
    if line := "".join(incomplete):
        yield line


def decode_sse(texts: Iterable[str]) -> Iterator[ServerSentEvent]:
    """Yield the server-sent events of a text (WHATWG HTML, section 9.2.6).

    Two rules differ from those of a browser. An event without data is yielded if it has a
    type or a retry time. The last event is yielded without the blank line after it if it
    has data: many servers of language models omit that line, and a stream that was cut
    off ends with an error.
    """
    event, data, last_id, retry = "", list[str](), "", None
    # A blank line would yield a last event without data, too.
    for line in _lines(texts):
        field, value = _sse_field(line)
        if not line:
            if event or data or retry is not None:
                yield ServerSentEvent(
                    event or "message", "\n".join(data), last_id, retry
                )
            event, data, retry = "", [], None
        elif field == "data":
            data.append(value)
        elif field == "event":
            event = value
        elif field == "id" and "\0" not in value:
            last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            # Python does not convert thousands of digits.
            with suppress(ValueError):
                retry = int(value)
    if any(data):
        yield ServerSentEvent(event or "message", "\n".join(data), last_id, retry)


def _sse_field(line: str) -> tuple[str, str]:
    field, _, value = line.partition(":")
    return field, value.removeprefix(" ")


def decode_json(texts: Iterable[str]) -> Iterator[Any]:
    """Yield the JSON values of a text.

    The text is either JSON or server-sent events. JSON values follow one another, with or
    without white space: there may be one or several values on a line, or one on several
    lines. In server-sent events, the data contains the values, and a value does not
    continue in another event. ``[DONE]`` is not a value.

    A `StreamDecodeError` is raised for anything else, after the values before it.
    """
    texts = iter(texts)
    read: list[str] = []
    start = ""
    for text in texts:
        read.append(text)
        start = (start + text).lstrip(_BLANK)
        # "t" may be the start of "true" or of the name of a field.
        if not any(constant.startswith(start) for constant in _CONSTANTS):
            break
    texts = chain(read, texts)
    if not start or _JSON_START.match(start):
        yield from _values(texts)
    else:
        yield from _sse_values(texts)


def _sse_values(texts: Iterable[str]) -> Iterator[Any]:
    # Not all servers send a blank line after each event, so values do not wait for it.
    for number, lines in groupby(_data_lines(texts), key=itemgetter(0)):
        data = (f"{value}\n" for _, value in lines)
        yield from _values(data, f" of the data at line {number}")


def _data_lines(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of the event's first ``data:`` line and the value of each of them."""
    first = unknown = 0
    is_sse = False
    for number, line in enumerate(_lines(texts), 1):
        field, value = _sse_field(line)
        if not line:
            first = 0
        elif field in _SSE_FIELDS:
            is_sse = True
            if field == "data":
                first = first or number
                yield first, value
        elif line.strip(_BLANK) == _DONE:
            continue
        elif _JSON_START.match(line.lstrip(_BLANK)):
            raise StreamDecodeError(f"line {number} is JSON outside of a data field")
        else:
            unknown = unknown or number
    # Unknown fields are ignored, but a text with only unknown fields is another format.
    if unknown and not is_sse:
        raise StreamDecodeError(
            f"line {unknown} is neither JSON nor a field of a server-sent event"
        )


def _values(texts: Iterable[str], source: str = "") -> Iterator[Any]:
    for offset, value in _split_values(texts):
        if value != _DONE:
            yield _loads(value, offset, source)


def _loads(value: str, offset: int, source: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        offset, reason = offset + error.pos, error.msg
    except (RecursionError, ValueError) as error:
        reason = str(error)  # nested too deeply, or an integer of too many digits
    # Outside of `except`: a JSONDecodeError contains the text.
    raise StreamDecodeError(f"character {offset}{source} is not JSON: {reason}")


def _split_values(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the offset and the text of each JSON value."""
    size = offset = 0
    value: list[str] = []
    scanner: _ValueScanner | None = None
    for text in texts:
        position = 0
        while True:
            if scanner is None:
                start = _NOT_BLANK.search(text, position)
                if start is None:
                    break
                position = start.start()
                offset, scanner = size + position, _ValueScanner(start[0])
            end = scanner.find_end(text, position)
            value.append(text[position:end])
            if end is None:
                break
            yield offset, "".join(value)
            value.clear()
            position, scanner = end, None
        size += len(text)
    if scanner:
        yield offset, "".join(value)


class _ValueScanner:
    """Finds the end of a JSON value whose text arrives in parts.

    Each character is read once: parsing the value again with each part would take
    quadratic time.
    """

    def __init__(self, first: str) -> None:
        self._is_scalar = first not in '[{"'
        self._in_string = False
        self._depth = 0
        self._is_escaped = False  # the first character of the next part

    def find_end(self, text: str, position: int) -> int | None:
        """Return the offset of the end of the value; None if it is not in this part."""
        if self._is_scalar:
            end = _SCALAR_END.search(text, position)
            return end and end.start()
        position += self._is_escaped
        while token := (_STRING_TOKEN if self._in_string else _TOKEN).search(
            text, position
        ):
            position = token.end()
            match token[0]:
                case "\\":
                    position += 1
                case '"':
                    self._in_string = not self._in_string
                case "[" | "{":
                    self._depth += 1
                case _:
                    self._depth -= 1
            if not self._depth and not self._in_string:
                return position
        self._is_escaped = position > len(text)
        return None
