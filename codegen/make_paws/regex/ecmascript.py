"""Write regular expressions for ECMAScript, which JSON Schema requires.

In ECMAScript, ``\\s`` and case-insensitive expressions match more characters. So classes of
characters are written as ranges, which all engines read in the same way.
"""

from __future__ import annotations

from make_paws.regex.code_points import LAST, Ranges, complement
from make_paws.regex.expressions import (
    Alternatives,
    Anchor,
    Characters,
    Group,
    Node,
    Repeat,
    count,
)

_ANCHORS = {"^": "^", r"\A": "^", r"\Z": "$"}
_SHORT = {9: r"\t", 10: r"\n", 13: r"\r"}


def source(alternatives: Alternatives) -> str:
    """Return the pattern of a tree, for a search with the flag ``u``.

    It finds a match in the same texts as the Python expression. Python's ``re`` accepts the
    pattern as well, but its ``$`` also matches before a final line feed.
    """
    return "|".join("".join(map(_node, sequence)) for sequence in alternatives)


def _node(node: Node) -> str:
    match node:
        case Characters():
            return _characters(node.ranges)
        case Anchor():
            return _ANCHORS[node.text]
        case Repeat():
            return f"{_node(node.node)}{count(node)}{node.lazy}"
        case Group():
            opening = node.opening if node.is_assertion else "(?:"
            return f"{opening}{source(node.alternatives)})"


def _characters(ranges: Ranges) -> str:
    match ranges:
        case ((first, last),) if first == last:
            return _character(first, r"^$\.*+?()[]{}|")
    # A set that ends with the last code point is shorter as a negation.
    is_negated = any(last == LAST for _, last in ranges)
    if is_negated:
        ranges = complement(ranges)
    if not ranges:
        return r"[\s\S]" if is_negated else r"[^\s\S]"
    members = "".join(
        _member(first) if first == last else f"{_member(first)}-{_member(last)}"
        for first, last in ranges
    )
    return f"[{'^' if is_negated else ''}{members}]"


def _member(code: int) -> str:
    return _character(code, r"^-\[]")


def _character(code: int, special: str) -> str:
    character = chr(code)
    if character in special:
        return f"\\{character}"
    # Python has no `\u{…}`, ECMAScript no `\U…`: these characters are not escaped.
    if 0x20 <= code < 0x7F or code > 0xFFFF:
        return character
    return _SHORT.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
