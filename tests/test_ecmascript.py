"""Patterns of Python as ECMAScript says them; an engine of its own is the judge."""

from __future__ import annotations

import os
import re
import warnings
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import model_arguments
from ecmascript import finds, python_finds, texts_near
from example_counts import examples
from make_paws.regex import java
from make_paws.regex.java import UntranslatablePatternError
from make_paws.regex.searches import affordable
from paws_common.schemas.ecmascript import translate

CHARACTERS = [
    *map(chr, range(0x300)),
    *"\u0663\u180e\u2000\u2028\u2029\u202f\u212a\u3000\ufeff\uffff",
    *"\U00010000\U0001f600\U0001f601\U0010ffff",
]


@pytest.mark.parametrize(
    "regex",
    [
        *(r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", r".", r"(?s:.)", r"(?i:.)"),
        *(
            r"[^\W_]",
            r"[\W_]",
            r"[\S\n]",
            r"[^\S\n]",
            r"[\s\S]",
            r"[^\d\D]",
            r"[\d-]",
            r"[\x00-\x7f\S]",
        ),
        *("(?i:k)", "(?i:[^s])", "(?i:[X-c])", "(?i:é)", "(?i:(?s:k))", "(?i:[^A-Z])"),
        *(r"\a", r"\f", r"\v", r"[\t\r\n]", r"\x7f", r"\x85", r"[\x00-\x1f]"),
        *(r"\.", r"\/", r"\-", r"\_", r"\ ", r"\#", r"\~", r"\"", r"}", r"]", r"/"),
        *(r"[\]^\\-]", r"[a^]", r"[\[a]", r"[+-\-]", r"[--/]", r"[$.|?*(){}[]"),
        *(r"\U0001f600", r"[\U0001f600-\U0010ffff]", r"[^\U00010000-\U0010ffff]"),
        *("\U0001f600", "[é\u2028]", r"[\u2000-\uffff]", r"[\x20-\U0010ffff]"),
    ],
)
def test_one_character_is_the_same_of_all_that_there_are(regex: str) -> None:
    pattern = translate(regex)
    assert pattern is not None
    expected = {each for each in CHARACTERS if python_finds(regex, each)}
    assert {each for each in CHARACTERS if finds(pattern, each)} == expected
    # Who has but Python is not misled by more than a dollar, nor warned.
    assert {each for each in CHARACTERS if re.search(pattern, each)} == expected


@pytest.mark.parametrize(
    "regex",
    [
        *(
            "",
            "a|",
            r"^\Aa\Z",
            r"a\Z|^b",
            "(a)(?P<b>b)(?:c|d)",
            "a*?b+?c??",
            "a{2}b{1,}",
        ),
        *("(?=ab)a", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?i:a(?s:.)b)c", "(?is:a.)"),
        *(r"(?=(?:\r\n|(?<!\r)\n|[\r\x85\u2028\u2029])?\Z)", "(?:a{1,2}?b){2}"),
    ],
)
@given(data=st.data())
def test_a_sequence_is_found_in_the_same_texts(regex: str, data: st.DataObject) -> None:
    pattern = translate(regex)
    assert pattern is not None
    text = data.draw(texts_near(regex) | st.text("abcdAB\r\n", max_size=6))
    assert finds(pattern, text) is python_finds(regex, text)


@pytest.mark.parametrize(
    "regex",
    [
        *(r"\b", r"a\B", r"(a)\1", "(?P<a>b)(?P=a)", "(?(1)a|b)", "(?>a)", "(?#a)"),
        *("a$", "(?m:^a)", "(?a:b)", "(?i-s:b)", "(?i)a", "a++", "a{2}+", "(?=a)*"),
        *("a{,3}", "a{", "{", r"\0", r"\012", r"[\b]", r"\N{BULLET}", "[]a]"),
        *("*a", "a**", "(*a)", "a|*", "^*", r"[\w-a]", "[a", "(a", "a)", "\\"),
    ],
)
def test_what_is_not_known_to_mean_the_same_is_not_translated(regex: str) -> None:
    assert translate(regex) is None


def test_what_nobody_sees_is_written_as_an_escape_that_all_engines_have() -> None:
    assert translate("\x00\x7f\xa0\u2028\U0001f600 é") == (
        r"\x00\x7f\xa0\u2028\U0001f600 \xe9".replace(r"\U0001f600", "😀")
    )


LIKE_EXPRESSIONS = st.lists(
    st.sampled_from("aA0-^$|.*+?()[]{},:=!<é\n😀")
    | st.sampled_from(["(?", "(?i:", "(?<!", "[^", "{2}", "a-z", r"\A", r"\Z", r"\\"])
    | st.sampled_from([r"\d", r"\S", r"\W", r"\x41", r"\u2028", r"\U0001f600", r"\]"])
).map("".join)


@given(regex=LIKE_EXPRESSIONS, data=st.data())
def test_any_expression_is_said_in_ecmascript_or_not_at_all(
    regex: str, data: st.DataObject
) -> None:
    with warnings.catch_warnings():
        # What may come to mean something else one day warns.
        warnings.simplefilter("error")
        try:
            re.compile(regex, re.ASCII)
        except (re.error, FutureWarning, DeprecationWarning):
            assume(False)
    pattern = translate(regex)
    assume(pattern is not None)
    text = data.draw(texts_near(regex))
    assert finds(str(pattern), text) is python_finds(regex, text)


SERVICES = list(model_arguments.files())
SOME = ["sagemaker-runtime", *model_arguments.spread(SERVICES, 12)]


def searches(service: str) -> list[str]:
    """Return what the run time searches for, for the patterns of a service."""
    found = set()
    for shape in model_arguments.model(service)["shapes"].values():
        with suppress(KeyError, UntranslatablePatternError):
            regex = java.translate(shape["pattern"], whole=False)
            found.add(affordable(regex, shape.get("max")).regex)
    return sorted(filter(None, found))


def check_texts_near(regex: str, pattern: str) -> None:
    @examples(10)
    @given(text=texts_near(regex))
    def check(text: str) -> None:
        assert finds(pattern, text) is python_finds(regex, text)

    check()


@pytest.mark.parametrize("service", SOME)
def test_every_pattern_of_a_service_is_said_in_ecmascript(service: str) -> None:
    for regex in searches(service):
        pattern = translate(regex)
        assert pattern is not None
        check_texts_near(regex, pattern)


@pytest.mark.skipif(
    os.environ.get("PAWS_ALL_SERVICES") != "required",
    reason="takes minutes; tox -e services runs it",
)
def test_every_pattern_of_every_service_can_be_said_in_ecmascript() -> None:
    for service in SERVICES:
        assert None not in map(translate, searches(service))
