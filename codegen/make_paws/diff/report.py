"""Report differences as text for a terminal, as Markdown for a pull request, or as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from make_paws.diff.difference import Difference
from make_paws.errors import RefusedError
from make_paws.limits import code
from make_paws.terminal import count, escape, wrap

_MAX_LISTED = 8  # values, texts or uses in one line
_MARKS = {"added": "+", "removed": "-", "changed": "~"}
# Aspects whose differences are listed in one line.
_TOGETHER = ("documentation", "enum", "error")

Quote = Callable[[str], str]


def text(
    differences: Sequence[Difference], refused: Sequence[RefusedError] = ()
) -> list[str]:
    """Return the lines for a terminal: ``+`` added, ``-`` removed, ``~`` changed.

    A line that begins with ``!`` is a breaking change, and ends with what callers must
    do. For `refused`, the services that cannot be compared, only their number is
    included. Long lines are wrapped.
    """
    lines = [_total(differences, refused)]
    for service, found in _by_service(differences):
        lines += ["", f"{service}: {_counts(found)}"]
        for heading, group in groupby(found, lambda one: _heading(one, str)):
            lines.append(f"  {heading}")
            for alike in _lines(group):
                mark = "!" if alike[0].breaking else " "
                line = f"{mark} {_MARKS[alike[0].change]} {_line(alike, str)}"
                lines.append(f"  {line}{_asked(alike[0], '; callers must: ')}")
    return [part for line in lines for part in _folded(escape(line))]


def markdown(
    differences: Sequence[Difference], refused: Sequence[RefusedError] = ()
) -> list[str]:
    """Return the lines for a pull request: a list for each service.

    Breaking changes are marked in bold. The services that cannot be compared are last,
    with the reasons.
    """
    lines = [_total(differences, refused)]
    for service, found in _by_service(differences):
        lines += ["", f"### {code(service)}", "", _counts(found).capitalize() + "."]
        for heading, group in groupby(found, lambda one: _heading(one, code)):
            lines += ["", f"{heading}:", ""]
            for alike in _lines(group):
                mark = "**breaking**, " if alike[0].breaking else ""
                line = f"- {mark}{alike[0].change} {_line(alike, code)}"
                lines.append(f"{line}{_asked(alike[0], '; **callers must** ')}")
    if refused:
        lines += ["", "### Not compared", ""]
        lines += [
            f"- {code(error.service)} of {code(error.source)}: " f"{code(error.reason)}"
            for error in refused
        ]
    return [escape(line) for line in lines]


def data(
    old: str,
    new: str,
    differences: Sequence[Difference],
    refused: Sequence[RefusedError] = (),
) -> dict[str, Any]:
    """Return all differences as data for JSON.

    Returns
    -------
    dict
        ``old`` and ``new`` (the sources), ``breaking`` (the number of breaking
        differences), ``not_compared`` (the services that cannot be compared), and
        ``differences``: a list of the fields of `Difference`, with ``change``
        (``added``, ``removed`` or ``changed``) and ``must_act`` in addition. Texts are
        AWS's HTML, or Markdown if one of the sources is generated files.
    """
    return {
        "old": old,
        "new": new,
        "breaking": sum(difference.breaking for difference in differences),
        "not_compared": [
            {"service": error.service, "source": error.source, "reason": error.reason}
            for error in refused
        ],
        "differences": [
            {
                **asdict(difference),
                "change": difference.change,
                "must_act": bool(difference.action),
            }
            for difference in differences
        ],
    }


def _folded(line: str) -> list[str]:
    indent = len(line) - len(line.lstrip())
    return wrap(line, "", " " * (indent + 4)) or [line]


def _total(differences: Sequence[Difference], refused: Sequence[RefusedError]) -> str:
    total = _differing(differences)
    number = count(len(refused), "service")
    return f"{total}; {number} not compared" if refused else total


def _differing(differences: Sequence[Difference]) -> str:
    services = {difference.service for difference in differences}
    if not services:
        return "no differences"
    breaking = Counter(one.service for one in differences if one.breaking)
    verb = "differ" if len(services) > 1 else "differs"
    where = ", ".join(f"{name} {breaking[name]:,}" for name in sorted(breaking))
    differing = f"{count(len(services), 'service')} {verb}: {_counts(differences)}"
    return f"{differing} ({where})" if where else differing


def _counts(differences: Sequence[Difference]) -> str:
    breaking = sum(difference.breaking for difference in differences)
    number = f"{breaking:,}" if breaking else "none"
    return f"{count(len(differences), 'difference')}, {number} breaking"


def _by_service(
    differences: Sequence[Difference],
) -> Iterator[tuple[str, list[Difference]]]:
    groups = groupby(differences, lambda difference: difference.service)
    return ((service, list(found)) for service, found in groups)


def _heading(difference: Difference, quote: Quote) -> str:
    """Return the operation, class or shape, and for a shape its uses."""
    kind = {
        "parameter": "operation",
        "result": "operation",
        "attribute": "error",
        "member": "shape",
    }.get(difference.kind, difference.kind)
    uses = _some([quote(use) for use in difference.uses])
    return f"{kind} {quote(difference.place)}{f', in {uses}' if uses else ''}"


def _lines(differences: Iterable[Difference]) -> Iterator[list[Difference]]:
    """Yield the differences of each line: one, or several that are alike."""

    def alike(one: Difference) -> tuple[object, ...]:
        if one.aspect in _TOGETHER:
            return one.aspect, one.change, one.breaking, one.action
        return (one,)

    together: dict[tuple[object, ...], list[Difference]] = {}
    for difference in differences:
        together.setdefault(alike(difference), []).append(difference)
    yield from together.values()


def _line(alike: Sequence[Difference], quote: Quote) -> str:
    first = alike[0]
    if first.aspect == "documentation":
        names = [f"{one.kind} {quote(one.name)}" if one.name else "" for one in alike]
        named = _some([name for name in names if name])
        return f"documentation{f': {named}' if named else ''}"
    if first.aspect in _TOGETHER:
        values = [quote(one.new or one.old or "") for one in alike]
        return f"{first.aspect}: {_some(values)}"
    name = f"{first.kind} {quote(first.name)}" if first.name else ""
    subject = ", ".join(part for part in (name, first.aspect) if part) or first.kind
    values = [quote(value) for value in (first.old, first.new) if value is not None]
    note = f" ({first.note})" if first.note else ""
    if values in ([quote(first.place)], [quote(first.aspect)]):
        return f"{subject}{note}"
    return f"{subject}: {' -> '.join(values)}{note}"


def _asked(difference: Difference, introduction: str) -> str:
    return introduction + difference.action if difference.action else ""


def _some(values: Sequence[str]) -> str:
    more = len(values) - _MAX_LISTED
    rest = f" and {more:,} more" if more > 0 else ""
    return ", ".join(values[:_MAX_LISTED]) + rest
