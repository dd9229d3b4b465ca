"""Convert AWS's HTML documentation to Markdown, with the visible text of R's help pages.

::

    HTML -> events (make_paws.html_reader) -> fragments -> blocks -> pieces
         -> lines (make_paws.markdown)

A fragment is a text with its surrounding elements. A block consists of the fragments of a
paragraph, in which whitespace is collapsed as in a browser. Invalid HTML is not an error:
markup without an equivalent in Markdown is converted to text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count, groupby, repeat, takewhile
from types import MappingProxyType
from urllib.parse import quote

from make_paws.elements import BLOCKS, ROLES, Role
from make_paws.html_reader import End, Event, Start, read, unknown_names
from make_paws.markdown import (
    BREAK,
    QUOTE,
    RULE,
    Block,
    Item,
    Piece,
    Span,
    code_block,
    laid_out,
    paragraph,
)

# CommonMark parsers limit the depth (markdown-it: 20 levels, two for each list). Deeper
# lists are moved up to this level, so that no text is lost.
_MAX_LISTS = 8

_NO_LINKS: Mapping[str, str] = MappingProxyType({})
_DOCUMENTATION_SITE = "https://docs.aws.amazon.com/"

# Control characters (make_paws.markdown uses two of them), bidirectional characters, which
# can make generated code look like other code, and unpaired surrogates.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _bullets() -> Iterator[str]:
    return repeat("- ")


def _separators() -> Iterator[str]:
    """Yield what precedes each cell of a row."""
    return chain([""], repeat(" | "))


@dataclass(frozen=True, slots=True, eq=False)
class _Context:
    """The formatting of a text by the elements around it, outermost first.

    `code` is a separate object for each code element, so that they are not merged.
    """

    spans: tuple[Span, ...] = ()
    items: tuple[Item, ...] = ()
    markers: Iterator[str] = field(default_factory=_bullets)
    separators: Iterator[str] = field(default_factory=_separators)
    code: object = None
    is_preformatted: bool = False
    is_rule: bool = False


@dataclass(frozen=True, slots=True)
class _Fragment:
    text: str
    context: _Context


def convert(html: str, links: Mapping[str, str] = _NO_LINKS, width: int = 72) -> str:
    """Return AWS's documentation as Markdown.

    Parameters
    ----------
    html : str
        A ``documentation`` string of a service model, however broken.
    links : mapping of str to str
        The name of an operation to its replacement in code, and in a link without other
        text: ``{"InvokeEndpoint": "invoke_endpoint"}``.
    width : int
        Columns of a line. A single word or link may be longer.

    Returns
    -------
    str
        CommonMark, without trailing whitespace.

    Notes
    -----
    The rules are those of R's ``make.paws/R/docs.R``: code keeps only its text, terms
    and headings are bold lines, relative links are resolved to the documentation site. R
    requests each URL to find dead links; here, only invalid links are omitted.
    """
    blocks: list[Block] = []
    for fragments in _blocks(html, links):
        context = fragments[0].context
        if context.is_rule:
            lines = [RULE]
        elif context.is_preformatted:
            lines = code_block("".join(fragment.text for fragment in fragments))
        else:
            indentation = sum(len(item.marker) for item in context.items)
            lines = paragraph(_pieces(fragments, links), width - indentation)
        blocks.append((lines, context.items))
    return "\n".join(laid_out(blocks))


def title(html: str) -> str:
    """Return R's title of an operation: its documentation up to the first full stop.

    Parameters
    ----------
    html : str
        The ``documentation`` string of the operation.

    Returns
    -------
    str
        One line of plain text; "" if there is no text before the full stop.

    Notes
    -----
    R (``get_operation_title`` in ``make.paws/R/docs.R``) takes the first paragraph and
    splits it at any full stop, even that of "e.g.".
    """
    first = next(_blocks(html, _NO_LINKS), [])
    text = "".join(fragment.text for fragment in first)
    return " ".join(text.replace(BREAK, " ").partition(".")[0].split())


def unknown_tags(html: str) -> tuple[str, ...]:
    """Return the tags that `convert` shows as text: ``<ip>``.

    Returns
    -------
    tuple of str
        Each tag once, without attributes, truncated to 40 characters.
    """
    return tuple(f"<{printable(name):.40}>" for name in unknown_names(html))


def printable(text: str) -> str:
    """Return `text` with replacement characters for invisible characters."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _blocks(html: str, links: Mapping[str, str]) -> Iterator[list[_Fragment]]:
    """Yield the fragments of each block with visible text."""
    contexts = [_Context()]
    block: list[_Fragment] = []
    events = read(html)
    for position, event in enumerate(events):
        if not isinstance(event, str) and event.tag in BLOCKS:
            if any(fragment.text.replace(BREAK, " ").strip() for fragment in block):
                yield block
            block = []
        match event:
            case Start(tag):
                is_operation = tag == "a" and _link_text(events, position) in links
                contexts.append(_inside(contexts[-1], event, is_operation))
                if contexts[-1].is_rule:
                    yield [_Fragment("", contexts[-1])]
                text = _before(event, contexts[-1])
            case End(tag):
                contexts.pop()
                text = '"' if ROLES[tag] is Role.QUOTATION else ""
            case text:
                text = printable(text)
        if text:
            block.append(_Fragment(text, contexts[-1]))


def _link_text(events: Sequence[Event], position: int) -> str:
    """Return the text of the link that starts at `position`; links are not nested."""
    following = (events[index] for index in range(position + 1, len(events)))
    inside = takewhile(lambda event: event != End("a"), following)
    return "".join(event for event in inside if isinstance(event, str))


def _before(start: Start, context: _Context) -> str:
    """Return the text of an element before its content."""
    match ROLES[start.tag]:
        case Role.LINE_BREAK:
            return "\n" if context.is_preformatted else BREAK
        case Role.CELL:
            return next(context.separators)
        case Role.IMAGE:
            return printable(start.attributes.get("alt", ""))
        case Role.QUOTATION:
            return '"'
        case Role.SUPERSCRIPT:
            return "^"  # without it, two to the power of ten would be 210
        case _:
            return ""


def _inside(context: _Context, start: Start, is_operation: bool) -> _Context:
    """Return the context of the content of an element."""
    match ROLES[start.tag]:
        case Role.BOLD | Role.HEADING:
            return _within(context, Span("emphasis", "**", "**"))
        case Role.ITALIC:
            return _within(context, Span("emphasis", "*", "*"))
        case Role.LINK if not is_operation:
            url = _url(start.attributes.get("href", ""))
            return _within(context, Span("link", "[", f"]({url})")) if url else context
        case Role.CODE | Role.LINK:
            is_inside = context.code is not None
            return context if is_inside else replace(context, code=object())
        case Role.LINE_BREAK:
            return replace(context, spans=(), code=None)
        case Role.NUMBERED_LIST:
            return replace(context, markers=(f"{number}. " for number in count(1)))
        case Role.LIST:
            return replace(context, markers=_bullets())
        case Role.ITEM:
            item = Item(next(context.markers), context.markers)
            return replace(_nested(context, item), separators=_separators())
        case Role.QUOTE:
            return _nested(context, Item(QUOTE, repeat(QUOTE)))
        case Role.PREFORMATTED:
            return replace(context, is_preformatted=True)
        case Role.RULE:
            return replace(context, is_rule=True)
        case _:
            return context


def _nested(context: _Context, item: Item) -> _Context:
    """Return `context` with an item; it replaces the last one at the max depth."""
    return replace(context, items=(*context.items[: _MAX_LISTS - 1], item))


def _within(context: _Context, span: Span) -> _Context:
    # Code contains only text, and a link cannot contain a link. Emphasis can contain
    # emphasis, but R omits most of it, and CommonMark parsers disagree about it.
    if context.code is not None or span.kind in {outer.kind for outer in context.spans}:
        return context
    return replace(context, spans=(*context.spans, span))


def _url(href: str) -> str:
    """Return the URL of `href`, encoded for Markdown; "" if it is invalid."""
    url = href.strip()
    if re.match(r"/?[A-Za-z0-9-]+/", url):
        url = _DOCUMENTATION_SITE + url.removeprefix("/")
    if not re.match(r"https?://|mailto:", url):
        return ""
    encoded = quote(url, safe="!#$%&'*+,/:;=?@")
    return re.sub(r"&(?=#?[0-9A-Za-z]+;)", "&amp;", encoded)


def _pieces(fragments: Sequence[_Fragment], links: Mapping[str, str]) -> list[Piece]:
    """Collapse whitespace, and show operations by their names in `links`."""
    pieces: list[Piece] = []
    spaced = False
    for (spans, code), group in groupby(
        fragments, key=lambda fragment: (fragment.context.spans, fragment.context.code)
    ):
        text = "".join(fragment.text for fragment in group)
        words = " ".join(text.split()).lstrip("" if pieces else f"{BREAK} ")
        spaced = spaced or text[0].isspace()
        if words:
            is_label = any(span.kind == "link" for span in spans)
            kind = "code" if code is not None else "label" if is_label else "text"
            shown = links.get(words, words) if kind == "code" else words
            pieces.append(Piece(kind, shown, spans, spaced))
            spaced = text[-1].isspace()
    return pieces
