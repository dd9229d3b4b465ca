"""``make-paws parity``: compare the generated documentation with R's help pages."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from make_paws import overrides, services, spec, summary, terminal
from make_paws.errors import FactsError, MakePawsError, ModelError, SourceError
from make_paws.overrides import Overrides
from make_paws.parity import comparison, facts, r_errata, report
from make_paws.parity.facts import Facts
from make_paws.parse import parse


def run(args: argparse.Namespace) -> int:
    """Print all differences and their counts; return 1 if one is not an error of R.

    For a service that cannot be generated, an error is printed; the others are compared.
    """
    known = facts.load(args.facts)
    rows = r_errata.load()
    exceptions = overrides.load()
    sources = _sources(args.botocore, exceptions)
    wanted = _wanted(args.service, known, sources)
    models = spec.contents(args.botocore)

    def compare(name: str) -> comparison.Comparison:
        content = models[sources[name]]
        if isinstance(content, SourceError):
            raise content
        # R's pages are generated from the models without botocore's additions.
        loaded = spec.decode(sources[name], replace(content, extras=None))
        service = parse(
            loaded, exceptions, allow_unknown=args.allow_unknown, strict=True
        )
        for line in summary.warnings(loaded.service, service.unused_keys):
            terminal.warning(line)
        return comparison.compare(service, known.services[name], rows)

    outcomes = [services.attempt(compare, name) for name in wanted]
    comparisons = [one for one in outcomes if isinstance(one, comparison.Comparison)]
    errors = [one for one in outcomes if isinstance(one, MakePawsError)]
    for error in errors:
        terminal.error(error)
    for row, service in comparison.unused(rows, comparisons, known.paws_commit):
        raise FactsError(
            f"r_errata.toml: no text of {service} that differs has "
            f"{row.pattern.pattern}: change or remove the entry"
        )
    if args.json:
        origin = {"paws_commit": known.paws_commit, "botocore": known.botocore}
        data = {**origin, **report.data(comparisons)}
        terminal.write(json.dumps(data, indent=1))
    else:
        _print(comparisons)
    if errors:
        return 2
    is_explained = all(
        found.reason for each in comparisons for found in each.differences
    )
    return 0 if is_explained else 1


def _sources(botocore: Path | None, exceptions: Overrides) -> dict[str, str]:
    """Map R's name of each service to botocore's; omit services without a name in R."""
    sources = {}
    for name, metadata in spec.services(botocore).items():
        if not isinstance(metadata, MakePawsError):
            with suppress(ModelError):
                sources[exceptions.service_name(name, metadata)] = name
    return sources


def _wanted(
    named: Sequence[str], known: Facts, sources: Mapping[str, str]
) -> list[str]:
    """Return R's names of the services to compare: `named`, or all of the facts."""
    r_names = {name: r_name for r_name, name in sources.items()}
    wanted = [r_names.get(name, name) for name in named] or list(known.services)
    for name in dict.fromkeys(wanted):
        if name not in known.services:
            near = spec.suggestion(name, known.services)
            raise FactsError(f"the facts have no service {name!r}{near}")
        if name not in sources:
            raise SourceError(
                f"botocore has no service that R calls {name}; use --service to "
                "compare only some services"
            )
    return list(dict.fromkeys(wanted))


def _print(comparisons: Sequence[comparison.Comparison]) -> None:
    for each in comparisons:
        for found in each.differences:
            terminal.write(report.difference(found))
    if len(comparisons) > 1:
        terminal.write(report.services(comparisons))
    terminal.write(report.totals(comparisons), end="")
