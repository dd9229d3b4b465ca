"""``make-paws docs``: write the reference pages of services."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from make_paws import emit, overrides, services, spec, summary, terminal
from make_paws.emit import Files
from make_paws.model import without
from make_paws.overrides import Overrides
from make_paws.pages import page, r_comparison, since, site
from make_paws.pages.since import Release
from make_paws.parity import facts, r_errata
from make_paws.parse import PAGES, parse

# Loaded once in each process: the compressed file has several megabytes.
_facts = cache(facts.load)


@dataclass(frozen=True, slots=True)
class Documented(services.GeneratedService):
    """The pages of one service; `folder` is R's name of the service."""

    title: str


def run(args: argparse.Namespace) -> int:
    """Write the pages; if a service fails, its existing files are kept."""
    with emit.exclusive(args.output, terminal.warning):
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    present = emit.pages(args.output)
    origins = {name: origin for name, (origin, _) in present.items()}
    if args.facts:
        _facts(args.facts)  # fail once, before the workers start
    releases = tuple(map(since.release, args.since))
    work = partial(_documented, args=args, rows=overrides.load(), releases=releases)
    names = services.select_services(args, origins.values())
    done, failed = services.process(work, names, args, origins)
    if done:
        titles = {name: title for name, (_, title) in present.items()}
        files = _files(done, titles)
        changes = emit.write(files, args.output)
        for line in services.format_changes(changes, files, args.output):
            terminal.write(line)
    return 2 if failed else 0


def _documented(
    name: str, *, args: argparse.Namespace, rows: Overrides, releases: Sequence[Release]
) -> Documented:
    allow_unknown = args.allow_unknown
    loaded = spec.load(name, args.botocore)
    service = parse(loaded, rows, PAGES, allow_unknown=allow_unknown)
    model = without(loaded.model, service.unused_keys)
    functions = page.functions(
        service,
        loaded,
        earlier=since.earlier(service, releases, rows, allow_unknown=allow_unknown),
        rules=rows.resolve(service.botocore_name, model).exactly_one_of,
        r_comparison=(
            r_comparison.of(service, _facts(args.facts), r_errata.load())
            if args.facts
            else {}
        ),
    )
    return Documented(
        service=service.botocore_name,
        folder=service.name,
        title=service.full_name,
        files=emit.encoded(site.service(service, functions)),
        counts=summary.counts(service),
    )


def _files(done: Sequence[Documented], present: dict[str, str]) -> Files:
    added = {service.folder: service.title for service in done}
    files = dict(emit.encoded(site.index({**present, **added})))
    for service in done:
        files.update(service.files)
    return files
