"""The time that searches take is bounded, so that no pattern makes a call hang."""

import json
import re
import subprocess
import sys
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generator.regex.test_java import models, strings_of
from make_paws import ir
from make_paws.regex.backtracking import match_cost
from make_paws.regex.expressions import parse, source, without_optional_ends
from make_paws.regex.java import UntranslatablePatternError, translate
from make_paws.regex.searches import bounded_search
from support.backtracking_steps import count_steps
from support.service_models import described, greeting_model

# Expressions in which repeats overlap, nest, and may be nothing.
_ATOMS = st.sampled_from(
    ["a", "b", "-", "[ab]", "[a-]", "[^a]", "[^b-]", ".", r"\w", r"\W", "é"]
)
_PLACES = st.sampled_from(["^", r"\Z", "(?!a)", "(?=b)", "(?!.*a)", "(?<!a)", "(?<=-)"])
_COUNTS = st.sampled_from(
    ["*", "+", "?", "*?", "+?", "{2}", "{0,2}", "{1,2}", "{1,}", "{1,3}", "{0}"]
)


def _larger(smaller):
    groups = st.builds("({})".format, smaller) | st.builds("(?:{})".format, smaller)
    flagged = st.builds("(?i:{})".format, smaller)
    repeats = st.builds("{}{}".format, _ATOMS | groups | flagged, _COUNTS)
    parts = st.lists(repeats | groups | _PLACES | smaller, min_size=1, max_size=4)
    sequences = parts.map("".join)
    choices = st.lists(sequences, min_size=2, max_size=3).map("|".join)
    return sequences | st.builds("(?:{})".format, choices)


EXPRESSIONS = st.recursive(_ATOMS, _larger, max_leaves=10)
TEXTS = ["".join(text) for n in range(5) for text in product("abA-\n", repeat=n)]


def finds(regex, text):
    """Search as the generated code does."""
    return re.search(regex, text, re.ASCII) is not None


@given(regex=EXPRESSIONS)
def test_optional_ends_do_not_change_a_search(regex):
    shorter = source(without_optional_ends(parse(regex)))
    found = [text for text in TEXTS if finds(regex, text)]
    assert [text for text in TEXTS if finds(shorter, text)] == found


@given(regex=EXPRESSIONS)
def test_parsed_expression_is_written_equivalently(regex):
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
        (r"\Aa{0,64}[ab]{1,64}\Z", 2),
        (r"\Aa*a*-b*b*\Z", 3),
        (r"\A(?:a*-){2}a*\Z", 1),
        (r"\A(?:.*-){2}.*\Z", 3),
        ("(^a|^-)a*b", 1),
        ("(^|a)a*b", 2),
    ],
)
def test_steps_grow_with_overlapping_loops(regex, degree):
    cost = match_cost(parse(regex))
    assert not cost.is_exponential
    assert cost.degree == degree


_PARTS = st.sampled_from(
    [
        *(r"a", r"-", r"b?", r"a*", r"a+", r"[ab]*", r".*", r"[a-]+", r"a{0,3}"),
        *(r"(?:a-)*", r"(?:-a){2}", r"(?:[ab]+-)+", r"(?:-?a)*", r"(?:a|-b)*"),
        *(r"(?:a|ab)*", r"(?:a+b?)*", r"(?!a*b*-)"),
    ]
)
_LENGTH = 32  # A longer text takes seconds to search in Python.


@given(
    parts=st.lists(_PARTS, min_size=1, max_size=4),
    start=st.sampled_from(["", "^"]),
    piece=st.text("ab-", min_size=1, max_size=3),
)
def test_steps_grow_at_most_with_the_degree(parts, start, piece):
    """Steps of a text twice as long are at most 2**degree times as many."""
    tree = parse(f"{start}{''.join(parts)}\\Z")
    cost = match_cost(tree)
    assume(not cost.is_exponential)
    assume(cost.degree <= 3)
    once, twice = (
        count_steps(tree, (piece * length)[: length - 1] + "!")[1]
        for length in (_LENGTH, 2 * _LENGTH)
    )
    # Parts of a fixed length make the shorter text relatively cheaper.
    assert twice <= 1.5 * 2**cost.degree * once


@given(parts=st.lists(_PARTS, max_size=4), text=st.text("ab-", max_size=9))
def test_counted_search_finds_what_re_finds(parts, text):
    regex = "|".join(["".join(parts) + r"\Z", "^" + "".join(parts[::-1])])
    assert count_steps(parse(regex), text)[0] is finds(regex, text)


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
        # too large to analyze
        "a*b" * 200 + "a",
        "(a?b)*" * 300 + "a",
        "((((a{16}){16}){16}){16})*b",
    ],
)
def test_two_ways_around_a_loop_are_exponential(regex):
    assert match_cost(parse(regex)).is_exponential


SQUARE = "beyond 1,093 characters, as the time may grow with the square of the length"


@pytest.mark.parametrize(
    ("regex", "max_length", "found", "limit", "reason"),
    [
        (r".*\S.*", None, r"\S", None, ""),
        ("a{2,}(?:b+|c*)*", None, "a{2}", None, ""),
        ("(?:a*b|c+)d", None, "(?:b|c)d", None, ""),
        (r"^a*b*c\Z", 9, r"^a*b*c\Z", None, ""),
        (r"[a-z]+\Z", 1_093, r"[a-z]+\Z", None, ""),
        ("a[a-z]+b", None, "a[a-z]+b", 1_093, SQUARE),
    ],
)
def test_only_an_expensive_search_has_a_limit(regex, max_length, found, limit, reason):
    search = bounded_search(regex, max_length)
    assert (search.regex, search.max_length, search.reason) == (found, limit, reason)


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        (r"\A(\w+.)+\w+\Z", "the time may double with each character"),
        (r"\A" + "a*[ab]{2}" * 8 + r"\Z", "the time may grow with the 8th power"),
        ("(" * 300 + "a*" + ")*" * 300, "nested too deeply"),
    ],
)
def test_pattern_with_a_tiny_limit_is_not_searched(regex, reason):
    search = bounded_search(regex, None)
    assert search.regex is None
    assert search.reason.startswith(reason)


def test_shape_has_the_search_limit_of_its_pattern():
    model = greeting_model()
    model["shapes"]["Name"] = {"type": "string", "pattern": "a[a-z]+b"}
    service = described(model)
    name = service.shapes["Name"]
    assert (name.regex, name.regex_max) == ("a[a-z]+b", 1_093)
    assert service.skipped_patterns == (ir.SkippedPattern("Name", "a[a-z]+b", SQUARE),)


_LONG = 3_000  # characters, where neither the shape nor the search has a bound
_SEARCH_ALL = """
import json, re, sys
for regex, length, pieces in json.load(sys.stdin):
    search = re.compile(regex, re.ASCII).search
    for piece in pieces:
        search((piece * length)[:length - 1] + "\\0")
"""


def _case(pattern, most):
    """Return a search, the length of a text, and pieces of hostile texts."""
    try:
        search = bounded_search(translate(pattern, whole=False), most)
    except UntranslatablePatternError:
        return None
    if search.regex is None:
        return None
    letters = set(re.sub(r"\\.", "", pattern)) & set("-./: ")
    length = min(search.max_length or _LONG, most or _LONG, _LONG)
    return search.regex, length, ["a", "a0", "arn:", *sorted(letters)]


@pytest.mark.slow
def test_no_search_of_any_service_hangs():
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
        timeout=600,
    )


def steps_of_analysis(pattern):
    """Return the number of function calls that the generator makes for a pattern."""
    number = 0

    def count(frame, event, argument):
        nonlocal number
        number += event in ("call", "c_call")

    bounded_search.cache_clear()
    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        bounded_search(translate(pattern, whole=False), None)
    except UntranslatablePatternError:
        pass
    finally:
        sys.setprofile(previous)
    return number


@pytest.mark.slow
def test_analysis_is_linear_in_the_alternatives():
    def pattern(number):
        return "|".join(f"a{each:05}" for each in range(number))

    few, many = (steps_of_analysis(pattern(n)) for n in (5_000, 20_000))
    assert many < 4.5 * few
    search = bounded_search(translate(pattern(20_000), whole=False), None)
    assert "too long" in search.reason


@pytest.mark.parametrize(
    "part",
    [
        *["a|", "(a*)", "(a|b)*", "(a*b*)*", "(?=a)", "a{64}", "(ab){16}"],
        *["(a(b|c)*)*", "((a{2,9}){2,16}){2,16}", "(a|[ab]|[abc])*", r"\w*-?"],
        "(((a{2,9}){2,16}){2,16}){2,16}",
    ],
)
def test_analysis_of_a_long_pattern_has_a_budget(part):
    pattern = part * (4_000 // len(part))
    assert steps_of_analysis(pattern.rstrip("|")) < 1_500_000
