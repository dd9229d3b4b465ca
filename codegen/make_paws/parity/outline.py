"""What a syntax says, whether it stands there in R or in Python.

R's pages and ours show requests and results as code: ``list(Tags = list("string"))``,
``{"Tags": ["string"]}``. Read as tokens, both are an outline: which members there are, in
which order, how deep, and what may stand for each.
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
# R escapes nothing in a string, and a name is whatever AWS calls a member.
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

    `key` is the name of a member, or what stands for the key of a map; None for an
    element. R shows no keys of maps. `value` is a placeholder, or `GROUP` where the
    entries that follow one level deeper are inside of it.
    """

    depth: int
    key: str | None
    value: str


Outline = Sequence[Entry]


def of_python(syntax: str) -> Outline:
    """Return the outline of a syntax that `make_paws.syntax` has made."""
    return tuple(_entries(_python_tokens(syntax)))


def of_r(syntax: str) -> Outline:
    """Return the outline of a syntax on a page of R.

    The text around the code may be there or not. R says in words that a result is
    empty, and nothing at all of a request without arguments.
    """
    before, fence, code = syntax.partition("```")
    code = code.partition("```")[0] if fence else before
    if code.strip() in ("", _EMPTY_RESULT):
        code = "list()"
    return tuple(_entries(_r_tokens(code)))


def agree(ours: Outline, theirs: Outline) -> bool:
    """Whether an outline of ours says what R's does.

    A syntax of ours that would be endless spells a structure out once only; where it
    stands again, as ``{...}``, it agrees with all that R repeats.
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
    is_same_place = ours.depth == theirs.depth and theirs.key in (None, ours.key)
    return is_same_place and ours.value == theirs.value


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
