"""Show the progress of a transfer on standard error."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paws_common.client.transfers import Progress

_MEGABYTE = 1_000_000


@contextmanager
def progress_bar(name: str, *, is_shown: bool) -> Iterator[Progress]:
    """Yield an object that receives the progress of a transfer.

    Parameters
    ----------
    name : str
        The name of the transferred file.
    is_shown : bool
        Whether anything is shown: a bar of rich if it is installed, else a line of text.
    """
    if not is_shown:
        yield _Hidden()
    elif find_spec("rich") is None:
        line = _Line(name)
        try:
            yield line
        finally:
            line.end()
    else:
        with _rich_progress() as bars:
            yield _Bar(bars, bars.add_task(name, total=None))


class _Hidden:
    def start(self, total: int | None) -> None:
        """Show nothing."""

    def advance(self, count: int) -> None:
        """Show nothing."""


class _Bar:
    """A bar of rich."""

    def __init__(self, bars: Any, task: Any) -> None:
        self._bars = bars
        self._task = task

    def start(self, total: int | None) -> None:
        self._bars.update(self._task, total=total)

    def advance(self, count: int) -> None:
        self._bars.advance(self._task, count)


def _rich_progress() -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


class _Line:
    """A line of text, which is written again for each percent."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._total: int | None = None
        self._count = 0
        self._shown = ""
        self._lock = threading.Lock()  # parts are transferred by several threads

    def start(self, total: int | None) -> None:
        self._total = total
        self.advance(0)

    def advance(self, count: int) -> None:
        with self._lock:
            self._count += count
            text = self._text()
            if text != self._shown:
                self._shown = text
                sys.stderr.write(f"\r{text}")
                sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\n")

    def _text(self) -> str:
        if not self._total:
            return f"{self._name}: {self._count // _MEGABYTE:,} MB"
        percent = 100 * self._count // self._total
        return f"{self._name}: {percent:3} % of {self._total / _MEGABYTE:,.1f} MB"
