"""Compare patterns for ECMAScript, in an engine for it, with those for Python."""

import os
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.regex.test_java import LIKE_PATTERNS
from make_paws.regex import ecmascript, java
from make_paws.regex.expressions import parse
from make_paws.regex.java import UntranslatablePatternError
from make_paws.regex.searches import bounded_search
from support import model_arguments
from support.ecmascript import finds, python_finds, texts_near
from support.hypothesis_settings import examples


def written(regex):
    """Return the pattern for an expression of Python."""
    return ecmascript.source(parse(regex))


CHARACTERS = [
    *map(chr, range(0x300)),
    *"\u0663\u180e\u2000\u2028\u2029\u202f\u212a\u3000\ufeff\uffff",
    *"\U00010000\U0001f600\U0001f601\U0010ffff",
]


@pytest.mark.parametrize(
    "regex",
    [
        *(r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", r".", r"(?s:.)", r"(?i:.)"),
        *(r"[^\W_]", r"[\W_]", r"[\S\n]", r"[^\S\n]", r"[\s\S]"),
        *(r"[^\d\D]", r"[\d-]", r"[\x00-\x7f\S]", r"(?i:k)", r"(?i:[^s])"),
        *(r"(?i:[X-c])", r"(?i:é)"),
        *(r"(?i:(?s:k))", r"(?i:[^A-Z])", r"\a", r"\f", r"\v", r"[\t\r\n]", r"\x7f"),
        *(r"\x85", r"[\x00-\x1f]"),
        *(r"\.", r"\/", r"\-", r"\_", r"\#", r"\~", r"\"", r"}", r"]", r"/"),
        *(r"[\]^\\-]", r"[a^]", r"[\[a]", r"[+-\-]", r"[--/]"),
        *(r"[$.|?*(){}[]", r"\U0001f600", r"[\U0001f600-\U0010ffff]"),
        r"[\u2000-\uffff]",
        *[r"[^\U00010000-\U0010ffff]", r"[\x20-\U0010ffff]", r"\ "],
        *["\U0001f600", "[é\u2028]"],
    ],
)
def test_single_characters_match_equally(regex):
    pattern = written(regex)
    expected = {each for each in CHARACTERS if python_finds(regex, each)}
    assert {each for each in CHARACTERS if finds(pattern, each)} == expected
    # Validators in Python use `re` for these patterns.
    assert {each for each in CHARACTERS if re.search(pattern, each)} == expected


@pytest.mark.parametrize(
    "regex",
    [
        *("", "a|", r"^\Aa\Z", r"a\Z|^b", "(a)(?P<b>b)(?:c|d)", "a*?b+?c??"),
        "a{2}b{1,}",
        *("(?=ab)a", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?i:a(?s:.)b)c", "(?is:a.)"),
        *(r"(?=(?:\r\n|(?<!\r)\n|[\r\x85\u2028\u2029])?\Z)", "(?:a{1,2}?b){2}"),
    ],
)
@given(data=st.data())
def test_sequence_is_found_in_the_same_texts(regex, data):
    pattern = written(regex)
    text = data.draw(texts_near(regex) | st.text("abcdAB\r\n", max_size=6))
    assert finds(pattern, text) is python_finds(regex, text)


def test_invisible_characters_are_escaped():
    assert written("\x00\x7f\xa0\u2028\U0001f600 é") == (
        r"\x00\x7f\xa0\u2028\U0001f600 \xe9".replace(r"\U0001f600", "😀")
    )


@given(pattern=LIKE_PATTERNS, data=st.data())
def test_any_java_pattern_matches_equally(pattern, data):
    with suppress(UntranslatablePatternError):
        regex = java.translate(pattern, whole=data.draw(st.booleans()))
        text = data.draw(texts_near(regex))
        assert finds(written(regex), text) is python_finds(regex, text)


SERVICES = list(model_arguments.files())
SOME = ["sagemaker-runtime", *model_arguments.spread(SERVICES, 12)]


def searches(service):
    found = set()
    for shape in model_arguments.model(service)["shapes"].values():
        with suppress(KeyError, UntranslatablePatternError):
            regex = java.translate(shape["pattern"], whole=False)
            found.add(bounded_search(regex, shape.get("max")))
    return {search for search in found if search.regex is not None}


def check_texts_near(regex, pattern):
    @examples(10)
    @given(text=texts_near(regex))
    def check(text):
        assert finds(pattern, text) is python_finds(regex, text)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("service", SOME)
def test_translated_patterns_match_equally(service):
    for search in sorted(searches(service), key=str):
        check_texts_near(search.regex, search.ecmascript)


@pytest.mark.skipif(
    os.environ.get("PAWS_ALL_SERVICES") != "required",
    reason="takes minutes; tox -e services runs it",
)
def test_patterns_of_every_service_are_valid():
    for search in set().union(*map(searches, SERVICES)):
        finds(str(search.ecmascript), "a")
