"""``make-paws docs``: the pipe from models to the reference pages."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from make_paws import batch, emit, overrides, spec, summary
from make_paws.errors import MakePawsError
from make_paws.formatting import Files
from make_paws.overrides import Overrides
from make_paws.pages import beside_r, page, since, site
from make_paws.pages.since import Release
from make_paws.parity import faults
from make_paws.parity.facts import Facts
from make_paws.parity.facts import load as load_facts
from make_paws.parse import parse


@dataclass(frozen=True, slots=True)
class Documented(batch.Made):
    """The pages of one service: `folder` is R's name of it."""

    title: str


def run(given: argparse.Namespace) -> int:
    """Write the pages; a service that has none is named, and stays as it was."""
    present = emit.pages(given.output)
    origins = {name: origin for name, (origin, _) in present.items()}
    if given.facts:
        _facts(given.facts)  # a file that is none is told once
    work = partial(
        _documented,
        botocore=given.botocore,
        rows=overrides.load(),
        facts=given.facts,
        releases=tuple(map(since.release, given.since)),
    )
    names = batch.wanted(given, origins.values())
    done, failed = batch.make(work, names, given, origins)
    if done:
        titles = {name: title for name, (_, title) in present.items()}
        files = _files(done, titles)
        changes = emit.write(files, given.output)
        for line in batch.told(changes, files, given.output):
            print(line)
    return 2 if failed else 0


def _documented(
    name: str,
    *,
    botocore: Path | None,
    rows: Overrides,
    facts: Path | None,
    releases: Sequence[Release],
) -> Documented | MakePawsError:
    """Return what comes of one service; an error is an outcome, since others go on."""
    try:
        loaded = spec.load(name, botocore)
        service = parse(loaded, rows)
        functions = page.functions(
            service,
            loaded.model,
            earlier=since.earlier(service, releases, rows),
            rules=rows.exactly_one_of_rows(loaded.service, loaded.model),
            beside_r=(
                beside_r.of(service, _facts(facts), faults.load()) if facts else {}
            ),
        )
        return Documented(
            service=service.botocore_name,
            folder=service.name,
            title=service.full_name,
            files=site.service(service, functions),
            counts=summary.counts(service),
        )
    except MakePawsError as error:
        return error


@cache  # each process reads them once: packed by xz, they are megabytes
def _facts(path: Path) -> Facts:
    return load_facts(path)


def _files(done: Sequence[Documented], present: dict[str, str]) -> Files:
    made = {service.folder: service.title for service in done}
    files = dict(site.index({**present, **made}))
    for service in done:
        files.update(service.files)
    return files
