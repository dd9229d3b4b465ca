"""The parts of a built page that the tests need."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

Attributes = list[tuple[str, str | None]]


@dataclass
class Contents:
    """The parts of a page."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)  # that the browser loads
    policies: list[str] = field(default_factory=list)  # what may be loaded


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
        if "id" in given:
            self.contents.anchors.add(given["id"])
        match tag, given:
            case "a", {"href": link}:
                self.contents.links.append(link)
            case "link", {"rel": "prev" | "next" | "canonical"}:
                pass
            case "link", {"href": part}:
                self.contents.parts.append(part)
            case "meta", {"http-equiv": "Content-Security-Policy", "content": policy}:
                self.contents.policies.append(policy)
            case _, {"src": part}:
                self.contents.parts.append(part)
