"""A reference page as MkDocs shows it: its front matter, and its HTML as a tree."""

import re
from itertools import takewhile

import lxml.html
import markdown
import yaml

from make_paws.pages import page, site
from make_paws.parse import PAGES
from support.service_models import described, loaded

EXTENSIONS = (
    *("tables", "attr_list", "md_in_html", "toc", "admonition"),
    *("pymdownx.superfences", "pymdownx.highlight", "pymdownx.tabbed"),
)
SETTINGS = {
    "toc": {"permalink": False},
    "pymdownx.tabbed": {"alternate_style": True},
    "pymdownx.highlight": {"use_pygments": False},
}
_FRONT = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)


def pages(model, examples=()):
    """Return the sources of the pages of a service, by the names of the files."""
    service = described(model, examples, renderers=PAGES)
    none = {"earlier": (), "rules": (), "r_comparison": {}}
    functions = page.functions(service, loaded(model), **none)
    files = site.service(service, functions)
    return {path.name: source for path, source in files.items()}


def front(page):
    """Return the front matter of a page."""
    return yaml.safe_load(_FRONT.match(page)[1])


def tree(page):
    """Return a page as HTML, by the reader and the extensions of MkDocs."""
    source = _FRONT.sub("", page, count=1)
    html = markdown.markdown(source, extensions=EXTENSIONS, extension_configs=SETTINGS)
    return lxml.html.fromstring(f"<main>{html}</main>")


def words(element):
    """Return the text of an element, with one space between words."""
    return " ".join(element.text_content().split())


def section(page, name):
    """Return the elements of a section of a page, in a new tree."""
    heading = page.get_element_by_id(f"section-{name}")
    found = lxml.html.fromstring("<section></section>")
    for element in heading.itersiblings():
        if element.tag == "h2":
            break
        found.append(lxml.html.fromstring(lxml.html.tostring(element)))
    return found


def tabs(page, name):
    """Return the labels and the codes of the tabs of a section."""
    found = section(page, name)
    labels = found.xpath(".//*[contains(@class, 'tabbed-labels')]/label")
    codes = found.xpath(".//*[@class = 'tabbed-block']//pre")
    return {
        words(label): code.text_content().strip("\n")
        for label, code in zip(labels, codes, strict=True)
    }


def arguments(page):
    """Return the elements below the heading of each argument, by its anchor."""
    headings = page.xpath(".//*[@class = 'paws-arguments']/h3")
    return {
        heading.get("id"): [
            *takewhile(lambda element: element.tag != "h3", heading.itersiblings())
        ]
        for heading in headings
    }


def rows(page, name):
    """Return the cells of the rows of the first table of a section, without its head."""
    return section(page, name).xpath("(.//tbody)[1]/tr")
