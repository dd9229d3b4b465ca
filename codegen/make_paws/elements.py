"""The role of each HTML element of AWS's documentation.

The names are those of the HTML standard, sections "Index of elements" and "Obsolete,
conforming and non-conforming features" (https://html.spec.whatwg.org), and of DocBook,
which AWS's authoring tools leave in the models. A tag that is not listed here is shown as
AWS wrote it, because it is nearly always a placeholder: ``arn:aws:s3:::<bucket>``.

Elements of the standard that never format a sentence are not listed: metadata,
scripts, forms and embedded content (``<title>``, ``<script>``, ``<input>``, ``<object>``).
A sentence with such a tag describes the element.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class Role(Enum):
    """The effect of an element on the text inside it."""

    BLOCK = auto()  # is a paragraph or contains paragraphs
    HEADING = auto()  # is a paragraph in bold
    QUOTE = auto()  # contains quoted paragraphs
    RULE = auto()  # separates paragraphs by a line
    LIST = auto()  # contains items with bullets
    NUMBERED_LIST = auto()  # contains items with numbers
    ITEM = auto()
    CELL = auto()  # a part of an item
    PREFORMATTED = auto()
    BOLD = auto()
    ITALIC = auto()
    CODE = auto()
    LINK = auto()
    LINE_BREAK = auto()
    IMAGE = auto()
    QUOTATION = auto()  # is in quotation marks
    SUPERSCRIPT = auto()
    PLAIN = auto()  # has no equivalent in CommonMark


# The roles follow the standard's section "Rendering": browsers show `cite` in italics and
# `kbd` as code, for example.
_NAMES: Mapping[Role, str] = {
    Role.BLOCK: (
        "address article aside body center dd details dialog div dl fieldset figure"
        " footer form header hgroup html main nav p search section"
        # DocBook, in 297 services of botocore 1.44.8.
        " important note para"
        # AWS's own: the name of a service (105 services); empty elements (4 services).
        " fullname xhtml zonbook"
        # AWS's own, around one text each of glue and of appintegrations.
        " text value"
    ),
    Role.HEADING: "caption dt figcaption h1 h2 h3 h4 h5 h6 legend summary",
    Role.QUOTE: "blockquote",
    Role.RULE: "hr",
    # A table has one item for each row.
    Role.LIST: "dir menu table tbody tfoot thead ul",
    Role.NUMBERED_LIST: "ol",
    Role.ITEM: "li tr",
    Role.CELL: "td th",
    Role.PREFORMATTED: "listing pre",
    Role.BOLD: "b strong",
    Role.ITALIC: "cite dfn em emphasis i var",
    Role.CODE: "code kbd samp tt",
    Role.LINK: "a",
    Role.LINE_BREAK: "br",
    Role.IMAGE: "img",
    Role.QUOTATION: "q",
    Role.SUPERSCRIPT: "sup",
    Role.PLAIN: (
        "abbr acronym bdi bdo big blink col colgroup del font ins mark nobr rb rp rt rtc"
        " ruby s small span strike sub time u wbr"
        # DocBook: kafka, pinpoint and apigatewayv2 of botocore 1.44.8.
        " filename function link replaceable ulink"
    ),
}
ROLES: Mapping[str, Role] = {
    name: role for role, names in _NAMES.items() for name in names.split()
}

_BLOCKS = (
    *(Role.BLOCK, Role.HEADING, Role.QUOTE, Role.RULE, Role.PREFORMATTED),
    *(Role.LIST, Role.NUMBERED_LIST, Role.ITEM),
)
# The elements that start and end a paragraph.
BLOCKS = frozenset(name for name, role in ROLES.items() if role in _BLOCKS)
# Words that are also placeholders: without an end tag, "key=<value>" is text.
PAIRED = frozenset({"filename", "function", "link", "text", "value"})
# "Void elements" of the standard: without content and end tag.
VOID = frozenset({"br", "col", "hr", "img", "wbr"})
