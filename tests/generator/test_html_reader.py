"""Broken HTML is read as nested elements; tags that are not HTML are text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws.elements import ROLES
from make_paws.html_reader import End, Start, read, unknown_names


def outline(html):
    """Return the events inside the body: ``<p>text</p>``."""
    parts = []
    for event in read(html):
        match event:
            case Start(tag):
                parts.append(f"<{tag}>")
            case End(tag):
                parts.append(f"</{tag}>")
            case text:
                parts.append(text)
    assert (parts[0], parts[-1]) == ("<body>", "</body>")
    return "".join(parts[1:-1])


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p>a<ul><li>b<li>c</ul>d", "<p>a</p><ul><li>b</li><li>c</li></ul>d"),
        (
            "<ul><li><ul><li>a</ul><li>b</ul>",
            "<ul><li><ul><li>a</li></ul></li><li>b</li></ul>",
        ),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        (
            "<table><tr><td>a<td>b<tr><th>c</table>",
            "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>",
        ),
        ("<td><p>a<td><p>b", "<td><p>a</p></td><td><p>b</p></td>"),
        ("<a>b<a>c", "<a>b</a><a>c</a>"),
        ("<p><b>a</p>b", "<p><b>a</b></p>b"),
        ("<b><i>a</b>b</i>c", "<b><i>a</i></b>bc"),
        ("a</p>b</b>c", "a<p></p>bc"),
        # tags of XML and of HTML
        ("a<br>b<hr/>c<wbr>", "a<br></br>b<hr></hr>c<wbr></wbr>"),
        ("<b/>a<code />b<i x='y'/>c", "<b></b>a<code></code>b<i></i>c"),
        ("<a href=http://x.org/>a</a>", "<a>a</a>"),
        ("<P>a</P ><B\n>b</b x>", "<p>a</p><b>b</b>"),
        ("a<!-- <p>b</p> -->c<!-- d", "ac"),
        ("<value>a</VALUE> <link x='y'>b</link >", "<value>a</value> <link>b</link>"),
        # references
        ("&eacute;&#233;&#xe9;&copy &unknown;", "\u00e9\u00e9\u00e9\u00a9 &unknown;"),
        (f"&#{'0' * 5000}65;&#{'9' * 5000};", "A\ufffd"),
        ("&#0;&#x110000;&#xd800;", "\ufffd\ufffd\ufffd"),
    ],
)
def test_html_is_read_as_nested_elements(html, expected):
    assert outline(html) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<ip> <Ip/> </ip>", ("ip", "Ip")),
        ("<type2/subtype>", ("type2",)),
        ("<Role id='7' to=\"a>b\">", ("Role",)),
        ("<title>a</title><script>b<object>", ("title", "script", "object")),
        ("1 < 2 <= 3 <b and <p", ()),
        ("<value>, <text/> or <Link>", ("value", "text", "Link")),
        ("<p class='a>b</>", ()),
        ("<![CDATA[a]]> <?a?> <!a>", ()),
    ],
)
def test_text_keeps_tags_that_are_not_html(text, names):
    assert outline(text) == text
    assert unknown_names(text) == names


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<a HREF = 'x>y' b=c hidden d=\"e\">",
            {"href": "x>y", "b": "c", "hidden": "", "d": "e"},
        ),
        ("<a href='?a&amp;b&region=c&#38;d'>", {"href": "?a&b&region=c&d"}),
        ("<a>", {}),
    ],
)
def test_attributes_are_read(html, expected):
    _, first, *_ = read(html)
    assert dict(first.attributes) == expected


TAGS = st.builds(
    "<{}{}{}>".format,
    st.sampled_from(["", "/"]),
    st.sampled_from([*ROLES]),
    st.sampled_from(["", "/", " a='b'"]),
)


@given(st.lists(TAGS | st.sampled_from(["x", "<ip>", "<!--", "&lt;"])).map("".join))
def test_events_are_balanced(html):
    opened = []
    for event in read(html):
        match event:
            case Start(tag):
                opened.append(tag)
            case End(tag):
                assert opened.pop() == tag
    assert opened == []
