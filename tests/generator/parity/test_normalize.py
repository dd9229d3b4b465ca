"""The visible text does not depend on how its Markdown is written."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from make_paws import docs
from make_paws.parity import normalize

TOPICS = normalize.references(["svc_get", "svc_put_all"])

words = st.from_regex(r"[A-Za-z0-9éß]{1,8}", fullmatch=True)
sentences = st.lists(words, min_size=1, max_size=8)

# Ways to write a word in which a reader sees the word.
FORMS = [
    *("{}", "*{}*", "**{}**", "`{}`", "[{}](https://example.com/path_x)"),
    *("[{}][svc_get]", "[`{}`][svc_put_all]", "*[{}](https://example.com)*"),
    *("&#91;{}&#93;", r"\_{}\_", "({}),"),
]


def plain(sentence):
    return "".join(sentence).casefold()


@given(sentences, st.data())
def test_markdown_is_reduced_to_its_visible_text(sentence, data):
    forms = data.draw(st.tuples(*[st.sampled_from(FORMS)] * len(sentence)))
    spaces = data.draw(st.tuples(*[st.sampled_from([" ", "\n", "\n\n"])] * len(forms)))
    parts = [
        form.format(word) + space
        for form, word, space in zip(forms, sentence, spaces, strict=True)
    ]
    assert normalize.letters("".join(parts), TOPICS) == plain(sentence)


@given(st.lists(sentences, min_size=1, max_size=4), st.sampled_from(["- ", "-   "]))
def test_items_of_a_list_show_their_text(items, marker):
    text = "\n\n".join(marker + " ".join(item) for item in items)
    assert normalize.letters(text) == "".join(map(plain, items))


@given(sentences, sentences, st.sampled_from(FORMS))
def test_another_word_is_another_text(one, other, form):
    assume(plain(one) != plain(other))
    ours = form.format(" ".join(one))
    theirs = form.format(" ".join(other))
    assert normalize.letters(ours, TOPICS) != normalize.letters(theirs, TOPICS)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Co"])))
def test_html_and_its_markdown_have_equal_text(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    shown = normalize.letters(docs.convert(f"<p>{escaped}</p>"))
    assert shown == "".join(filter(str.isalnum, text)).casefold()


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("`invoke_endpoint` InvokeEndpoint", 2 * "invokeendpoint"),
        ("[text][svc_gone]", "textsvcgone"),
        ("[a][b]\n\n[b]: https://example.com", "a"),
        ("[a][b]", "ab"),  # the topics of a text are not those of the next
        ("```\nlist(A)\n```\n\n<b>bold</b>", "listabboldb"),
    ],
)
def test_other_markdown_is_reduced_to_its_text(text, letters):
    assert normalize.letters(text, TOPICS) == letters


@pytest.mark.parametrize("depth", [1, 10, 20])
def test_nested_lists_lose_nothing(depth):
    lines = [f"{'    ' * level}-   level{level}" for level in range(depth)]
    assert normalize.letters("\n\n".join(lines)).endswith(f"level{depth - 1}")
