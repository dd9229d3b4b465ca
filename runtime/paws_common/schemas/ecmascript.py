"""Patterns for JSON Schema: from the regular expressions of the shapes to ECMAScript's.

The two languages write most things alike, and mean others by them: ``\\s`` knows more
spaces there, ``\\A`` is the letter A. So every token is known here, or there is no
translation. Classes of characters are spelt out, which other engines understand alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Ranges = list[tuple[int, int]]  # of code points, the last included

_LAST = 0x10FFFF
_CLASSES: dict[str, Ranges] = {
    "d": [(0x30, 0x39)],
    "s": [(0x09, 0x0D), (0x20, 0x20)],
    "w": [(0x41, 0x5A), (0x61, 0x7A), (0x30, 0x39), (0x5F, 0x5F)],
}
_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_SHORT = {9: r"\t", 10: r"\n", 13: r"\r"}
_LOOKS_AROUND = ("(?=", "(?!", "(?<=", "(?<!")

_ATOM = r"(?:\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|[^\\])"
_MEMBER = re.compile(rf"(?P<first>{_ATOM})(?:-(?P<last>{_ATOM}))?", re.DOTALL)
_TOKEN = re.compile(
    rf"""
    (?P<assertion>\^|\\[AZ])
  | (?P<open>\((?:\?(?:[:=!]|<[=!]|P<\w+>|(?P<flags>[is]+):)|(?!\?)))
  | (?P<close>\))
  | (?P<bar>\|)
  | (?P<repeat>(?:[*+?]|\{{[0-9]+(?:,[0-9]*)?\}})\??)
  | (?P<dot>\.)
  | \[(?P<negation>\^?)(?P<members>(?:\\.|[^]\\])+)\]
  | (?P<character>(?![([{{$*+?]){_ATOM})
    """,
    re.VERBOSE | re.DOTALL,
)
_ANCHORS = {"^": "^", r"\A": "^", r"\Z": "$"}


def translate(regex: str) -> str | None:
    r"""Return what ECMAScript says for a regular expression of Python, if it can.

    Parameters
    ----------
    regex : str
        A regular expression for ``re.compile(…, re.ASCII).search``.

    Returns
    -------
    str or None
        The pattern for a search with the flag ``u``; it finds a match in the same texts.
        Python's ``re`` understands it too, but for ``$``, which is its ``\Z``.
    """
    try:
        return "".join(_translated(regex))
    except _UnknownError:
        return None


class _UnknownError(ValueError):
    """Something that is not known to mean the same."""


def _translated(regex: str) -> Iterator[str]:
    groups = [("", "")]  # of those that are not closed yet: the opening and the flags
    place, is_repeatable = 0, False
    while place < len(regex):
        token = _TOKEN.match(regex, place)
        if token is None:
            raise _UnknownError
        place, text = token.end(), token.group()
        kind = "set" if token["members"] else token.lastgroup
        if kind == "repeat" and not is_repeatable:
            raise _UnknownError
        is_repeatable = kind in ("set", "dot", "character")
        opening, flags = groups[-1]
        match kind:
            case "assertion":
                yield _ANCHORS[text]
            case "bar" | "repeat":
                yield text
            case "dot":
                yield r"[\s\S]" if "s" in flags else r"[^\n]"
            case "close":
                groups.pop()
                if not groups:
                    raise _UnknownError
                is_repeatable = opening not in _LOOKS_AROUND
                yield text
            case "set":
                ranges = [*_members(token["members"], flags)]
                yield _set(ranges, is_negated=bool(token["negation"]))
            case "character":
                yield _character(text, flags)
            case _:
                groups.append((text, flags + (token["flags"] or "")))
                yield text if text in ("(?:", *_LOOKS_AROUND) else "(?:"
    if len(groups) > 1:
        raise _UnknownError


def _character(atom: str, flags: str) -> str:
    ranges = _ranges(atom, flags)
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _one(ranges[0][0], r"^$\.*+?()[]{}|")
    return _set(ranges)


def _set(ranges: Ranges, is_negated: bool = False) -> str:
    """Return a set of characters; one up to the end of Unicode as the lack of others."""
    if any(last == _LAST for _, last in ranges):
        ranges, is_negated = _complement(ranges), not is_negated
    if not ranges:
        return r"[\s\S]" if is_negated else r"[^\s\S]"
    return f"[{'^' if is_negated else ''}{_spelt(ranges)}]"


def _members(members: str, flags: str) -> Iterator[tuple[int, int]]:
    for member in _MEMBER.finditer(members):
        ranges = _ranges(member["first"], flags)
        if member["last"]:
            ends = _single(member["first"]), _single(member["last"])
            ranges = _any_case([ends], flags)
        yield from ranges


def _ranges(atom: str, flags: str) -> Ranges:
    """Return the characters that an escape, or a character itself, stands for."""
    name = atom[1:]
    if atom[0] == "\\" and name in _CLASSES:
        return _CLASSES[name]
    if atom[0] == "\\" and name.lower() in _CLASSES:
        return _complement(_CLASSES[name.lower()])
    code = _single(atom)
    return _any_case([(code, code)], flags)


def _single(atom: str) -> int:
    """Return the code point of an atom that is one character."""
    name = atom[1:]
    if atom[0] != "\\":
        return ord(atom)
    if len(name) > 1:
        return int(name[1:], 16)
    if name in _CONTROLS:
        return _CONTROLS[name]
    if name.isascii() and name.isalnum():
        raise _UnknownError
    return ord(name)


def _any_case(ranges: Ranges, flags: str) -> Ranges:
    """Add the letters of the other case, of ASCII as the searches are."""
    if "i" not in flags:
        return ranges
    others = []
    for first, last in ranges:
        for low, high, distance in ((0x41, 0x5A, 32), (0x61, 0x7A, -32)):
            if max(first, low) <= min(last, high):
                others.append((max(first, low) + distance, min(last, high) + distance))
    return ranges + others


def _complement(ranges: Ranges) -> Ranges:
    others, place = [], 0
    for first, last in sorted(ranges):
        if place < first:
            others.append((place, first - 1))
        place = max(place, last + 1)
    return [*others, (place, _LAST)] if place <= _LAST else others


def _spelt(ranges: Ranges) -> str:
    return "".join(
        _member(first) if first == last else f"{_member(first)}-{_member(last)}"
        for first, last in ranges
    )


def _member(code: int) -> str:
    return _one(code, r"^-\[]")


def _one(code: int, special: str) -> str:
    """Return one character as every engine reads it, with those escaped that mean more."""
    character = chr(code)
    if character in special:
        return f"\\{character}"
    # Python has no `\u{…}`, nor ECMAScript `\U…`, so that these stand as they are.
    if 0x20 <= code < 0x7F or code > 0xFFFF:
        return character
    return _SHORT.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
