"""How text of a model gets into a page: always through one of these filters.

A page is Markdown for MkDocs. Texts stand in it as blocks of HTML, in which no extension
of Python-Markdown acts: their Markdown (`make_paws.docs`) is read by a CommonMark reader
that knows no HTML, so that all tags are its own. Code stands in fences, and one line of
text in character references.
"""

from __future__ import annotations

import html
import json
import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from make_paws.docs import printable

# Lists of AWS are nested deeper than the 20 levels at which the reader would stop.
_READER = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
_READER.disable("image")  # it would be a request to another host
# What means something to Markdown, its extensions, a template language or YAML.
_SPECIAL = re.compile(r"""[^\w\s.,;?/'"()-]|_""")
# YAML 1.2, section 5.1: what a stream may not hold, or would be read as the end of a line.
_UNREADABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BREAK = re.compile(r"\r\n?|\f")


def prose(markdown: str) -> Markup:
    """Return paragraphs of `make_paws.docs` as HTML."""
    return Markup(_rendered(markdown))


def phrase(markdown: str) -> Markup:
    """Return one line of Markdown as HTML, without a paragraph around it."""
    return Markup(_inert(_READER.renderInline(_clean(markdown))))


def plain(text: str) -> Markup:
    """Return any text as HTML, for inside of a block of HTML, or of an attribute."""
    return Markup(_inert(html.escape(_clean(text))))


def line(text: str) -> Markup:
    """Return any text as one line of Markdown that means nothing but itself."""
    words = " ".join(_clean(text).split())
    return Markup(_SPECIAL.sub(lambda found: f"&#{ord(found[0])};", words))


def code(text: str) -> Markup:
    """Return any text as code in HTML."""
    return Markup(f"<code>{plain(text)}</code>")


def fence(text: str, language: str, indent: int = 0) -> Markup:
    """Return any text as a block of code, every line but the first `indent` columns in."""
    content = _clean(text)
    longest = max(map(len, re.findall("`+", content)), default=0)
    mark = "`" * max(3, longest + 1)
    block = f"{mark}{language}\n{content}\n{mark}"
    return Markup(re.sub(r"\n(?=[^\n])", "\n" + " " * indent, block))


def yaml(text: str) -> Markup:
    """Return any text as a value of the front matter.

    It is HTML already: a theme puts it into its pages as it is.
    """
    value = json.dumps(" ".join(str(plain(text)).split()), ensure_ascii=False)
    return Markup(_UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", value))


@lru_cache(maxsize=2048)  # most errors are those of every function
def _rendered(markdown: str) -> str:
    return _inert(_READER.render(_clean(markdown))).strip()


def _clean(text: str) -> str:
    """Return `text` with the ends of lines that Python-Markdown would make of it."""
    return printable(_BREAK.sub("\n", text))


def _inert(markup: str) -> str:
    """Return HTML in which braces are character references: a template engine's, too."""
    return markup.replace("{", "&#123;").replace("}", "&#125;")
