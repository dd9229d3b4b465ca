"""Any HTML becomes Markdown without losing a letter, deterministically."""

import json
import re
from html import escape, unescape
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.test_docs import LINKS, visible
from make_paws import spec
from make_paws.docs import convert, title, unknown_tags
from support.hypothesis_settings import examples

ALPHABET = "ab1é*_`[]()<>&!#-+=~.:;\\|\"'/{} \n"
SNIPPETS = ["](", "]: ", "**", "- ", "1. ", "> ", "# ", "---", "===", "~~~", "&lt;"]
PIECES = st.lists(st.sampled_from([*ALPHABET, *SNIPPETS]), max_size=8).map("".join)
LEAVES = PIECES.map(escape)
URLS = PIECES.map(lambda path: f"http://x.org/{escape(path)}")


def _inside(content):
    inline = st.sampled_from(["b", "i", "em", "strong", "code", "u", "span"])
    block = st.sampled_from(["p", "note", "dd", "dt", "h2", "pre", "div"])
    return st.one_of(
        st.lists(content, min_size=2, max_size=4).map("".join),
        st.builds("<{0}>{1}</{0}>".format, inline, content),
        st.builds("<{0}>{1}</{0}>".format, block, content),
        st.builds('<a href="{}">{}</a>'.format, URLS, content),
        content.map("{}<br>".format),
    )


TREES = st.recursive(LEAVES, _inside, max_leaves=12)
LISTS = st.builds(
    "<{0}><li>{1}</li><li>{2}<{3}><li>{4}</li></{3}>{5}</li></{0}>".format,
    st.sampled_from(["ul", "ol"]),
    TREES,
    TREES,
    st.sampled_from(["ul", "ol"]),
    TREES,
    TREES,
)
DOCUMENTS = st.lists(TREES | LISTS, max_size=3).map("".join)


def text_content(html):
    """Return all characters of the text of well-formed HTML, but spaces."""
    return "".join(unescape(re.sub("<[^>]*>", "", html)).split())


@examples(500)
@given(DOCUMENTS, st.integers(-5, 100))
@example("<p>a<b>_</b>*<i>b</i>`<code>`</code></p>", 1)
@example("<b>a</b><b>.b</b>c", 72)
@example("<p><br>[a]: b</p>", 72)
@example("<p>a * <br>b* c</p>", 72)
@example("<p><i>a &lt;</i>@b&gt;</p>", 72)
def test_visible_characters_are_those_of_the_html(html, width):
    markdown = convert(html, width=width)
    assert visible(markdown) == text_content(html)
    assert markdown == markdown.strip("\n")
    assert [line.rstrip() for line in markdown.split("\n")] == markdown.split("\n")


WORDS = st.lists(st.text("abc1.*-#", min_size=1, max_size=12), min_size=1, max_size=40)


@given(WORDS, st.integers(1, 80), st.integers(0, 3))
@example(["aa", "aa"], len("**aa aa**"), 0)
def test_only_unbreakable_text_exceeds_the_width(words, width, depth):
    html = f"{'<ol><li>' * depth}<b>{' '.join(words)}</b><br>{' '.join(words)}"
    for line in convert(html, width=width).split("\n"):
        assert len(line) <= width or " " not in line[len("1. ") * depth :].rstrip("\\")


@given(st.lists(st.text("abc", min_size=1), min_size=1), st.integers(1, 80))
@example(["aa", "aa", "a"], 4)
def test_line_holds_as_many_words_as_fit(words, width):
    lines = convert(" ".join(words), width=width).split("\n")
    assert " ".join(lines) == " ".join(words)
    for above, below in pairwise(lines):
        assert len(above) <= width or " " not in above
        assert len(above) + 1 + len(below.split()[0]) > width


@pytest.mark.parametrize(
    ("label", "markdown"),
    [
        ("user guide", "user guide"),
        ("the <i>user guide</i> 2", "the *user guide* 2"),
        ("<code>a b</code> or <b>c</b> d", "`a b` or **c** d"),
        ("a * b", "a * b"),
    ],
)
def test_link_stays_on_one_line(label, markdown):
    url = f"https://example.com/{'x' * 100}"
    html = f'<p>See the <a href="{url}">{label}</a>, or <b>another one</b>.</p>'
    expected = f"See the\n[{markdown}]({url}),\nor\n**another\none**."
    assert convert(html, width=10) == expected


# Each piece of HTML with the letters and digits that a reader must see of it. None of the
# pieces can be read together with its neighbour.
NAMES = (
    "p b i code pre ul ol li dl dt dd a note h2 table tr td tbody tfoot caption blockquote"
    " sup kbd q details summary hr br wbr zonbook"
)
VISIBLE_PIECES = {
    **{
        form.format(tag): ""
        for tag in NAMES.split()
        for form in ("<{}>", "</{}>", "<{}/>", "<{} class='x' id=y hidden>")
    },
    "<!-- no -->": "",
    '<a href="http://x.org/?a=1&b=2">': "",
    "<img src='a.png' alt='one'>": "one",
    "<ip>": "ip",
    "</unknown>": "unknown",
    "<aws_account_id>": "awsaccountid",
    "<Role id='7'/>": "roleid7",
    "<title>": "title",
    "<script>": "script",
    "</textarea>": "textarea",
    "&eacute;&#233;&#xE9;": "ééé",
    "&nbsp;&#0;": "",
    "&lt;p&gt;&amp;lt;": "plt",
    "&unknown;": "unknown",
    "word": "word",
    " ": "",
    "\n": "",
    "2 < 3": "23",
    "*_`[x](y)": "xy",
}


def letters(text):
    return "".join(filter(str.isalnum, text.casefold()))


@examples(500)
@given(st.lists(st.sampled_from([*VISIBLE_PIECES]), max_size=30), st.integers(1, 100))
@example(["<ul>", "<li>", "<pre>", "word"] * 12, 72)
@example(["<code>", "word", "<p>", "</code>"] * 3, 72)
def test_any_markup_keeps_its_letters(pieces, width):
    markdown = convert("".join(pieces), width=width)
    shown = "".join(VISIBLE_PIECES[piece] for piece in pieces)
    assert letters(visible(markdown)) == letters(shown)


HTML = ["<p>", "</p>", "<li>", "</ul>", "<pre>", "<code>", "<br>", "<td>", '<a href="']
ODD = ["<head", "<title>", "<script>", "<![CDATA[", "<!--", '<meta charset="utf-16">']
CHARACTERS = [*'x&#;"<>/[ \0\x1f\x85\ud800']
HOSTILE = st.lists(st.sampled_from(HTML + ODD + CHARACTERS), max_size=20).map("".join)


@examples(500)
@given(HOSTILE | st.text(st.characters(exclude_categories=())), st.integers())
def test_any_string_becomes_printable_text(html, width):
    for text in (convert(html, LINKS, width), title(html), *unknown_tags(html)):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)


MARKUP = (
    "<b> <b></i> <b><div></b> <ul><li> </p> <a href=x> <a' < </ <! <!-- <x> <q> <sup>"
)
TEXT = "& &#1 &lt; * _a ` ]( \\ <a<br> <code>` <tr><td> <a='"


@pytest.mark.slow
@pytest.mark.parametrize("repeated", f"{MARKUP} {TEXT}".split())
def test_long_hostile_text_takes_linear_time(repeated):
    def seconds(length):
        html = f"{repeated} " * (length // len(repeated))
        start = process_time()
        for function in (convert, title, unknown_tags):
            function(html)
        return process_time() - start

    # Twice, as other processes slow it down; quadratic time would be 64 times as long.
    longer = min(seconds(80_000), seconds(80_000))
    assert longer < 32 * max(0.01, seconds(10_000))


def test_sagemaker_runtime_documentation_keeps_letters():
    texts = set()
    model = json.dumps(spec.load("sagemaker-runtime").model)
    json.loads(model, object_hook=lambda node: texts.add(node.get("documentation", "")))
    assert len(texts) > 40
    for html in texts:
        assert visible(convert(html)) == text_content(html)
