"""What the model marks as sensitive is in no error: its length is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hand_made import faults_of, sent, taking
from paws_common import ParameterError
from paws_common.shapes import (
    Blob,
    Boolean,
    Double,
    Float,
    Integer,
    List,
    Long,
    Map,
    Member,
    Shape,
    String,
    Structure,
    Timestamp,
)

SECRET, NUMBER = "correct horse battery staple", 73_590_462_817
HIDDEN: Mapping[str, Shape] = {
    "length": String(max=1, sensitive=True),
    "pattern": String(pattern="a", regex="a", sensitive=True),
    "small enumeration": String(enum=("a", "b"), sensitive=True),
    "large enumeration": String(enum=tuple("abcdefghij"), sensitive=True),
    "blob": Blob(max=1, sensitive=True),
    "integer": Integer(max=1, sensitive=True),
    "long": Long(min=2**62, sensitive=True),
    "float": Float(max=1, sensitive=True),
    "double": Double(min=2.0**62, sensitive=True),
    "boolean": Boolean(sensitive=True),
    "timestamp": Timestamp(sensitive=True),
    "list": List("Text", max=0, sensitive=True),
    "map": Map("Text", "Number", max=0, sensitive=True),
    "structure": Structure({"A": Member("Text")}, sensitive=True),
    "union": Structure(
        {"A": Member("List"), "B": Member("Text")}, union=True, sensitive=True
    ),
}
SECRETS = st.recursive(
    st.sampled_from(
        [
            SECRET,
            SECRET.encode(),
            f"{SECRET}\x00",
            f"{SECRET}\ud800",
            NUMBER,
            float(NUMBER),
            NUMBER**20,
        ]
    ),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["A", "B", SECRET, NUMBER]), inner, max_size=2),
    max_leaves=4,
)


def error_text(shape: Shape, value: Any, location: str | None, limits: bool) -> str:
    """Return all that an error says of a value, or nothing where there is none."""
    operation = taking(
        shape,
        location=location,
        Text=String(max=1),
        Number=Integer(max=1),
        List=List("Text"),
        Secret=String(max=1, sensitive=True),
    )
    try:
        sent(operation, value, limits=limits)
    except ParameterError as error:
        return f"{error} {error!r}"
    return ""


places = st.sampled_from([None, "header", "headers", "uri"])


@pytest.mark.parametrize("shape", HIDDEN.values(), ids=HIDDEN)
@given(SECRETS, places, st.booleans())
def test_a_secret_is_in_no_error(
    shape: Shape, value: Any, location: str | None, limits: bool
) -> None:
    text = error_text(shape, value, location, limits)
    assert SECRET not in text
    assert str(NUMBER) not in text


@given(SECRETS, places, st.booleans())
def test_a_secret_key_or_value_of_a_map_is_in_no_error(
    value: Any, location: str | None, limits: bool
) -> None:
    text = error_text(Map("Secret", "Number"), {str(value): 2}, location, limits)
    text += error_text(Map("Text", "Secret"), {"a": value}, location, limits)
    assert SECRET not in text
    assert str(NUMBER) not in text


@pytest.mark.parametrize(
    ("shape", "value", "reason"),
    [
        (HIDDEN["length"], "ab", "2 characters are more than 1"),
        (HIDDEN["pattern"], "b", "<1 character> does not match a"),
        (HIDDEN["small enumeration"], "dog", "<3 characters> is not one of a, b"),
        (
            HIDDEN["large enumeration"],
            "hh",
            "<2 characters> is not one of 10 values, such as a, b, c",
        ),
        (HIDDEN["blob"], "é", "2 bytes are more than 1"),
        (HIDDEN["integer"], 2, "a value of type int is more than 1"),
        (HIDDEN["list"], "abc", "<3 characters> is not a list"),
        (HIDDEN["structure"], {"AB": 1}, "<2 characters> is no member; known: A"),
    ],
)
def test_of_a_secret_the_length_is_told(shape: Shape, value: Any, reason: str) -> None:
    (fault,) = faults_of(taking(shape, Text=String()), value)
    assert fault.reason == reason
