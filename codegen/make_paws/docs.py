"""AWS's HTML documentation as Markdown, with the visible words of R's help pages.

::

    HTML -> tree -> fragments -> blocks -> pieces -> lines (make_paws.markdown)

libxml2 reads the HTML, as it does for R's generator, so broken HTML is understood
alike. The tree is flattened into fragments: text that knows its context. Fragments
of one paragraph make a block; inside it, whitespace is collapsed as in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby, repeat
from types import MappingProxyType
from urllib.parse import quote

from lxml import etree

from make_paws.errors import ModelError
from make_paws.markdown import (
    BREAK,
    Block,
    Item,
    Piece,
    Span,
    code_block,
    laid_out,
    paragraph,
)

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

# Control characters (two of them are marks of make_paws.markdown), bidirectional ones, which can
# make generated code look like other code, and lone surrogates.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Context:
    """What the elements around a text mean for it; `spans`, `items` outermost first."""

    spans: tuple[Span, ...] = ()
    items: tuple[Item, ...] = ()
    markers: Iterator[str] = field(default_factory=lambda: repeat("- "))
    code: object = None
    preformatted: bool = False


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A text of the tree in its context."""

    text: str
    context: _Context


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
    blocks: list[Block] = []
    for fragments in _blocks(html, links):
        context = fragments[0].context
        if context.preformatted:
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
    return " ".join(text.replace(BREAK, " ").partition(".")[0].split())


def printable(text: str) -> str:
    """Return `text` with a replacement character for what no reader can see."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _blocks(html: str, links: Mapping[str, str]) -> Iterator[list[_Fragment]]:
    """Yield the fragments of each paragraph or preformatted text that shows anything."""
    contexts = [_Context()]
    block: list[_Fragment] = []
    for event, element in etree.iterwalk(_tree(html), events=("start", "end")):
        if element.tag in _BLOCKS:
            text = "".join(fragment.text for fragment in block)
            if text.replace(BREAK, " ").strip():
                yield block
            block = []
        if event == "start":
            contexts.append(_inside(contexts[-1], element, links))
            text = _own_text(element, contexts[-1]) + printable(element.text or "")
        else:
            contexts.pop()
            text = printable(element.tail or "")
        if len(contexts) > _MAX_DEPTH:
            raise ModelError(f"HTML elements nested deeper than {_MAX_DEPTH}")
        if text:
            block.append(_Fragment(text, contexts[-1]))


def _tree(html: str) -> etree._Element:
    # Without a body of its own, a text that shows nothing would be an error.
    data = f"<body>{printable(html)}".encode()
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    return etree.fromstring(data, parser)


def _own_text(element: etree._Element, context: _Context) -> str:
    """Return what `element` shows before its content."""
    tag = element.tag
    if tag in _PLACEHOLDERS:
        return f"<{tag}>"
    if tag == "br":
        return "\n" if context.preformatted else BREAK
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
        return _within(context, Span("emphasis", "**", "**"))
    if tag in _ITALIC:
        return _within(context, Span("emphasis", "*", "*"))
    if tag == "code" or (tag == "a" and element.xpath("string()") in links):
        return context if context.code is not None else replace(context, code=element)
    if tag == "a":
        url = _url(element.get("href", ""))
        return _within(context, Span("link", "[", f"]({url})")) if url else context
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


def _within(context: _Context, span: Span) -> _Context:
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
    item = Item(next(context.markers), context.markers)
    return replace(context, items=(*context.items, item))


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
