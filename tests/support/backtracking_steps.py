"""Count the steps of a search that backtracks, which ``re`` does not report."""

from __future__ import annotations

from make_paws.regex.expressions import (
    Alternatives,
    Anchor,
    Characters,
    Group,
    Node,
    Repeat,
)

# "read" compares a character with a mask, "fork" continues at two addresses.
Instruction = tuple[object, ...]


def count_steps(tree: Alternatives, text: str) -> tuple[bool, int]:
    """Return whether a search finds a match, and how many characters it compares.

    The repeats of the tree must not repeat the empty text. Lookbehinds are not supported.
    """
    program = [*_alternatives(tree, 0), ("match",)]
    number = 0
    for start in range(len(text) + 1):
        found, more = _run(program, text, start)
        number += more
        if found:
            return True, number
    return False, number


def _run(program: list[Instruction], text: str, start: int) -> tuple[bool, int]:
    waiting, number = [(0, start)], 0
    while waiting:
        address, offset = waiting.pop()
        match program[address]:
            case ("match",):
                return True, number
            case ("read", int(mask)):
                number += 1
                if offset < len(text) and mask >> ord(text[offset]) & 1:
                    waiting.append((address + 1, offset + 1))
            case ("fork", int(one), int(other)):
                waiting += [(other, offset), (one, offset)]
            case ("jump", int(other)):
                waiting.append((other, offset))
            case ("at", int(place)):
                if offset == (len(text) if place else 0):
                    waiting.append((address + 1, offset))
            case ("ahead", bool(is_wanted), list(inside)):
                found, more = _run(inside, text, offset)
                number += more
                if found is is_wanted:
                    waiting.append((address + 1, offset))
    return False, number


def _alternatives(tree: Alternatives, address: int) -> list[Instruction]:
    """Return a program that begins at an address and continues after its end."""
    first, *rest = tree
    program = _sequence(first, address + bool(rest))
    if not rest:
        return program
    other = address + len(program) + 2
    inside = _alternatives(tuple(rest), other)
    end = other + len(inside)
    return [("fork", address + 1, other), *program, ("jump", end), *inside]


def _sequence(nodes: tuple[Node, ...], address: int) -> list[Instruction]:
    program: list[Instruction] = []
    for node in nodes:
        program += _node(node, address + len(program))
    return program


def _node(node: Node, address: int) -> list[Instruction]:
    match node:
        case Characters():
            return [("read", node.mask)]
        case Anchor():
            return [("at", int(node.text == r"\Z"))]
        case Group() if node.is_assertion:
            inside = [*_alternatives(node.alternatives, 0), ("match",)]
            return [("ahead", node.opening == "(?=", inside)]
        case Group():
            return _alternatives(node.alternatives, address)
        case Repeat():
            return _repeat(node, address)


def _repeat(repeat: Repeat, address: int) -> list[Instruction]:
    program: list[Instruction] = []
    for _ in range(repeat.min_count):
        program += _node(repeat.node, address + len(program))
    if repeat.max_count is None:
        start = address + len(program)
        inside = _node(repeat.node, start + 1)
        end = start + len(inside) + 2
        return [*program, ("fork", start + 1, end), *inside, ("jump", start)]
    for _ in range(repeat.max_count - repeat.min_count):
        start = address + len(program)
        inside = _node(repeat.node, start + 1)
        program += [("fork", start + 1, start + 1 + len(inside)), *inside]
    return program
