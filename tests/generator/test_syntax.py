"""The syntax of requests and results: Python, and never longer than anybody could read."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from make_paws import ir, syntax
from support.random_models import json_values

DEPTH = 60  # spelled out, 2 ** 60 lines


def structure(**members):
    return ir.Structure({name: ir.Member(shape) for name, shape in members.items()})


def doubling(depth):
    """Return shapes of which each holds the next one twice."""
    shapes = {
        f"Level{number}": structure(
            **dict.fromkeys(["Left", "Right"], f"Level{number + 1}")
        )
        for number in range(depth)
    }
    return {**shapes, f"Level{depth}": structure(Text="Text"), "Text": ir.String()}


@given(st.integers(0, 8))
def test_shape_is_expanded_at_each_use(depth):
    expected = {"Text": "string"}
    for _ in range(depth):
        expected = {"Left": expected, "Right": expected}
    assert ast.literal_eval(syntax.result("Level0", doubling(depth))) == expected


def test_oversized_syntax_expands_each_structure_once():
    text = syntax.result("Level0", doubling(DEPTH))
    assert len(text.splitlines()) == 3 * DEPTH + 3
    assert text.count('"Left": {\n') == DEPTH
    assert text.count('"Right": {...},') == DEPTH
    found = ast.literal_eval(text)
    for _ in range(DEPTH):
        assert list(found) == ["Left", "Right"]
        assert found["Right"] == {...}
        found = found["Left"]
    assert found == {"Text": "string"}


def test_oversized_request_shows_every_argument():
    arguments = {"First": ir.Member("Level0"), "Second": ir.Member("Level0")}
    text = syntax.request("call", arguments, doubling(DEPTH))
    (statement,) = ast.parse(text).body
    first, second = statement.value.keywords
    assert (first.arg, second.arg) == ("First", "Second")
    assert ast.literal_eval(second.value) == {...}


@given(json_values)
def test_values_of_an_example_can_be_read_back(given):
    (statement,) = ast.parse(syntax.example("call", {"Value": given})).body
    assert ast.literal_eval(statement.value.keywords[0].value) == given
