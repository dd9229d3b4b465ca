"""Differences as one page: text for a terminal, Markdown for a pull request, or data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from make_paws.diff.difference import Difference
from make_paws.limits import code

_LISTED = 8  # values, texts or uses in one line
_MARKS = {"added": "+", "removed": "-", "changed": "~"}
# What a page tells in one line, however many there are.
_TOGETHER = ("documentation", "enum", "error")

Quote = Callable[[str], str]


def text(differences: Sequence[Difference]) -> list[str]:
    """Return the lines for a terminal: ``+`` added, ``-`` removed, ``~`` changed.

    A line that begins with ``!`` is breaking, and ends with what callers must do.
    """
    lines = [_total(differences)]
    for service, found in _by_service(differences):
        lines += ["", f"{service}: {_counts(found)}"]
        for heading, group in groupby(found, lambda one: _heading(one, str)):
            lines.append(f"  {heading}")
            for alike in _lines(group):
                mark = "!" if alike[0].breaking else " "
                line = f"{mark} {_MARKS[alike[0].change]} {_line(alike, _printable)}"
                lines.append(f"  {line}{_asked(alike[0], '; callers must: ')}")
    return lines


def markdown(differences: Sequence[Difference]) -> list[str]:
    """Return the lines for a pull request: one list a service, breaking ones in bold."""
    lines = [_total(differences)]
    for service, found in _by_service(differences):
        lines += ["", f"### {_quoted(service)}", "", _counts(found).capitalize() + "."]
        for heading, group in groupby(found, lambda one: _heading(one, _quoted)):
            lines += ["", f"{heading}:", ""]
            for alike in _lines(group):
                mark = "**breaking**, " if alike[0].breaking else ""
                line = f"- {mark}{alike[0].change} {_line(alike, _quoted)}"
                lines.append(f"{line}{_asked(alike[0], '; **callers must** ')}")
    return lines


def data(old: str, new: str, differences: Sequence[Difference]) -> dict[str, Any]:
    """Return everything as JSON holds it.

    Returns
    -------
    dict
        ``old`` and ``new`` (what was compared), ``breaking`` (how many are), and
        ``differences``: a list of the fields of `Difference` with ``change``
        (``added``, ``removed`` or ``changed``) and ``must_act`` beside them. Texts are
        AWS's own HTML, or Markdown where one side stands in generated files.
    """
    return {
        "old": old,
        "new": new,
        "breaking": sum(difference.breaking for difference in differences),
        "differences": [
            {
                **asdict(difference),
                "change": difference.change,
                "must_act": bool(difference.action),
            }
            for difference in differences
        ],
    }


def _total(differences: Sequence[Difference]) -> str:
    services = {difference.service for difference in differences}
    if not services:
        return "no differences"
    breaking = Counter(one.service for one in differences if one.breaking)
    plural = "services differ" if len(services) > 1 else "service differs"
    where = ", ".join(f"{name} {breaking[name]:,}" for name in sorted(breaking))
    return f"{len(services):,} {plural}: {_counts(differences)}" + (
        f" ({where})" if where else ""
    )


def _counts(differences: Sequence[Difference]) -> str:
    breaking = sum(difference.breaking for difference in differences)
    plural = "s" if len(differences) > 1 else ""
    number = f"{breaking:,}" if breaking else "none"
    return f"{len(differences):,} difference{plural}, {number} breaking"


def _by_service(
    differences: Sequence[Difference],
) -> Iterator[tuple[str, list[Difference]]]:
    for service, found in groupby(differences, lambda difference: difference.service):
        yield service, list(found)


def _heading(difference: Difference, quote: Quote) -> str:
    """Return the place, and for a shared one where callers meet it."""
    kind = {
        "parameter": "operation",
        "result": "operation",
        "attribute": "error",
        "member": "shape",
    }.get(difference.kind, difference.kind)
    uses = _some([quote(use) for use in difference.uses])
    return f"{kind} {quote(difference.place)}{f', in {uses}' if uses else ''}"


def _lines(differences: Iterable[Difference]) -> Iterator[list[Difference]]:
    """Yield what makes one line: one difference, or several that are alike."""

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
    return (
        subject
        if values == [quote(first.place)]
        else f"{subject}: {' -> '.join(values)}"
    )


def _asked(difference: Difference, introduction: str) -> str:
    return introduction + difference.action if difference.action else ""


def _some(values: Sequence[str]) -> str:
    more = len(values) - _LISTED
    rest = f" and {more:,} more" if more > 0 else ""
    return ", ".join(values[:_LISTED]) + rest


def _printable(value: str) -> str:
    """Return `value` in one line: a model is untrusted, and a terminal obeys."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in value
    )


def _quoted(value: str) -> str:
    return code(_printable(value))
