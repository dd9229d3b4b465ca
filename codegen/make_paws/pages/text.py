"""Filters that convert untrusted text of a model for the Markdown pages of MkDocs.

Paragraphs (Markdown of `make_paws.docs`) become blocks of HTML, in which no extension of
Python-Markdown is active. The CommonMark parser that converts them treats HTML as text, so
all tags in its output are its own. Code is written in fences, and in a line of text special
characters are written as character references.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from make_paws import markdown
from make_paws.docs import printable

# AWS's lists are nested deeper than the parser's default limit of 20 levels.
_READER = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
_READER.disable("image")  # an image would be loaded from another host
# Characters with a meaning in Markdown, its extensions, template languages or YAML.
_SPECIAL = re.compile(r"""[^\w\s.,;?/'"()-]|_""")
# YAML 1.2, section 5.1: characters that are not allowed, or are line breaks.
_UNREADABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BREAK = re.compile(r"\r\n?|\f")


@lru_cache(maxsize=20_000)  # the functions of a service share errors and structures
def prose(markdown: str) -> Markup:
    """Return paragraphs of `make_paws.docs` as HTML."""
    return Markup(_inert(_READER.render(_clean(markdown))).strip())


def phrase(markdown: str) -> Markup:
    """Return one line of Markdown as HTML, without a paragraph around it."""
    return Markup(_inert(_READER.renderInline(_clean(markdown))))


def plain(text: str) -> Markup:
    """Return any text as HTML, for a block of HTML or an attribute."""
    return Markup(_inert(html.escape(_clean(text))))


def line(text: str) -> Markup:
    """Return any text as one line of Markdown without markup."""
    words = " ".join(_clean(text).split())
    return Markup(_SPECIAL.sub(lambda found: f"&#{ord(found[0])};", words))


def code(text: str) -> Markup:
    """Return any text as code in HTML."""
    return Markup(f"<code>{plain(text)}</code>")


def annotation(text: str, links: Mapping[str, str]) -> Markup:
    """Return a type as code in HTML, with links for the names in `links`."""
    words = re.split(r"(\w+)", text)
    linked = (
        f'<a href="{links[word]}">{word}</a>' if word in links else plain(word)
        for word in words
    )
    return Markup(f"<code>{''.join(linked)}</code>")


def fence(text: str, language: str, indent: int = 0) -> Markup:
    """Return any text as a block of code; `indent` all lines except the first."""
    content = _clean(text)
    marks = markdown.fence(content, 3)
    block = f"{marks}{language}\n{content}\n{marks}"
    return Markup(re.sub(r"\n(?=[^\n])", "\n" + " " * indent, block))


def yaml(text: str) -> Markup:
    """Return any text as a value of the front matter.

    The value is HTML, because themes insert it into their pages without escaping.
    """
    value = json.dumps(" ".join(str(plain(text)).split()), ensure_ascii=False)
    return Markup(_UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", value))


def _clean(text: str) -> str:
    """Return `text` with normalized line breaks, as in Python-Markdown."""
    return printable(_BREAK.sub("\n", text))


def _inert(markup: str) -> str:
    """Return HTML with braces as references, so that it contains no template syntax."""
    return markup.replace("{", "&#123;").replace("}", "&#125;")
