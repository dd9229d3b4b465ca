"""Format measurements as Markdown tables, and insert them into a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from measuring import Block, Spread, paired, percentile, spread


class Report(NamedTuple):
    """The result of a benchmark.

    `text` is Markdown; `ratio` is that of paws to the reference, for the plot.
    """

    text: str
    ratio: float | None = None


_SCALES = {"s": 1, "ms": 1e3, "µs": 1e6}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """Return a table; the first `texts` columns are aligned left, the others right."""
    rule = ["---"] * texts + ["---:"] * (len(head) - texts)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def number(value: float) -> str:
    """Return a number with three significant digits."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def ratio(values: Spread) -> str:
    """Return the median and the quartiles of a ratio."""
    return f"{values.median:.2f} ({values.lower:.2f} to {values.upper:.2f})"


def comparison(
    measured: Mapping[str, Sequence[Block]], reference: str, unit: str
) -> Report:
    """Return a table of candidates that were measured in the same rounds.

    Parameters
    ----------
    measured : mapping
        The blocks of each candidate, one for each round.
    reference : str
        The candidate that the others are compared with.
    unit : str
        The unit of the times: ``s``, ``ms`` or ``µs``.
    """
    medians = {
        name: [spread(block.seconds).median for block in blocks]
        for name, blocks in measured.items()
    }
    ratios = {
        name: paired(seconds, medians[reference]) for name, seconds in medians.items()
    }
    rows = []
    for name, blocks in measured.items():
        seconds = [second for block in blocks for second in block.seconds]
        values = (
            percentile(seconds, 50),
            percentile(seconds, 99),
            spread([block.cpu for block in blocks]).median,
        )
        times = (number(value * _SCALES[unit]) for value in values)
        rows.append((name, *times, ratio(ratios[name])))
    head = (
        *("", f"median, {unit}", f"p99, {unit}", f"CPU, {unit}"),
        f"ratio to {reference} (quartiles)",
    )
    return Report(table(head, rows), ratios["paws"].median)


def insert(text: str, sections: Mapping[str, str]) -> str:
    """Return a document with new content between the markers of each section.

    Parameters
    ----------
    text : str
        The document, with the lines ``<!-- name -->`` and ``<!-- /name -->``.
    sections : mapping
        The content of each section.

    Raises
    ------
    ValueError
        The document has no such markers.
    """
    for name, section in sections.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, opened, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (opened and closed):
            raise ValueError(f"the document has no section {begin}{end}")
        text = f"{before}{begin}\n{section}\n\n{end}{after}"
    return text
