"""Pages show the text of a model as text, never as markup."""

import html
import re

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from make_paws.docs import printable
from make_paws.pages import text, titles
from make_paws.parse import PAGES
from support import rendered_pages as rendered
from support.model_changes import structure
from support.service_models import described, service_model

# Text that could become markup, a link, a heading, a table, a tab, a list or a template.
HOSTILE = [
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--", "-->"),
    *("</td></tr></table>", "</div>", "</code>", "<b>", "&lt;", "&amp;amp;", "&#60;"),
    *("[a](javascript:alert(1))", "](x)", "![x](y)", "[x]: y", "<javascript:alert(1)>"),
    *("|", "| a | b |", "`", "``", "```", "~~~", "````python", "*a*", "**", "__a__"),
    *("{{ 7 * 7 }}", "{% raw %}", "{# x #}", "{: .x onclick=alert(1) }", "{ #id }"),
    *('=== "Tab"', "!!! note", "# H", "---", "===", "1. a", "- a", "> a", "    a"),
    *(":smile:", "www.example.com", "https://example.com/", "a@example.com"),
    *("\\", "\\*", "'", '"', '"""', "\n", "\n\n", "\r", "\r\n", "\t", "&", "<", ">"),
    "é",
    *("\x00", "\x02", "\x03", "\x0c", "\x85", "\u2028", "\u202e", "\ufeff", "\ufffe"),
    *("😀", "klzzwxh:0000"),
    *("\x02klzzwxh:0\x03", "\x02wzxhzdk:0\x03", "word", " "),
]
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=4), max_size=8).map(
    "".join
)


def visible(value):
    """Return the words that a reader should see of a text."""
    return " ".join(printable(value.replace("\r", "\n").replace("\x0c", " ")).split())


def squeezed(value):
    """Return a text without its spaces: code drops one at either end."""
    return "".join(value.split())


def hostile_model(value):
    """Return a model whose texts are all the same."""
    documented = {"documentation": f"<p>{html.escape(value)}</p>"}
    shapes = {
        "ActInput": structure({"Text": "Text", "More": "More", "Inner": "Inner"}),
        "Fault": {**structure({}), "exception": True, **documented},
        "Inner": structure({"Text": "Text"}),
        "More": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Text": {"type": "string", "pattern": value, "enum": [value], **documented},
    }
    shapes["Fault"]["error"] = {"code": value, "httpStatusCode": 400}
    shapes["Inner"]["members"]["Text"] |= documented
    header = {"location": "header", "locationName": value}
    shapes["ActInput"]["members"]["Text"] |= header
    path = value.translate({ord("{"): None, ord("}"): None})  # no labels
    act = {
        "name": "Act",
        "http": {"method": "POST", "requestUri": f"/{path}"},
        "input": {"shape": "ActInput"},
        "output": {"shape": "ActInput"},
        "errors": [{"shape": "Fault"}],
        **documented,
    }
    names = {"serviceFullName": f"x{value}", "serviceAbbreviation": "Example"}
    metadata = {"protocol": "rest-json", "jsonVersion": value, **names}
    return {**service_model({"Act": act}, shapes, **metadata), **documented}


def pages(value):
    """Return the page of the service and the page of its function."""
    examples = {"examples": {"Act": [{"description": value, "input": {"Text": value}}]}}
    files = rendered.pages(hostile_model(value), examples)
    return files["index.md"], files["example_act.md"]


def nothing_acts(tree):
    """Fail where an element or an attribute could not be from a template."""
    for element in tree.iter():
        assert element.tag not in ("script", "img", "iframe", "style", "form", "object")
        assert not [name for name in element.attrib if name.startswith("on")]
        link = element.get("href", "")
        assert re.match(r"#|https?://|[a-z_]+\.md(#\S+)?$|\Z", link), link


@given(texts)
@example("".join(HOSTILE))
@example("\n".join(HOSTILE))
def test_single_line_is_shown_unchanged(value):
    shown = rendered.tree(f"| a |\n| --- |\n| {text.line(f'x{value}x')} |\n")
    (cell,) = shown.xpath(".//td")
    assert rendered.words(cell) == visible(f"x{value}x")
    assert len(cell) == 0


@given(texts)
@example("".join(HOSTILE))
def test_text_in_html_is_shown_unchanged(value):
    shown = rendered.tree(f"<div>\n<p>x{text.plain(value)}x</p>\n</div>\n")
    assert rendered.words(shown) == visible(f"x{value}x")
    assert [each.tag for each in shown.iter()] == ["main", "div", "p"]


@given(texts)
@example("".join(HOSTILE))
@example("\n".join(HOSTILE))
def test_text_in_a_tab_fence_is_shown_unchanged(value):
    block = text.fence(f"x{value}x", "python", 4)
    shown = rendered.tree(f'=== "Python"\n\n    {block}\n\nafter\n')
    (code,) = shown.xpath(".//pre")
    assert rendered.words(code) == visible(f"x{value}x")
    assert rendered.words(shown.xpath("./p")[-1]) == "after"


@given(texts)
@example("".join(HOSTILE))
@example("\n\n".join(HOSTILE))
def test_markdown_in_text_adds_no_markup(value):
    shown = rendered.tree(
        f"<div>\n{text.prose(value)}\n<p>{text.phrase(value)}</p>\n</div>\n"
    )
    for element in shown.iter():
        assert element.tag not in ("script", "img", "iframe", "style", "input")
        assert not element.get("href", "").startswith("javascript:")
        known = {"href", "src", "alt", "title", "class", "start"}
        assert set(element.attrib) <= known


@given(texts)
@example("".join(HOSTILE))
def test_front_matter_text_is_one_line_of_html(value):
    read = yaml.safe_load(f"title: {text.yaml(value)}\n")["title"]
    assert html.unescape(read) == visible(value)
    assert not set('<>"{}') & set(read)


@given(texts)
@example("".join(HOSTILE))
@example("\n\n".join(HOSTILE))
def test_function_page_has_every_text_as_plain_text(value):
    shown = rendered.tree(pages(value)[1])
    nothing_acts(shown)
    assert [rendered.words(each) for each in shown.xpath(".//h1")] == ["example_act"]
    description = rendered.words(rendered.section(shown, "description"))
    assert description == (visible(value) or "Act")
    arguments = rendered.arguments(shown)
    assert list(arguments) == ["Text", "More", "Inner"]
    for name in arguments:
        assert rendered.words(shown.get_element_by_id(name)) == name
    _, *documented, limited = arguments["Text"]
    if visible(value):
        limits = f"Limits: matches {value}, one of {value}"
        assert squeezed(rendered.words(limited)) == squeezed(visible(limits))
    assert " ".join(map(rendered.words, documented)) == visible(value)
    (inner,) = shown.xpath(".//*[@id = 'type-InnerInput']//dd")
    *documented, limited = inner
    assert " ".join(map(rendered.words, documented)) == visible(value)


@given(texts)
@example("".join(HOSTILE))
def test_service_page_has_every_text_as_plain_text(value):
    source, _ = pages(value)
    shown = rendered.tree(source)
    nothing_acts(shown)
    (heading,) = shown.xpath(".//h1")
    assert rendered.words(heading) == visible(f"x{value}")
    ((function, title),) = rendered.rows(shown, "functions")
    (operation,) = described(hostile_model(value), renderers=PAGES).operations
    assert rendered.words(function) == "example_act"
    assert rendered.words(title) == visible(titles.short(operation))
    assert rendered.words(rendered.rows(shown, "errors")[0][2]) == visible(value)
    assert html.unescape(rendered.front(source)["title"]) == visible(f"x{value}")
