"""Regular expressions of Python as trees, as far as `make_paws.regex.java` writes them.

A tree holds what decides how long a search takes and which texts it finds: which
characters, how often, in which order. The names of groups and lazy repeats are kept,
and mean nothing here, as a search is only asked whether there is a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_CHARACTERS = "".join(map(chr, range(128)))
_TOKEN = re.compile(
    r"""
    (?P<assertion>\^|\\[AZ])
  | (?P<open>\((?:\?(?:[:=!]|<[=!]|P<\w+>|[is]+:)|(?!\?)))
  | (?P<close>\)|\Z)
  | (?P<bar>\|)
  | (?P<repeat>(?P<count>[*+?]|\{(?P<least>\d+)(?P<comma>,?)(?P<most>\d*)\})
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
# What lets a class of characters hold one beyond ASCII, of which the mask has one bit.
BEYOND_ASCII = 1 << 128
ASCII = BEYOND_ASCII - 1
_NOT_ASCII = re.compile(r"\A(?:\.|\[\^)|\\[DSWuU]|\\x[89A-Fa-f]|[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Characters:
    """One character out of some.

    `mask` has a bit for each character of ASCII that it may be, and one more if it may
    be one beyond.
    """

    text: str
    mask: int

    @property
    def is_single(self) -> bool:
        """Whether a repeat can follow its text."""
        return not self.text.startswith("(")

    def includes(self, other: Characters) -> bool:
        """Tell whether each character of `other` is surely one of these."""
        if other.mask & ~self.mask:
            return False
        return other.mask < BEYOND_ASCII or (other.text, other.mask) == (
            self.text,
            self.mask,
        )

    def less(self, other: Characters) -> Characters:
        """Return those of the characters that are none of `other`."""
        rest = self.mask & ~(other.mask & ASCII)
        return Characters(f"(?!{other.text}){self.text}", rest)


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives in parentheses; `opening` tells their kind: ``(``, ``(?:``, ``(?=``."""

    opening: str
    alternatives: Alternatives

    @property
    def is_assertion(self) -> bool:
        """Whether it looks around, and takes no character."""
        return self.opening in ("(?=", "(?!", "(?<=", "(?<!")

    @property
    def is_plain(self) -> bool:
        """Whether it does no more than hold its alternatives together."""
        return self.opening in ("(", "(?:") or self.opening.startswith("(?P<")


@dataclass(frozen=True, slots=True)
class Anchor:
    r"""A place: ``^``, ``\A`` or ``\Z``."""

    text: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node `least` to `most` times, without an end where `most` is None."""

    node: Characters | Group
    least: int
    most: int | None
    lazy: str = ""


@dataclass(frozen=True, slots=True)
class Until:
    """Any number of characters up to where `stop` first matches."""

    characters: Characters
    stop: Sequence


Node = Characters | Group | Anchor | Repeat | Until
Sequence = tuple[Node, ...]
Alternatives = tuple[Sequence, ...]


def parse(regex: str) -> Alternatives:
    """Return the tree of a regular expression that `make_paws.regex.java` has written."""
    return _alternatives(_TOKEN.finditer(regex), frozenset())


def source(alternatives: Alternatives) -> str:
    """Return the regular expression of a tree."""
    return "|".join("".join(map(_source, sequence)) for sequence in alternatives)


def can_be_empty(node: Node) -> bool:
    """Tell whether a node matches the empty text wherever it stands."""
    match node:
        case Until():
            return True
        case Repeat():
            return node.least == 0 or can_be_empty(node.node)
        case Group() if not node.is_assertion:
            return any(all(map(can_be_empty, part)) for part in node.alternatives)
        case _:
            return False


def leaves(sequence: Sequence) -> Iterator[Characters | Anchor | Group]:
    """Yield what a sequence is made of: characters, anchors and looks around."""
    for node in sequence:
        match node:
            case Repeat():
                yield from leaves((node.node,))
            case Until():
                yield node.characters
            case Group() if not node.is_assertion:
                for part in node.alternatives:
                    yield from leaves(part)
            case _:
                yield node


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
                nodes.append(_characters(text, "i" in flags))
    return tuple(map(tuple, alternatives))


def _repeat(node: Node, token: re.Match[str]) -> Node:
    if not isinstance(node, (Characters, Group)):
        raise TypeError(f"{node!r} cannot be repeated")
    least, most = _COUNTS.get(token["count"], (int(token["least"] or 0), None))
    if token["least"]:
        most = int(token["most"]) if token["most"] else None
        most = most if token["comma"] else least
    if most == 0:
        return Group("(?:", ((),))
    return Repeat(node, least, most, token["lazy"])


@cache
def _characters(text: str, ignores_case: bool) -> Characters:
    flags = re.ASCII | re.DOTALL | (re.IGNORECASE if ignores_case else 0)
    found = re.findall(text, _CHARACTERS, flags)
    mask = sum(1 << ord(character) for character in found)
    return Characters(text, mask | (BEYOND_ASCII if _NOT_ASCII.search(text) else 0))


def _source(node: Node) -> str:
    match node:
        case Group():
            return f"{node.opening}{source(node.alternatives)})"
        case Repeat():
            return f"{_source(node.node)}{_count(node)}{node.lazy}"
        case Until():
            return f"(?:(?!{source((node.stop,))}){node.characters.text})*"
        case _:
            return node.text


def _count(repeat: Repeat) -> str:
    bounds = (repeat.least, repeat.most)
    for sign, known in _COUNTS.items():
        if bounds == known:
            return sign
    if repeat.least == repeat.most:
        return f"{{{repeat.least}}}"
    most = "" if repeat.most is None else repeat.most
    return f"{{{repeat.least},{most}}}"
