"""What every command does that writes many services: side by side, and each by itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from make_paws import emit, progress, spec, summary
from make_paws.errors import MakePawsError, OutputError
from make_paws.formatting import Files
from make_paws.jobs import each

FIRST_SERVICE = "sagemaker-runtime"
_LISTED = 20  # changed files that are named one by one


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of one service.

    `service` is botocore's name, `folder` is its place in the output folder, `counts`
    is how much it is.
    """

    service: str
    folder: str
    counts: summary.Counts
    files: Files


One = TypeVar("One", bound=Made)


def wanted(given: argparse.Namespace, present: Collection[str]) -> list[str]:
    """Return the services to make: those named, all, those there, or the first one.

    Parameters
    ----------
    given : argparse.Namespace
        The words of the command line.
    present : collection of str
        The services that stand in the output folder, by botocore's names.
    """
    if given.services:
        return list(dict.fromkeys(given.services))
    if given.all:
        return list(spec.services(given.botocore))
    if given.botocore is not None and given.botocore.is_file():
        available = spec.services(given.botocore)
        if len(available) == 1:
            return list(available)
    return list(present) or [FIRST_SERVICE]


def make(
    function: Callable[[str], One | MakePawsError],
    names: Sequence[str],
    given: argparse.Namespace,
    present: Mapping[str, str],
    *,
    quiet: bool = False,
) -> tuple[list[One], bool]:
    """Return what `function` makes of each service, and whether any has failed.

    A service that cannot be made is named, and the others go on.

    Parameters
    ----------
    function : callable
        What can be pickled; an error is what it returns, since others go on.
    names : sequence of str
        The services.
    given : argparse.Namespace
        The words of the command line.
    present : mapping of str to str
        Of the folders in the output folder to botocore's names of their services.
    quiet : bool
        Whether only errors are shown.
    """
    done: list[One] = []
    failed = False
    outcomes = each(function, names, given.jobs)
    with progress.shown(names, quiet=quiet) as advance:
        for outcome in _apart(outcomes, dict(present), given.output):
            if isinstance(outcome, MakePawsError):
                failed = True
                print(f"make-paws: {outcome}", file=sys.stderr)
                advance(None)
            else:
                done.append(outcome)
                advance(str(outcome.counts))
    return done, failed


def told(changes: Sequence[emit.Change], files: Files, output: Path) -> Iterator[str]:
    """Yield what became of the files, in lines."""
    if not changes:
        yield f"{output}: {len(files):,} files, nothing changed"
    elif len(changes) <= _LISTED:
        yield from map(str, changes)
    else:
        verbs = [change.verb for change in changes]
        counts = (f"{verb} {verbs.count(verb):,}" for verb in sorted({*verbs}))
        yield f"{output}: {len(files):,} files: {', '.join(counts)}"


def _apart(
    outcomes: Iterable[One | MakePawsError], origins: dict[str, str], output: Path
) -> Iterator[One | MakePawsError]:
    """Refuse a service that would overwrite another one of the same name in R."""
    for outcome in outcomes:
        if not isinstance(outcome, MakePawsError):
            origin = origins.setdefault(outcome.folder, outcome.service)
            if origin != outcome.service:
                yield OutputError(
                    f"{origin} and {outcome.service} are both called "
                    f"{outcome.folder}; only one of them can stand in {output}, "
                    "unless a row of overrides.toml renames the other"
                )
                continue
        yield outcome
