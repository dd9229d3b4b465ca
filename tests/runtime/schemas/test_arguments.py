"""The JSON Schema of each shape accepts the values that its validation accepts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paws_common import Operation, Request, operation, schema, shapes
from paws_common.shapes import Member, Shape, Structure
from support.example_services import operation_of, taking
from support.schema_arguments import accepts, can_be_sent


def function_of(asked: Operation[Any]) -> Callable[..., Any]:
    """Return a function as it would be generated, with the one parameter `Value`."""

    @operation
    def example_go(value: Any = None) -> Request[Any]:
        return asked.request({"Value": value})

    return example_go


def function_taking(shape: Shape, **kwargs: Any) -> Callable[..., Any]:
    """Return a function whose parameter `value` has some shape."""
    return function_of(taking(shape, **kwargs))


def outcomes(function: Callable[..., Any], value: Any) -> tuple[bool, bool]:
    """Return whether the schema accepts a value, and whether it can be sent."""
    arguments = {"value": value}
    return accepts(function, arguments), can_be_sent(function, arguments)


@given(
    least=st.integers(0, 6), more=st.integers(0, 12), text=st.text("aé€😀", max_size=20)
)
def test_blob_text_is_limited_in_bytes(least, more, text) -> None:
    blob = shapes.Blob(min=least, max=least + more)
    is_accepted, is_sent = outcomes(function_taking(blob), text)
    # A schema counts characters, so it rejects some of those with several bytes.
    assert is_accepted == is_sent or (is_sent and not text.isascii())


@given(most=st.integers(0, 12), text=st.text("a") | st.text("😀"))
def test_blob_schema_allows_the_widest_characters(most, text) -> None:
    is_accepted, is_sent = outcomes(function_taking(shapes.Blob(max=most)), text)
    assert is_accepted is is_sent


@pytest.mark.parametrize("value", [{"a": [None, 1.5]}, "a\n", 0, False, []])
def test_header_argument_accepts_any_json(value) -> None:
    held = Member("Text", location="header", json_value=True)
    shapes_of = {"Input": Structure({"Value": held}), "Text": shapes.String()}
    function = function_of(operation_of(shapes_of, renamed={"Value": "value"}))
    assert outcomes(function, value) == (True, True)
    assert not accepts(function, {"value": None})


LONG = 2**63
SINGLE = 3.4028234663852886e38


# Integers are validated for 64 bits; the nearest ones above are not exact in 32 bits.
@pytest.mark.parametrize(
    ("shape", "right", "wrong"),
    [
        (shapes.Integer(), [LONG - 1, -LONG, 1.0], [LONG, -LONG - 1, 0.5, True, "1"]),
        (shapes.Long(min=3), [3, LONG - 1], [2, LONG]),
        (shapes.Integer(max=3), [3, -LONG], [4, -LONG - 1]),
        (shapes.Float(), [SINGLE, -SINGLE, 1], [SINGLE * 1.001, -SINGLE * 1.001, None]),
        (shapes.Double(min=0, max=1.5), [0, 1.5], [-0.1, 1.6, "1"]),
        (shapes.Double(), [1.7976931348623157e308], [10**309, -(10**309)]),
        (shapes.Boolean(), [True, False], [0, "true"]),
        (shapes.String(min=2, max=2), ["éé", "😀😀"], ["é", "éée", 11, ["a", "b"]]),
        (shapes.String(enum=("a", "b")), ["a", "b"], ["c", ""]),
        (
            shapes.String(pattern=r"\d", regex=r"\A\d\Z", ecmascript="^[0-9]$"),
            ["1"],
            ["1\n", "a", "\u0663"],
        ),
        (
            shapes.String(
                pattern="a*", regex=r"\Aa*\Z", ecmascript="^a*$", regex_max=3
            ),
            ["aaa", "bbbb", "aaaa"],
            ["b", "bbb"],
        ),
        (shapes.Timestamp(), ["2026-11-23t16:00:00.5+01:00"], ["16:00", 5]),
    ],
)
def test_schema_values_equal_validated_values(shape, right, wrong) -> None:
    function = function_taking(shape)
    for value in right:
        assert outcomes(function, value) == (True, True), value
    for value in wrong:
        assert not accepts(function, {"value": value}), value


@given(text=st.text("a.\t\n\x00\x7fé", max_size=4))
@pytest.mark.parametrize(
    ("shape", "location"),
    [
        (shapes.String(), "header"),
        (
            shapes.String(
                pattern=r"\p{ASCII}*",
                regex=r"\A[\x00-\x7f]*\Z",
                ecmascript=r"^[\x00-\x7f]*$",
            ),
            "header",
        ),
        (shapes.String(), "uri"),
        (
            shapes.String(pattern="[a.]+", regex=r"\A[a.]+\Z", ecmascript="^[a.]+$"),
            "uri",
        ),
        (shapes.Blob(), "header"),
        (shapes.String(), "querystring"),
    ],
)
def test_header_and_path_text_has_validation_rules(shape, location, text) -> None:
    is_accepted, is_sent = outcomes(function_taking(shape, location=location), text)
    assert is_accepted is is_sent


@given(text=st.text("a:\t\n ", max_size=2))
def test_headers_in_a_map_or_in_a_list_are_safe_too(text) -> None:
    of_text = {"Name": shapes.String(max=9), "Text": shapes.String()}
    headers = taking(shapes.Map("Name", "Text"), location="headers", **of_text)
    several = taking(shapes.List("Text"), location="header", **of_text)
    cases = [(headers, {"a": text}), (headers, {text: "a"}), (several, ["a", text])]
    found = [outcomes(function_of(asked), value) for asked, value in cases]
    assert [accepted for accepted, _ in found] == [is_sent for _, is_sent in found]


# Every rule of shapes that hold others: a recursive union, and lists and maps with sizes.
NESTED: dict[str, Shape] = {
    "Text": shapes.String(),
    "Tree": Structure({"Leaf": Member("Text"), "Trees": Member("Trees")}, union=True),
    "Trees": shapes.List("Tree", min=1, max=2),
    "Holes": shapes.List("Text", sparse=True),
    "Gaps": shapes.Map("Text", "Text", min=1, max=2, sparse=True),
    "Any": Structure({}, document=True),
    "Self": shapes.List("Self"),
    "Pairs": Structure(
        {name: Member("Text") for name in "abcd"},
        exactly_one_of=(("a", "b"), ("c", "d")),
    ),
}
MEMBERS = {
    **{
        name: Member(name) for name in ("Tree", "Holes", "Gaps", "Any", "Self", "Pairs")
    },
    "Json": Member("Text", json_value=True),
    "Needed": Member("Text", required=True),
}


def function_of_all(**others: Shape) -> Callable[..., Any]:
    return function_taking(Structure(MEMBERS), **{**NESTED, **others})


@pytest.mark.parametrize(
    ("member", "right", "wrong"),
    [
        (
            "Tree",
            [{"Leaf": ""}, {"Trees": [{"Leaf": "a"}, {"Trees": [{"Leaf": "b"}]}]}],
            [{}, {"Leaf": "a", "Trees": [{"Leaf": "b"}]}, {"Trees": []}, {"leaf": ""}],
        ),
        ("Tree", [], [{"Trees": [{"Trees": [{"Leaf": 1}]}]}, [], None]),
        ("Holes", [[None, "a"], []], [[1], "a"]),
        ("Gaps", [{"a": None, "b": "c"}], [{}, {"a": 1}, dict.fromkeys("abc", "d")]),
        ("Any", [{"a": [None, 1.5, True]}, "", 0, False, []], [None]),
        ("Json", [{"a": [None, 1.5, True]}, "", 0, False, []], [None]),
        ("Self", [[], [[], [[]]]], [["a"], [[None]]]),
        (
            "Pairs",
            [{"a": "", "c": ""}, {"b": "", "d": ""}],
            [{"a": ""}, {"a": "", "b": "", "c": ""}, {"a": "", "c": "", "e": ""}, {}],
        ),
        ("Needed", ["", "a"], [None, 1]),
        ("NoSuchMember", [], ["a"]),
    ],
)
def test_what_is_nested_follows_every_rule(member, right, wrong) -> None:
    function = function_of_all()
    for value in right:
        assert outcomes(function, {"Needed": "", member: value}) == (True, True), value
    for value in wrong:
        values = {"Needed": "", member: value}
        assert not accepts(function, {"value": values}), value


def test_named_shapes_are_definitions() -> None:
    made = schema(function_of_all(Text=shapes.String(enum=("a",))))
    assert made["$defs"].keys() == {"Value", "Tree", "Pairs", "Text", "Self"}
    assert made["properties"]["value"] == {"$ref": "#/$defs/Value"}


def test_event_stream_has_no_valid_arguments() -> None:
    stream = Structure({"Part": Member("Text")}, event_stream=True)
    function = function_taking(stream, Text=shapes.String())
    for values in ({}, {"value": {"Part": ""}}):
        assert not accepts(function, values)


def test_operation_without_input_takes_nothing() -> None:
    function = function_of(operation_of({}))
    assert accepts(function, {})
    assert not accepts(function, {"value": ""})


def said_of(shape: Shape) -> Any:
    """Return the schema of a parameter of some shape."""
    return schema(function_taking(shape))["properties"]["value"]


def test_secret_is_only_written() -> None:
    assert said_of(shapes.Blob(sensitive=True))["writeOnly"] is True
    assert "writeOnly" not in said_of(shapes.Blob())
    document = Structure({}, document=True, sensitive=True)
    assert said_of(document)["writeOnly"] is True


def test_skipped_pattern_is_described_and_not_enforced() -> None:
    said = said_of(shapes.String(pattern=r"\p{L}+"))
    assert "pattern" not in said
    assert said["$comment"].endswith(r": \p{L}+")


def test_schema_is_the_callers_to_change() -> None:
    first = schema(function_of_all())
    untouched = json.dumps(first)
    for part in (first["$defs"]["Value"]["properties"], first["properties"], first):
        part.clear()
    assert json.dumps(schema(function_of_all())) == untouched
