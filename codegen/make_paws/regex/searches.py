"""Searches that end soon, whatever the text: what is tried of a pattern, and how far.

A pattern that is not enforced does less harm than one for which a call hangs. So a
regular expression stays as it is where ``re`` needs few steps for all that its shape
allows, becomes a simpler one that finds the same, or is tried up to some length only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from make_paws.regex.backtracking import Growth, growth
from make_paws.regex.expressions import Alternatives, parse, source
from make_paws.regex.rewriting import simplified

# What takes from 5 to 40 ms, if such a text is ever met.
_STEPS, _SLOW_STEPS = 600_000, 200_000
# Any reading of a text takes some steps for each character.
_STEPS_EACH = 64
_ANY_LENGTH = 10_000_000
_SHORTEST = 32  # A smaller bound would leave out nearly all that a pattern is for.
_POWERS = {2: "square", 3: "cube"}
_ROUND = [digit * 10**power for power in range(7) for digit in range(1, 10)]


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for: `regex`, in texts of up to `longest` characters.

    Without a `regex` nothing is, and without `longest` texts of any length are searched.
    `reason` tells why, where that is less than the pattern asks for.
    """

    regex: str | None
    longest: int | None = None
    reason: str = ""


@cache
def affordable(regex: str, most: int | None) -> Search:
    """Return the search for an expression that ends soon.

    Parameters
    ----------
    regex : str
        A regular expression that `make_paws.regex.java` has written.
    most : int or None
        The greatest number of characters that the shape allows, if it has one.
    """
    best = Search(None)
    try:
        for candidate, known in _candidates(regex):
            if _is_affordable(known, _ANY_LENGTH if most is None else most):
                return Search(candidate)
            best = max(_bounded(candidate, known), best, key=_reach)
    except RecursionError:
        return Search(None, reason="nested too deeply to tell how long a search takes")
    return best


def _candidates(regex: str) -> Iterator[tuple[str, Growth]]:
    """Yield the expression, then a simpler one, each with what is known of its growth.

    What takes longer to find out comes later.
    """
    tree = parse(regex)
    yield regex, _growth(tree, written_out=False)
    yield regex, _growth(tree, written_out=True)
    simpler = simplified(tree)
    yield source(simpler), _growth(simpler, written_out=False)
    yield source(simpler), _growth(simpler, written_out=True)


@cache
def _growth(tree: Alternatives, *, written_out: bool) -> Growth:
    return growth(tree, written_out=written_out)


def _bounded(regex: str, known: Growth) -> Search:
    longest = max((n for n in _ROUND if known.steps(n) <= _most(known)), default=0)
    if longest < _SHORTEST:
        return Search(None, reason=_growing(known))
    reason = f"beyond {longest:,} characters, as {_growing(known)}"
    return Search(regex, longest, reason)


def _reach(search: Search) -> int:
    return search.longest or 0


def _is_affordable(known: Growth, length: int) -> bool:
    return known.steps(length) <= max(_most(known), _STEPS_EACH * length)


def _most(known: Growth) -> int:
    return _SLOW_STEPS if known.is_slow else _STEPS


def _growing(known: Growth) -> str:
    if known.is_exponential:
        return "the time may double with each character"
    if known.degree == 1:
        return "the time is a great multiple of the length"
    power = _POWERS.get(known.degree, f"{known.degree}th power")
    return f"the time may grow with the {power} of the length"
