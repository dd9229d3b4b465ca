"""Figures as tables in Markdown, and as a part of a text that is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from measuring import Block, Spread, paired, percentile, spread


class Report(NamedTuple):
    """What a benchmark says: a text in Markdown, and files that it refers to."""

    text: str
    files: Mapping[str, str] = {}


_SCALES = {"s": 1, "ms": 1e3, "µs": 1e6}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """Return a table whose first columns are texts, and the others figures."""
    rule = ["---"] * texts + ["---:"] * (len(head) - texts)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def number(figure: float) -> str:
    """Return a figure with three digits that count."""
    digits = 0 if figure >= 100 else 1 if figure >= 10 else 2
    return f"{figure:,.{digits}f}"


def ratio(figures: Spread) -> str:
    """Return a ratio with what half of the rounds lie in."""
    return f"{figures.median:.2f} ({figures.lower:.2f} to {figures.upper:.2f})"


def comparison(
    measured: Mapping[str, Sequence[Block]], reference: str, unit: str
) -> str:
    """Return the table of candidates that were measured in the same rounds.

    Parameters
    ----------
    measured : mapping
        Of a name to its block in each round.
    reference : str
        The name of the candidate that the others are compared with.
    unit : str
        The unit in which the times are shown.
    """
    medians = {
        name: [spread(block.seconds).median for block in blocks]
        for name, blocks in measured.items()
    }
    rows = []
    for name, blocks in measured.items():
        seconds = [second for block in blocks for second in block.seconds]
        figures = (
            percentile(seconds, 50),
            percentile(seconds, 99),
            spread([block.processor for block in blocks]).median,
        )
        times = (number(figure * _SCALES[unit]) for figure in figures)
        rows.append((name, *times, ratio(paired(medians[name], medians[reference]))))
    head = (
        *("", f"median, {unit}", f"p99, {unit}", f"processor, {unit}"),
        f"ratio to {reference} (quartiles)",
    )
    return table(head, rows)


def replaced(text: str, sections: Mapping[str, str]) -> str:
    """Return a text with what stands between the markers of each section made anew.

    Parameters
    ----------
    text : str
        The text, with the lines ``<!-- name -->`` and ``<!-- /name -->``.
    sections : mapping
        Of such a name to what stands between them.

    Raises
    ------
    ValueError
        The text has no such markers.
    """
    for name, section in sections.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"there is no place for a section: {begin}{end}")
        text = f"{before}{begin}\n{section}\n\n{end}{after}"
    return text
