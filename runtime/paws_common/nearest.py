"""What somebody may have meant; only a mistake loads what finds it."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(
    name: object, names: Iterable[str], count: int = 1, cutoff: float = 0.6
) -> list[str]:
    """Return the names that are most like one, the best first.

    Parameters
    ----------
    name : object
        What is none of them.
    names : iterable of str
        What there is.
    count : int
        How many are returned at most.
    cutoff : float
        How like they have to be, from 0 to 1.
    """
    from difflib import get_close_matches

    return get_close_matches(str(name), list(names), n=count, cutoff=cutoff)
