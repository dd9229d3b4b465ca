"""Waiters in help and in the reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import spec, waiters
from support.random_models import json_values

METHODS = {"Greet": "greet"}
ACCEPTOR = {"state": "success", "matcher": "status", "expected": 200}
WAITER = {"operation": "Greet", "delay": 1, "maxAttempts": 2, "acceptors": [ACCEPTOR]}
BROKEN = st.sampled_from([*WAITER, "acceptor"])


def condition(**acceptor):
    waiter = {**WAITER, "acceptors": [{"state": "success", **acceptor}]}
    (found,) = waiters.describe({"waiters": {"Greeted": waiter}}, METHODS)
    (text,) = found.conditions
    return text


@pytest.mark.parametrize(
    ("acceptor", "text"),
    [
        ({"matcher": "status", "expected": 404}, "HTTP status 404"),
        ({"matcher": "error", "expected": "Busy"}, "the error `Busy`"),
        ({"matcher": "error", "expected": True}, "any error"),
        ({"matcher": "error", "expected": False}, "no error"),
        ({"matcher": "path", "argument": "A.B", "expected": "x"}, "`A.B` is `'x'`"),
        (
            {"matcher": "path", "argument": "length(A) > `0`", "expected": True},
            "`` length(A) > `0` `` is `True`",
        ),
        ({"matcher": "pathAll", "argument": "A", "expected": 1}, "all of `A` are `1`"),
        ({"matcher": "pathAny", "argument": "A", "expected": 1}, "any of `A` is `1`"),
    ],
)
def test_condition_is_described(acceptor, text):
    assert condition(**acceptor) == f"Success: {text}"


@given(key=BROKEN, value=json_values)
def test_malformed_waiter_is_omitted(key, value):
    changed = {"acceptors": [value]} if key == "acceptor" else {key: value}
    waiter = {**WAITER, **changed}
    found = waiters.describe({"waiters": {"Good": WAITER, "Other": waiter}}, METHODS)
    assert "good" in [each.name for each in found]


@given(json_values)
def test_any_file_of_waiters_is_read(content):
    assert waiters.describe({"waiters": content}, METHODS) == ()


def test_waiters_are_read_from_beside_the_model():
    loaded = spec.load("s3")
    found = waiters.describe(loaded.waiters, {"HeadBucket": "head_bucket"})
    assert [each.name for each in found] == ["bucket_exists", "bucket_not_exists"]
