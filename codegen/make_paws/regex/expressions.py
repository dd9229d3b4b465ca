"""Parse the regular expressions of Python that `make_paws.regex.java` writes.

A tree contains what determines the texts in which a search finds a match, and the number
of its steps. Names of groups and lazy repeats, which have no effect on that, are only kept
for the source of a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from make_paws.regex.code_points import Ranges, ranges

_TOKEN = re.compile(
    r"""
    (?P<assertion>\^|\\[AZ])
  | (?P<open>\((?:\?(?:[:=!]|<[=!]|P<\w+>|[is]+:)|(?!\?)))
  | (?P<close>\)|\Z)
  | (?P<bar>\|)
  | (?P<repeat>(?P<count>[*+?]|\{(?P<min_count>\d+)(?P<comma>,?)(?P<max_count>\d*)\})
               (?P<lazy>\??))
  | (?P<characters>\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)
                 | \[\^?(?:\\.|[^]\\])+\] | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_COUNTS: dict[str, tuple[int, int | None]] = {
    "*": (0, None),
    "+": (1, None),
    "?": (0, 1),
}
# The bit of a mask for all characters beyond ASCII.
BEYOND_ASCII = 1 << 128


@dataclass(frozen=True, slots=True)
class Characters:
    """A set of characters, such as ``a``, ``[a-z]`` or ``\\d``.

    `mask` has a bit for each ASCII character, and one for all other characters.
    """

    text: str
    ranges: Ranges
    mask: int


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives in parentheses; `opening` is ``(``, ``(?:``, ``(?=`` or another one."""

    opening: str
    alternatives: Alternatives

    @property
    def is_assertion(self) -> bool:
        """Whether the group is a lookahead or a lookbehind."""
        return self.opening in ("(?=", "(?!", "(?<=", "(?<!")


@dataclass(frozen=True, slots=True)
class Anchor:
    r"""A position: ``^``, ``\A`` or ``\Z``."""

    text: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node that is repeated; `max_count` is None if the number has no upper limit."""

    node: Characters | Group
    min_count: int
    max_count: int | None
    lazy: str = ""


Node = Characters | Group | Anchor | Repeat
Sequence = tuple[Node, ...]
Alternatives = tuple[Sequence, ...]


def parse(regex: str) -> Alternatives:
    """Return the tree of a regular expression that `make_paws.regex.java` has written."""
    return _alternatives(_TOKEN.finditer(regex), frozenset())


def source(alternatives: Alternatives) -> str:
    """Return the regular expression of a tree."""
    return "|".join("".join(map(_source, sequence)) for sequence in alternatives)


def count(repeat: Repeat) -> str:
    """Return the quantifier of a repeat, for Python and ECMAScript."""
    bounds = (repeat.min_count, repeat.max_count)
    for sign, counts in _COUNTS.items():
        if bounds == counts:
            return sign
    if repeat.min_count == repeat.max_count:
        return f"{{{repeat.min_count}}}"
    max_count = "" if repeat.max_count is None else repeat.max_count
    return f"{{{repeat.min_count},{max_count}}}"


def can_be_empty(node: Node) -> bool:
    """Return whether a node matches the empty text at any position."""
    match node:
        case Repeat():
            return node.min_count == 0 or can_be_empty(node.node)
        case Group() if not node.is_assertion:
            return any(all(map(can_be_empty, part)) for part in node.alternatives)
        case _:
            return False


def without_optional_ends(alternatives: Alternatives) -> Alternatives:
    """Return an expression that finds a match in the same texts with fewer steps.

    A match can have any text around it. So an optional part at an end can be omitted
    (``.*a`` is equivalent to ``a``), and a repeat there needs only its min count.
    """
    return tuple(_trimmed(_trimmed(part, 0), -1) for part in alternatives)


def _trimmed(sequence: Sequence, end: int) -> Sequence:
    """Remove the optional part at one end (0 or -1) of a sequence."""
    if not sequence:
        return sequence
    node, others = sequence[end], sequence[1:] if end == 0 else sequence[:-1]
    if isinstance(node, Repeat):
        fewest = node.min_count
        node = node.node if fewest == 1 else replace(node, max_count=fewest)
    if isinstance(node, Group) and not node.is_assertion:
        parts = tuple(_trimmed(part, end) for part in node.alternatives)
        node = replace(node, alternatives=parts)
    if can_be_empty(node):
        return _trimmed(others, end)
    return (node, *others) if end == 0 else (*others, node)


def _alternatives(
    tokens: Iterator[re.Match[str]], flags: frozenset[str]
) -> Alternatives:
    alternatives: list[list[Node]] = [[]]
    for token in tokens:
        nodes, text = alternatives[-1], token.group()
        match token.lastgroup:
            case "close":
                break
            case "bar":
                alternatives.append([])
            case "assertion":
                nodes.append(Anchor(text))
            case "open":
                is_flagged = text.endswith(":")
                inner = flags | {*text[2:-1]} if is_flagged else flags
                nodes.append(Group(text, _alternatives(tokens, inner)))
            case "repeat":
                nodes.append(_repeat(nodes.pop(), token))
            case _:
                nodes.append(_characters(text, flags))
    return tuple(map(tuple, alternatives))


def _repeat(node: Node, token: re.Match[str]) -> Node:
    if not isinstance(node, (Characters, Group)):
        raise TypeError(f"{node!r} cannot be repeated")
    min_count, max_count = _COUNTS.get(
        token["count"], (int(token["min_count"] or 0), None)
    )
    if token["min_count"]:
        max_count = int(token["max_count"]) if token["max_count"] else None
        max_count = max_count if token["comma"] else min_count
    if max_count == 0:
        return Group("(?:", ((),))
    return Repeat(node, min_count, max_count, token["lazy"])


@cache
def _characters(text: str, flags: frozenset[str]) -> Characters:
    found = ranges(text, flags)
    mask = BEYOND_ASCII if any(last > 127 for _, last in found) else 0
    for first, last in found:
        mask |= sum(1 << code for code in range(first, min(last, 127) + 1))
    return Characters(text, found, mask)


def _source(node: Node) -> str:
    match node:
        case Group():
            return f"{node.opening}{source(node.alternatives)})"
        case Repeat():
            return f"{_source(node.node)}{count(node)}{node.lazy}"
        case _:
            return node.text
