"""Limit searches to texts for which the number of steps is bounded.

A pattern that is not enforced does less harm than a call that hangs. If the cost of an
expression is polynomial, only texts up to a length are searched. If it is exponential, no
text is searched.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache
from math import inf

from make_paws.regex import ecmascript
from make_paws.regex.backtracking import MatchCost, match_cost
from make_paws.regex.expressions import (
    Alternatives,
    parse,
    source,
    without_optional_ends,
)

# The max number of steps: 0.02 to 0.1 seconds for a hostile text.
_STEPS = 600_000
_MIN_LENGTH = 32  # With a smaller bound, most values would not be checked.
_POWERS = {2: "square", 3: "cube"}
# The max length of an expression to analyse. The longest one of botocore 1.40 to 1.44 has
# 1,469 characters.
_MAX_EXPRESSION = 4_000


@dataclass(frozen=True, slots=True)
class Search:
    """A search for `regex` in texts of up to `max_length` characters.

    `ecmascript` is the same expression for JSON Schema. If `regex` is None, no text is
    searched; if `max_length` is None, texts of any length are searched. `reason` explains
    why some texts are not searched.
    """

    regex: str | None = None
    ecmascript: str | None = None
    max_length: int | None = None
    reason: str = ""


@cache
def bounded_search(regex: str, max_length: int | None) -> Search:
    """Return a search for an expression, with a bounded number of steps.

    Parameters
    ----------
    regex : str
        A regular expression of `make_paws.regex.java`.
    max_length : int or None
        The max number of characters of the shape.
    """
    if len(regex) > _MAX_EXPRESSION:
        return Search(reason="too long to compute the time of a search")
    try:
        tree = parse(regex)
        search = _bounded(regex, tree, max_length)
        if not search.reason:
            return search
        shorter = without_optional_ends(tree)
        other = _bounded(source(shorter), shorter, max_length)
    except RecursionError:
        return Search(reason="nested too deeply to compute the time of a search")
    return max(search, other, key=_reach)


def _bounded(regex: str, tree: Alternatives, max_length: int | None) -> Search:
    cost = match_cost(tree)
    search = Search(regex, ecmascript.source(tree))
    if cost.degree == 1 and not cost.is_exponential:
        return search
    # The max length of texts that take at most `_STEPS` steps.
    limit = bisect_right(range(_STEPS), float(_STEPS), key=cost.steps) - 1
    if max_length is not None and max_length <= limit:
        return search
    if limit < _MIN_LENGTH:
        return Search(reason=_growth(cost))
    reason = f"beyond {limit:,} characters, as {_growth(cost)}"
    return replace(search, max_length=limit, reason=reason)


def _reach(search: Search) -> float:
    return (search.max_length or inf) if search.regex is not None else 0


def _growth(cost: MatchCost) -> str:
    if cost.is_exponential:
        return "the time may double with each character"
    power = _POWERS.get(cost.degree, f"{cost.degree}th power")
    return f"the time may grow with the {power} of the length"
