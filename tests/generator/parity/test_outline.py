"""The same syntax in R and in Python has the same outline, whatever its layout."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import ir, syntax
from make_paws.parity import outline
from make_paws.parity.outline import GROUP, Entry

# A shape is a pair: its type and its content. R's code for it is written here from
# that alone, ours by the generator.
PLACEHOLDERS = {
    "string": (ir.String(), '"string"'),
    "blob": (ir.Blob(), "raw"),
    "integer": (ir.Integer(), "123"),
    "double": (ir.Double(), "123.0"),
    "boolean": (ir.Boolean(), "TRUE|FALSE"),
    "timestamp": (ir.Timestamp(), 'as.POSIXct(\n "2015-01-01"\n)'),
}

# Characters that R does not escape, and text that looks like code.
enum_values = st.text(st.sampled_from("aB1 -._/:(){}[],=|\\'é"), min_size=1, max_size=6)
member_names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)
scalars = st.sampled_from(list(PLACEHOLDERS)).map(lambda kind: (kind, None))
enums = st.lists(enum_values, min_size=1, max_size=3, unique=True).map(
    lambda values: ("enum", values)
)


def structures(children, **limits):
    members = st.dictionaries(member_names, children, max_size=4, **limits)
    return members.map(lambda named: ("structure", named))


shapes = st.recursive(
    scalars | enums,
    lambda children: (
        structures(children)
        | children.map(lambda child: ("list", child))
        | children.map(lambda child: ("map", child))
    ),
    max_leaves=12,
)
tops = structures(shapes, min_size=1)


def in_r(shape):
    kind, inside = shape
    if kind == "structure":
        return f"list({', '.join(f'{k} = {in_r(v)}' for k, v in inside.items())})"
    if kind in ("list", "map"):
        return f"list({in_r(inside)})"
    if kind == "enum":
        return "|".join(f'"{value}"' for value in inside)
    return PLACEHOLDERS[kind][1]


def in_ir(shape, found):
    """Add a shape to those of a service, and return the name that it gets."""
    kind, inside = shape
    match kind:
        case "structure":
            members = {k: ir.Member(in_ir(v, found)) for k, v in inside.items()}
            described = ir.Structure(members)
        case "list":
            described = ir.List(in_ir(inside, found))
        case "map":
            described = ir.Map(in_ir(("string", None), found), in_ir(inside, found))
        case "enum":
            described = ir.String(enum=tuple(inside))
        case _:
            described = PLACEHOLDERS[kind][0]
    name = f"Shape{len(found)}"
    found[name] = described
    return name


def in_python(shape):
    found = {}
    return syntax.result(in_ir(shape, found), found)


def changed(shape, change, number):
    """Return a shape with `change` made to the structure that is the `number`-th."""
    seen = 0

    def walk(shape):
        nonlocal seen
        kind, inside = shape
        if kind == "structure":
            seen += 1
            if seen == number:
                return kind, change(inside)
            return kind, {key: walk(value) for key, value in inside.items()}
        return (kind, walk(inside)) if kind in ("list", "map") else shape

    return walk(shape)


def agree(ours, theirs):
    return outline.agree(outline.of_python(ours), outline.of_r(theirs))


@given(tops, st.sampled_from(["", " ", "\n", "\n    "]))
def test_ours_agrees_with_r_s_of_the_same_shape(shape, space):
    """Neither whitespace between tokens nor text around the code matters."""
    parts = re.split(r'("[^"]*")', in_r(shape))
    for number in range(0, len(parts), 2):  # the others are strings
        broken = re.sub(r"([(,=])", rf"\1{space}", parts[number])
        parts[number] = broken.replace(")", f"{space})")
    code = "".join(parts)
    assert agree(in_python(shape), code)
    page = f"A list with the following syntax:\n```\n{code}\n```"
    assert agree(in_python(shape), page)


CHANGES = {
    "missing": lambda members: dict(list(members.items())[1:]),
    "renamed": lambda members: {f"{name}x": value for name, value in members.items()},
    "deeper": lambda members: {"Inside": ("structure", members)},
}


@pytest.mark.parametrize("change", CHANGES)
@given(tops, st.integers(1, 5))
def test_missing_renamed_or_deeper_member_is_detected(change, shape, number):
    other = changed(shape, CHANGES[change], number)
    assert agree(in_python(shape), in_r(other)) == (other == shape)
    assert agree(in_python(other), in_r(shape)) == (other == shape)


@given(shapes, shapes)
def test_member_in_the_previous_structure_is_detected(one, other):
    outside = ("structure", {"A": ("structure", {"B": one}), "C": other})
    inside = ("structure", {"A": ("structure", {"B": one, "C": other})})
    assert not agree(in_python(outside), in_r(inside))
    assert not agree(in_python(inside), in_r(outside))


@given(structures(shapes, min_size=2))
def test_another_order_is_seen(shape):
    other = changed(shape, lambda members: dict(reversed(members.items())), 1)
    assert not agree(in_python(shape), in_r(other))


@given(scalars | enums, scalars | enums)
def test_another_placeholder_is_seen(one, other):
    ours = in_python(("structure", {"A": one}))
    theirs = in_r(("structure", {"A": other}))
    # An enum may have only the value "string", which R also writes for any string.
    assert agree(ours, theirs) == (in_r(one) == in_r(other))


def test_outline_has_names_depths_and_placeholders():
    code = 'svc.put(\n    Tags=[\n        {"Key": "a"|"b", "At": datetime(2015, 1, 1)},\n    ],\n)'
    assert list(outline.of_python(code)) == [
        Entry(0, None, GROUP),
        Entry(1, "Tags", GROUP),
        Entry(2, None, GROUP),
        Entry(3, "Key", '"a"|"b"'),
        Entry(3, "At", "datetime(2015, 1, 1)"),
    ]


@pytest.mark.parametrize("page", ["", "An empty list.", "```\nsvc$get()\n```"])
def test_nothing_is_an_empty_list_in_r(page):
    assert agree("{}", page)
    assert agree("svc.get()", page)
    assert not agree('{"A": 123}', page)


def test_recursive_shape_is_an_empty_list_in_r():
    shapes = {"A": ir.Structure({"Next": ir.Member("A"), "N": ir.Member("I")})}
    shapes["I"] = ir.Integer()
    assert agree(syntax.result("A", shapes), "list(Next = list(), N = 123)")


def test_shape_described_once_equals_repetition_in_r():
    ours = '{"A": {"X": 123, "Y": [123]}, "B": {...}, "C": 123}'
    theirs = "list(A = {0}, B = {0}, C = 123)".format("list(X = 123, Y = list(123))")
    assert agree(ours, theirs)
    assert not agree(ours, theirs.replace("C", "D"))
    assert not agree(ours, theirs.replace("B =", "D ="))


@pytest.mark.parametrize(
    "broken", ["list(", "list())", "list(A = ", '"', "list(A 123)"]
)
def test_code_that_is_broken_agrees_with_nothing(broken):
    assert not agree('{"A": 123}', broken)


@given(st.text())
def test_any_text_has_an_outline(text):
    """A page of R may hold anything; that must not end the command."""
    assert all(isinstance(entry, Entry) for entry in outline.of_r(text))
    assert all(isinstance(entry, Entry) for entry in outline.of_python(text))
