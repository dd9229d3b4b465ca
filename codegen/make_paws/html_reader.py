"""Parse HTML, even if it is invalid, to a sequence of nested elements and texts.

As in browsers (HTML standard, "Parsing HTML documents"), an end tag can be omitted, and all
open elements end with their parent. A tag that `make_paws.elements` does not list is text.
Time and memory are proportional to the length of the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from make_paws.elements import BLOCKS, PAIRED, ROLES, VOID


@dataclass(frozen=True, slots=True)
class Start:
    """The start of an element; the names of its attributes are in lower case."""

    tag: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    """The end of the innermost open element."""

    tag: str


Event = Start | End | str

# A comment without an end extends to the end of the text. A tag cannot contain "<", which
# is usually a "less than" in documentation. So no character is read more than twice.
_MARKUP = re.compile(
    r"""<!--.*?(?:-->|\Z)
      | <(?P<slash>/?)(?P<name>[A-Za-z][^\s<>/]*+)
        (?P<attributes>(?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?+"""
)
_END_TAG = re.compile(r"</([A-Za-z]++)\s*+>")
_EMPTY = re.compile(r"""(?:\A|[\s"'])/\Z""")  # not in <a href=https://example.com/>
# In an attribute, "&region=" is not the reference "&reg" (HTML standard, "Named character
# reference state").
_REFERENCE = re.compile(r"&#?[0-9A-Za-z]++;")
# `int`, and so `html.unescape`, rejects more than 4,300 digits. A code point has at most 7.
_NUMBER = re.compile(r"&#0*([0-9]{1,8})[0-9]*")


# The elements that end when another one starts, unless one of a scope is in between.
_PARAGRAPH = (("p",), ("td", "th"))
_IMPLIED_ENDS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    start: (ended, scope)
    for ended, scope in (
        (("a",), ()),
        (("dd", "dt"), ("dl",)),
        (("li",), ("dir", "menu", "ol", "ul")),
        (("tbody", "tfoot", "thead"), ("table",)),
        (("td", "th"), ("table", "tr")),
        (("tr",), ("table",)),
    )
    for start in ended
}


def read(html: str) -> Sequence[Event]:
    """Return the elements and texts of `html`; each start has an end.

    Parameters
    ----------
    html : str
        A ``documentation`` string of a service model, however broken.
    """
    body = _Body()
    position = 0
    unpaired = _unpaired(html)
    for markup in _MARKUP.finditer(html):
        body.add_text(html[position : markup.start()])
        position = markup.end()
        name = (markup["name"] or "").lower()
        if name and (name not in ROLES or name in unpaired):
            body.events.append(markup[0])
        elif markup["slash"]:
            body.end(name)
        elif name:
            body.start(name, markup["attributes"])
    body.add_text(html[position:])
    body.end_down_to(0)
    return [Start("body", {}), *body.events, End("body")]


def unknown_names(html: str) -> tuple[str, ...]:
    """Return the names of the tags that `read` returns as text, each name once."""
    elements = ROLES.keys() - _unpaired(html)
    names = (markup["name"] for markup in _MARKUP.finditer(html) if markup["name"])
    return tuple(dict.fromkeys(name for name in names if name.lower() not in elements))


def _unpaired(html: str) -> frozenset[str]:
    """Return the elements that are text in `html`, because they have no end tag."""
    return PAIRED.difference(map(str.lower, _END_TAG.findall(html)))


@dataclass(slots=True)
class _Body:
    """The events so far, the names of the open elements, and the depths of each name."""

    events: list[Event] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    depths: dict[str, list[int]] = field(default_factory=dict)

    def add_text(self, html: str) -> None:
        if html:
            self.events.append(_unescaped(html))

    def start(self, name: str, attributes: str) -> None:
        if name in BLOCKS:
            self._end_implied(*_PARAGRAPH)
        if name in _IMPLIED_ENDS:
            self._end_implied(*_IMPLIED_ENDS[name])
        self.events.append(Start(name, _attributes(attributes) if attributes else {}))
        # AWS's tools write XML, in which "<b/>" is an empty element.
        if name in VOID or _EMPTY.search(attributes):
            self.events.append(End(name))
        else:
            self.depths.setdefault(name, []).append(len(self.names))
            self.names.append(name)

    def end(self, name: str) -> None:
        depth = self._depth((name,))
        if depth >= 0:
            self.end_down_to(depth)
        elif name in BLOCKS:
            # As in browsers, "</p>" alone still separates paragraphs.
            self.events += (Start(name, {}), End(name))

    def end_down_to(self, depth: int) -> None:
        while len(self.names) > depth:
            name = self.names.pop()
            self.depths[name].pop()
            self.events.append(End(name))

    def _end_implied(self, ended: Sequence[str], scope: Sequence[str]) -> None:
        depth = self._depth(ended)
        if depth > self._depth(scope):
            self.end_down_to(depth)

    def _depth(self, names: Iterable[str]) -> int:
        """Return the depth of the deepest open element of `names`, -1 if none is open."""
        depths = map(self.depths.get, names)
        return max((found[-1] for found in depths if found), default=-1)


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): _REFERENCE.sub(
            lambda found: _unescaped(found[0]), "".join(values)
        )
        for name, *values in _ATTRIBUTE.findall(text)
    }


def _unescaped(html: str) -> str:
    return unescape(_NUMBER.sub(r"&#\1", html)) if "&" in html else html
