"""Show the progress of a transfer on standard error."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from paws_common.client.transfers import Progress

_MEGABYTE = 1_000_000


@contextmanager
def progress_bar(name: str, *, is_shown: bool) -> Iterator[Progress]:
    """Yield an object that receives the progress of the transfer of a file.

    It shows a bar of rich if that is installed, else a line of text.
    """
    if not is_shown or sys.stderr is None:  # Python's value of a closed one
        yield _Hidden()
        return
    stream = _Stream(sys.stderr)
    if find_spec("rich") is None:
        line = _Line(name, stream)
        try:
            yield line
        finally:
            line.end()
    else:
        with _rich_progress(stream) as bars:
            yield _Bar(bars, bars.add_task(name, total=None))


class _Stream:
    """A stream that omits what it cannot write: a full disk does not end a transfer."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # UnicodeError is a ValueError
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)  # rich reads `encoding` and `isatty`


class _Hidden:
    def start(self, total: int | None) -> None:
        """Show nothing."""

    def advance(self, count: int) -> None:
        """Show nothing."""


class _Bar:
    def __init__(self, bars: Any, task: Any) -> None:
        self._bars = bars
        self._task = task

    def start(self, total: int | None) -> None:
        self._bars.update(self._task, total=total)

    def advance(self, count: int) -> None:
        self._bars.advance(self._task, count)


def _rich_progress(stream: Any) -> Any:
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
        console=Console(file=stream),
    )


class _Line:
    """A line of text, which is written again for each percent."""

    def __init__(self, name: str, stream: _Stream) -> None:
        self._name = name
        self._stream = stream
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
                self._stream.write(f"\r{text}")
                self._stream.flush()

    def end(self) -> None:
        if self._shown:
            self._stream.write("\n")

    def _text(self) -> str:
        if not self._total:
            return f"{self._name}: {self._count // _MEGABYTE:,} MB"
        percent = 100 * self._count // self._total
        return f"{self._name}: {percent:3} % of {self._total / _MEGABYTE:,.1f} MB"
