"""The parts of a built page that the tests need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

Attributes = list[tuple[str, str | None]]


@dataclass
class Contents:
    """The places, the links and the parts of a page.

    Attributes
    ----------
    anchors : set of str
        The places in the page that a link can name.
    links : list of str
        Where readers can go from here.
    parts : list of str
        What the browser fetches to show the page.
    policies : list of str
        What the page allows to be fetched.
    """

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)


def paths(site: Path) -> list[str]:
    """Return the addresses of all pages as they follow that of the site."""
    folders = (page.parent.relative_to(site) for page in site.rglob("index.html"))
    return sorted("".join(f"{part}/" for part in folder.parts) for folder in folders)


def contents(page: Path) -> Contents:
    """Read a page."""
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader.contents


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.contents = Contents()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        self.contents.anchors.update(_named(given, "id"))
        match tag:
            case "a":
                self.contents.links.extend(_named(given, "href"))
            case "link" if given.get("rel") not in ("prev", "next", "canonical"):
                self.contents.parts.extend(_named(given, "href"))
            case "meta" if given.get("http-equiv") == "Content-Security-Policy":
                self.contents.policies.extend(_named(given, "content"))
            case _:
                self.contents.parts.extend(_named(given, "src"))


def _named(given: dict[str, str], name: str) -> Iterator[str]:
    if name in given:
        yield given[name]
