"""Regular expressions that find a match in the same texts as others, but sooner.

Each rule is an identity of Kleene algebra, or of the texts in which a search finds a
match; its proof stands beside it. AB is one after the other, A* any number of A.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from make_paws.regex.expressions import (
    ASCII,
    Alternatives,
    Characters,
    Group,
    Node,
    Repeat,
    Sequence,
    Until,
    can_be_empty,
    leaves,
)


def simplified(alternatives: Alternatives) -> Alternatives:
    """Return what finds a match in the same texts, in fewer ways.

    Parameters
    ----------
    alternatives : tuple
        The tree of a regular expression for ``re.search``.

    Returns
    -------
    tuple
        Its twin. The groups are others, as a search is only asked whether it succeeds.
    """
    while (result := _with_free_ends(_rewritten(alternatives))) != alternatives:
        alternatives = result
    return result


def _with_free_ends(alternatives: Alternatives) -> Alternatives:
    return tuple(trimmed(trimmed(part, 0), -1) for part in alternatives)


def trimmed(sequence: Sequence, end: int) -> Sequence:
    """Leave out what need not be there at one end (0 or -1) of a search.

    Any text may be beside a match: what may be nothing can be nothing, and what may be
    there several times be there as few times as it must.
    """
    if not sequence:
        return sequence
    node, others = sequence[end], sequence[1:] if end == 0 else sequence[:-1]
    if isinstance(node, Repeat):
        node = _times(node, node.least, node.least)
    if isinstance(node, Group) and not node.is_assertion:
        parts = tuple(trimmed(part, end) for part in node.alternatives)
        node = replace(node, alternatives=parts)
    if can_be_empty(node):
        return trimmed(others, end)
    return (node, *others) if end == 0 else (*others, node)


def _rewritten(alternatives: Alternatives) -> Alternatives:
    parts = (_sequence(tuple(map(_node, part))) for part in alternatives)
    return tuple(_without_the_included(parts))


def _node(node: Node) -> Node:
    match node:
        case Group(opening="(?=" | "(?!", alternatives=inside):
            parts = (trimmed(part, -1) for part in _rewritten(inside))
            return replace(node, alternatives=tuple(parts))
        case Group():
            return _unwrapped(replace(node, alternatives=_rewritten(node.alternatives)))
        case Repeat(node=Group() as group):
            group = replace(group, alternatives=_rewritten(group.alternatives))
            repeat = replace(node, node=_unwrapped(group))
            return _loop(repeat, group) if repeat.least <= 1 else repeat
        case _:
            return node


def _unwrapped(group: Group) -> Group | Characters:
    match group.alternatives:
        case ((Characters() as only,),) if group.is_plain and only.is_single:
            return only
        case _:
            return group


def _times(repeat: Repeat, least: int, most: int | None) -> Node:
    """Return a repeat with other counts, or what is repeated, if that is once."""
    once = (least, most) == (1, 1)
    return repeat.node if once else replace(repeat, least=least, most=most)


def _loop(repeat: Repeat, group: Group) -> Node:
    """Return a loop with fewer ways around it."""
    if len(group.alternatives) == 1 and _swallows_itself(group.alternatives[0]):
        return _times(repeat, repeat.least, 1)
    if repeat.most is not None:
        return repeat
    if any(all(map(can_be_empty, part)) for part in group.alternatives):
        repeat = replace(repeat, least=0)
    if not group.is_plain:
        return repeat
    parts = [part for whole in group.alternatives for part in _factors(whole)]
    parts = _without_the_included(parts) or [()]
    made_of = (_all_made_of(parts, _core(part)) for part in parts)
    if found := next(filter(None, made_of), None):
        return replace(repeat, node=found)
    if len(parts) == 1:
        parts = [_without_the_other(parts[0])]
    return replace(repeat, node=replace(group, alternatives=tuple(_disjoint(parts))))


def _swallows_itself(part: Sequence) -> bool:
    """Tell whether two copies of a sequence are always one: AX* where A is made of X.

    AX*AX* is within AX*, as X*A is within X*; the same holds for X*A.
    """
    ends = (part[0], part[-1]) if part else ()
    return any(
        isinstance(end, Repeat)
        and end.most is None
        and isinstance(end.node, Characters)
        and _is_made_of(end.node, part)
        for end in ends
    )


def _is_made_of(characters: Characters, part: Sequence) -> bool:
    return all(
        isinstance(leaf, Characters) and characters.includes(leaf)
        for leaf in leaves(part)
    )


def _all_made_of(parts: list[Sequence], core: Node | None) -> Characters | None:
    """Return X if it is one of the parts and all are made of it: they make X*."""
    if isinstance(core, Characters) and core.is_single:
        return core if all(_is_made_of(core, part) for part in parts) else None
    return None


def _core(part: Sequence) -> Node | None:
    """Return the one node of a sequence that cannot be nothing, if there is just one."""
    nodes = [node for node in part if not can_be_empty(node)]
    return nodes[0] if len(nodes) == 1 else None


def _factors(part: Sequence) -> Iterator[Sequence]:
    """Yield the sequences that make, in any number, what copies of a sequence make."""
    core = _core(part)
    if all(map(can_be_empty, part)):
        # Where A and B may be nothing, (AB)* is (A|B)*; (A*)* and (A?)* are A*.
        for node in part:
            inside = node.node if isinstance(node, Repeat) else node
            yield from _alternatives(inside)
    elif isinstance(core, Repeat) and core.least == 1:
        # Where A and C may be nothing, (AB+C)* is (ABC)*: ABBC is ABC after ABC.
        place = part.index(core)
        yield from _factors((*part[:place], core.node, *part[place + 1 :]))
    elif core is not None and len(part) == 1:
        yield from _alternatives(core)
    else:
        yield part


def _alternatives(node: Node) -> Iterator[Sequence]:
    if isinstance(node, Group) and node.is_plain:
        for part in node.alternatives:
            yield from _factors(part)
    else:
        yield (node,)


def _without_the_included(parts: Iterable[Sequence]) -> list[Sequence]:
    """Leave out what is said twice, and characters that another alternative has, too."""
    kept: list[Sequence] = []
    for part in dict.fromkeys(parts):
        if not any(_includes(other, part) for other in kept):
            kept = [other for other in kept if not _includes(part, other)]
            kept.append(part)
    return kept


def _includes(one: Sequence, other: Sequence) -> bool:
    match one, other:
        case (Characters() as these,), (Characters() as those,):
            return these.includes(those)
        case _:
            return False


def _without_the_other(part: Sequence) -> Sequence:
    """Rewrite (Y*X)* and (XY*)* to where Y is none of X, which ends a round by itself."""
    match part:
        case (
            Repeat(node=Characters() as y, least=0, most=1 | None) as repeat,
            Characters() as x,
        ):
            return (_less(repeat, y, x), x) if x.mask & y.mask else part
        case (
            Characters() as x,
            Repeat(node=Characters() as y, least=0, most=1 | None) as repeat,
        ):
            return (x, _less(repeat, y, x)) if x.mask & y.mask else part
        case _:
            return part


def _less(repeat: Repeat, these: Characters, those: Characters) -> Repeat:
    inside = Group("(?:", ((these.less(those),),))
    return replace(repeat, node=inside)


def _disjoint(parts: list[Sequence]) -> list[Sequence]:
    """Leave out of single characters what alternatives before them have: A|B is A|B-A."""
    result: list[Sequence] = []
    for part in parts:
        rest = part
        for before in result:
            match before, rest:
                case (Characters() as first,), (Characters() as second,):
                    if first.mask & second.mask & ASCII:
                        rest = (second.less(first),)
        result.append(rest)
    return result


def _sequence(part: Sequence) -> Sequence:
    nodes = tuple(_flat(part))
    for place in range(len(nodes) - 1):
        first, second = nodes[place : place + 2]
        pair = _absorbed(first, second) or _denested(first, second)
        if pair is not None:
            return _sequence((*nodes[:place], *pair, *nodes[place + 2 :]))
    for place, node in enumerate(nodes):
        length = _searched(nodes[place:])
        if isinstance(node, Repeat) and isinstance(node.node, Characters) and length:
            stop = nodes[place + 1 : place + length]
            loop = Until(node.node, stop)
            must = (_times(node, node.least, node.least),) if node.least else ()
            return (
                *nodes[:place],
                *must,
                loop,
                *stop,
                *_sequence(nodes[place + length :]),
            )
    return nodes


def _flat(part: Sequence) -> Iterator[Node]:
    """Yield the nodes of a sequence without parentheses, a few copies written out."""
    for node in part:
        match node:
            case Group(alternatives=(inside,)) if node.is_plain:
                yield from inside
            case Repeat(node=Group(alternatives=(inside,)) as group, least=2 | 3 | 4):
                if group.is_plain and node.least == node.most:
                    yield from inside * node.least
                else:
                    yield node
            case _:
                yield node


def _absorbed(first: Node, second: Node) -> Sequence | None:
    """Leave out what a loop beside it takes anyway: X*A is X* where A is made of X.

    A may be nothing; of what must be there some times, only these are kept.
    """
    for loop, other, order in ((first, second, 1), (second, first, -1)):
        if (
            isinstance(loop, Repeat)
            and loop.most is None
            and isinstance(loop.node, Characters)
            and _is_made_of(loop.node, (other,))
        ):
            if can_be_empty(other):
                return (loop,)
            if isinstance(other, Repeat) and other.most != other.least:
                return (loop, _times(other, other.least, other.least))[::order]
    return None


def _denested(first: Node, second: Node) -> Sequence | None:
    """Rewrite X+(AX+)* to X(A?X)*."""
    match first, second:
        case (
            Repeat(node=Characters() as x, least=1, most=None),
            Repeat(
                node=Group(
                    alternatives=((a, Repeat(node=y, least=1, most=None)),)
                ) as group,
                least=0,
                most=None,
            ),
        ) if (
            x == y and group.is_plain
        ):
            match a:
                case Repeat(least=0 | 1):
                    a = replace(a, least=0)
                case Characters() | Group():
                    a = Repeat(a, 0, 1)
                case _:
                    return None
            return x, replace(second, node=replace(group, alternatives=((a, x),)))
        case _:
            return None


def _searched(nodes: Sequence) -> int:
    """Return how many nodes make X*BX*, in which the first B does, or else none.

    All are made of X, so that X* takes what comes after the first B, which ends before
    any other, as it has a fixed length.
    """
    match nodes[0]:
        case Repeat(node=Characters() as x, most=None):
            pass
        case _:
            return 0
    for length, node in enumerate(nodes[1:], start=1):
        match node:
            case Repeat(node=Characters() as z, most=None):
                stop = nodes[1:length]
                fits = stop and z.includes(x) and _is_made_of(x, stop)
                return length if fits else 0
            case Characters():
                pass
            case Repeat(node=Characters(), least=least, most=most) if least == most:
                pass
            case _:
                return 0
    return 0
