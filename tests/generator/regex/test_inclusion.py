"""Two patterns are compared by the texts in which they find a match."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generator.regex.test_backtracking import EXPRESSIONS, TEXTS, finds
from make_paws import spec
from make_paws.regex import inclusion
from make_paws.regex.inclusion import Inclusion, UnsupportedExpressionError, includes
from make_paws.regex.java import UntranslatablePatternError, translate
from support.hypothesis_settings import examples

WIDER = [
    ("https://.*", "(https|s3)://.*"),
    ("^[a-z]+$", "[a-z]+"),
    ("^[a-z]{1,63}$", "^[a-z]{1,64}$"),
    ("^(?!xn--)[a-z-]+$", "^[a-z-]+$"),
    ("^(a|b)*c$", "^[a-c]*c$"),
    ("(ab)+", "a(ba)*b"),
    ("a(ba)*b", "(ab)+"),
    (".", r"\S|\s"),
    ("a{3}", "a{2}"),
    ("^a$|^b$", "^[ab]$"),
    (r"^[\u0020-\uD7FF]+$", r"^[\u0020-\uE000]+$"),
    (r"^\d{12}$", r"^(\d{12}|root)$"),
    ("^a*$", "^(a?)+$"),
    ("^(a?)+$", "^a*$"),
    ("ab?(^c|d)", "ab?d"),
    ("^(a(?!c)|b){1,2}$", "^[ab]{1,2}$"),
    ("^arn:aws:.{1,2040}$", "^arn:aws(-cn)?:.{1,2040}$"),
]
NARROWER = [
    ("[a-z]+", "^[a-z]+$"),
    ("^[a-z]{1,64}$", "^[a-z]{1,63}$"),
    ("^[a-z-]+$", "^(?!xn--)[a-z-]+$"),
    ("^a*$", "^(aa)*$"),
    ("^[ab]*$", "^(?!.*aba)[ab]*$"),
    (r"^[\u0020-\uE000]+$", r"^[\u0020-\uD7FF]+$"),
    (r"^\w+$", "^[a-zA-Z0-9]+$"),
    (".*", "^.*$"),
    ("(?i)^a$", "^a$"),
    ("^a?$", "^a$"),
    (r"^\S+$", r"^\S{1,1000}$"),
    ("^(a|b|zebra)$", "^(a|b)$"),
    ("^(a(?!c)|b){0,2}$", "^(a(?!c)|b){1,2}$"),
    ("^(a(?!c)|b){1,3}$", "^(a(?!c)|b){1,2}$"),
]


def compared(old, new, **lengths):
    wider, narrower = (translate(pattern, whole=False) for pattern in (new, old))
    return includes(wider, narrower, **lengths)


@pytest.mark.parametrize(("old", "new"), WIDER)
def test_wider_pattern_is_proven_wider(old, new):
    assert compared(old, new) == Inclusion()


@pytest.mark.parametrize(("old", "new"), NARROWER)
def test_narrower_pattern_has_a_counterexample(old, new):
    text = compared(old, new).counterexample
    assert text is not None
    assert finds(translate(old, whole=False), text)
    assert not finds(translate(new, whole=False), text)


def included(wider, narrower, **lengths):
    """Compare two expressions, and check the counterexample if there is one."""
    try:
        found = includes(wider, narrower, **lengths)
    except UnsupportedExpressionError:
        assume(False)
    if found.counterexample is not None:
        assert finds(narrower, found.counterexample)
        assert not finds(wider, found.counterexample)
    return found


@pytest.mark.slow
@examples(300)
@given(wider=EXPRESSIONS, narrower=EXPRESSIONS)
def test_result_agrees_with_searches(wider, narrower):
    if included(wider, narrower) == Inclusion():
        both = [text for text in TEXTS if finds(narrower, text)]
        assert [text for text in both if not finds(wider, text)] == []


@examples(100)
@given(expression=EXPRESSIONS, other=EXPRESSIONS)
def test_alternative_is_wider(expression, other):
    assert included(f"{expression}|{other}", expression).counterexample is None


def real_patterns():
    """Return the patterns of some services that can be compared."""
    found = set()
    for service in ("iam", "s3control", "lambda", "sagemaker", "ecr"):
        for shape in spec.load(service).model["shapes"].values():
            try:
                found.add(translate(shape.get("pattern", ""), whole=False))
            except UntranslatablePatternError:
                continue
    return sorted(found)


PATTERNS = real_patterns()


@given(data=st.data())
def test_no_match_contradicts_a_proof(data):
    wider, narrower = (data.draw(st.sampled_from(PATTERNS)) for _ in range(2))
    if included(wider, narrower, max_length=200).counterexample is None:
        text = data.draw(st.from_regex(re.compile(narrower, re.ASCII)))
        assert len(text) > 200 or finds(wider, text)


@pytest.mark.parametrize(
    ("old", "new", "lengths", "is_included"),
    [
        ("^a*$", "^a{0,9}$", {"max_length": 9}, True),
        ("^a*$", "^a{0,9}$", {"max_length": 10}, False),
        (r"^a*\z", r"^a{3,}\z", {"min_length": 3}, True),
        (r"^a*\z", r"^a{3,}\z", {"min_length": 2}, False),
        ("^(a|bbbb)$", "^a$", {"min_length": 1, "max_length": 3}, True),
        ("^(a|bbbb)$", "^a$", {"min_length": 1, "max_length": 4}, False),
    ],
)
def test_only_texts_of_the_lengths_count(old, new, lengths, is_included):
    assert (compared(old, new, **lengths) == Inclusion()) == is_included


SLOW = "arn:[a-z0-9-]{1,63}:[a-z0-9-]{1,63}:[a-z0-9-]{1,63}/[a-z0-9-]{1,510}"


def test_comparison_beyond_the_budget_is_not_proven(monkeypatch):
    monkeypatch.setattr(inclusion, "_STEPS", 20_000)
    assert compared(f"^{SLOW}$", SLOW) == Inclusion(is_proven=False)


def test_random_texts_find_a_counterexample(monkeypatch):
    monkeypatch.setattr(inclusion, "_STEPS", 20_000)
    monkeypatch.setattr(inclusion._Languages, "shortest", beyond_the_budget)
    text = compared(f"^{SLOW}(@|#)$", f"^{SLOW}@$").counterexample
    assert text is not None
    assert text.endswith("#")


def beyond_the_budget(*_):
    raise inclusion._BudgetError


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("^a(?<!b)c$", "a lookbehind"),
        ("^((?!b)[a-z])*$", "an assertion in a long repeat"),
        ("^(a?)^b", "an anchor after a part that can be empty"),
    ],
)
def test_unsupported_expression_is_an_error(pattern, reason):
    with pytest.raises(UnsupportedExpressionError, match=reason):
        compared(pattern, "^a$")
