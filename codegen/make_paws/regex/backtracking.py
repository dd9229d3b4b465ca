"""How many steps ``re`` needs, at worst, to find that a text holds no match.

``re`` tries one after the other all the ways in which a regular expression can read a
text. How their number grows is a property of the automaton, its degree of ambiguity
(A. Weber, H. Seidl: On the degree of ambiguity of finite automata, 1991):

* two ways around a loop that read the same text double with each round;
* where a text leads around a loop, on to another loop, and around that, it may leave
  the first after any character: the steps multiply by the length of the text, once for
  each such pair of loops on one way. The search for where a match begins is a loop, too.

The states of the automaton are the characters of the expression, of which each may
follow some (V. Glushkov: The abstract theory of automata, 1961). What is said is an
upper bound: a look ahead is a branch that ends nowhere, and counts become loops.
"""

from __future__ import annotations

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
    Until,
)

# The greatest counts up to which a repeat is written out: of characters, of groups.
_CHARACTERS, _GROUPS = 64, 16
# What is looked at before the worst is assumed: states, loops, and how states combine.
_STATES, _LOOPS, _COMBINATIONS = 2_000, 160, 100_000

_ANY = Characters("", 2 * BEYOND_ASCII - 1)
_NO_LOOP = -1

# Of a state to the number of ways that lead to it without a character, at most 2.
_Ways = Mapping[int, int]
_State = TypeVar("_State")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two loops that read the same text, one after the other, `width` characters of it.

    They are numbered in the order of the expression.
    """

    first: int
    second: int
    width: float


@dataclass(frozen=True, slots=True)
class Growth:
    """How the steps of a search grow with the length of the text.

    `pairs` are the loops that share texts, and `after` has the places in `pairs` of
    those of which one may come after the other. `is_exponential` where one loop does.
    Where there is a look ahead or a loop of groups, a step `is_slow`: it may take 200 ns
    instead of 40.
    """

    pairs: tuple[_Pair, ...] = ()
    after: frozenset[tuple[int, int]] = frozenset()
    is_exponential: bool = False
    is_slow: bool = False

    @property
    def degree(self) -> int:
        """The power of a great length with which the steps grow."""
        return 1 + max(self._chains(inf), default=0)

    def steps(self, length: int) -> float:
        """Return the number of steps for a text, at most.

        Of places that come one after the other there are as many as combinations.
        """
        if self.is_exponential:
            return inf
        return length + sum(
            comb(length + free, free + 1) * ways
            for free, ways in self._chains(length).items()
        )

    def _chains(self, length: float) -> Mapping[int, float]:
        """Return the greatest number of ways that pairs of few characters allow.

        It is of the number of pairs on the same way that have no such bound.
        """
        best: list[dict[int, float]] = []
        for place, pair in enumerate(self.pairs):
            before = [
                best[other] for other in range(place) if (other, place) in self.after
            ]
            is_free = pair.width >= length
            chains: dict[int, float] = {}
            for known in ({0: 1.0}, *before):
                for free, ways in known.items():
                    ways = ways if is_free else ways * pair.width
                    free += is_free
                    chains[free] = chains.get(free, 0) + ways
            best.append(chains)
        return {
            free: sum(chains.get(free, 0) for chains in best)
            for free in set[int]().union(*best)
        }


def growth(alternatives: Alternatives, *, written_out: bool = False) -> Growth:
    """Return how the steps of ``re.search`` for an expression grow, at worst.

    Parameters
    ----------
    alternatives : tuple
        The tree of the expression.
    written_out : bool
        Whether repeats of a few become copies instead of loops, which says more and
        takes longer.
    """
    automaton = _Automaton(written_out)
    uncertain = tuple(map(_uncertain, alternatives))
    try:
        anywhere = automaton.node(Repeat(_ANY, 0, None), _NO_LOOP)
        automaton.sequel(anywhere, automaton.alternatives(uncertain, _NO_LOOP))
        if automaton.has_two_ways_around():
            return Growth(is_exponential=True)
        return automaton.growth()
    except _TooLargeError:
        return Growth(is_exponential=True)


def _uncertain(part: Sequence) -> Sequence:
    """Leave out the repeat of characters at the end of a search, which never fails."""
    match part:
        case (*before, Repeat(node=Characters(), least=0)):
            return _uncertain(tuple(before))
        case (*before, Repeat(node=Characters()) as repeat):
            return (*before, replace(repeat, most=repeat.least))
        case (*before, Repeat(node=Group() as group, most=1) as repeat):
            inside = tuple(map(_uncertain, group.alternatives))
            return (*before, replace(repeat, node=replace(group, alternatives=inside)))
        case (*before, Group() as group) if not group.is_assertion:
            inside = tuple(map(_uncertain, group.alternatives))
            return (*before, replace(group, alternatives=inside))
        case _:
            return part


class _TooLargeError(Exception):
    """There is too much to look at."""


@dataclass(frozen=True, slots=True)
class _Part:
    """How a part of an expression begins and ends, and in how many ways it is empty.

    What begins with an anchor begins at the start of the text, or never.
    """

    first: _Ways
    first_at_start: _Ways
    last: _Ways
    empty: int
    empty_at_start: int


_EMPTY = _Part({}, {}, {}, 1, 0)
_NEVER = _Part({}, {}, {}, 0, 0)
_START = _Part({}, {}, {}, 0, 1)


@dataclass(slots=True)
class _Automaton:
    """The states of an expression: their characters, what follows, and their loop.

    Of a loop within a loop, the outer one counts. A loop with a `stop` ends in one way.
    """

    written_out: bool
    masks: list[int] = field(default_factory=list)
    follow: list[_Ways] = field(default_factory=list)
    loops: list[int] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)
    combinations: int = 0
    is_slow: bool = False

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
        """Add the states of a node, which is inside of a loop or of none."""
        match node:
            case Characters():
                if len(self.masks) > _STATES:
                    raise _TooLargeError
                self.masks.append(node.mask)
                self.follow.append({})
                self.loops.append(loop)
                state = {len(self.masks) - 1: 1}
                return _Part(state, {}, state, 0, 0)
            case Anchor():
                return _EMPTY if node.text == r"\Z" else _START
            case Repeat():
                return self.repeat(node, loop)
            case Until():
                if loop == _NO_LOOP:
                    self.stopped.add(len(self.widths))
                return self.repeat(Repeat(node.characters, 0, None), loop)
            case Group(opening="(?<=" | "(?<!"):
                return _EMPTY
            case Group() if node.is_assertion:
                self.is_slow = True
                part = self.alternatives(node.alternatives, _NO_LOOP)
                return _Part(part.first, part.first_at_start, {}, 1, 0)
            case Group():
                return self.alternatives(node.alternatives, loop)

    def sequel(self, left: _Part, right: _Part) -> _Part:
        """Let one part follow another."""
        for state, ways in left.last.items():
            self.follow[state] = _sum(self.follow[state], _times(right.first, ways))
        at_start = _sum(right.first, right.first_at_start)
        return _Part(
            _sum(left.first, _times(right.first, left.empty)),
            _sum(
                _sum(left.first_at_start, _times(at_start, left.empty_at_start)),
                _times(right.first_at_start, left.empty),
            ),
            _sum(right.last, _times(left.last, right.empty)),
            min(2, left.empty * right.empty),
            min(
                2,
                left.empty * right.empty_at_start
                + left.empty_at_start * (right.empty + right.empty_at_start),
            ),
        )

    def repeat(self, repeat: Repeat, loop: int) -> _Part:
        """Add the states of a repeat: copies if they are few, or a loop."""
        if self._is_written_out(repeat, loop):
            return self._copies(repeat, loop)
        if loop == _NO_LOOP:
            loop = len(self.widths)
            self.widths.append(_width(repeat))
        self.is_slow = self.is_slow or isinstance(repeat.node, Group)
        part = self.node(repeat.node, loop)
        self.sequel(part, part)
        # Where a round may be empty, the loop can be left with and without one.
        last = _times(part.last, 1 + part.empty)
        empty = min(2, part.empty + (repeat.least == 0))
        return _Part(part.first, part.first_at_start, last, empty, part.empty_at_start)

    def _is_written_out(self, repeat: Repeat, loop: int) -> bool:
        if repeat.most is None:
            return False
        if repeat.most <= 1 or not self.written_out:
            return repeat.most <= 1
        if isinstance(repeat.node, Group):
            return repeat.most <= _GROUPS
        is_fixed = repeat.least == repeat.most
        return repeat.most <= _CHARACTERS and (is_fixed or loop != _NO_LOOP)

    def _copies(self, repeat: Repeat, loop: int) -> _Part:
        copies = [self.node(repeat.node, loop) for _ in range(repeat.most or 0)]
        result = _EMPTY
        for number in reversed(range(len(copies))):
            result = self.sequel(copies[number], result)
            result = _either(result, _EMPTY) if number >= repeat.least else result
        return result

    def has_two_ways_around(self) -> bool:
        """Tell whether some text leads back to a state in two ways."""
        inside = [
            {
                after: ways
                for after, ways in follow.items()
                if self.loops[after] == self.loops[state] != _NO_LOOP
            }
            for state, follow in enumerate(self.follow)
        ]
        if any(ways > 1 for follow in inside for ways in follow.values()):
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

    def growth(self) -> Growth:
        """Return the pairs of loops that share texts."""
        if len(self.widths) > _LOOPS:
            raise _TooLargeError
        reach = self._reach()
        states: dict[int, list[int]] = {}
        for state, loop in enumerate(self.loops):
            states.setdefault(loop, []).append(state)
        states.pop(_NO_LOOP, None)

        def leads(one: int, other: int) -> bool:
            there = reach[states[one][0]] >> states[other][0]
            return one == other or there & 1 == 1

        pairs = tuple(
            _Pair(one, other, min(self.widths[one], self.widths[other]))
            for one, other in combinations(sorted(states), 2)
            if one not in self.stopped
            and leads(one, other)
            and self._share_a_text(states[one], states[other], reach)
        )
        after = frozenset(
            (place, later)
            for place, later in combinations(range(len(pairs)), 2)
            if leads(pairs[place].second, pairs[later].first)
        )
        return Growth(pairs, after, is_slow=self.is_slow)

    def _share_a_text(self, one: list[int], other: list[int], reach: list[int]) -> bool:
        """Tell whether some text leads around a loop, on to another, and around that."""
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
        """Return the states that may come after each, as bits."""
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
        """Yield where steps lead from `starts`."""
        waiting = list(starts)
        seen = set(waiting)
        while waiting:
            for found in step(waiting.pop()):
                if found not in seen:
                    yield found
                    seen.add(found)
                    waiting.append(found)
            self.combinations += 1
            if self.combinations > _COMBINATIONS:
                raise _TooLargeError

    def _share(self, *states: int) -> bool:
        """Tell whether one character leads to all of some states."""
        mask = -1
        for state in states:
            mask &= self.masks[state]
        return mask != 0


def _either(left: _Part, right: _Part) -> _Part:
    return _Part(
        _sum(left.first, right.first),
        _sum(left.first_at_start, right.first_at_start),
        _sum(left.last, right.last),
        min(2, left.empty + right.empty),
        min(2, left.empty_at_start + right.empty_at_start),
    )


def _sum(left: _Ways, right: _Ways) -> _Ways:
    if not (left and right):
        return left or right
    both = {
        state: min(2, left[state] + right[state]) for state in left if state in right
    }
    return {**left, **right, **both}


def _times(ways: _Ways, number: int) -> _Ways:
    if number < 2:
        return ways if number else {}
    return dict.fromkeys(ways, 2)


def _width(node: Node) -> float:
    """Return the greatest number of characters that a node takes."""
    match node:
        case Characters():
            return 1
        case Repeat():
            most = inf if node.most is None else node.most
            width = _width(node.node)
            return width * most if width else 0
        case Group() if not node.is_assertion:
            return max(sum(map(_width, part)) for part in node.alternatives)
        case Until():
            return inf
        case _:
            return 0
