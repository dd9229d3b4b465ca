"""Nested values in lines, two columns a level, as R and JSON are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Lines = Iterator[str]


def block(opening: str, items: Iterable[tuple[str, Lines]], closing: str) -> Lines:
    """Give what stands between brackets: each item has a prefix and its own lines."""
    given = [[prefix + next(lines), *lines] for prefix, lines in items]
    if not given:
        yield opening + closing
        return
    yield opening
    for number, (*others, last) in enumerate(given, start=1):
        yield from (f"  {line}" for line in others)
        yield f"  {last}," if number < len(given) else f"  {last}"
    yield closing
