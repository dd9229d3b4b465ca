"""The code points that an element of a Python regular expression matches."""

from __future__ import annotations

import re
from collections.abc import Iterator

Ranges = tuple[tuple[int, int], ...]  # the first and last code point of each range

LAST = 0x10FFFF
_CLASSES: dict[str, Ranges] = {
    "d": ((0x30, 0x39),),
    "s": ((0x09, 0x0D), (0x20, 0x20)),
    "w": ((0x41, 0x5A), (0x61, 0x7A), (0x30, 0x39), (0x5F, 0x5F)),
}
_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_ATOM = r"(?:\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|[^\\])"
_SET = re.compile(r"\[(\^?)(.+)\]", re.DOTALL)
_MEMBER = re.compile(rf"(?P<first>{_ATOM})(?:-(?P<last>{_ATOM}))?", re.DOTALL)


def ranges(text: str, flags: frozenset[str]) -> Ranges:
    """Return the code points that match a dot, a character, an escape or a set.

    Parameters
    ----------
    text : str
        The element, as in ``re.compile(…, re.ASCII)``.
    flags : frozenset of str
        The inline flags that apply to it: ``i`` and ``s``.

    Returns
    -------
    tuple
        Ranges, in the order of `text`. They can overlap.
    """
    if text == ".":
        return ((0, LAST),) if "s" in flags else complement(((10, 10),))
    if found := _SET.fullmatch(text):
        negation, members = found.groups()
        inside = tuple(_members(members, flags))
        return complement(inside) if negation else inside
    return _atom(text, flags)


def complement(inside: Ranges) -> Ranges:
    """Return all other code points."""
    outside, start = [], 0
    for first, last in sorted(inside):
        if start < first:
            outside.append((start, first - 1))
        start = max(start, last + 1)
    return (*outside, (start, LAST)) if start <= LAST else tuple(outside)


def _members(members: str, flags: frozenset[str]) -> Iterator[tuple[int, int]]:
    for member in _MEMBER.finditer(members):
        if member["last"]:
            ends = _code(member["first"]), _code(member["last"])
            yield from _any_case(ends, flags)
        else:
            yield from _atom(member["first"], flags)


def _atom(atom: str, flags: frozenset[str]) -> Ranges:
    name = atom[1:]
    if atom[0] == "\\" and name.lower() in _CLASSES:
        inside = _CLASSES[name.lower()]
        return inside if name.islower() else complement(inside)
    code = _code(atom)
    return _any_case((code, code), flags)


def _code(atom: str) -> int:
    """Return the code point of an element that is one character."""
    name = atom[1:]
    if atom[0] != "\\":
        return ord(atom)
    if len(name) > 1:
        return int(name[1:], 16)
    return _CONTROLS.get(name) or ord(name)


def _any_case(ends: tuple[int, int], flags: frozenset[str]) -> Ranges:
    """Add the letters of the other case, which are only ASCII with re.ASCII."""
    others = []
    if "i" in flags:
        for low, high, distance in ((0x41, 0x5A, 32), (0x61, 0x7A, -32)):
            first, last = max(ends[0], low), min(ends[1], high)
            if first <= last:
                others.append((first + distance, last + distance))
    return (ends, *others)
