"""Upper bounds on the number of steps of a search that finds no match.

``re`` tries all ways in which an expression can read a text, one after another. Their
number depends on the automaton of the expression (A. Weber, H. Seidl: On the degree of
ambiguity of finite automata, 1991):

* It grows exponentially if a text leads from a state of a loop back to it in two ways.
* Otherwise it grows like a polynomial. Two loops overlap if the same text leads around the
  first one, on to the second one, and around that. ``re`` can then change from one loop
  to the other after any character, so each overlap on a path multiplies the number of
  steps by the length of the text. The search for the start of a match is a loop, too.

The states of the automaton are the characters of the expression (V. Glushkov: The
abstract theory of automata, 1961). A lookahead counts as a branch without an end, and a
counted repeat as a loop unless its count is small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from math import comb, inf
from typing import TypeVar

from make_paws.regex.expressions import (
    BEYOND_ASCII,
    Alternatives,
    Anchor,
    Characters,
    Group,
    Node,
    Repeat,
    Sequence,
)

# The max counts of repeats that are expanded to copies: of characters and of groups.
_CHARACTERS, _GROUPS = 64, 16
# The budget of one analysis: the size of the automaton, and the steps to build and
# explore it. The patterns of botocore 1.40 to 1.44 need less than half of each.
_STATES, _LOOPS, _OVERLAPS = 2_000, 160, 300
_TRANSITIONS, _COMBINATIONS = 50_000, 1_000_000

_ANYWHERE = Repeat(Characters("", (), 2 * BEYOND_ASCII - 1), 0, None)
_NO_LOOP = -1

# The number of paths to a state that read no character, at most 2.
_PathCounts = Mapping[int, int]
_State = TypeVar("_State")


@dataclass(frozen=True, slots=True)
class MatchCost:
    """The cost of a search that finds no match.

    Parameters
    ----------
    chains : tuple of int
        The number of chains of one overlap, of two, and so on. The overlaps of a chain
        are on the same path.
    is_exponential : bool, optional
        Also true if the expression exceeds the budget of the analysis.
    """

    chains: tuple[int, ...] = ()
    is_exponential: bool = False

    @property
    def degree(self) -> int:
        """The degree of the polynomial."""
        return 1 + len(self.chains)

    def steps(self, length: int) -> float:
        """Return the max number of steps for a text of `length` characters.

        A chain of n overlaps and the end of the search divide the text at n + 1 offsets.
        """
        if self.is_exponential:
            return inf
        return length + sum(
            number * comb(length + overlaps, overlaps + 1)
            for overlaps, number in enumerate(self.chains, start=1)
        )


def match_cost(alternatives: Alternatives) -> MatchCost:
    """Return the cost of ``re.search`` for the tree of an expression."""
    automaton = _Automaton()
    try:
        automaton.alternatives(tuple(map(_searched, alternatives)), _NO_LOOP)
        if automaton.is_exponentially_ambiguous():
            return MatchCost(is_exponential=True)
        return automaton.cost()
    except _TooLargeError:
        return MatchCost(is_exponential=True)


def _searched(part: Sequence) -> Sequence:
    """Add the loop over the offsets at which a search tries to match."""
    can_fail = _without_final_repeat(part)
    return can_fail if _is_anchored(part) else (_ANYWHERE, *can_fail)


def _is_anchored(part: Sequence) -> bool:
    match part:
        case (Anchor(text=text), *_):
            return text != r"\Z"
        case (Group() as group, *_) if not group.is_assertion:
            return all(map(_is_anchored, group.alternatives))
        case _:
            return False


def _without_final_repeat(part: Sequence) -> Sequence:
    """Remove the optional characters at the end, which cannot fail."""
    match part:
        case (*before, Repeat(node=Characters(), min_count=0)):
            return _without_final_repeat(tuple(before))
        case (*before, Repeat(node=Characters()) as repeat):
            return (*before, replace(repeat, max_count=repeat.min_count))
        case (*before, Repeat(node=Group() as group, max_count=1) as repeat):
            return (*before, replace(repeat, node=_without_final_repeats(group)))
        case (*before, Group() as group) if not group.is_assertion:
            return (*before, _without_final_repeats(group))
        case _:
            return part


def _without_final_repeats(group: Group) -> Group:
    parts = tuple(map(_without_final_repeat, group.alternatives))
    return replace(group, alternatives=parts)


class _TooLargeError(Exception):
    """An expression exceeds the budget of the analysis."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The first and last states of a part, and the number of ways to match it empty."""

    first: _PathCounts
    last: _PathCounts
    empty: int


_EMPTY = _Part({}, {}, 1)
_NEVER = _Part({}, {}, 0)


@dataclass(slots=True)
class _Automaton:
    """The states of an expression: their characters, successors and outermost loops."""

    masks: list[int] = field(default_factory=list)
    follow: list[_PathCounts] = field(default_factory=list)
    loops: list[int] = field(default_factory=list)
    loop_count: int = 0
    transitions: int = 0
    combinations: int = 0

    def alternatives(self, alternatives: Alternatives, loop: int) -> _Part:
        """Add the states of alternatives."""
        result = _NEVER
        for sequence in alternatives:
            part = _EMPTY
            for node in sequence:
                part = self.sequel(part, self.node(node, loop))
            result = _either(result, part)
        return result

    def node(self, node: Node, loop: int) -> _Part:
        """Add the states of a node, with its outermost loop or `_NO_LOOP`."""
        match node:
            case Characters():
                if len(self.masks) > _STATES:
                    raise _TooLargeError
                self.masks.append(node.mask)
                self.follow.append({})
                self.loops.append(loop)
                state = {len(self.masks) - 1: 1}
                return _Part(state, state, 0)
            case Repeat():
                return self.repeat(node, loop)
            case Anchor() | Group(opening="(?<=" | "(?<!"):
                return _EMPTY
            case Group() if node.is_assertion:
                part = self.alternatives(node.alternatives, _NO_LOOP)
                return _Part(part.first, {}, 1)
            case Group():
                return self.alternatives(node.alternatives, loop)

    def sequel(self, left: _Part, right: _Part) -> _Part:
        """Add the transitions from one part to the next."""
        for state, paths in left.last.items():
            self.transitions += len(self.follow[state]) + len(right.first)
            if self.transitions > _TRANSITIONS:
                raise _TooLargeError
            self.follow[state] = _sum(self.follow[state], _times(right.first, paths))
        return _Part(
            _sum(left.first, _times(right.first, left.empty)),
            _sum(right.last, _times(left.last, right.empty)),
            min(2, left.empty * right.empty),
        )

    def repeat(self, repeat: Repeat, loop: int) -> _Part:
        """Add the states of a repeat: copies or a loop."""
        if _is_copied(repeat, loop):
            return self._copies(repeat, loop)
        if loop == _NO_LOOP:
            loop = self.loop_count
            self.loop_count += 1
        part = self.node(repeat.node, loop)
        self.sequel(part, part)
        # If an iteration can be empty, there are two ways to leave the loop.
        last = _times(part.last, 1 + part.empty)
        return _Part(part.first, last, min(2, part.empty + (repeat.min_count == 0)))

    def _copies(self, repeat: Repeat, loop: int) -> _Part:
        copies = [self.node(repeat.node, loop) for _ in range(repeat.max_count or 0)]
        result = _EMPTY
        for number in reversed(range(len(copies))):
            result = self.sequel(copies[number], result)
            result = _either(result, _EMPTY) if number >= repeat.min_count else result
        return result

    def is_exponentially_ambiguous(self) -> bool:
        """Return whether a text leads from a state back to it in two ways."""
        inside = [
            {
                after: paths
                for after, paths in follow.items()
                if self.loops[after] == self.loops[state] != _NO_LOOP
            }
            for state, follow in enumerate(self.follow)
        ]
        if any(paths > 1 for follow in inside for paths in follow.values()):
            return True
        forks = {
            pair
            for follow in inside
            for pair in combinations(sorted(follow), 2)
            if self._share(*pair)
        }

        def step(pair: tuple[int, int]) -> Iterator[tuple[int, int]]:
            for one, other in product(inside[pair[0]], inside[pair[1]]):
                if self._share(one, other):
                    yield min(one, other), max(one, other)

        return any(one == other for one, other in self._reached(forks, step))

    def cost(self) -> MatchCost:
        """Return the cost of an automaton that is not exponential."""
        if self.loop_count > _LOOPS:
            raise _TooLargeError
        reach = self._reach()
        states: dict[int, list[int]] = {}
        for state, loop in enumerate(self.loops):
            states.setdefault(loop, []).append(state)
        states.pop(_NO_LOOP, None)

        def leads(one: int, other: int) -> bool:
            is_reached = reach[states[one][0]] >> states[other][0]
            return one == other or is_reached & 1 == 1

        overlaps = [
            (one, other)
            for one, other in combinations(sorted(states), 2)
            if leads(one, other) and self._overlap(states[one], states[other], reach)
        ]
        if len(overlaps) > _OVERLAPS:
            raise _TooLargeError
        return MatchCost(_chains(overlaps, leads))

    def _overlap(self, one: list[int], other: list[int], reach: list[int]) -> bool:
        """Return whether a text leads around a loop, on to another, and around that."""
        goal = 1 << other[0]
        between = {state for state, bits in enumerate(reach) if bits & goal} | {*other}
        here = {state: self.follow[state].keys() & one for state in one}
        there = {state: self.follow[state].keys() & other for state in other}

        def step(states: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
            first, moving, second = states
            moves = self.follow[moving].keys() & between
            for after in product(here[first], moves, there[second]):
                if self._share(*after):
                    yield after

        return any(
            (first, second, second) in self._reached({(first, first, second)}, step)
            for first, second in product(one, other)
            if self._share(first, second)
        )

    def _reach(self) -> list[int]:
        """Return the states that can be reached from each state, as bits."""
        reach = [0] * len(self.follow)
        changed = True
        while changed:
            changed = False
            for state in reversed(range(len(reach))):
                bits = reach[state]
                for after in self.follow[state]:
                    bits |= reach[after] | 1 << after
                changed = changed or bits != reach[state]
                reach[state] = bits
        return reach

    def _reached(
        self, starts: Iterable[_State], step: Callable[[_State], Iterator[_State]]
    ) -> Iterator[_State]:
        """Yield the states that can be reached from `starts`."""
        waiting = list(starts)
        seen = set(waiting)
        while waiting:
            for found in step(waiting.pop()):
                if found not in seen:
                    yield found
                    seen.add(found)
                    waiting.append(found)

    def _share(self, *states: int) -> bool:
        """Return whether all `states` have a character in common."""
        self.combinations += 1
        if self.combinations > _COMBINATIONS:
            raise _TooLargeError
        mask = -1
        for state in states:
            mask &= self.masks[state]
        return mask != 0


def _is_copied(repeat: Repeat, loop: int) -> bool:
    if repeat.max_count is None:
        return False
    if isinstance(repeat.node, Group):
        return repeat.max_count <= _GROUPS
    is_fixed = repeat.min_count == repeat.max_count
    is_optional = repeat.max_count == 1
    return repeat.max_count <= _CHARACTERS and (
        is_fixed or is_optional or loop != _NO_LOOP
    )


def _chains(
    overlaps: list[tuple[int, int]], leads: Callable[[int, int], bool]
) -> tuple[int, ...]:
    """Return the numbers of chains, by the number of their overlaps."""
    # For each overlap, the chains that end with it. Loops are numbered from the left.
    ending: list[Counter[int]] = []
    for first, _ in overlaps:
        numbers = Counter({1: 1})
        for before, (_, second) in zip(ending, overlaps, strict=False):
            if leads(second, first):
                numbers.update({size + 1: number for size, number in before.items()})
        ending.append(numbers)
    total = sum(ending, Counter[int]())
    return tuple(total[size] for size in range(1, len(total) + 1))


def _either(left: _Part, right: _Part) -> _Part:
    return _Part(
        _sum(left.first, right.first),
        _sum(left.last, right.last),
        min(2, left.empty + right.empty),
    )


def _sum(left: _PathCounts, right: _PathCounts) -> _PathCounts:
    if not (left and right):
        return left or right
    both = {
        state: min(2, left[state] + right[state]) for state in left if state in right
    }
    return {**left, **right, **both}


def _times(paths: _PathCounts, number: int) -> _PathCounts:
    if number < 2:
        return paths if number else {}
    return dict.fromkeys(paths, 2)
