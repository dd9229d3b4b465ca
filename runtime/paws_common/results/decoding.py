"""What is in the parts of a stream: text, its lines, and its JSON values.

Parts are cut anywhere: inside of a character, a line or a value. All functions are
generators that give what is whole as soon as it is, and hold what is not.

::

    bytes --to_text--> text --to_lines--> lines
                       text --to_json---> values
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from paws_common.errors import PawsError

# The ends of a line in server-sent events and in Python's universal newlines; others
# that `str.splitlines` knows, such as U+2028, may stand inside of a JSON string.
_LINE_END = re.compile(r"\r\n?|\n")
# RFC 8259, section 2, and the byte order mark that section 8.1 allows to ignore.
_BLANK = " \t\n\r\ufeff"
_VALUE_START = re.compile(f"[^{_BLANK}]")
_SCALAR_END = re.compile(rf"[{_BLANK}\[{{\"]")
# A bracket; or a string, as far as it is there.
_BRACKET_OR_STRING = re.compile(r'[\[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)
_REST_OF_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*(["\\]?)', re.DOTALL)
# The fields of a server-sent event (WHATWG HTML, section 9.2.6); a comment has no name.
# No JSON begins like one of them.
_FIELD = re.compile(r"(data|event|id|retry|)(?:: ?|$)")
_FIELD_STARTS = frozenset("deir:")
# What ends the values of a stream by the habit of servers, and is none of them.
_DONE = "[DONE]"

Piece: TypeAlias = tuple[int, str]
"""Some text, and the number of characters before it."""


class UnreadableError(Exception):
    """What came is not what it was read as; the message says where, never what it was."""


def to_text(
    parts: Iterable[bytes], decoder: codecs.IncrementalDecoder
) -> Iterator[str]:
    """Give the text of parts; a character that is split over two of them is joined.

    Raises
    ------
    UnreadableError
        Bytes are no text in this encoding; the text before them was given.
    """
    size = 0
    for part in parts:
        size += len(part)
        text, fault = _decode(decoder, part, size, final=False)
        if text:
            yield text
        if fault:
            raise fault
    text, fault = _decode(decoder, b"", size, final=True)
    if text:
        yield text
    if fault:
        raise fault


def _decode(
    decoder: codecs.IncrementalDecoder, part: bytes, size: int, final: bool
) -> tuple[str, UnreadableError | None]:
    """Return the text of a part that ends after `size` bytes, and what is none in it."""
    state = decoder.getstate()
    try:
        return decoder.decode(part, final), None
    except UnicodeDecodeError as error:
        # What could not be decoded begins here, perhaps in the part before this one.
        rest = len(error.object) - error.start
        fault = UnreadableError(
            f"byte {size - rest} is no {error.encoding}: {error.reason}"
        )
    # Not inside of `except`: the error holds the bytes, which may be private.
    decoder.setstate(state)
    return decoder.decode(part[: max(len(part) - rest, 0)]), fault


def to_lines(texts: Iterable[str]) -> Iterator[str]:
    r"""Give the lines of a text, without their ends: ``\n``, ``\r`` or ``\r\n``.

    What follows the last end is a line too, if it is anything. Where the text breaks
    off with an error, it is given before the error is raised.
    """
    broken: list[PawsError | UnreadableError] = []

    def until_broken() -> Iterator[str]:
        try:
            yield from texts
        except (PawsError, UnreadableError) as error:
            broken.append(error)

    for _, line in _lines(until_broken(), 0):
        yield line
    for error in broken:
        raise error


def _lines(texts: Iterable[str], place: int) -> Iterator[Piece]:
    held: list[str] = []
    after_return = False
    for text in texts:
        # The second half of an end whose first half has ended the line already.
        start = 1 if after_return and text[0] == "\n" else 0
        place += start
        for end in _LINE_END.finditer(text, start):
            line = "".join([*held, text[start : end.start()]])
            yield place, line
            held.clear()
            place += len(line) + len(end[0])
            start = end.end()
        held.append(text[start:])
        after_return = text[-1] == "\r"
    line = "".join(held)
    if line:
        yield place, line


def to_json(texts: Iterable[str]) -> Iterator[Any]:
    """Give the JSON values of a text.

    Values follow one another, with white space between them or without: one on a line,
    many on a line, one over many lines. Or they stand in the ``data:`` lines of
    server-sent events, whose comments and other fields are passed over. ``[DONE]`` is
    passed over too.

    Raises
    ------
    UnreadableError
        Something is no JSON; the values before it were given.
    """
    rest = iter(texts)
    place = 0
    for text in rest:
        start = _VALUE_START.search(text)
        if start is None:
            place += len(text)
            continue
        place += start.start()
        begun = chain([text[start.start() :]], rest)
        if start[0] in _FIELD_STARTS:
            yield from _event_values(_lines(begun, place))
        else:
            yield from _values(_placed(begun, place))


def _placed(texts: Iterable[str], place: int) -> Iterator[Piece]:
    for text in texts:
        yield place, text
        place += len(text)


def _event_values(lines: Iterator[Piece]) -> Iterator[Any]:
    """Give the values of server-sent events; none of them goes over the end of one."""
    for first in lines:
        yield from _values(_data(chain([first], lines)))


def _data(lines: Iterator[Piece]) -> Iterator[Piece]:
    for place, line in lines:
        if not line:
            return
        field = _FIELD.match(line)
        if field is None:
            raise UnreadableError(
                f"character {place}: no field of a server-sent event begins here"
            )
        if field[1] == "data":
            yield place + field.end(), line[field.end() :]
            yield place + len(line), "\n"


def _values(pieces: Iterable[Piece]) -> Iterator[Any]:
    for value in _cut(pieces):
        if "".join(text for _, text in value) != _DONE:
            yield _loads(value)


def _loads(value: list[Piece]) -> Any:
    try:
        return json.loads("".join(text for _, text in value))
    except json.JSONDecodeError as error:
        fault = error.pos, error.msg
    except RecursionError:
        fault = 0, "nested too deeply"
    except ValueError:  # an integer of more digits than Python reads
        fault = 0, "a number with too many digits"
    # Not inside of `except`: the error of `json` holds the text, which may be private.
    position, reason = fault
    raise UnreadableError(f"character {_place(value, position)}: no JSON: {reason}")


def _place(value: list[Piece], position: int) -> int:
    """Return where in the stream a position in a value is."""
    *before, (last, _) = value
    for place, text in before:
        if position < len(text):
            return place + position
        position -= len(text)
    return last + position


class _Step(NamedTuple):
    """How far into a text a value was followed, and how to follow it from there.

    `follow` is None where the value ends; `depth` is how many brackets are open.
    """

    end: int
    follow: _Follow | None
    depth: int


_Follow: TypeAlias = Callable[[str, int, int], _Step]


def _cut(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Cut a text into what should be one value each; nothing is looked at twice."""
    value: list[Piece] = []
    follow: _Follow | None = None
    depth = 0
    for place, text in pieces:
        start = 0
        while start < len(text):
            if follow is None:
                first = _VALUE_START.search(text, start)
                if first is None:
                    break
                start = first.start()
                follow = _nested if first[0] in '[{"' else _scalar
            end, follow, depth = follow(text, start, depth)
            value.append((place + start, text[start:end]))
            start = end
            if follow is None:
                yield value
                value = []
    if value:
        yield value


def _scalar(text: str, start: int, depth: int) -> _Step:
    end = _SCALAR_END.search(text, start)
    return _Step(end.start(), None, depth) if end else _Step(len(text), _scalar, depth)


def _nested(text: str, start: int, depth: int) -> _Step:
    """Follow a value to the bracket that closes its first one, or a string to its end."""
    for token in _BRACKET_OR_STRING.finditer(text, start):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        elif not token[1]:
            return _Step(token.end(), _string, depth)
        if not depth:
            return _Step(token.end(), None, depth)
    return _Step(len(text), _nested, depth)


def _string(text: str, start: int, depth: int) -> _Step:
    rest = _REST_OF_STRING.match(text, start)
    assert rest is not None  # it matches nothing, too
    match rest[1]:
        case '"':
            return _Step(rest.end(), _nested if depth else None, depth)
        case "\\":
            return _Step(rest.end(), _escaped, depth)
        case _:
            return _Step(rest.end(), _string, depth)


def _escaped(text: str, start: int, depth: int) -> _Step:
    return _Step(1, _string, depth)  # a backslash was the last character before
