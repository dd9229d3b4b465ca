"""``make-paws parity``: whether the pages that are made here say what R's do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence

from make_paws import overrides, spec
from make_paws.errors import FactsError, SourceError
from make_paws.parity import comparison, facts, faults, report
from make_paws.parity.facts import Facts
from make_paws.parse import parse


def run(given: argparse.Namespace) -> int:
    """Print every difference and how many there are; 1 if one is not R's fault."""
    known = facts.load(given.facts)
    rows = faults.load()
    exceptions = overrides.load()
    sources = {
        exceptions.service_name(name, metadata): name
        for name, metadata in spec.services(given.botocore).items()
    }
    wanted = _wanted(given.service, known, sources)
    models = spec.contents(given.botocore)
    comparisons = [
        comparison.compare(
            parse(spec.decode(sources[name], models[sources[name]]), exceptions),
            known.services[name],
            rows,
        )
        for name in wanted
    ]
    for row, service in comparison.unused(rows, comparisons, known.paws_commit):
        raise FactsError(
            f"faults.toml: no text of {service} that differs has "
            f"{row.pattern.pattern}: change or remove the row"
        )
    if given.json:
        origin = {"paws_commit": known.paws_commit, "botocore": known.botocore}
        print(json.dumps({**origin, **report.data(comparisons)}, indent=1))
    else:
        _print(comparisons)
    is_explained = all(
        found.reason for each in comparisons for found in each.differences
    )
    return 0 if is_explained else 1


def _wanted(
    named: Sequence[str], known: Facts, sources: Mapping[str, str]
) -> list[str]:
    """Return R's names of the services to compare: those named, or all of the facts."""
    r_names = {name: r_name for r_name, name in sources.items()}
    wanted = [r_names.get(name, name) for name in named] or list(known.services)
    for name in dict.fromkeys(wanted):
        if name not in known.services:
            near = spec.nearest(name, known.services)
            raise FactsError(f"the facts have no service {name!r}{near}")
        if name not in sources:
            raise SourceError(
                f"botocore has no service that R calls {name}; --service compares "
                "only those that are named"
            )
    return list(dict.fromkeys(wanted))


def _print(comparisons: Sequence[comparison.Comparison]) -> None:
    for each in comparisons:
        for found in each.differences:
            print(report.difference(found))
    if len(comparisons) > 1:
        print(report.services(comparisons))
    print(report.totals(comparisons), end="")
