"""Puts the pages of the reference, which are generated, into the site's navigation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig


def on_config(config: MkDocsConfig) -> None:
    """Write out each entry that is a folder."""
    docs = Path(config.docs_dir)
    config.nav = [_written_out(entry, docs) for entry in config.nav or []]


def _written_out(entry: Any, docs: Path) -> Any:
    match entry:
        case dict():
            return {title: _written_out(below, docs) for title, below in entry.items()}
        case str() if entry.endswith("/"):
            return list(_entries(docs / entry, docs))
        case _:
            return entry


def _entries(folder: Path, docs: Path) -> Iterator[Any]:
    """Yield a folder's own page, its other pages and its folders, by name."""
    pages = sorted(folder.glob("*.md"), key=lambda page: (page.stem != "index", page))
    yield from (page.relative_to(docs).as_posix() for page in pages)
    for below in sorted(path for path in folder.iterdir() if path.is_dir()):
        yield {below.name: list(_entries(below, docs))}
