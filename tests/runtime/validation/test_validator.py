"""Nested arguments: paths, omitted members, all violations at once, no secrets."""

from __future__ import annotations

from collections import UserDict, UserList, deque
from collections.abc import Mapping
from functools import cache, partial
from itertools import combinations
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paws_common import ParameterError, Violation
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
from paws_common.validation.validator import validate
from support.example_services import (
    error_of,
    mandatory_violation_of,
    operation_of,
    sent,
    taking,
    violation_of,
    violations_of,
)

TAG = {"Key": Member("Text", required=True), "Value": Member("Text")}
TEXT = String(max=3)
ARRAY = np.array([1, 2])


def tags(count: int = 5, *, sparse: bool = False) -> Any:
    return taking(List("Tag", max=count, sparse=sparse), Tag=Structure(TAG), Text=TEXT)


@given(
    st.sampled_from([list, tuple, UserList, deque]),
    st.lists(st.text("ab", max_size=3), max_size=4),
)
def test_every_sequence_is_sent_as_a_list(kind, items) -> None:
    result = sent(taking(List("Text"), Text=TEXT), kind(items))
    assert (type(result), result) == (list, items)


NOT_LISTS: list[Any] = [
    *("ab", b"ab", bytearray(b"ab"), memoryview(b"ab"), {"a": 1}, {1}, iter([1]), 1)
]
NOT_DICTS = ["ab", [("a", "b")], {"a"}, 1]
WRONG = [
    (List("Text"), "is not a list", NOT_LISTS),
    (Map("Text", "Text"), "is not a dict", NOT_DICTS),
    (Structure({}), "is not a dict", NOT_DICTS),
]


@pytest.mark.parametrize(
    ("shape", "reason", "value"),
    [(shape, reason, value) for shape, reason, values in WRONG for value in values],
    ids=lambda value: type(value).__name__,
)
def test_wrong_type_is_always_refused(shape, reason, value) -> None:
    violation = mandatory_violation_of(taking(shape, Text=TEXT), value)
    assert violation.path == "Value"
    assert violation.reason.endswith(f" {reason}")


@pytest.mark.parametrize(
    ("shape", "value_of", "unit"),
    [
        (String, lambda number: "🙂" * number, "character"),
        (Blob, bytes, "byte"),
        (partial(List, "Text"), lambda number: ["a"] * number, "element"),
        (
            partial(Map, "Text", "Text"),
            lambda number: dict.fromkeys("abcde"[:number], ""),
            "key",
        ),
    ],
    ids=["string", "blob", "list", "map"],
)
@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 5))
def test_size_is_enforced(shape, value_of, unit, least, most, number) -> None:
    operation = taking(shape(min=least, max=most), Text=TEXT)
    value = value_of(number)
    are = f"1 {unit} is" if number == 1 else f"{number} {unit}s are"
    if number < least:
        expected = f"{are} less than {least}"
    elif number > most:
        expected = f"{are} more than {most}"
    else:
        assert sent(operation, value) == value
        return
    assert violation_of(operation, value) == Violation("Value", expected, True)
    assert sent(operation, value, limits=False) == value


def test_none_is_an_element_of_a_sparse_list_alone() -> None:
    tag = {"Key": "a"}
    assert sent(tags(sparse=True), [tag, None, tag]) == [tag, None, tag]
    reason = "a value of type NoneType is not a dict"
    assert violation_of(tags(), [tag, None]) == Violation("Value[1]", reason, False)


@pytest.mark.parametrize("kind", [dict, UserDict, MappingProxyType])
def test_every_mapping_is_sent_as_a_dict(kind) -> None:
    result = sent(taking(Map("Text", "Text"), Text=TEXT), kind({"a": "b"}))
    assert (type(result), result) == (dict, {"a": "b"})


def test_none_in_a_dense_map_is_omitted() -> None:
    value = {"a": None, "b": "c"}
    assert sent(taking(Map("Text", "Text"), Text=TEXT), value) == {"b": "c"}
    sparse = taking(Map("Text", "Text", sparse=True), Text=TEXT)
    assert sent(sparse, value) == value


def test_map_keys_and_values_are_checked_at_the_key() -> None:
    operation = taking(Map("Text", "Number"), Text=TEXT, Number=Integer())
    assert violations_of(operation, {"abcd": "1", 2: 3}) == (
        Violation("Value['abcd']", "4 characters are more than 3", True),
        Violation("Value['abcd']", "'1' is not an integer", False),
        Violation("Value[2]", "2 is not a string", False),
    )


def test_none_is_omitted_from_a_structure() -> None:
    assert sent(tags(), [{"Key": "a", "Value": None}]) == [{"Key": "a"}]


@pytest.mark.parametrize("tag", [{}, {"Key": None}])
def test_missing_member_is_named(tag) -> None:
    assert violation_of(tags(), [tag]) == Violation("Value[0].Key", "is required", True)
    assert sent(tags(), [tag], limits=False) == [{}]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Kye", "'Kye' is not a member; did you mean Key?"),
        ("value", "'value' is not a member; did you mean Value?"),
        ("zzz", "'zzz' is not a member; members: Key, Value"),
        (1, "1 is not a member; members: Key, Value"),
    ],
)
def test_unknown_member_is_named_with_a_suggestion(name, reason) -> None:
    violation = mandatory_violation_of(tags(), [{"Key": "a", name: "b"}])
    assert violation == Violation("Value[0]", reason, False)


UNION = Structure({name: Member("Text") for name in "ABC"}, union=True)
ONE = Structure({"A": Member("Text")}, union=True)
PAIR = Structure(
    {"A": Member("Text"), "B": Member("Text")}, exactly_one_of=(("A", "B"),)
)


@pytest.mark.parametrize(
    ("shape", "value", "got"),
    [
        (UNION, {}, "A, B, C is required, got none"),
        (UNION, {"A": "a", "C": "c"}, "A, B, C is required, got A, C"),
        (UNION, {"A": "a", "B": "b", "C": "c"}, "A, B, C is required, got all"),
        (ONE, {}, "A is required, got none"),
        (PAIR, {"A": None}, "A, B is required, got neither"),
        (PAIR, {"A": "a", "B": "b"}, "A, B is required, got both"),
    ],
)
def test_union_or_group_requires_exactly_one_member(shape, value, got) -> None:
    operation = taking(shape, Text=TEXT)
    valid = dict.fromkeys(shape.members) | {"A": "a"}
    assert sent(operation, valid) == {"A": "a"}
    reason = f"exactly one of {got}"
    assert violation_of(operation, value) == Violation("Value", reason, True)
    present = {name: item for name, item in value.items() if item is not None}
    assert sent(operation, value, limits=False) == present


@pytest.mark.parametrize(
    ("group", "words"), [("AB", ("neither", "both")), ("ABC", ("none", "all"))]
)
def test_of_a_group_of_parameters_exactly_one_is_given(group, words) -> None:
    structure = Structure(
        {name: Member("Text") for name in group}, exactly_one_of=(tuple(group),)
    )
    operation = operation_of({"Input": structure, "Text": TEXT})
    for number in range(len(group) + 1):
        for names in combinations(group, number):
            arguments = {**dict.fromkeys(group), **dict.fromkeys(names, "a")}
            if number == 1:
                sent_ = validate(operation.request(arguments), limits=True)
                assert sent_ == dict.fromkeys(names, "a")
                continue
            got = {0: words[0], len(group): words[1]}.get(number, ", ".join(names))
            reason = f"exactly one of them is required, got {got}"
            (violation,) = error_of(operation, arguments).violations
            assert violation == Violation(", ".join(group), reason, True)


@pytest.mark.parametrize(
    ("shape", "value", "path"),
    [
        (Integer(), ARRAY, "Value"),
        (List("Number"), [ARRAY], "Value[0]"),
        (List("Number", sparse=True), [ARRAY], "Value[0]"),
        (Map("Text", "Number"), {"a": ARRAY}, "Value['a']"),
        (Map("Text", "Number", sparse=True), {"a": ARRAY}, "Value['a']"),
        (Structure({"A": Member("Number")}), {"A": ARRAY}, "Value.A"),
    ],
)
def test_array_is_refused_at_its_path(shape, value, path) -> None:
    operation = taking(shape, Number=Integer(), Text=TEXT)
    reason = "a value of type ndarray is not an integer"
    assert mandatory_violation_of(operation, value) == Violation(path, reason, False)


def test_json_is_sent_unchanged_anywhere() -> None:
    members = {"Json": Member("Text", json_value=True), "Any": Member("Document")}
    operation = operation_of(
        {
            "Input": Structure({**members, "Nested": Member("Nested")}),
            "Nested": Structure(members),
            "Text": String(max=1),
            "Document": Structure({}, document=True),
        }
    )
    values = {name: {"a": [None, {"b": 1.5}]} for name in members}
    arguments = {**values, "Nested": values}
    assert validate(operation.request(arguments), limits=True) == arguments


TREES = taking(
    Structure(
        {"List": Member("Trees"), "Map": Member("Forest"), "Number": Member("Number")}
    ),
    Trees=List("Value"),
    Forest=Map("Text", "Value"),
    Number=Integer(),
    Text=TEXT,
)


def test_shape_may_hold_itself() -> None:
    tree: dict[str, Any] = {"Number": 1.0}
    for _ in range(50):
        tree = {"List": (tree,), "Map": {"a": {"Number": None}}}
    result = sent(TREES, tree)
    for _ in range(50):
        assert result["Map"] == {"a": {}}
        (result,) = result["List"]
    assert result == {"Number": 1}
    wrong = {"List": [{}, {"Map": {"a": {"Number": "1"}}}]}
    assert violation_of(TREES, wrong).path == "Value.List[1].Map['a'].Number"


def test_value_that_holds_itself_is_refused() -> None:
    circles: list[dict[str, Any]] = [{"List": []}, {"Map": {}}]
    circles[0]["List"].append(circles[0])
    circles[1]["Map"]["a"] = circles[1]
    reason = "are nested too deeply, or contain themselves"
    expected = Violation("arguments", reason, False)
    assert [violation_of(TREES, circle) for circle in circles] == [expected] * 2


@pytest.mark.parametrize("arguments", [{}, {"Value": None}])
@pytest.mark.parametrize("location", [None, "header", "uri"])
def test_missing_parameter_is_refused(location, arguments) -> None:
    """Without limits, only a missing label is refused."""
    member = Member("Text", required=True, location=location)
    operation = operation_of({"Input": Structure({"Value": member}), "Text": TEXT})
    missing = (Violation("Value", "is required", location != "uri"),)
    assert error_of(operation, arguments).violations == missing
    if location == "uri":
        assert error_of(operation, arguments, limits=False).violations == missing
    else:
        assert validate(operation.request(arguments), limits=False) == {}


MODEL: Mapping[str, Shape] = {
    "Input": Structure(
        {
            "Label": Member("String", required=True, location="uri"),
            "Blob": Member("Blob"),
            "Header": Member("String", location="header"),
            "Boolean": Member("Boolean", required=True),
            "Timestamp": Member("Timestamp"),
            "Long": Member("Long"),
            "Float": Member("Float"),
            "Enum": Member("Enum"),
            "List": Member("List"),
            "Map": Member("Map"),
            "Union": Member("Union"),
            "Tree": Member("Tree"),
        },
        payload="Blob",
        exactly_one_of=(("Blob", "Enum"),),
    ),
    "String": String(min=1, max=2, pattern="a+", regex=r"\Aa+\Z"),
    "Enum": String(enum=("a", "b")),
    "Blob": Blob(min=1, max=2),
    "Boolean": Boolean(),
    "Timestamp": Timestamp(),
    "Integer": Integer(min=0, max=3),
    "Long": Long(max=3),
    "Float": Float(min=0),
    "Double": Double(max=1),
    "List": List("Integer", min=1, max=2, sparse=True),
    "Map": Map("String", "Double", max=1),
    "Union": Structure(
        {"Integer": Member("Integer"), "String": Member("String")}, union=True
    ),
    "Tree": Structure(
        {"Integer": Member("Integer", required=True), "Trees": Member("Trees")}
    ),
    "Trees": List("Tree", max=1),
}
OPERATION = operation_of(MODEL)
JUNK = st.sampled_from(
    [None, "", "a\x00", "\ud800", "..", b"a", 1.5, True, [], {}, [""]]
)
LETTERS = st.text("abé", max_size=3)


@cache
def nearly(name: str) -> st.SearchStrategy[Any]:
    """Return values of a shape, some within its limits, some not, and some others."""
    match MODEL[name]:
        case String():
            right: st.SearchStrategy[Any] = LETTERS
        case Blob():
            right = LETTERS.map(str.encode)
        case Boolean():
            right = st.booleans()
        case Timestamp():
            right = st.datetimes() | st.dates()
        case Integer() | Long():
            right = st.integers(-1, 4)
        case Float() | Double():
            right = st.floats(-1, 2)
        case List(member=member):
            right = st.lists(st.deferred(lambda: nearly(member)), max_size=3)
        case Map(value=value):
            right = st.dictionaries(LETTERS, nearly(value), max_size=2)
        case Structure(members=members):
            optional = {
                key: st.deferred(lambda shape=member.shape: nearly(shape))
                for key, member in members.items()
            }
            right = st.fixed_dictionaries({}, optional={**optional, "Intger": JUNK})
    return right | right | right | JUNK


INPUT = MODEL["Input"].members
CALLS = st.lists(st.sampled_from(list(INPUT)), max_size=4, unique=True).flatmap(
    lambda names: st.fixed_dictionaries(
        {"Label": st.just("a"), "Boolean": st.just(True)}
        | {name: nearly(INPUT[name].shape) for name in names}
    )
)


def violations(arguments: Mapping[str, Any], *, limits: bool) -> list[Violation]:
    try:
        validate(OPERATION.request(arguments), limits=limits)
    except ParameterError as error:
        return list(error.violations)
    return []


@given(CALLS)
def test_disabled_validation_keeps_mandatory_rules(arguments) -> None:
    remaining = [
        violation
        for violation in violations(arguments, limits=True)
        if not violation.limit
    ]
    assert violations(arguments, limits=False) == remaining


@given(CALLS)
def test_violations_are_reported_in_parameter_order(arguments) -> None:
    alone = {
        name: [
            violation
            for violation in violations(
                {"Label": "a", "Boolean": True, name: arguments.get(name)}, limits=True
            )
            if violation.path.partition("[")[0].partition(".")[0] == name
        ]
        for name in INPUT
    }
    together = violations(arguments, limits=True)
    groups = [violation for violation in together if violation.path == "Blob, Enum"]
    assert together == [
        *(violation for each in alone.values() for violation in each),
        *groups,
    ]
    given_ = [name for name in ("Blob", "Enum") if arguments.get(name) is not None]
    assert len(groups) == (len(given_) != 1)


@pytest.mark.parametrize("name", [name for name in MODEL if name != "Input"])
@given(data=st.data(), limits=st.booleans())
def test_valid_arguments_can_be_sent_again(name, data, limits) -> None:
    operation = operation_of({**MODEL, "Input": Structure({"Value": Member(name)})})
    value = data.draw(nearly(name).filter(lambda value: value is not None))
    try:
        result = sent(operation, value, limits=limits)
    except ParameterError:
        return
    assert sent(operation, result, limits=limits) == result


def test_operation_without_input_sends_nothing() -> None:
    assert validate(operation_of({}).request({}), limits=True) == {}
