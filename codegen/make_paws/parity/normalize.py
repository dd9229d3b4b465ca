"""Normalize Markdown to its visible text, to compare texts with different layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

# R's lists are nested deeper than the parser's default limit of 20 levels.
_READER = MarkdownIt("commonmark", {"maxNesting": 100})


References = Mapping[str, Mapping[str, str]]
_NONE: References = MappingProxyType({})


def references(topics: Iterable[str]) -> References:
    """Return help topics as link targets for ``[text][topic]``."""
    return {normalizeReference(topic): {"href": "", "title": ""} for topic in topics}


def letters(markdown: str, references: References = _NONE) -> str:
    """Return the visible letters and digits, in order and in lower case.

    Parameters
    ----------
    markdown : str
        CommonMark.
    references : mapping
        The targets of reference links, in addition to those that the text defines.
    """
    # A copy, because the parser adds the definitions of the text.
    tokens = _READER.parse(markdown, {"references": {**references}})
    text = "".join(_contents(tokens))
    return "".join(filter(str.isalnum, text)).casefold()


def _contents(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from _contents(token.children)
        else:
            yield token.content
