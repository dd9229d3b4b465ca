"""The built files of the site, without a browser."""

import html
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import built_pages
import pytest

HERE = "http://here/"
# The URLs that a style sheet loads; embedded data is not loaded.
FETCHED = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(?!data:)([^"')\s]+)""")
Pages = dict[str, built_pages.Contents]


@pytest.fixture(scope="module")
def pages(site):
    """Read every page of the site."""
    return {
        path: built_pages.contents(site / path / "index.html")
        for path in built_pages.paths(site)
    }


def test_links_lead_to_existing_pages_and_anchors(pages):
    def is_dead(link: str) -> bool:
        target = pages.get(urlsplit(link).path.lstrip("/"))
        anchor = unquote(urlsplit(link).fragment)
        return target is None or (anchor != "" and anchor not in target.anchors)

    links = [
        (path, urljoin(HERE + path, link))
        for path, page in pages.items()
        for link in page.links
    ]
    assert len(links) > len(pages)
    assert [
        (path, link) for path, link in links if link.startswith(HERE) and is_dead(link)
    ] == []


def test_parts_of_pages_and_style_sheets_are_served_along(site, pages):
    loaded = [
        urljoin(HERE + path, part)
        for path, page in pages.items()
        for part in page.parts
    ]
    sheets = list(site.rglob("*.css"))
    assert loaded
    assert sheets
    loaded += [part for sheet in sheets for part in _fetched(sheet, site)]
    assert [part for part in loaded if not _is_served(part, site)] == []


def test_pages_forbid_requests_to_other_hosts(pages):
    assert {
        source
        for page in pages.values()
        for policy in page.policies or ["there is none"]
        for directive in policy.split(";")
        for source in directive.split()[1:]
    } == {"'self'", "'unsafe-inline'", "blob:", "data:"}


def _fetched(sheet: Path, site: Path) -> list[str]:
    address = HERE + sheet.relative_to(site).as_posix()
    text = sheet.read_text(encoding="utf-8")
    return [urljoin(address, part) for part in FETCHED.findall(text)]


def _is_served(address: str, site: Path) -> bool:
    return address.startswith(HERE) and (site / urlsplit(address).path[1:]).is_file()


def test_diagrams_show_every_label(site):
    docs = Path(__file__).parents[2] / "docs"
    pages = "".join(page.read_text(encoding="utf-8") for page in docs.glob("*.md"))
    diagrams = "".join(re.findall(r"```mermaid\n(.*?)```", pages, re.DOTALL))
    labels = re.findall(r'\["([^"]+)"\]', diagrams)
    drawn = "".join(path.read_text(encoding="utf-8") for path in site.glob("*.svg"))
    shown = re.sub(r"<[^>]*>|\s", "", html.unescape(drawn))
    assert labels
    assert [each for each in labels if re.sub(r"\s", "", each) not in shown] == []
