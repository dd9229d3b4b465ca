"""``make-paws generate``: the pipe from models to the package that users import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from make_paws import emit, overrides, progress, render, spec, summary
from make_paws.diff import generated, report
from make_paws.diff.difference import Difference
from make_paws.errors import MakePawsError, OutputError
from make_paws.formatting import Files
from make_paws.jobs import each
from make_paws.overrides import Overrides
from make_paws.parse import parse

FIRST_SERVICE = "sagemaker-runtime"
_LISTED = 20  # changed files that are named one by one


@dataclass(frozen=True, slots=True)
class Generated:
    """One service as it is to stand in the output folder.

    `constructor` is the name of its folder too, `functions` are all names that it adds
    to the package, `differences` are those of its API from what stands there.
    """

    service: str
    constructor: str
    functions: tuple[str, ...]
    files: Files
    counts: summary.Counts
    differences: tuple[Difference, ...]


Outcome = Generated | MakePawsError


def run(given: argparse.Namespace) -> int:
    """Write the package, or with ``--check`` compare it with what stands there.

    A service that cannot be generated is named, and stays as it was.
    """
    wanted = _wanted(given)
    work = partial(
        _generated,
        botocore=given.botocore,
        rows=overrides.load(),
        output=given.output,
        package=given.package,
    )
    done, failed = [], False
    with progress.shown(wanted, quiet=given.quiet) as advance:
        for outcome in _apart(each(work, wanted, given.jobs), given):
            if isinstance(outcome, Generated):
                done.append(outcome)
                advance(str(outcome.counts))
            else:
                failed = True
                print(f"make-paws: {outcome}", file=sys.stderr)
                advance(None)
    code = _finish(done, given) if done else 0
    return 2 if failed else code


def _wanted(given: argparse.Namespace) -> list[str]:
    """Return the services to generate: those named, all, those there, or the first one."""
    if given.services:
        return list(dict.fromkeys(given.services))
    if given.all:
        return list(spec.services(given.botocore))
    if given.botocore is not None and given.botocore.is_file():
        available = spec.services(given.botocore)
        if len(available) == 1:
            return list(available)
    present = emit.services(given.output, given.package)
    return list(present.values()) or [FIRST_SERVICE]


def _generated(
    name: str, *, botocore: Path | None, rows: Overrides, output: Path, package: str
) -> Outcome:
    """Return what comes of one service; an error is an outcome, since others go on."""
    try:
        service = parse(spec.load(name, botocore), rows)
        folder = output / package / "services" / service.constructor
        return Generated(
            service=service.botocore_name,
            constructor=service.constructor,
            functions=render.functions(service),
            files=render.service(service, package),
            counts=summary.counts(service),
            differences=generated.differences(folder, service),
        )
    except MakePawsError as error:
        return error


def _apart(outcomes: Iterable[Outcome], given: argparse.Namespace) -> Iterator[Outcome]:
    """Refuse a service that would overwrite another one of the same name in R."""
    origins = emit.services(given.output, given.package)
    for outcome in outcomes:
        if isinstance(outcome, Generated):
            origin = origins.setdefault(outcome.constructor, outcome.service)
            if origin != outcome.service:
                yield OutputError(
                    f"{origin} and {outcome.service} are both called "
                    f"{outcome.constructor}; only one of them can stand in "
                    f"{given.output}, unless a row of overrides.toml renames the other"
                )
                continue
        yield outcome


def _finish(done: Sequence[Generated], given: argparse.Namespace) -> int:
    """Write or compare the files, and say what came of it."""
    files = _files(done, given.output, given.package)
    say = _silence if given.quiet else print
    for line in summary.lines([service.counts for service in done]):
        say(line)
    if given.check:
        differences = emit.drift(files, given.output)
        sys.stdout.writelines(differences)
        return 1 if differences else 0
    changes = emit.write(files, given.output)
    found = [difference for service in done for difference in service.differences]
    for line in report.text(found) if found else ():
        say(line)
    for line in _told(changes, files, given.output):
        say(line)
    return 0


def _silence(line: str) -> None:
    """Take the place of print."""


def _files(done: Sequence[Generated], output: Path, package: str) -> Files:
    exports = {service.constructor: service.functions for service in done}
    others = emit.exports(output, package, omitted=exports)
    files = dict(render.package({**others, **exports}, package))
    for service in done:
        files.update(service.files)
    return files


def _told(changes: Sequence[emit.Change], files: Files, output: Path) -> Iterator[str]:
    if not changes:
        yield f"{output}: {len(files):,} files, nothing changed"
    elif len(changes) <= _LISTED:
        yield from map(str, changes)
    else:
        verbs = [change.verb for change in changes]
        counts = (f"{verb} {verbs.count(verb):,}" for verb in sorted({*verbs}))
        yield f"{output}: {len(files):,} files: {', '.join(counts)}"
