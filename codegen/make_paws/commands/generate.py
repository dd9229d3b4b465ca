"""``make-paws generate``: the pipe from models to the package that users import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from make_paws import batch, emit, overrides, render, spec, summary
from make_paws.diff import generated, report
from make_paws.diff.difference import Difference
from make_paws.errors import MakePawsError
from make_paws.formatting import Files
from make_paws.overrides import Overrides
from make_paws.parse import parse


@dataclass(frozen=True, slots=True)
class Generated(batch.Made):
    """One service as it is to stand in the output folder.

    `folder` is called like its constructor, `functions` are all names that it adds to
    the package, `differences` are those of its API from what stands there.
    """

    functions: tuple[str, ...]
    differences: tuple[Difference, ...]


def run(given: argparse.Namespace) -> int:
    """Write the package, or with ``--check`` compare it with what stands there.

    A service that cannot be generated is named, and stays as it was.
    """
    present = emit.services(given.output, given.package)
    work = partial(
        _generated,
        botocore=given.botocore,
        rows=overrides.load(),
        output=given.output,
        package=given.package,
    )
    names = batch.wanted(given, present.values())
    done, failed = batch.make(work, names, given, present, quiet=given.quiet)
    code = _finish(done, given) if done else 0
    return 2 if failed else code


def _generated(
    name: str, *, botocore: Path | None, rows: Overrides, output: Path, package: str
) -> Generated | MakePawsError:
    """Return what comes of one service; an error is an outcome, since others go on."""
    try:
        service = parse(spec.load(name, botocore), rows)
        folder = output / package / "services" / service.constructor
        return Generated(
            service=service.botocore_name,
            folder=service.constructor,
            functions=render.functions(service),
            files=render.service(service, package),
            counts=summary.counts(service),
            differences=generated.differences(folder, service),
        )
    except MakePawsError as error:
        return error


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
    for line in batch.told(changes, files, given.output):
        say(line)
    return 0


def _silence(line: str) -> None:
    """Take the place of print."""


def _files(done: Sequence[Generated], output: Path, package: str) -> Files:
    exports = {service.folder: service.functions for service in done}
    others = emit.exports(output, package, omitted=exports)
    files = dict(render.package({**others, **exports}, package))
    for service in done:
        files.update(service.files)
    return files
