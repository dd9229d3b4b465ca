"""What a reader of Markdown sees, for comparing texts that are laid out differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

# R's lists are nested deeper than the 20 levels at which the reader would stop.
_READER = MarkdownIt("commonmark", {"maxNesting": 100})


References = Mapping[str, Mapping[str, str]]
_NONE: References = MappingProxyType({})


def references(topics: Iterable[str]) -> References:
    """Return the help topics as what ``[text][topic]`` may lead to."""
    return {normalizeReference(topic): {"href": "", "title": ""} for topic in topics}


def letters(markdown: str, references: References = _NONE) -> str:
    """Return the letters and digits that a reader sees, in order, ignoring case.

    Parameters
    ----------
    markdown : str
        CommonMark.
    references : mapping
        What links by reference may lead to, besides what the text itself defines.
    """
    # A copy, because the reader adds what the text defines.
    tokens = _READER.parse(markdown, {"references": {**references}})
    text = "".join(_contents(tokens))
    return "".join(filter(str.isalnum, text)).casefold()


def _contents(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from _contents(token.children)
        else:
            yield token.content
