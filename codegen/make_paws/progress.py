"""Show the progress of a command that processes several services."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from make_paws import terminal

Advance = Callable[[str | None], None]


@contextmanager
def shown(names: Sequence[str], *, quiet: bool) -> Iterator[Advance]:
    """Yield a function to call when the next of `names` is done.

    On a terminal, each call moves a progress bar, which shows the current name, the
    counts and the remaining time. Elsewhere, and for a single name, it prints the line of
    text that it is called with, unless that is None.

    Parameters
    ----------
    names : sequence of str
        The names, in the order in which they are processed.
    quiet : bool
        Whether to show nothing.
    """
    if quiet:
        yield lambda line: None
    elif len(names) > 1 and sys.stdout.isatty():
        with _bar(names) as advance:
            yield advance
    else:
        yield lambda line: terminal.write(line) if line is not None else None


@contextmanager
def _bar(names: Sequence[str]) -> Iterator[Advance]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeftColumn

    # Names of folders in a wheel are untrusted.
    shown = [terminal.escape(name) for name in names]
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeLeftColumn(),
        TextColumn("{task.description}", markup=False),
    )
    following = iter([*shown[1:], "done"])
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(shown[0], total=len(names))
        yield lambda line: progress.update(
            task, advance=1, description=next(following), refresh=True
        )
