"""What is right at a glance, the check finds right, too, and sends as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paws_common import shapes
from paws_common.validation.glance import glance
from paws_common.validation.scalars import Faults, header, label, scalar

bounds = st.none() | st.integers(0, 4)
strings = st.builds(
    shapes.String,
    min=bounds,
    max=bounds,
    regex=st.sampled_from([None, r"\A[a-c]*\Z", "b", r"\A(?:a|b)+\Z"]),
    regex_max=bounds,
    enum=st.sampled_from([(), ("a", "bb", "ccc")]),
    sensitive=st.booleans(),
)
numbers = st.none() | st.integers(-4, 4)
scalars = st.one_of(
    strings,
    st.builds(shapes.Blob, min=bounds, max=bounds),
    st.builds(shapes.Integer, min=numbers, max=numbers),
    st.builds(shapes.Long, min=numbers, max=numbers),
    st.builds(shapes.Float, min=numbers, max=numbers),
    st.just(shapes.Boolean()),
    st.just(shapes.Timestamp()),
)
texts = st.text("abc.\t\n\x7fé\ud800", max_size=5) | st.sampled_from([".", "..", ""])
values = st.one_of(
    texts,
    st.binary(max_size=5),
    st.integers(-5, 5),
    st.sampled_from([2**63, 2**63 - 1, -(2**63), -(2**63) - 1]),
    st.booleans(),
    st.floats(),
    st.none(),
    st.lists(st.integers(), max_size=1),
)
PLACES = {None: lambda check: check, "header": header, "uri": label}


@pytest.mark.parametrize("location", PLACES)
@given(
    shape=scalars,
    limits=st.booleans(),
    # What was right a moment ago is not looked at again.
    given_values=st.lists(values, min_size=1, max_size=4),
)
def test_a_check_has_nothing_to_say_of_what_is_right_at_a_glance(
    location: str | None, shape: shapes.Shape, limits: bool, given_values: list[Any]
) -> None:
    is_right = glance(shape, limits, location)
    check = PLACES[location](scalar(shape, limits, shape.sensitive))
    for value in [*given_values, *given_values]:
        if is_right(value):
            faults: Faults = []
            sent = check(value, "path", faults)
            assert faults == []
            assert (type(sent), sent) == (type(value), value)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (shapes.String(min=1, max=3, regex=r"\A[a-z]*\Z"), "a"),
        (shapes.String(min=1, max=3, regex=r"\A[a-z]*\Z"), "abc"),
        (shapes.String(enum=("a", "b")), "b"),
        (shapes.Blob(min=1, max=3), b"a"),
        (shapes.Blob(min=1, max=1000), b"a" * 1000),
        (shapes.Integer(min=1, max=3), 1),
        (shapes.Integer(min=1, max=3), 3),
        (shapes.Long(), -(2**63)),
        (shapes.Long(), 2**63 - 1),
        (shapes.Boolean(), True),
        (shapes.Boolean(), False),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_plain_value_is_right_at_a_glance(shape: shapes.Shape, value: Any) -> None:
    is_right = glance(shape, True, "header")
    assert is_right(value)
    assert is_right(value)
    faults: Faults = []
    assert scalar(shape, True, False)(value, "path", faults) == value
    assert faults == []


class Watched(str):
    """A text that is no plain one."""


@pytest.mark.parametrize("value", [Watched("abc"), 1, None, b"abc", ["abc"]])
def test_only_plain_values_are_right_at_a_glance(value: Any) -> None:
    is_right = glance(shapes.String(), True, "header")
    assert is_right("abc")
    assert not is_right(value)


def test_a_pattern_is_searched_in_no_more_than_its_bound() -> None:
    is_right = glance(shapes.String(regex="a", regex_max=2), True, None)
    assert is_right("aa")
    assert not is_right("aaa")


def remembers(shape: shapes.String, value: str) -> bool:
    """Tell whether a glance holds a value that it has found right."""
    is_right = glance(shape, True, None)
    assert is_right(value)
    return any(cell.cell_contents is value for cell in is_right.__closure__ or ())


def test_a_secret_is_not_remembered() -> None:
    secret = str(b"horse", "ascii")  # a text of its own, of which there is no other
    assert remembers(shapes.String(), secret)
    assert not remembers(shapes.String(sensitive=True), secret)


@pytest.mark.parametrize(("length", "kept"), [(1, True), (1024, True), (1025, False)])
def test_no_more_is_remembered_than_is_worth_its_memory(
    length: int, kept: bool
) -> None:
    assert remembers(shapes.String(), "a" * length) is kept
