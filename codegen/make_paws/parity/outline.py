"""Outlines of a request or result syntax, to compare R's with Python's.

R's pages and ours show requests and results as code: ``list(Tags = list("string"))``,
``{"Tags": ["string"]}``. Both are parsed to the same outline: the members in their order,
the depth of each, and its placeholder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_PYTHON = re.compile(
    r"""(?P<scalar>b"bytes"|datetime\(2015,\ 1,\ 1\))
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<open>[\[({])|(?P<close>[\])}])|(?P<name>[:=])|(?P<next>,)
    |(?P<word>[^\s"\[\](){}:=,|]+|\S)""",
    re.VERBOSE,
)
# R's pages escape nothing in strings, and names of members are AWS's.
_R = re.compile(
    r"""(?P<scalar>as\.POSIXct\(\s*"2015-01-01"\s*\))
    |(?P<string>"[^"]*")
    |(?P<open>\()|(?P<close>\))|(?P<name>=)|(?P<next>,)
    |(?P<word>[^\s"()=,|]+|\S)""",
    re.VERBOSE,
)
_R_WORDS = {"raw": 'b"bytes"', "TRUE": "True", "FALSE": "False"}
_TIMESTAMP = "datetime(2015, 1, 1)"
_EMPTY_RESULT = "An empty list."

GROUP = "()"
_ELLIPSIS = "..."

_Tokens = Iterator[tuple[str, str]]


class Entry(NamedTuple):
    """A member, an element or a value of a map, `depth` brackets deep.

    `key` is the name of a member or the placeholder for the key of a map, and None for an
    element. R shows no keys of maps. `value` is a placeholder, or `GROUP` if the
    following entries, one level deeper, are inside it.
    """

    depth: int
    key: str | None
    value: str


Outline = Sequence[Entry]


def of_python(syntax: str) -> Outline:
    """Return the outline of a syntax of `make_paws.syntax`."""
    return tuple(_entries(_python_tokens(syntax)))


def of_r(syntax: str) -> Outline:
    """Return the outline of a syntax on a page of R.

    Text around the code is ignored. R's pages describe an empty result by a sentence, and
    have no syntax for a request without arguments.
    """
    before, fence, code = syntax.partition("```")
    code = code.partition("```")[0] if fence else before
    if code.strip() in ("", _EMPTY_RESULT):
        code = "list()"
    return tuple(_entries(_r_tokens(code)))


def agree(ours: Outline, theirs: Outline) -> bool:
    """Return whether an outline of ours is equal to R's.

    Our syntax of a recursive structure shows it once, and then as ``{...}``, which is
    equal to whatever R repeats there.
    """
    position = 0
    for entry in ours:
        if entry.value == _ELLIPSIS:
            while position < len(theirs) and theirs[position].depth >= entry.depth:
                position += 1
            continue
        if position == len(theirs) or not _same(entry, theirs[position]):
            return False
        position += 1
    return position == len(theirs)


def _same(ours: Entry, theirs: Entry) -> bool:
    is_same_path = ours.depth == theirs.depth and theirs.key in (None, ours.key)
    return is_same_path and ours.value == theirs.value


def _python_tokens(syntax: str) -> _Tokens:
    for found in _PYTHON.finditer(syntax):
        text = found[0]
        is_string = found.lastgroup == "string"
        yield str(found.lastgroup), f'"{_unescaped(text)}"' if is_string else text


def _unescaped(literal: str) -> str:
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return literal[1:-1]


def _r_tokens(syntax: str) -> _Tokens:
    for found in _R.finditer(syntax):
        if found.lastgroup == "scalar":
            yield "scalar", _TIMESTAMP
        else:
            yield str(found.lastgroup), _R_WORDS.get(found[0], found[0])


def _entries(tokens: _Tokens) -> Iterator[Entry]:
    depth = 0
    key: str | None = None
    words: list[str] = []
    for kind, text in tokens:
        match kind:
            case "name":
                key, words = "".join(words).strip('"'), []
            case "open":
                yield Entry(depth, key, GROUP)
                depth, key, words = depth + 1, None, []
            case "close" | "next":
                if words:
                    yield Entry(depth, key, "".join(words))
                depth, key, words = depth - (kind == "close"), None, []
            case _:
                words.append(text)
    if words:
        yield Entry(depth, key, "".join(words))
