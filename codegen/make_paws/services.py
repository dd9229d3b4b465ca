"""Process several services for one command, in parallel and independently."""

from __future__ import annotations

import argparse
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from make_paws import emit, progress, spec, summary, terminal
from make_paws.emit import Files
from make_paws.errors import InternalError, MakePawsError, OutputError
from make_paws.parallel import each

FIRST_SERVICE = "sagemaker-runtime"
_MAX_LISTED = 20  # more changed files are only counted


@dataclass(frozen=True, slots=True)
class GeneratedService:
    """The generated files of one service.

    `service` is botocore's name, `folder` is the folder of the files, relative to the
    output folder, and `counts` are the numbers for the summary.
    """

    service: str
    folder: str
    counts: summary.Counts
    files: Files


Item = TypeVar("Item")
Result = TypeVar("Result")
OutputT = TypeVar("OutputT", bound=GeneratedService)


def attempt(function: Callable[[Item], Result], item: Item) -> Result | MakePawsError:
    """Return the result of `function`, or its error, so that other services continue.

    Parameters
    ----------
    function : callable
        A function that processes one service.
    item : object
        Its argument; `str(item)` is botocore's name of the service.

    Raises
    ------
    OutputError, OSError
        Nothing can be written, which affects all services.
    """
    try:
        return function(item)
    except (OutputError, OSError):
        raise
    except MakePawsError as error:
        return error
    except Exception as error:  # noqa: BLE001 (a bug must not stop the others)
        return InternalError(str(item), _described(error))


def _described(error: Exception) -> str:
    *_, last = traceback.extract_tb(error.__traceback__)
    location = f"{Path(last.filename).name}:{last.lineno}"
    return f"{type(error).__name__}: {error!s:.200} ({location})"


def select_services(args: argparse.Namespace, present: Collection[str]) -> list[str]:
    """Return the services to process.

    These are the services that the command line names, or all with ``--all``, or the
    only one of a single model, or those in the output folder, or `FIRST_SERVICE`.

    Parameters
    ----------
    args : argparse.Namespace
        The arguments of the command line.
    present : collection of str
        botocore's names of the services in the output folder.
    """
    if args.services:
        return list(dict.fromkeys(args.services))
    if args.all:
        return spec.names(args.botocore)
    if args.botocore is not None and args.botocore.is_file():
        available = spec.names(args.botocore)
        if len(available) == 1:
            return available
    return list(present) or [FIRST_SERVICE]


def process(
    function: Callable[[str], OutputT],
    names: Sequence[str],
    args: argparse.Namespace,
    present: Mapping[str, str],
    *,
    quiet: bool = False,
) -> tuple[list[OutputT], bool]:
    """Return the result of `function` for each service, and whether any service failed.

    The error of a service is printed, and the other services continue. Unknown keys that
    were ignored are printed as warnings.

    Parameters
    ----------
    function : callable
        A function that can be pickled and processes one service.
    names : sequence of str
        botocore's names of the services.
    args : argparse.Namespace
        The arguments of the command line.
    present : mapping of str to str
        Maps each folder in the output folder to botocore's name of its service.
    quiet : bool
        Whether to print only errors.
    """
    done: list[OutputT] = []
    failed = False
    with (
        closing(each(partial(attempt, function), names, args.jobs)) as outcomes,
        progress.shown(names, quiet=quiet) as advance,
    ):
        for outcome in _reject_duplicate_names(outcomes, dict(present), args.output):
            if isinstance(outcome, MakePawsError):
                failed = True
                terminal.error(outcome)
                advance(None)
            else:
                done.append(outcome)
                keys = outcome.counts.unused_keys
                for line in () if quiet else summary.warnings(outcome.service, keys):
                    terminal.warning(line)
                advance(str(outcome.counts))
    return done, failed


def format_changes(
    changes: Sequence[emit.Change], files: Files, output: Path
) -> Iterator[str]:
    """Yield lines that describe how the files in `output` changed."""
    if not changes:
        yield f"{output}: {len(files):,} files, nothing changed"
    elif len(changes) <= _MAX_LISTED:
        yield from map(str, changes)
    else:
        verbs = [change.verb for change in changes]
        counts = (f"{verb} {verbs.count(verb):,}" for verb in sorted({*verbs}))
        yield f"{output}: {len(files):,} files: {', '.join(counts)}"


def _reject_duplicate_names(
    outcomes: Iterable[OutputT | MakePawsError], origins: dict[str, str], output: Path
) -> Iterator[OutputT | MakePawsError]:
    """Replace a service by an error if its folder already contains another service."""
    for outcome in outcomes:
        if not isinstance(outcome, MakePawsError):
            origin = origins.setdefault(outcome.folder, outcome.service)
            if origin != outcome.service:
                yield OutputError(
                    f"{origin} and {outcome.service} are both called "
                    f"{outcome.folder}, so {output} can contain only one of them; "
                    "rename the other in an entry of overrides.toml"
                )
                continue
        yield outcome
