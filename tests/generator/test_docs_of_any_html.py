"""Any HTML as Markdown: no letter is lost, nothing hidden, and every run says the same."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html import escape, unescape
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from test_docs import LINKS, visible

from example_counts import examples
from make_paws.docs import convert, title
from make_paws.errors import ModelError

ALPHABET = "ab1é*_`[]()<>&!#-+=~.:;\\|\"'/{} \n"
SNIPPETS = ["](", "]: ", "**", "- ", "1. ", "> ", "# ", "---", "===", "~~~", "&lt;"]
PIECES = st.lists(st.sampled_from([*ALPHABET, *SNIPPETS]), max_size=8).map("".join)
LEAVES = PIECES.map(escape)
URLS = PIECES.map(lambda path: f"http://x.org/{escape(path)}")


def _inside(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
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


def text_content(html: str) -> str:
    """Return all characters of the text of well-formed HTML, but spaces."""
    return "".join(unescape(re.sub("<[^>]*>", "", html)).split())


@examples(500)
@given(DOCUMENTS, st.integers(1, 100))
@example("<p>a<b>_</b>*<i>b</i>`<code>`</code></p>", 1)
@example("<b>a</b><b>.b</b>c", 72)
@example("<p><br>[a]: b</p>", 72)
@example("<p>a * <br>b* c</p>", 72)
@example("<p><i>a &lt;</i>@b&gt;</p>", 72)
def test_the_visible_characters_are_those_of_the_html(html: str, width: int) -> None:
    assert visible(convert(html, width=width)) == text_content(html)


@given(DOCUMENTS, st.integers(-5, 100))
def test_nothing_ends_with_whitespace(html: str, width: int) -> None:
    markdown = convert(html, width=width)
    assert markdown == markdown.strip("\n")
    assert [line.rstrip() for line in markdown.split("\n")] == markdown.split("\n")


WORDS = st.lists(st.text("abc1.*-#", min_size=1, max_size=12), min_size=1, max_size=40)


@given(WORDS, st.integers(1, 80), st.integers(0, 3))
@example(["aa", "aa"], len("**aa aa**"), 0)
def test_only_a_word_that_cannot_be_broken_is_wider_than_a_line(
    words: list[str], width: int, depth: int
) -> None:
    html = f"{'<ol><li>' * depth}<b>{' '.join(words)}</b><br>{' '.join(words)}"
    for line in convert(html, width=width).split("\n"):
        assert len(line) <= width or " " not in line[len("1. ") * depth :].rstrip("\\")


@given(st.lists(st.text("abc", min_size=1), min_size=1), st.integers(1, 80))
@example(["aa", "aa", "a"], 4)
def test_a_line_holds_as_many_words_as_fit(words: list[str], width: int) -> None:
    lines = convert(" ".join(words), width=width).split("\n")
    assert " ".join(lines) == " ".join(words)
    for above, below in pairwise(lines):
        assert len(above) <= width or " " not in above
        assert len(above) + 1 + len(below.split()[0]) > width


def test_nothing_is_wrapped_in_a_url() -> None:
    url = f"https://example.com/{'x' * 100}"
    markdown = convert(f'<p>See the <a href="{url}">user guide</a>.</p>', width=10)
    assert markdown == f"See the\n[user\nguide]({url})."


TAGS = ["<p>", "</p>", "<li>", "</ul>", "<pre>", "<code>", "<br>", "<td>", '<a href="']
ODD = ["<head", "<title>", "<script>", "<![CDATA[", "<!--", '<meta charset="utf-16">']
CHARACTERS = [*'x&#;"<>/[ \0\x1f\x85\ud800']
HOSTILE = st.lists(st.sampled_from(TAGS + ODD + CHARACTERS), max_size=20).map("".join)


def outcome(function: Callable[..., str], *arguments: object) -> str:
    try:
        return function(*arguments)
    except ModelError as error:
        return str(error)


@examples(500)
@given(HOSTILE | st.text(st.characters(exclude_categories=())), st.integers())
def test_any_string_gives_printable_text_or_a_model_error(
    html: str, width: int
) -> None:
    for text in (outcome(convert, html, LINKS, width), outcome(title, html)):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)


def test_the_output_does_not_depend_on_the_hash_seed() -> None:
    html = "<ol><li>*a* _b_ `c`</li><li><b>d</b> <a href='http://x.org/'>e</a></ol>"
    program = f"from make_paws.docs import convert; print(convert({html!r}), end='')"
    outputs = {_run(program, PYTHONHASHSEED=seed) for seed in ("1", "2", "3")}
    assert outputs == {convert(html)}


def test_importing_docs_does_not_import_lxml_html() -> None:
    program = "import make_paws.docs, sys; print('lxml.html' in sys.modules, end='')"
    assert _run(program) == "False"


def _run(program: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        text=True,
    ).stdout


# The real thing


def documentation(service: str) -> set[str]:
    """Return all documentation strings in the newest model of a service."""
    botocore = find_spec("botocore")
    assert botocore is not None
    assert botocore.submodule_search_locations is not None
    data = Path(botocore.submodule_search_locations[0], "data", service)
    model = gzip.decompress(max(data.glob("*/service-2.json.gz")).read_bytes())
    texts: set[str] = set()
    json.loads(model, object_hook=lambda node: texts.add(node.get("documentation", "")))
    return texts


def test_all_documentation_of_sagemaker_runtime_keeps_its_letters() -> None:
    texts = documentation("sagemaker-runtime")
    assert len(texts) > 40
    for html in texts:
        assert visible(convert(html)) == text_content(html)
