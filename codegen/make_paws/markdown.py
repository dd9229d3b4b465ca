"""Write Markdown that is readable as plain text, with as few escapes as possible.

::

    pieces of a paragraph -> marks around spans -> one line -> lines of a width

The output is CommonMark. Characters that would be markup are escaped, and emphasis without
an equivalent in CommonMark is omitted.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, takewhile
from types import MappingProxyType
from typing import TypeAlias

BREAK = "\x01"  # a forced line break
_GLUE = "\x02"  # a space without a line break
QUOTE = "> "
RULE = "***"

# Markup in a text. In the 'label' of a link, brackets are markup as well.
_TEXT = r"""
      \\(?![^\W_])                  # before punctuation, and at the end
    | (?!(?<=\s)\*(?=\s(?!\x01)))\* # not alone between spaces, unless a break follows
    | (?<!\w)_+ | (?<!_)_+(?!\w)    # not inside a word
    | `
    | <(?=[A-Za-z/!?]|[^\s<>@]+@|\Z) # a tag, a link, or an address even with marks in it
    | &(?=\#?[0-9A-Za-z]+;)
    | \](?=\()
    """
_LABEL = _TEXT + r"| [\[\]]"
_SPECIAL = MappingProxyType(
    {"text": re.compile(_TEXT, re.VERBOSE), "label": re.compile(_LABEL, re.VERBOSE)}
)
# Words that start a block at the start of the first, or any other, line of a paragraph.
_STARTER = r"\+|-+|\*+|=+|_+|#{1,6}|(>|~~~).*"
_OPENS_BLOCK = re.compile(_STARTER + r"|[0-9]{1,9}[.)]")
_INTERRUPTS = re.compile(_STARTER + r"|<[A-Za-z/!?].*|0*1[.)]")


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """An 'emphasis' or a 'link': the Markdown before and after its text."""

    kind: str
    opening: str
    closing: str


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A list item, or a quote; the items of a list share `markers`."""

    marker: str
    markers: Iterator[str]

    @property
    def prefix(self) -> str:
        """The start of all lines except the first."""
        return QUOTE if self.marker == QUOTE else " " * len(self.marker)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a paragraph: 'text', 'code', 'label' (text of a link), or a mark.

    Marks are the pieces before and after a span, and have its kind. `spans` and `spaced`
    (whether whitespace precedes) are used before the marks are added.
    """

    kind: str
    text: str
    spans: tuple[Span, ...] = ()
    spaced: bool = False


# The lines of a paragraph or of preformatted text, and the list items around it.
Block: TypeAlias = tuple[list[str], tuple[Item, ...]]


def paragraph(pieces: Sequence[Piece], width: int) -> list[str]:
    """Return the lines of a paragraph, wrapped to `width` columns.

    Parameters
    ----------
    pieces : sequence of Piece
        At least one piece, without marks.
    width : int
        Columns of a line. A single word or link may be longer.
    """
    return _wrapped(_markdown(_marked(pieces)), width)


def code_block(text: str) -> list[str]:
    """Return the lines of preformatted text."""
    content = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    marks = fence(content, 3)
    return [marks, *content.split("\n"), marks]


def fence(text: str, minimum: int) -> str:
    """Return more backticks than `text` has in a row, at least `minimum`."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(minimum, longest + 1)


def laid_out(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the lines, with markers, indentation and empty lines between blocks."""
    nestings: list[tuple[Item, ...]] = [(), *(items for _, items in blocks)]
    with_long_items = {
        item.markers
        for above, items in pairwise(nestings)
        for item in items[: _shared(above, items)]
    }
    for number, (above, (lines, items)) in enumerate(
        zip(nestings, blocks, strict=False)
    ):
        shared = _shared(above, items)
        is_next = len(above) == len(items) == shared + 1 and (
            above[-1].markers is items[-1].markers not in with_long_items
        )
        around = "".join(item.prefix for item in items[:shared])
        if number and not is_next:
            yield around.rstrip()
        yield around + "".join(item.marker for item in items[shared:]) + lines[0]
        prefix = "".join(item.prefix for item in items)
        for line in lines[1:]:
            yield (prefix + line).rstrip()


def _marked(pieces: Sequence[Piece]) -> list[Piece]:
    """Add the marks of the spans, and put spaces outside them."""
    marked: list[Piece] = []
    opened: tuple[Span, ...] = ()
    for piece in _without_definition(pieces):
        shared = _shared(opened, piece.spans)
        marked += _closing_marks(opened[shared:])
        marked += [Piece("text", " ")] * piece.spaced
        marked += [Piece(span.kind, span.opening) for span in piece.spans[shared:]]
        marked.append(piece)
        opened = piece.spans
    return marked + _closing_marks(opened)


def _closing_marks(spans: Sequence[Span]) -> list[Piece]:
    return [Piece(span.kind, span.closing) for span in reversed(spans)]


def _without_definition(pieces: Sequence[Piece]) -> Sequence[Piece]:
    # "[label]: url" would be an invisible definition, even if "]:" is code.
    first = pieces[0]
    if first.text.startswith("[") or any(span.kind == "link" for span in first.spans):
        return [
            replace(piece, kind="label") if "]:" in piece.text else piece
            for piece in pieces
        ]
    return pieces


def _shared(one: Sequence[object], other: Sequence[object]) -> int:
    """Return the length of the common start of two sequences."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))


def _markdown(pieces: Sequence[Piece]) -> str:
    """Return a paragraph as one line, with breaks and glue in it."""
    pieces = _without_unreadable_emphasis(pieces)
    unpaired = _unpaired(pieces)
    parts: list[str] = []
    is_link = False
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        text = "".join(piece.text for piece in group)
        if kind == "code":
            text = _code(text)
        elif kind in _SPECIAL:
            text = _escaped(text, kind, unpaired)
        elif text.startswith("[") and parts and parts[-1].endswith("!"):
            parts[-1] = parts[-1][:-1] + r"\!"  # the link would be an image
        if kind == "link":
            is_link = text.endswith("[")
        elif is_link:
            # Pyright shows a link with a line break as text.
            text = text.replace(" ", _GLUE)
        parts.append(text)
    return "".join(parts)


def _without_unreadable_emphasis(pieces: Sequence[Piece]) -> list[Piece]:
    marks = [index for index, piece in enumerate(pieces) if piece.kind == "emphasis"]
    unreadable = {
        mark
        for opening, closing in zip(marks[::2], marks[1::2], strict=True)
        if not (_is_readable(pieces, opening, -1) and _is_readable(pieces, closing, 1))
        for mark in (opening, closing)
    }
    return [piece for index, piece in enumerate(pieces) if index not in unreadable]


def _is_readable(pieces: Sequence[Piece], mark: int, outward: int) -> bool:
    """Return whether CommonMark reads a mark as intended: -1 opening, 1 closing.

    This is the case if the character outside is missing, whitespace or ASCII punctuation,
    or if the mark is between two letters or digits. Adjacent marks would be read as one.
    """
    if not 0 <= mark + outward < len(pieces):
        return True
    outside, inside = pieces[mark + outward], pieces[mark - outward]
    outer = outside.text[0 if outward == 1 else -1]
    inner = inside.text[-1 if outward == 1 else 0]
    if outside.kind == "code" or outer in string.punctuation or outer in (" ", BREAK):
        return outside.kind != "emphasis"
    return outer.isalnum() and inner.isalnum() and inside.kind != "code"


def _unpaired(pieces: Sequence[Piece]) -> frozenset[str]:
    """Return the delimiters that occur only once, so that they are not markup."""
    kinds = [piece.kind for piece in pieces]
    delimiters = "*" * kinds.count("emphasis") + "`" * kinds.count("code")
    for piece in pieces:
        if piece.kind in _SPECIAL:
            found = _SPECIAL[piece.kind].finditer(piece.text)
            delimiters += "".join(match[0][0] for match in found)
    return frozenset(mark for mark in "*_`" if delimiters.count(mark) == 1)


def _escaped(text: str, kind: str, unpaired: frozenset[str]) -> str:
    def escape(match: re.Match[str]) -> str:
        return match[0] if match[0][0] in unpaired else "\\" + "\\".join(match[0])

    return _SPECIAL[kind].sub(escape, text)


def _code(text: str) -> str:
    """Return a code span without line breaks before words that would start a block."""
    marks = fence(text, 1)
    padding = _GLUE if "`" in (text[0], text[-1]) else ""
    first, *others = text.split(" ")
    glued = first + "".join(
        (_GLUE if len(marks) > 2 or _INTERRUPTS.fullmatch(word) else " ") + word
        for word in others
    )
    return marks + padding + glued + padding + marks


def _wrapped(markdown: str, width: int) -> list[str]:
    lines: list[str] = []
    parts = [words for part in markdown.split(BREAK) if (words := part.split())]
    for words in parts:
        if lines:
            lines[-1] += "\\"
        lines += _filled(words, width - (len(parts) > 1), is_first=not lines)
    return [line.replace(_GLUE, " ") for line in lines]


def _filled(words: Sequence[str], width: int, is_first: bool) -> list[str]:
    line = _at_start(words[0], _OPENS_BLOCK if is_first else _INTERRUPTS)
    lines = []
    for word in words[1:]:
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = _at_start(word, _INTERRUPTS)
        else:
            line += " " + word
    return [*lines, line]


def _at_start(word: str, special: re.Pattern[str]) -> str:
    # In CommonMark, a digit cannot be escaped; escape the full stop or bracket after it.
    return re.sub("^[0-9]*", r"\g<0>\\", word) if special.fullmatch(word) else word
