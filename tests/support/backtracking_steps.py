"""Count the steps of a search that backtracks, which ``re`` does not report."""

from collections.abc import Iterator

from make_paws.regex.expressions import (
    Alternatives,
    Anchor,
    Characters,
    Group,
    Node,
    Repeat,
)


def count_steps(tree: Alternatives, text: str) -> tuple[bool, int]:
    """Return whether a search finds a match, and how many characters it compares.

    The repeats of the tree must not repeat the empty text. Lookbehinds are not supported.
    """
    search = _Search(text)
    starts = range(len(text) + 1)
    found = any(True for start in starts for _ in search.alternatives(tree, start))
    return found, search.steps


class _Search:
    """The methods yield the ends of the matches at an offset, the preferred ones first."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps = 0

    def alternatives(self, tree: Alternatives, offset: int) -> Iterator[int]:
        for nodes in tree:
            yield from self._sequence(nodes, offset)

    def _sequence(self, nodes: tuple[Node, ...], offset: int) -> Iterator[int]:
        if not nodes:
            yield offset
            return
        for end in self._node(nodes[0], offset):
            yield from self._sequence(nodes[1:], end)

    def _node(self, node: Node, offset: int) -> Iterator[int]:
        match node:
            case Characters():
                self.steps += 1
                if offset < len(self.text) and node.mask >> ord(self.text[offset]) & 1:
                    yield offset + 1
            case Anchor():
                if offset == (len(self.text) if node.text == r"\Z" else 0):
                    yield offset
            case Group() if node.is_assertion:
                found = any(True for _ in self.alternatives(node.alternatives, offset))
                if found == (node.opening == "(?="):
                    yield offset
            case Group():
                yield from self.alternatives(node.alternatives, offset)
            case Repeat():
                yield from self._repeat(node, offset, 0)

    def _repeat(self, repeat: Repeat, offset: int, count: int) -> Iterator[int]:
        if repeat.max_count is None or count < repeat.max_count:
            for end in self._node(repeat.node, offset):
                yield from self._repeat(repeat, end, count + 1)
        if count >= repeat.min_count:
            yield offset
