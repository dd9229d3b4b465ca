"""What a person sees while many services are worked on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Advance = Callable[[str | None], None]


@contextmanager
def shown(names: Sequence[str], *, quiet: bool) -> Iterator[Advance]:
    """Give what to call for each of `names` when it is done, in order, with a line of text.

    On a terminal it moves a bar with the name under way, the counts and the time left;
    elsewhere, and for a single name, it prints the line. None is a name without one.

    Parameters
    ----------
    names : sequence of str
        What is worked on.
    quiet : bool
        Whether nothing is shown.
    """
    if quiet:
        yield lambda line: None
    elif len(names) > 1 and sys.stdout.isatty():
        with _bar(names) as advance:
            yield advance
    else:
        yield lambda line: print(line) if line is not None else None


@contextmanager
def _bar(names: Sequence[str]) -> Iterator[Advance]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeftColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeLeftColumn(),
        TextColumn("{task.description}"),
    )
    under_way = iter([*names[1:], "done"])
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(names[0], total=len(names))
        yield lambda line: progress.update(task, advance=1, description=next(under_way))
