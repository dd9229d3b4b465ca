"""No pattern makes a call hang: how long searches take, and what is done about it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_patterns import models, strings_of

from make_paws import ir
from make_paws.regex.backtracking import growth
from make_paws.regex.expressions import parse, source
from make_paws.regex.java import UntranslatablePatternError, translate
from make_paws.regex.rewriting import simplified
from make_paws.regex.searches import affordable
from service_models import described, greeting_model

# Expressions in which repeats overlap, nest, and may be nothing.
_ATOMS = st.sampled_from(
    ["a", "b", "-", "[ab]", "[a-]", "[^a]", "[^b-]", ".", r"\w", r"\W", "é"]
)
_PLACES = st.sampled_from(["^", r"\Z", "(?!a)", "(?=b)", "(?!.*a)", "(?<!a)", "(?<=-)"])
_COUNTS = st.sampled_from(
    ["*", "+", "?", "*?", "+?", "{2}", "{0,2}", "{1,2}", "{1,}", "{1,3}", "{0}"]
)


def _larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.builds("({})".format, smaller) | st.builds("(?:{})".format, smaller)
    flagged = st.builds("(?i:{})".format, smaller)
    repeats = st.builds("{}{}".format, _ATOMS | groups | flagged, _COUNTS)
    parts = st.lists(repeats | groups | _PLACES | smaller, min_size=1, max_size=4)
    sequences = parts.map("".join)
    choices = st.lists(sequences, min_size=2, max_size=3).map("|".join)
    return sequences | st.builds("(?:{})".format, choices)


EXPRESSIONS = st.recursive(_ATOMS, _larger, max_leaves=10)
TEXTS = ["".join(text) for n in range(5) for text in product("abA-\n", repeat=n)]


def finds(regex: str, text: str) -> bool:
    """Search as the generated code does."""
    return re.search(regex, text, re.ASCII) is not None


@given(regex=EXPRESSIONS)
@example(regex="[a-z](?:-?[a-z]+)*Z")
@example(regex="^[ -]*[ab]+([ -]+[ab]+)*[ -]*\\Z")
@example(regex="^(-[^-].*)+\\Z")
@example(regex="^([^-]([ab-]+-){1,511})?[ab]{1,2}\\Z")
@example(regex="^.*-a.*-b.*\\Z")
@example(regex="(?:a?|b*|-)*\\Z")
@example(regex="^(.|a|[ab])*\\Z")
@example(regex="^(?:(?i:a)|[A-])*\\Z")
@example(regex="^([ab]?[a-]+)*\\Z")
def test_a_simpler_expression_finds_a_match_in_the_same_texts(regex: str) -> None:
    simpler = source(simplified(parse(regex)))
    found = [text for text in TEXTS if finds(regex, text)]
    assert [text for text in TEXTS if finds(simpler, text)] == found


@given(regex=EXPRESSIONS)
def test_a_tree_is_read_and_written_without_a_change_of_meaning(regex: str) -> None:
    again = source(parse(regex))
    assert parse(again) == parse(regex)
    assert [finds(again, text) for text in TEXTS] == [
        finds(regex, text) for text in TEXTS
    ]


@pytest.mark.parametrize(
    ("regex", "degree"),
    [
        (r"^[a-z]+\Z", 1),
        (r"^[a-z]+-[a-z]+\Z", 1),
        (r"^(?:[a-z]+-)*\Z", 1),
        ("^a{3}b", 1),
        ("a.*", 1),  # a repeat at the end cannot fail
        (r"[a-z]+\Z", 2),  # the search may begin at any character
        (r"\Aa*a*\Z", 2),
        (r"\A\w*\d*\w*\Z", 3),
        (r"\A(?!.*x.*y)a\Z", 2),
        (r"\A(?:(?!a*b)a)*\Z", 2),
        (r"\Aa*-a*-a*a*\Z", 2),
        (r"\Aa*a*-b*b*\Z", 3),
        (r"\A(?:a*-){2}a*\Z", 1),
        (r"\A(?:.*-){2}.*\Z", 3),
        ("(^|-)a*b", 1),
        ("(^|a)a*b", 2),
        ("(^a*|-)b", 1),
    ],
)
def test_the_steps_grow_with_the_loops_that_share_texts(
    regex: str, degree: int
) -> None:
    known = growth(parse(regex), written_out=True)
    assert not known.is_exponential
    assert known.degree == degree


@pytest.mark.parametrize(
    "regex",
    [
        r"\A(?:a+)+\Z",
        r"\A(?:a*)*\Z",
        r"\A(?:a|a)*\Z",
        r"\A(?:a|ab|b)*\Z",
        r"\A(?:a?b?)*\Z",
        r"\A(?:(?:a?)*b)*\Z",
        r"\A[a-zA-Z](?:-?[a-zA-Z0-9]+)*\Z",
        "x(?!(?:a+)+b)",
    ],
)
def test_two_ways_around_a_loop_are_exponential(regex: str) -> None:
    assert growth(parse(regex)).is_exponential


@pytest.mark.parametrize("length", [29, 100_000])
@pytest.mark.parametrize("whole", [False, True])
def test_the_pattern_that_takes_seconds_on_29_characters_is_enforced_on_all(
    length: int, whole: bool
) -> None:
    search = affordable(translate("[a-zA-Z](?:-?[a-zA-Z0-9]+)*", whole=whole), None)
    assert (search.longest, search.reason) == (None, "")
    assert search.regex is not None
    assert finds(search.regex, "a" * length)
    assert finds(search.regex, "a" * (length - 1) + "!") is not whole
    assert not finds(search.regex, "-" * length)


@pytest.mark.parametrize(
    ("regex", "simpler"),
    [
        (r"\A(?:a+)+\Z", r"\Aa+\Z"),
        (r"\A(?:-?[ab]+)*\Z", r"\A(?:-?[ab])*\Z"),
        (r"\A(?:[ab]|a|-)*\Z", r"\A(?:[ab]|-)*\Z"),
        (r"\A(?:a*b?)*\Z", r"\A(?:a|b)*\Z"),
        (r"\A(?:[:/].+)*\Z", r"\A(?:[:/].+)?\Z"),
        ("^a(?:b[ab]+){0,9}-", "^a(?:b[ab]+)?-"),
        (r"\A[ab]+(?:-[ab]+)*\Z", r"\A[ab](?:-?[ab])*\Z"),
        (r"\Aa+[ab]*\Z", r"\Aa[ab]*\Z"),
        (".*[0-9]{12}.*", "[0-9]{12}"),
        ("a(?:b+|c*)*", "a"),
        ("x(?!.*y+)", "x(?!.*y)"),
    ],
)
def test_a_rule_leaves_fewer_ways(regex: str, simpler: str) -> None:
    assert source(simplified(parse(regex))) == simpler


@pytest.mark.parametrize(
    "regex",
    [
        r"\A[ab](?:[-ab]?[ab]+)*\Z",
        r"\A(?:[a-]|[ab])+\Z",
        r"\A.*:x.*:y.*\Z",
        r"\A(?:a{4})*(?:a{3}=)?\Z",
    ],
)
def test_what_a_rule_makes_harmless_is_searched_in_all_texts(regex: str) -> None:
    search = affordable(regex, None)
    assert search.regex is not None
    assert (search.longest, search.reason) == (None, "")


def test_what_takes_few_steps_for_all_that_a_shape_allows_stays_as_it_is() -> None:
    regex = r"[a-z]+\Z"
    assert affordable(regex, 64).regex == regex
    assert affordable(regex, 64).longest is None


def test_what_takes_more_is_searched_up_to_some_length_and_says_why() -> None:
    search = affordable("a[a-z]+b", None)
    assert (search.regex, search.longest) == ("a[a-z]+b", 1000)
    assert search.reason == (
        "beyond 1,000 characters, as the time may grow with the square of the length"
    )


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        (r"\A(\w+.)+\w+\Z", "the time may double with each character"),
        (r"\A" + "a*[ab]{2}" * 8 + r"\Z", "the time may grow with the 8th power"),
        ("(" * 300 + "a*" + ")*" * 300, "nested too deeply"),
    ],
)
def test_what_would_be_searched_in_nearly_no_text_is_not_searched(
    regex: str, reason: str
) -> None:
    search = affordable(regex, None)
    assert search.regex is None
    assert search.reason.startswith(reason)


@pytest.mark.parametrize(
    "regex",
    ["a*b" * 200 + "a", "(a?b)*" * 300 + "a", "((((a{16}){16}){16}){16})*b"],
)
def test_an_expression_too_large_to_look_at_is_taken_for_the_worst(regex: str) -> None:
    assert growth(parse(regex), written_out=True).is_exponential


def test_a_shape_has_the_length_up_to_which_its_pattern_is_searched() -> None:
    model = greeting_model()
    model["shapes"]["Name"] = {"type": "string", "pattern": "a[a-z]+b"}
    service = described(model)
    name = service.shapes["Name"]
    assert isinstance(name, ir.String)
    assert (name.regex, name.regex_max) == ("a[a-z]+b", 1000)
    (unenforced,) = service.unenforced
    assert (unenforced.shape, unenforced.pattern) == ("Name", "a[a-z]+b")
    assert unenforced.reason.startswith("beyond 1,000 characters")


_LONG = 3_000  # characters, where neither the shape nor the search has a bound
_SEARCH_ALL = """
import json, re, sys
for regex, length, pieces in json.load(sys.stdin):
    search = re.compile(regex, re.ASCII).search
    for piece in pieces:
        search((piece * length)[:length - 1] + "\\0")
"""


def _case(pattern: str, most: int | None) -> tuple[str, int, list[str]] | None:
    """Return a search, and what makes long texts that it nearly finds a match in."""
    try:
        search = affordable(translate(pattern, whole=False), most)
    except UntranslatablePatternError:
        return None
    if search.regex is None:
        return None
    letters = set(re.sub(r"\\.", "", pattern)) & set("-./: ")
    length = min(search.longest or _LONG, most or _LONG, _LONG)
    return search.regex, length, ["a", "a0", "arn:", *sorted(letters)]


def test_no_search_of_any_service_hangs() -> None:
    patterns = {
        (shape["pattern"], shape.get("max"))
        for model in models()
        for shape in strings_of(model)
    }
    cases = [case for pattern in patterns if (case := _case(*pattern))]
    assert len(cases) > 1000
    subprocess.run(
        [sys.executable, "-c", _SEARCH_ALL],
        input=json.dumps(cases),
        text=True,
        check=True,
        timeout=120,
    )
