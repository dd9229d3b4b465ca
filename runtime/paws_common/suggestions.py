"""Find names that are similar to a misspelled one.

`difflib` is imported on the first error.
"""

from __future__ import annotations

from collections.abc import Iterable


def close_matches(
    name: object, names: Iterable[str], count: int = 1, cutoff: float = 0.6
) -> list[str]:
    """Return the valid names that are most similar to `name`, the best match first.

    At most `count` are returned; `cutoff` is the minimum similarity, from 0 to 1.
    """
    from difflib import get_close_matches

    folded = {each.casefold(): each for each in names}
    similar = get_close_matches(str(name).casefold(), folded, n=count, cutoff=cutoff)
    return [folded[each] for each in similar]
