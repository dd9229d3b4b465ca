"""The title of a function on the reference pages: one short line.

By R's rule (`make_paws.docs.title`), the title is the text up to the first full stop. For
57 functions of S3, that is a notice about directory buckets.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt

from make_paws import ir

_WIDTH = 100
_READER = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
# A sentence ends before a capital letter, unless an abbreviation precedes it, such as
# that of N. Virginia.
_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\bvs)(?<!\b[A-Z])[.!?]\s+(?=[A-Z\"'(`])")
# Notices, such as sentences about the availability of an operation.
_NOTICE = re.compile(
    r"""
      ^(?:important|note|notice|warning|deprecated|preview|beta)\b
    | ^end\ of\ support | ^this\ change\ affects\b | ^(?:service\ )?availability\ notice
    | \bis\ (?:not\ supported\ (?:for|by|in)|deprecated|no\ longer|currently\ available\ as)
    | \b(?:will\ no\ longer|will\ end\ support|(?:are|is)\ no\ longer)\b
    | \b(?:in\ preview|in\ beta|may\ be\ deprecated|has\ been\ deprecated|has\ discontinued)\b
    | \bsubject\ to\ chang(?:e|ing)\b
    | ^this\ (?:is|is\ the)?\ ?documentation\ (?:for|is) | ^this\ is\ .*\bdocumentation\b
    | ^this\ (?:api|operation|action)\ (?:works\ with|applies\ only|is\ only\ used)
    | ^(?:we\ recommend|for\ more\ information|for\ the\ latest|if\ you|to\ learn)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def short(operation: ir.Operation) -> str:
    """Return the first sentence of a description that is not a notice.

    Parameters
    ----------
    operation : ir.Operation
        The operation, with its documentation as Markdown.

    Returns
    -------
    str
        Plain text of at most 100 characters, without a full stop. It is R's title if
        every sentence is a notice.
    """
    sentences = _sentences(operation.documentation)
    found = next((each for each in sentences if not _NOTICE.search(each)), "")
    return textwrap.shorten(found or operation.title, _WIDTH, placeholder=" …")


def _sentences(markdown: str) -> Iterator[str]:
    """Yield the sentences of the paragraphs, without those in lists and quotes."""
    tokens = _READER.parse(markdown)
    for opening, inline in pairwise(tokens):
        if opening.type == "paragraph_open" and opening.level == 0:
            text = "".join(
                child.content if child.content else " "
                for child in inline.children or ()
                if child.type in ("text", "code_inline", "softbreak", "hardbreak")
            )
            yield from (
                sentence.rstrip(".: ")
                for sentence in _END.split(" ".join(text.split()))
            )
