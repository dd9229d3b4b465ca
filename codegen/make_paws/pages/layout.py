"""Lay out nested values in lines, with an indentation of two columns for each level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Lines = Iterator[str]


def block(opening: str, items: Iterable[tuple[str, Lines]], closing: str) -> Lines:
    """Yield the lines of items in brackets; an item has a prefix and its own lines."""
    blocks = [[prefix + next(lines), *lines] for prefix, lines in items]
    if not blocks:
        yield opening + closing
        return
    yield opening
    for number, (*others, last) in enumerate(blocks, start=1):
        yield from (f"  {line}" for line in others)
        yield f"  {last}," if number < len(blocks) else f"  {last}"
    yield closing
