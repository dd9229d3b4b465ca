"""``make-paws cache``: list or remove the services that were generated on first use."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Protocol

from make_paws import terminal
from make_paws.errors import SourceError

_GROUP = "paws.cache"
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


class Entry(Protocol):
    """A service in the cache: `size` is in bytes, `age` in seconds since its last use."""

    service: str
    origin: str
    size: int
    age: float


class Cache(Protocol):
    """The module of the runtime that the entry point refers to."""

    def folder(self) -> str: ...
    def entries(self) -> Sequence[Entry]: ...
    def clear(self) -> None: ...


def run(args: argparse.Namespace) -> int:
    """Print the services in the cache, or remove them with ``--clear``."""
    cache = _cache()
    entries = cache.entries()
    number = terminal.count(len(entries), "service")
    if args.clear:
        cache.clear()
        terminal.write(f"{cache.folder()}: removed {number}")
        return 0
    size = _megabytes(sum(entry.size for entry in entries))
    terminal.write(f"{cache.folder()}: {number}, {size}")
    rows = [("service", "botocore", "size", "last used")]
    rows += [
        (entry.service, entry.origin, _megabytes(entry.size), _ago(entry.age))
        for entry in entries
    ]
    for line in terminal.table(rows) if entries else ():
        terminal.write(line)
    return 0


def _cache() -> Cache:
    for entry_point in entry_points(group=_GROUP):
        cache: Cache = entry_point.load()
        return cache
    raise SourceError(
        "there is no cache, because the runtime (paws_common) is not installed"
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _ago(age: float) -> str:
    unit, name = next((each for each in _UNITS if age >= each[0]), _UNITS[-1])
    return f"{terminal.count(int(age // unit), name)} ago"
