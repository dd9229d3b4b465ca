"""Compare the texts in which two regular expressions find a match.

The texts in which ``re.search`` finds a match are a regular language. One language
includes another one if their difference is empty. The difference is explored by
derivatives: the derivative by a character is the set of the rests of all texts that begin
with it (J. Brzozowski, Derivatives of regular expressions, 1964). Intersection and
complement have derivatives as well, so a lookahead needs no special case.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from make_paws.regex.code_points import LAST
from make_paws.regex.expressions import (
    Alternatives,
    Anchor,
    Characters,
    Group,
    Node,
    Repeat,
    Sequence,
    can_be_empty,
    parse,
    without_optional_ends,
)

# The budget of one comparison: steps, which take a second or two, and then random texts.
_STEPS, _TEXTS, _LENGTH = 500_000, 100, 2_000
_COPIES = 8  # the max count of a repeat with an assertion inside
# The preferred characters of an example.
_PREFERRED = "a0-A_ ."
# A part of the translation of Java's `$`, which does not match inside \r\n.
((_NOT_AFTER_RETURN,),) = parse(r"(?<!\r)")


class UnsupportedExpressionError(ValueError):
    """An expression has a lookbehind, or an assertion inside a long repeat."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The result of a comparison.

    Parameters
    ----------
    counterexample : str, optional
        A text in which only the first expression finds a match.
    is_proven : bool
        False if the budget was used up before a counterexample was found.
    """

    counterexample: str | None = None
    is_proven: bool = True


def includes(
    wider: str, narrower: str, *, min_length: int = 0, max_length: int | None = None
) -> Inclusion:
    """Return whether an expression finds a match wherever another one does.

    Parameters
    ----------
    wider, narrower : str
        Regular expressions that `make_paws.regex.java` has written.
    min_length, max_length : int, optional
        The lengths of the texts that are compared.

    Raises
    ------
    UnsupportedExpressionError
        An expression cannot be compared; the message is the reason.

    Notes
    -----
    The rule that Java's ``$`` does not match inside ``\\r\\n`` is ignored.
    """
    if wider == narrower:
        return Inclusion()
    trees = [without_optional_ends(parse(regex)) for regex in (wider, narrower)]
    languages = _Languages(_Alphabet.of(trees))
    try:
        one, other = (_Search.of(tree, languages) for tree in trees)
        # Without an anchor at the start, a match can begin at any offset.
        is_enough = one.later is one.at_start and (
            other.later in (other.at_start, languages.nothing)
        )
        texts = other.at_start if is_enough else other.all
        others = languages.complement(one.all)
        difference = languages.both([texts, others])
        of_length = languages.repeat(languages.letter, min_length, max_length)
        likely = languages.both([other.at_start, others, of_length])
    except (_BudgetError, RecursionError) as error:
        raise UnsupportedExpressionError("too long, or nested too deeply") from error
    is_proven = True
    try:
        # Lengths multiply the number of steps and are rarely needed, so try without.
        found = languages.shortest(difference)
        if found is not None and not min_length <= len(found) <= (
            max_length or len(found)
        ):
            found = languages.shortest(languages.both([difference, of_length]))
    except (_BudgetError, RecursionError):
        found = languages.random_text(likely)
        is_proven = found is not None
    if found is None:
        return Inclusion(is_proven=is_proven)
    letters = languages.alphabet.letters
    return Inclusion("".join(letters[number] for number in found))


def _characters(alternatives: Alternatives) -> Iterator[Characters]:
    for node in (node for part in alternatives for node in part):
        match node:
            case Characters():
                yield node
            case Repeat():
                yield from _characters(((node.node,),))
            case Group():
                yield from _characters(node.alternatives)


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """One character for each set of characters that the expressions do not distinguish.

    `masks` maps each node to bits for the `letters` that it matches.
    """

    letters: str
    masks: Mapping[Characters, int]

    @classmethod
    def of(cls, trees: Iterable[Alternatives]) -> _Alphabet:
        nodes = {node for tree in trees for node in _characters(tree)}
        classes: dict[tuple[bool, ...], str] = {}
        for letter in _candidates(nodes):
            classes.setdefault(tuple(_has(node, letter) for node in nodes), letter)
        masks = {
            node: sum(matches[index] << bit for bit, matches in enumerate(classes))
            for index, node in enumerate(nodes)
        }
        return cls("".join(classes.values()), masks)


def _candidates(nodes: Iterable[Characters]) -> Iterator[str]:
    """Yield a character from each range and from each gap between ranges."""
    yield from _PREFERRED
    yield from map(chr, range(128))
    for code in (end for node in nodes for ends in node.ranges for end in ends):
        for near in (code - 1, code, code + 1):
            if 128 <= near <= LAST and not 0xD800 <= near < 0xE000:
                yield chr(near)
    yield chr(LAST)


def _has(node: Characters, letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in node.ranges)


# --- Languages


class _BudgetError(Exception):
    """A comparison exceeds its budget of steps."""


@dataclass(frozen=True, slots=True, eq=False)
class _Language:
    """A set of texts; `has_empty` is whether it includes the empty text.

    `kind` is "empty", "letter" (any in the mask `numbers`), "sequence" (two parts),
    "either" or "both" (any number of parts), "complement" (one part) or "repeat" (one
    part, with the counts in `numbers`).
    """

    kind: str
    parts: tuple[_Language, ...]
    numbers: tuple[int | None, ...]
    has_empty: bool


@dataclass(slots=True)
class _Languages:
    """The languages over an alphabet. Two equal expressions are the same object."""

    alphabet: _Alphabet
    steps: int = 0
    created: dict[Hashable, _Language] = field(default_factory=dict)
    derivatives: dict[tuple[_Language, int], _Language] = field(default_factory=dict)
    nothing: _Language = field(init=False)
    empty: _Language = field(init=False)
    letter: _Language = field(init=False)
    everything: _Language = field(init=False)

    def __post_init__(self) -> None:
        self.nothing = self._create("letter", (), (0,), False)
        self.letter = self.letters((1 << len(self.alphabet.letters)) - 1)
        self.everything = self._create("repeat", (self.letter,), (0, None), True)
        self.empty = self._create("empty", (), (), True)

    def letters(self, mask: int) -> _Language:
        """Return the texts that are one of the letters in `mask`."""
        return self._create("letter", (), (mask,), False)

    def sequence(self, first: _Language, rest: _Language) -> _Language:
        """Return the texts of a language followed by those of another one."""
        if first is self.empty or rest is self.nothing:
            return rest
        if first is self.nothing or rest is self.empty:
            return first
        if first.kind == "sequence":
            return self.sequence(first.parts[0], self.sequence(first.parts[1], rest))
        has_empty = first.has_empty and rest.has_empty
        return self._create("sequence", (first, rest), (), has_empty)

    def either(self, parts: Iterable[_Language]) -> _Language:
        """Return the union of `parts`."""
        flat = self._flat("either", parts)
        flat.pop(self.nothing, None)
        if self.everything in flat:
            return self.everything
        mask = 0
        for part in [part for part in flat if part.kind == "letter"]:
            mask |= part.numbers[0] or 0
            del flat[part]
        if mask:
            flat[self.letters(mask)] = None
        if len(flat) <= 1:
            return next(iter(flat), self.nothing)
        has_empty = any(part.has_empty for part in flat)
        return self._create("either", tuple(flat), (), has_empty)

    def both(self, parts: Iterable[_Language]) -> _Language:
        """Return the intersection of `parts`."""
        flat = self._flat("both", parts)
        flat.pop(self.everything, None)
        if self.nothing in flat:
            return self.nothing
        if len(flat) <= 1:
            return next(iter(flat), self.everything)
        has_empty = all(part.has_empty for part in flat)
        if self.empty in flat:
            return self.empty if has_empty else self.nothing
        return self._create("both", tuple(flat), (), has_empty)

    def complement(self, part: _Language) -> _Language:
        """Return all texts that are not in `part`."""
        if part is self.everything:
            return self.nothing
        if part is self.nothing:
            return self.everything
        if part.kind == "complement":
            return part.parts[0]
        return self._create("complement", (part,), (), not part.has_empty)

    def repeat(
        self, part: _Language, min_count: int, max_count: int | None
    ) -> _Language:
        """Return the texts that consist of `min_count` to `max_count` texts of `part`."""
        if part.has_empty:
            min_count = 0
        if max_count == 0 or part is self.empty:
            return self.empty
        if part is self.nothing:
            return self.nothing if min_count else self.empty
        if (min_count, max_count) == (1, 1):
            return part
        return self._create("repeat", (part,), (min_count, max_count), min_count == 0)

    def derivative(self, language: _Language, letter: int) -> _Language:
        """Return the texts that begin with `letter`, without that letter."""
        key = language, letter
        if key not in self.derivatives:
            self.derivatives[key] = self._derivative(language, letter)
        return self.derivatives[key]

    def shortest(self, language: _Language) -> tuple[int, ...] | None:
        """Return the letters of a shortest text, None for the empty language."""
        waiting: deque[tuple[_Language, tuple[int, ...]]] = deque([(language, ())])
        seen = {language}
        while waiting:
            language, text = waiting.popleft()
            if language.has_empty:
                return text
            for letter in range(len(self.alphabet.letters)):
                rest = self.derivative(language, letter)
                if rest is not self.nothing and rest not in seen:
                    seen.add(rest)
                    waiting.append((rest, (*text, letter)))
        return None

    def random_text(self, language: _Language) -> tuple[int, ...] | None:
        """Return the letters of a random text, None if no attempt finds one."""
        self.steps = 0
        # The fixed seed makes the result reproducible.
        choose = random.Random(0).choice
        with suppress(_BudgetError, RecursionError):
            for _ in range(_TEXTS):
                rest, text = language, list[int]()
                while len(text) < _LENGTH:
                    if rest.has_empty:
                        return tuple(text)
                    # Letters with the same derivative are one choice.
                    after = {
                        self.derivative(rest, letter): letter
                        for letter in range(len(self.alphabet.letters))
                    }
                    after.pop(self.nothing, None)
                    if not after:
                        break
                    rest = choose(list(after))
                    text.append(after[rest])
        return None

    def _derivative(self, language: _Language, letter: int) -> _Language:
        inside = [
            self.derivative(part, letter)
            for part in language.parts[: 1 if language.kind == "sequence" else None]
        ]
        match language.kind:
            case "empty":
                return self.nothing
            case "letter":
                is_one = (language.numbers[0] or 0) >> letter & 1
                return self.empty if is_one else self.nothing
            case "sequence":
                first, rest = language.parts
                found = self.sequence(inside[0], rest)
                if first.has_empty:
                    return self.either([found, self.derivative(rest, letter)])
                return found
            case "either":
                return self.either(inside)
            case "both":
                return self.both(inside)
            case "complement":
                return self.complement(inside[0])
            case _:
                min_count, max_count = language.numbers
                fewer = None if max_count is None else max_count - 1
                more = self.repeat(
                    language.parts[0], max((min_count or 0) - 1, 0), fewer
                )
                return self.sequence(inside[0], more)

    def _flat(self, kind: str, parts: Iterable[_Language]) -> dict[_Language, None]:
        """Replace each part of the same kind by its parts."""
        return {
            inner: None
            for part in parts
            for inner in (part.parts if part.kind == kind else (part,))
        }

    def _create(
        self,
        kind: str,
        parts: tuple[_Language, ...],
        numbers: tuple[int | None, ...],
        has_empty: bool,
    ) -> _Language:
        self.steps += 1 + len(parts)
        if self.steps > _STEPS:
            raise _BudgetError
        in_any_order = kind in ("either", "both")
        key = (kind, frozenset(parts) if in_any_order else parts, numbers)
        if key not in self.created:
            self.created[key] = _Language(kind, parts, numbers, has_empty)
        return self.created[key]


# --- From expressions to languages


@dataclass(frozen=True, slots=True)
class _Search:
    """The texts in which a search finds a match: at their start, and anywhere.

    `later` are the rests of texts that begin with a match at another offset.
    """

    at_start: _Language
    later: _Language
    all: _Language

    @classmethod
    def of(cls, tree: Alternatives, languages: _Languages) -> _Search:
        translation, everything = _Translation(languages), languages.everything
        at_start = translation.alternatives(tree, everything, is_start=True)
        later = translation.alternatives(tree, everything, is_start=False)
        before = languages.sequence(languages.letter, everything)
        everywhere = languages.either([at_start, languages.sequence(before, later)])
        return cls(at_start, later, everywhere)


@dataclass(frozen=True, slots=True)
class _Translation:
    """Translate a part of an expression, followed by `rest`, to a language.

    `is_start` is whether the part begins at the start of the text; None if unknown.
    """

    languages: _Languages

    def alternatives(
        self, alternatives: Alternatives, rest: _Language, *, is_start: bool | None
    ) -> _Language:
        return self.languages.either(
            self.sequence(part, rest, is_start) for part in alternatives
        )

    def sequence(
        self, part: Sequence, rest: _Language, is_start: bool | None
    ) -> _Language:
        starts = []
        for node in part:
            starts.append(is_start)
            if not _is_assertion(node):
                is_unknown = is_start is not False and can_be_empty(node)
                is_start = None if is_unknown else False
        for node, start in zip(reversed(part), reversed(starts), strict=True):
            rest = self.node(node, rest, start)
        return rest

    def node(self, node: Node, rest: _Language, is_start: bool | None) -> _Language:
        languages = self.languages
        match node:
            case Characters():
                letters = languages.letters(languages.alphabet.masks[node])
                return languages.sequence(letters, rest)
            case Anchor(text=r"\Z"):
                return languages.both([languages.empty, rest])
            case Anchor():
                if is_start is None:
                    raise UnsupportedExpressionError(
                        "an anchor after a part that can be empty"
                    )
                return rest if is_start else languages.nothing
            case Group() if node == _NOT_AFTER_RETURN:
                return rest
            case Group(opening="(?=" | "(?!"):
                ahead = self.alternatives(
                    node.alternatives, languages.everything, is_start=is_start
                )
                if node.opening == "(?!":
                    ahead = languages.complement(ahead)
                return languages.both([ahead, rest])
            case Group(opening="(?<=" | "(?<!"):
                raise UnsupportedExpressionError("a lookbehind")
            case Group(alternatives=inside):
                if _has_assertion(node):
                    return self.alternatives(inside, rest, is_start=is_start)
                plain = self.alternatives(inside, languages.empty, is_start=None)
                return languages.sequence(plain, rest)
            case Repeat():
                return self.repeat(node, rest, is_start)

    def repeat(
        self, repeat: Repeat, rest: _Language, is_start: bool | None
    ) -> _Language:
        languages = self.languages
        min_count, max_count = repeat.min_count, repeat.max_count
        if not _has_assertion(repeat.node):
            once = self.node(repeat.node, languages.empty, None)
            return languages.sequence(
                languages.repeat(once, min_count, max_count), rest
            )
        if max_count is None or max_count > _COPIES:
            raise UnsupportedExpressionError("an assertion in a long repeat")
        result = rest
        for number in range(max_count, 0, -1):
            start = is_start if number == 1 else None
            result = self.node(repeat.node, result, start)
            if number > min_count:
                result = languages.either([result, rest])
        return result


def _is_assertion(node: Node) -> bool:
    return isinstance(node, Anchor) or (isinstance(node, Group) and node.is_assertion)


def _has_assertion(node: Node) -> bool:
    match node:
        case Repeat():
            return _has_assertion(node.node)
        case Group(alternatives=inside) if not node.is_assertion:
            return any(_has_assertion(each) for part in inside for each in part)
        case _:
            return _is_assertion(node)
