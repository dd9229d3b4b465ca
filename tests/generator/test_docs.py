"""Convert AWS's HTML to Markdown."""

from html import escape

import pytest
from markdown_it import MarkdownIt

from make_paws.docs import convert, title, unknown_tags

COMMONMARK = MarkdownIt("commonmark")
LINKS = {"InvokeEndpoint": "invoke_endpoint"}


def rendered(html):
    """Return what a CommonMark reader makes of the Markdown, on one line."""
    rendering = COMMONMARK.render(convert(html))
    return rendering.replace("\n", " ").strip()


def visible(markdown):
    """Return the characters that a reader of the rendered Markdown sees, but spaces."""
    return "".join("".join(_texts(COMMONMARK.parse(markdown))).split())


def _texts(tokens):
    for token in tokens:
        if token.type in ("text", "code_inline", "fence"):
            yield token.content
        yield from _texts(token.children or [])


# Blocks


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        # nothing to show
        *((html, "") for html in ("", " \n ", "<p></p>", "<!-- x -->")),
        ("<p> <b> </b></p>", ""),
        # paragraphs
        ("Just text.", "Just text."),
        ("<p>One.</p> <p>Two.</p>", "One.\n\nTwo."),
        ("<p>\n  a\t b<b> c </b>d\u00a0e\u2028f </p>", "a b **c** d e f"),
        *(
            (f"a<{tag}><p>b</p><p>c</p></{tag}>d", "a\n\nb\n\nc\n\nd")
            for tag in ("note", "important", "fullname", "div")
        ),
        *((f"<h{n}>a <b>b</b></h{n}>c", "**a b**\n\nc") for n in range(1, 7)),
        ("a<hr>b", "a\n\n***\n\nb"),
        ("<p><b>a</b><br>b &lt;br/> c.<br></p>", "**a**\\\nb \\<br/> c."),
        # lists
        ("<p>a:</p><ul><li><p>b</p></li> <li>c</li></ul>d", "a:\n\n- b\n- c\n\nd"),
        (
            "<ul><li><p>a</p><p>b</p></li><li>c</li><li>d</li></ul>",
            "- a\n\n  b\n\n- c\n\n- d",
        ),
        (
            "<ol><li>a<ol><li>b</li></ol></li><li>c</li></ol><ol><li>d</li></ol>",
            "1. a\n\n   1. b\n\n2. c\n\n1. d",
        ),
        ("<ul><li><ol><li>a</li><li>b</li></ol></li></ul>", "- 1. a\n  2. b"),
        ("<ul><li> </li><li>a</li></ul>", "- a"),
        ("<li>a</li>", "- a"),
        ("<ul><li>a<hr></li><li><hr/>b</li></ul>", "- a\n\n  ***\n\n- ***\n\n  b"),
        # definitions, tables, quotes, boxes
        (
            "<dl><dt>A</dt><dd><p>b</p><p>c</p></dd><dt><code>D</code></dt><dd>e</dl>",
            "**A**\n\nb\n\nc\n\n**`D`**\n\ne",
        ),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>",
            "- a | b\n- c | d",
        ),
        ("<table><caption>a</caption><tfoot><tr><td>b</table>", "**a**\n\n- b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc"),
        ("<blockquote>a<ul><li>b<br>c</ul>d", "> a\n>\n> - b\\\n>   c\n>\n> d"),
        (
            "<ul><li><blockquote><pre>a\n\nb</pre>",
            "- > ```\n  > a\n  >\n  > b\n  > ```",
        ),
        ("<details><summary>a</summary>b</details>c", "**a**\n\nb\n\nc"),
        ("<figure><figcaption>a</figcaption></figure>b", "**a**\n\nb"),
        ("<h6>a</h6><section>b</section><center>c</center>", "**a**\n\nb\n\nc"),
        # preformatted text
        (
            "<ul><li><pre>\nif  *x*:\n\n    y &lt; 1 <b>!</b>  \n</pre></li></ul>",
            "- ```\n  if  *x*:\n\n      y < 1 !\n  ```",
        ),
        ("<pre>```\n````</pre>", "`````\n```\n````\n`````"),
        ("<pre>a<br>b</pre>", "```\na\nb\n```"),
    ],
)
def test_block_has_its_markdown(html, markdown):
    assert convert(html) == markdown


# Text


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        # emphasis is marked once
        ("<b>a</b>", "**a**"),
        ("<strong>a</strong>", "**a**"),
        ("<i>a</i>", "*a*"),
        ("<em>a</em>", "*a*"),
        ("<i>a <i>b</i> <b>c</b></i>", "*a b c*"),
        ("un<i>known</i>s", "un*known*s"),
        ("(<i>a</i>).", "(*a*)."),
        ("<u>a</u> <replaceable>b</replaceable>", "a b"),
        # emphasis that CommonMark would not read is omitted
        ("<b>Note:</b>text", "Note:text"),
        ("<b>a</b><i>b</i>", "ab"),
        ("é<i>«a</i>", "é«a"),
        ("a<b><code>b</code></b>", "a`b`"),
        # code is only text
        ("<code>a</code>", "`a`"),
        ("<code> <b>a</b>  <i>b</i> </code>", "`a b`"),
        ("x<code> a </code>y", "x `a` y"),
        ("<code>a</code><code>b</code>", "`ab`"),
        ("<code> </code>", ""),
        ("<code>*a*_b_&lt;c&gt;\\</code>", "`*a*_b_<c>\\`"),
        ("<code>a`b</code>", "``a`b``"),
        ("<code>`a``</code>", "``` `a`` ```"),
        ("<b><code>a</code></b>", "**`a`**"),
        ("<code>a:<i><account_id></i>:b</code>", "`a:<account_id>:b`"),
        # unusual elements
        ("2<sup>10</sup> bytes of H<sub>2</sub>O", "2^10 bytes of H2O"),
        ("<kbd>Ctrl</kbd>+<samp>a</samp>", "`Ctrl`+`a`"),
        ("<var>x</var> in <cite>y</cite>", "*x* in *y*"),
        ("<q>a</q> <abbr>b</abbr> <small>c</small>", '"a" b c'),
        ('<img src="http://x.org/a.png" alt="A &lt;cat&gt;">!', "A \\<cat>!"),
        ("a<img>b<wbr>c", "abc"),
        # links that lead nowhere
        *(
            (f"<a {attribute}>a</a>", "a")
            for attribute in ("", "href", 'href="#x"', 'href="x.html"')
        ),
        ('<a href="javascript:alert(1)">a</a>', "a"),
        ('a<a href="http://x.org/"> </a>b', "a b"),
        # numbers within a paragraph
        ("<p>until<br>2006. Or</p>", "until\\\n2006. Or"),
        # control characters
        *((f"a{each}b", "a\ufffdb") for each in "\0\x01\x1b\u202e\ud800"),
    ],
)
def test_text_has_its_markdown(html, markdown):
    assert convert(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<code>InvokeEndpoint</code>", "`invoke_endpoint`"),
        ("<code><a> InvokeEndpoint </a></code>", "`invoke_endpoint`"),
        ("<a>InvokeEndpoint</a>", "`invoke_endpoint`"),
        ('<a href="https://example.com/">InvokeEndpoint</a>', "`invoke_endpoint`"),
        ("InvokeEndpoint", "InvokeEndpoint"),
        ("<i>InvokeEndpoint</i>", "*InvokeEndpoint*"),
        ("<code>InvokeEndpoints</code>", "`InvokeEndpoints`"),
    ],
)
def test_operation_link_shows_the_function_name(html, markdown):
    assert convert(f"<p>See {html} now.</p>", LINKS) == f"See {markdown} now."


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://example.com/a_b?c=d&amp;e#f", "https://example.com/a_b?c=d&e#f"),
        (" http://example.com ", "http://example.com"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("kms/latest/x.html", "https://docs.aws.amazon.com/kms/latest/x.html"),
        ("/kms/latest/x.html", "https://docs.aws.amazon.com/kms/latest/x.html"),
        ("http://x.org/A_(b) \\é`", "http://x.org/A_%28b%29%20%5C%C3%A9%60"),
        ("http://x.org/?a&amp;lt;", "http://x.org/?a&amp;lt;"),
    ],
)
def test_link_target_is_unchanged(href, url):
    html = f'<p>a <a href="{href}">b <b>c</b></a>.</p>'
    assert convert(html) == f"a [b **c**]({url})."


@pytest.mark.parametrize(
    "shown",
    [
        "arn:aws:kms:<region>:<account-id>:key/<uuid>",
        "One host. <ip> - an IP-literal host.",
        'The <Role schemeIDUri="urn:mpeg" value="subtitle"/> element.',
        "<aws_account_id> <type2/subtype> <N>",
        *("In <title>, <script> and <object>, </title> stays.", "a <b and <a href='x"),
        "<!DOCTYPE html> <?xml version='1.0'?> <![CDATA[x]]> </>",
    ],
)
def test_unknown_tag_is_shown_as_written(shown):
    assert rendered(f"<p>{shown}</p>") == f"<p>{escape(shown)}</p>".replace(
        "&#x27;", "'"
    )


def test_unknown_tags_are_named_once():
    html = f"<p><ip></ip> <Resource>Id <IP x='1'> <ip> <{'x' * 50}></p>"
    assert unknown_tags(html) == ("<ip>", "<Resource>", "<IP>", f"<{'x' * 40}>")


# Escapes


@pytest.mark.parametrize(
    "text",
    [
        *("a_b and c_d", "5 * 3 * 2", "the underscore (_)", "*.example.com", "a ` b"),
        *("[a] (b) [c]", "a < b, 3 <4, <= >", "AT&T & a&b &c", "C:\\Users\\me"),
        *("a #b c# #", "1.5 and 2) of 1. three", "a - b + c = d > e", "Wow! [a]"),
        *("~tilde~ | pipe", "12345678901. x"),
    ],
)
def test_what_means_nothing_is_not_escaped(text):
    assert convert(f"<p>{escape(text)}</p>") == text


@pytest.mark.parametrize(
    "text",
    [
        *("*a* **b**", "_a_", "a __init__ b", "`a`", "[a](http://b.c)"),
        *("![a](http://b.c)", "[a]: http://b.c"),
        *("<b> </b> <!-- --> <?x?> <http://b.c>", "&amp; &#65; &copy; <1@b.c>"),
        *("\\* \\", "# a", "- a", "+ a", "* a", "> a", "1. a", "12) a", "---", "___"),
        *("* * *", "===", "~~~ a", "``` a"),
    ],
)
def test_what_would_mean_something_is_escaped(text):
    html = f"<p>{escape(text)}</p>"
    assert rendered(html) == html
    assert rendered(f"x<br>{escape(text)}") == f"<p>x<br /> {escape(text)}</p>"


@pytest.mark.parametrize("word", [*"-+*#>", "1.", "===", "---", "~~~", "``", "<hr>"])
def test_no_line_starts_a_block_by_chance(word):
    text = escape(f"aaaa {word} bbbb")
    for html in (text, f"<code>{text}</code>", f'<a href="http://x.org/">{text}</a>'):
        markdown = convert(f"<ul><li>{html}</li></ul>", width=1)
        assert visible(markdown) == f"aaaa{word}bbbb"
        tokens = COMMONMARK.parse(markdown)
        assert [token.tag for token in tokens if token.nesting > 0] == ["ul", "li", "p"]


def test_number_within_a_paragraph_is_not_escaped():
    assert convert("<p>until 2006. Or</p>", width=1) == "until\n2006.\nOr"


def test_exclamation_mark_makes_no_image_of_a_link():
    html = '<p>a!<a href="http://x.org/">b</a></p>'
    assert rendered(html) == html


def test_code_in_a_link_makes_no_definition_of_it():
    assert visible(convert('<a href="http://x.org/">a <code>]: b</code></a>')) == "a]:b"


@pytest.mark.parametrize("reference", ["&#1;", "&#2;", "&#x202E;"])
def test_reference_to_a_control_character_is_replaced(reference):
    markdown = convert(f"a{reference}b<u></u>c{reference}")
    assert markdown.replace("\ufffd", "") == "abc"


# Titles


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Does it. Well.</p>", "Does it"),
        ("<p> Does\n <code>x_y</code>, <b>*z*</b>, [1] </p>", "Does x_y, *z*, [1]"),
        ("<p>For some, e.g. one.</p>", "For some, e"),
        ("<p></p><note><p>First</p></note><p>Second</p>", "First"),
        ("<p>One<br>line.</p>", "One line"),
        ("Bare text.", "Bare text"),
        ("<ul><li>Item</li></ul>", "Item"),
        ("", ""),
        ("<p>...</p>", ""),
    ],
)
def test_title_ends_at_the_first_full_stop(html, expected):
    assert title(html) == expected


# Nesting and length


@pytest.mark.parametrize("tag", ["b", "div", "note", "code", "sup", "table"])
def test_deep_elements_keep_their_text(tag):
    html = f"<{tag}>x" + f"<u><{tag}>" * 3_000 + "deep"
    assert visible(convert(html)).replace("^", "") == "xdeep"


@pytest.mark.parametrize(
    ("nested", "marker"),
    [("<ul><li>", "- "), ("<ol><li>", "1. "), ("<blockquote>", "> ")],
)
def test_deep_lists_continue_at_the_eighth_level(nested, marker):
    markdown = convert("".join(f"{nested}x{level} " for level in range(1, 30)))
    assert visible(markdown) == "".join(f"x{level}" for level in range(1, 30))
    assert markdown.splitlines()[-1].index("x29") == 8 * len(marker)


@pytest.mark.slow
def test_megabytes_lose_nothing():
    text = "x" * 11_000_000
    assert convert(f"<p>{text}</p>") == text
