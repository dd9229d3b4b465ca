"""Print to the terminal: the only place that writes to stdout and stderr.

A model, a wheel and the names of files are untrusted, and a terminal executes control
characters: they can move the cursor, change the title or write to the clipboard. So they
are printed as escape sequences of Python (``\\x1b``).
"""

from __future__ import annotations

import os
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress


def open_closed_streams() -> None:
    """Discard the output to a standard stream that is closed (``>&-``).

    Python sets such a stream to None. `os.devnull` takes its descriptor, which a file of
    the output would take otherwise.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            stream = os.fdopen(null, mode, encoding="utf-8", errors="backslashreplace")
            setattr(sys, name, stream)


def escape(text: str, keep: str = "") -> str:
    """Return `text` with control and invisible characters as escape sequences.

    Parameters
    ----------
    text : str
        Any text.
    keep : str
        Control characters that are kept, such as line breaks.
    """
    if text.isprintable():
        return text
    return "".join(
        (
            character
            if character.isprintable()
            or character in keep
            or unicodedata.category(character) == "Zs"  # spaces, such as U+00A0
            else ascii(character)[1:-1]
        )
        for character in text
    )


def write(text: str, end: str = "\n") -> None:
    """Print text to stdout; it may have several lines."""
    print(escape(text, keep="\n\t"), end=end)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def wrap(text: str, first: str, others: str) -> list[str]:
    """Return the lines of a text; `first` and `others` are their indentations."""
    return textwrap.wrap(
        text,
        88,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def count(number: float, noun: str) -> str:
    """Return a number with a noun: ``1 file``, ``2,000 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def error(message: object) -> None:
    """Print an error to stderr, in one line."""
    print(f"make-paws: {escape(str(message))}", file=sys.stderr)


def warning(message: object) -> None:
    """Print a warning to stderr, in one line."""
    error(f"warning: {message}")


def flush() -> None:
    """Write what is buffered for stdout.

    Raises
    ------
    OSError
        stdout cannot be written: its reader has ended, or its disk is full. Later output
        is discarded, so that Python does not fail a second time when it exits.
    """
    try:
        sys.stdout.flush()
    except OSError:
        discard()
        raise


def discard() -> None:
    """Discard what is buffered for stdout, and all later output."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
