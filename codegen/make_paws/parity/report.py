"""Format the results of `make_paws.parity` as text, Markdown or data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from textwrap import indent
from typing import Any

from make_paws import terminal
from make_paws.parity import comparison
from make_paws.parity.comparison import MEASURES, Comparison, Count, Difference

_MORE = "more than R"


def difference(found: Difference) -> str:
    """Return a difference as a paragraph that shows both texts."""
    what = " ".join(filter(None, [found.what, found.parameter]))
    parts = [f"{found.service}: {found.function}: {what}"]
    for side, text in (("ours", found.ours), ("R's", found.theirs)):
        parts.append(f"  {side}:\n{indent(text or '(nothing)', '    ')}")
    if found.reason:
        parts.append(f"  R's error: {found.reason}")
    return "\n".join(parts) + "\n"


def totals(comparisons: Sequence[Comparison]) -> str:
    """Return a table of all services together, in Markdown."""
    counts = comparison.total(comparisons)
    services = terminal.count(len(comparisons), "service")
    heads = [services, "compared", "equal", "share", "errors in R"]
    rows = [
        [name, f"{one.compared:,}", f"{one.equal:,}", _share(one), f"{one.errata:,}"]
        for one, name in zip(counts.values(), MEASURES.values(), strict=True)
    ]
    more = sum(each.more_than_r for each in comparisons)
    return _table(heads, [*rows, [f"parameter texts {_MORE}", f"{more:,}", "", "", ""]])


def services(comparisons: Sequence[Comparison]) -> str:
    """Return a table with a line for each service, in Markdown."""
    rows = [
        [
            each.service,
            *(_equal(each.counts[what]) for what in MEASURES),
            f"{each.more_than_r:,}",
        ]
        for each in comparisons
    ]
    return _table(["service", *MEASURES.values(), _MORE], rows)


def data(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Return all results as data for JSON."""
    more = sum(each.more_than_r for each in comparisons)
    return {
        "total": _plain(comparison.total(comparisons), more),
        "services": {
            each.service: _plain(each.counts, each.more_than_r) for each in comparisons
        },
        "differences": [
            asdict(found) for each in comparisons for found in each.differences
        ],
    }


def _plain(counts: Mapping[str, Count], more: int) -> dict[str, Any]:
    plain = {name: asdict(counts[what]) for what, name in MEASURES.items()}
    return {
        name.replace(" ", "_"): value for name, value in {**plain, _MORE: more}.items()
    }


def _share(count: Count) -> str:
    """Return a percentage, rounded down: 100.00 % means all."""
    if not count.compared:
        return ""
    hundredths = 10_000 * count.equal // count.compared
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def _equal(count: Count) -> str:
    if count.equal == count.compared:
        return f"{count.equal:,}"
    return f"{count.equal:,} of {count.compared:,}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
