"""AWS's HTML documentation as Markdown, with the visible words of R's help pages.

::

    HTML -> tree -> fragments -> blocks -> pieces -> lines

libxml2 reads the HTML, as it does for R's generator, so broken HTML is understood
alike. The tree is flattened into fragments: text that knows its context. Fragments
of one paragraph make a block; inside it, whitespace is collapsed as in a browser.

The Markdown is read raw in ``help()``. So a character is escaped only where it would
mean something, and emphasis that CommonMark could not read back is left out.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby, pairwise, repeat, takewhile
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import quote

from lxml import etree

from make_paws.errors import ModelError

# All tags in the documentation of botocore 1.43.6 and 1.44.5, and their next of kin.
_HEADINGS = frozenset({"dt", "h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = frozenset({"dd", "div", "fullname", "important", "note", "p", "para"})
_LISTS = frozenset({"dl", "ol", "table", "tbody", "thead", "ul"})
_ITEMS = frozenset({"li", "tr"})
_WRAPPERS = frozenset({"body", "html", "text", "value", "xhtml", "zonbook"})
_BLOCKS = _HEADINGS | _PARAGRAPHS | _LISTS | _ITEMS | _WRAPPERS | {"pre"}
_CELLS = frozenset({"td", "th"})
_BOLD = _HEADINGS | {"b", "strong"}
_ITALIC = frozenset({"em", "emphasis", "i"})
_PLAIN = frozenset({"copy", "filename", "function", "link", "replaceable", "span"})
_INLINE = _CELLS | _BOLD | _ITALIC | _PLAIN | {"a", "br", "code", "u", "ulink"}
# Not HTML: AWS writes arn:aws:kms:<region>:<account>:key/<uuid> unescaped. A browser
# shows nothing for these words, and so does R.
_PLACEHOLDERS = frozenset({"accessibility", "account", "account-id", "id", "n", "name"})
_PLACEHOLDERS |= {"owner-id", "region", "role", "type", "uuid"}
_KNOWN = _BLOCKS | _INLINE | _PLACEHOLDERS

# Deeper, text would be lost without a word: CommonMark readers stop somewhere
# (markdown-it at 20 levels, two for each list), and so does libxml2 (at 256).
_MAX_DEPTH = 200
_MAX_LISTS = 8

_NO_LINKS: Mapping[str, str] = MappingProxyType({})
_DOCUMENTATION_SITE = "https://docs.aws.amazon.com/"

# Control characters (two of them are our marks, below), bidirectional ones, which can
# make generated code look like other code, and lone surrogates.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BREAK = "\x01"  # a line must end here
_GLUE = "\x02"  # a space at which no line may end

# What means something in a text; in the 'label' of a link, brackets do too.
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
class _Span:
    """An 'emphasis' or a 'link': the Markdown before and after its text."""

    kind: str
    opening: str
    closing: str


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """A list item; the items of a list share `markers`."""

    marker: str
    markers: Iterator[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Context:
    """What the elements around a text mean for it; `spans`, `items` outermost first."""

    spans: tuple[_Span, ...] = ()
    items: tuple[_Item, ...] = ()
    markers: Iterator[str] = field(default_factory=lambda: repeat("- "))
    code: object = None
    preformatted: bool = False


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A text of the tree in its context."""

    text: str
    context: _Context


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a paragraph: 'text', 'code', 'label' (text of a link), or a mark.

    Marks stand around a span and have its kind. Before there are marks, a piece knows
    its spans, and whether it is `spaced`: follows whitespace.
    """

    kind: str
    text: str
    spans: tuple[_Span, ...] = ()
    spaced: bool = False


# The lines of a paragraph or of preformatted text, and the list items around it.
_Block: TypeAlias = tuple[list[str], tuple[_Item, ...]]


def convert(html: str, links: Mapping[str, str] = _NO_LINKS, width: int = 72) -> str:
    """Return AWS's documentation as Markdown.

    Parameters
    ----------
    html : str
        A ``documentation`` string of a service model, however broken.
    links : mapping of str to str
        What to show for the name of an operation where it is code, or all of the text
        of a link: ``{"InvokeEndpoint": "invoke_endpoint"}``.
    width : int
        Columns of a line. A single word, such as a URL, may be longer.

    Returns
    -------
    str
        CommonMark, without whitespace at the end of a line or of the whole.

    Raises
    ------
    ModelError
        If a tag is not known, or elements are nested too deep.

    Notes
    -----
    The rules are those of R's ``make.paws/R/docs.R``: code keeps only its text, terms
    and headings are bold lines, relative links lead to the documentation site. R asks
    the network which links are dead; here one is dropped if it could lead nowhere.
    """
    blocks: list[_Block] = []
    for fragments in _blocks(html, links):
        context = fragments[0].context
        if context.preformatted:
            lines = _preformatted(fragments)
        else:
            indentation = sum(len(item.marker) for item in context.items)
            paragraph = _markdown(_marked(_pieces(fragments, links)))
            lines = _wrapped(paragraph, width - indentation)
        blocks.append((lines, context.items))
    return "\n".join(_laid_out(blocks))


def title(html: str) -> str:
    """Return R's title of an operation: its documentation up to the first full stop.

    Parameters
    ----------
    html : str
        The ``documentation`` string of the operation.

    Returns
    -------
    str
        One line of plain text; empty if there is none before the full stop.

    Raises
    ------
    ModelError
        If a tag is not known, or elements are nested too deep.

    Notes
    -----
    R (``get_operation_title`` in ``make.paws/R/docs.R``) takes the first paragraph and
    splits it at any full stop, so that of "e.g." ends the title too.
    """
    first = next(_blocks(html, _NO_LINKS), [])
    text = "".join(fragment.text for fragment in first)
    return " ".join(text.replace(_BREAK, " ").partition(".")[0].split())


def _blocks(html: str, links: Mapping[str, str]) -> Iterator[list[_Fragment]]:
    """Yield the fragments of each paragraph or preformatted text that shows anything."""
    contexts = [_Context()]
    block: list[_Fragment] = []
    for event, element in etree.iterwalk(_tree(html), events=("start", "end")):
        if element.tag in _BLOCKS:
            text = "".join(fragment.text for fragment in block)
            if text.replace(_BREAK, " ").strip():
                yield block
            block = []
        if event == "start":
            contexts.append(_inside(contexts[-1], element, links))
            text = _own_text(element, contexts[-1]) + _printable(element.text or "")
        else:
            contexts.pop()
            text = _printable(element.tail or "")
        if len(contexts) > _MAX_DEPTH:
            raise ModelError(f"HTML elements nested deeper than {_MAX_DEPTH}")
        if text:
            block.append(_Fragment(text, contexts[-1]))


def _tree(html: str) -> etree._Element:
    # Without a body of its own, a text that shows nothing would be an error.
    data = f"<body>{_printable(html)}".encode()
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    return etree.fromstring(data, parser)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)


def _own_text(element: etree._Element, context: _Context) -> str:
    """Return what `element` shows before its content."""
    tag = element.tag
    if tag in _PLACEHOLDERS:
        return f"<{tag}>"
    if tag == "br":
        return "\n" if context.preformatted else _BREAK
    if tag in _CELLS and element.getprevious() is not None:
        return " | "
    return ""


def _inside(
    context: _Context, element: etree._Element, links: Mapping[str, str]
) -> _Context:
    """Return the context of the content of `element`."""
    tag = element.tag
    if tag not in _KNOWN:
        reason = f"unknown HTML tag <{tag:.40}>: the tables of docs.py must list it"
        raise ModelError(reason)
    if tag in _BOLD:
        return _within(context, _Span("emphasis", "**", "**"))
    if tag in _ITALIC:
        return _within(context, _Span("emphasis", "*", "*"))
    if tag == "code" or (tag == "a" and element.xpath("string()") in links):
        return context if context.code is not None else replace(context, code=element)
    if tag == "a":
        url = _url(element.get("href", ""))
        return _within(context, _Span("link", "[", f"]({url})")) if url else context
    if tag == "br":
        return replace(context, spans=(), code=None)
    if tag == "ol":
        return replace(context, markers=(f"{number}. " for number in count(1)))
    if tag in ("ul", "table"):
        return replace(context, markers=repeat("- "))
    if tag in _ITEMS:
        return _itemized(context)
    if tag == "pre":
        return replace(context, preformatted=True)
    return context


def _within(context: _Context, span: _Span) -> _Context:
    # Code is only text, and a link cannot stand in a link. Emphasis could in emphasis,
    # but R drops most of that, and what is not nested cannot be misread.
    if context.code is not None or span.kind in {outer.kind for outer in context.spans}:
        return context
    return replace(context, spans=(*context.spans, span))


def _url(href: str) -> str:
    """Return where `href` leads, encoded for Markdown; empty if nowhere."""
    url = href.strip()
    if re.match(r"/?[A-Za-z0-9-]+/", url):
        url = _DOCUMENTATION_SITE + url.removeprefix("/")
    if not re.match(r"https?://|mailto:", url):
        return ""
    encoded = quote(url, safe="!#$%&'*+,/:;=?@")
    return re.sub(r"&(?=#?[0-9A-Za-z]+;)", "&amp;", encoded)


def _itemized(context: _Context) -> _Context:
    if len(context.items) == _MAX_LISTS:
        raise ModelError(f"HTML lists nested deeper than {_MAX_LISTS}")
    item = _Item(next(context.markers), context.markers)
    return replace(context, items=(*context.items, item))


def _preformatted(fragments: Sequence[_Fragment]) -> list[str]:
    text = "".join(fragment.text for fragment in fragments)
    content = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    fence = _fence(content, 3)
    return [fence, *content.split("\n"), fence]


def _fence(text: str, minimum: int) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(minimum, longest + 1)


def _pieces(fragments: Sequence[_Fragment], links: Mapping[str, str]) -> list[_Piece]:
    """Collapse whitespace, and show operations by their names in `links`."""
    pieces: list[_Piece] = []
    spaced = False
    for (spans, code), group in groupby(
        fragments, key=lambda fragment: (fragment.context.spans, fragment.context.code)
    ):
        text = "".join(fragment.text for fragment in group)
        words = " ".join(text.split()).lstrip("" if pieces else f"{_BREAK} ")
        spaced = spaced or text[0].isspace()
        if words:
            is_label = any(span.kind == "link" for span in spans)
            kind = "code" if code is not None else "label" if is_label else "text"
            shown = links.get(words, words) if kind == "code" else words
            pieces.append(_Piece(kind, shown, spans, spaced))
            spaced = text[-1].isspace()
    return pieces


def _marked(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Add the marks of the spans, with the spaces outside of them."""
    marked: list[_Piece] = []
    opened: tuple[_Span, ...] = ()
    for piece in _without_definition(pieces):
        shared = _shared(opened, piece.spans)
        marked += _closing_marks(opened[shared:])
        marked += [_Piece("text", " ")] * piece.spaced
        marked += [_Piece(span.kind, span.opening) for span in piece.spans[shared:]]
        marked.append(piece)
        opened = piece.spans
    return marked + _closing_marks(opened)


def _closing_marks(spans: Sequence[_Span]) -> list[_Piece]:
    return [_Piece(span.kind, span.closing) for span in reversed(spans)]


def _without_definition(pieces: Sequence[_Piece]) -> Sequence[_Piece]:
    # A paragraph "[label]: url" shows nothing, even if "]:" is code; a label is escaped.
    first = pieces[0]
    if first.text.startswith("[") or any(span.kind == "link" for span in first.spans):
        return [
            replace(piece, kind="label") if "]:" in piece.text else piece
            for piece in pieces
        ]
    return pieces


def _shared(one: Sequence[object], other: Sequence[object]) -> int:
    """Return how many members two sequences have in common, from the start."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))


def _markdown(pieces: Sequence[_Piece]) -> str:
    """Return a paragraph as one line, with breaks and glue in it."""
    pieces = _without_unreadable_emphasis(pieces)
    unpaired = _unpaired(pieces)
    parts: list[str] = []
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        text = "".join(piece.text for piece in group)
        if kind == "code":
            text = _code(text)
        elif kind in _SPECIAL:
            text = _escaped(text, kind, unpaired)
        elif text.startswith("[") and parts and parts[-1].endswith("!"):
            parts[-1] = parts[-1][:-1] + r"\!"  # the link would be an image
        parts.append(text)
    return "".join(parts)


def _without_unreadable_emphasis(pieces: Sequence[_Piece]) -> list[_Piece]:
    marks = [index for index, piece in enumerate(pieces) if piece.kind == "emphasis"]
    unreadable = {
        mark
        for opening, closing in zip(marks[::2], marks[1::2], strict=True)
        if not (_is_readable(pieces, opening, -1) and _is_readable(pieces, closing, 1))
        for mark in (opening, closing)
    }
    return [piece for index, piece in enumerate(pieces) if index not in unreadable]


def _is_readable(pieces: Sequence[_Piece], mark: int, outward: int) -> bool:
    """Return whether CommonMark takes a mark for what it is: -1 opening, 1 closing.

    It surely does where whitespace, ASCII punctuation or nothing stands outside of it,
    and between two letters or digits. Two marks in a row would be read as one.
    """
    if not 0 <= mark + outward < len(pieces):
        return True
    outside, inside = pieces[mark + outward], pieces[mark - outward]
    outer = outside.text[0 if outward == 1 else -1]
    inner = inside.text[-1 if outward == 1 else 0]
    if outside.kind == "code" or outer in string.punctuation or outer in (" ", _BREAK):
        return outside.kind != "emphasis"
    return outer.isalnum() and inner.isalnum() and inside.kind != "code"


def _unpaired(pieces: Sequence[_Piece]) -> frozenset[str]:
    """Return the delimiters that mean nothing, since there is only one of each."""
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
    """Return a code span; a line inside may only start with what starts no block."""
    fence = _fence(text, 1)
    padding = _GLUE if "`" in (text[0], text[-1]) else ""
    first, *others = text.split(" ")
    glued = first + "".join(
        (_GLUE if len(fence) > 2 or _INTERRUPTS.fullmatch(word) else " ") + word
        for word in others
    )
    return fence + padding + glued + padding + fence


def _wrapped(markdown: str, width: int) -> list[str]:
    lines: list[str] = []
    parts = [words for part in markdown.split(_BREAK) if (words := part.split())]
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
    # In the number of a list item, the full stop or bracket is what can be escaped.
    return re.sub("^[0-9]*", r"\g<0>\\", word) if special.fullmatch(word) else word


def _laid_out(blocks: Sequence[_Block]) -> Iterator[str]:
    """Yield the lines, with markers, indentation and empty lines between blocks."""
    nestings: list[tuple[_Item, ...]] = [(), *(items for _, items in blocks)]
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
        if number and not is_next:
            yield ""
        opened = "".join(item.marker for item in items[shared:])
        indentation = " " * sum(len(item.marker) for item in items[:shared])
        yield indentation + opened + lines[0]
        for line in lines[1:]:
            yield (indentation + " " * len(opened) + line).rstrip()
