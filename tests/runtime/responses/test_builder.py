"""Results have every member of the model, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws_common import shapes
from paws_common.local import LocalEndpoint
from paws_common.responses.builder import build_result
from support.example_services import operation_of

METADATA = {"HTTPStatusCode": 200, "RetryAttempts": 0}
SHAPES: Mapping[str, shapes.Shape] = {
    "Output": shapes.Structure(
        {
            "Text": shapes.Member("Text"),
            "Blob": shapes.Member("Blob"),
            "Time": shapes.Member("Time"),
            "Tree": shapes.Member("Tree"),
            "Trees": shapes.Member("Trees"),
            "Forest": shapes.Member("Forest"),
            "Union": shapes.Member("Union"),
            "Document": shapes.Member("Document"),
            "Json": shapes.Member("Tree", json_value=True),
        }
    ),
    "Text": shapes.String(),
    "Blob": shapes.Blob(),
    "Time": shapes.Timestamp(),
    "Number": shapes.Integer(),
    "Tree": shapes.Structure(
        {"Number": shapes.Member("Number"), "Trees": shapes.Member("Trees")}
    ),
    "Trees": shapes.List("Tree"),
    "Forest": shapes.Map("Text", "Tree"),
    "Union": shapes.Structure(
        {"Number": shapes.Member("Number"), "Text": shapes.Member("Text")}, union=True
    ),
    "Document": shapes.Structure({}, document=True),
}
OPERATION = operation_of(SHAPES, output="Output")
TEXT = st.text(max_size=3)
JSON = st.recursive(
    st.none() | TEXT, lambda inner: st.dictionaries(TEXT, inner) | st.lists(inner)
)
TREE = st.recursive(
    st.fixed_dictionaries({}, optional={"Number": st.integers()}),
    lambda inner: st.fixed_dictionaries(
        {"Trees": st.lists(st.none() | inner, max_size=2)}
    ),
    max_leaves=4,
)
# A result of botocore's parsers, which contains only members that were sent.
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "Json": JSON,
        "Document": JSON,
        "Union": st.sampled_from([{"Number": 1}, {"Text": "a"}]),
        "Forest": st.dictionaries(TEXT, st.none() | TREE, max_size=2),
        "Trees": st.lists(TREE, max_size=2),
        "Tree": TREE,
        "Time": st.datetimes(),
        "Blob": st.binary(max_size=3),
        "Text": TEXT,
    },
)


def completed(answer: Mapping[str, Any]) -> dict[str, Any]:
    return build_result(OPERATION, {"ResponseMetadata": METADATA, **answer})


def filled(value: Any, name: str) -> Any:
    """Return a value of a shape with every member, in the order of the model."""
    match SHAPES[name]:
        case _ if value is None:
            return None
        case shapes.Structure(members=members, document=False, union=False):
            return {
                key: (
                    value.get(key)
                    if member.json_value
                    else filled(value.get(key), member.shape)
                )
                for key, member in members.items()
            }
        case shapes.List(member=member):
            return [filled(item, member) for item in value]
        case shapes.Map(value=member):
            return {key: filled(item, member) for key, item in value.items()}
        case _:
            return value


@given(ANSWERS)
def test_result_has_every_member_in_model_order(answer) -> None:
    expected = {**filled(answer, "Output"), "ResponseMetadata": METADATA}
    assert repr(completed(answer)) == repr(expected)


@pytest.mark.parametrize(
    ("response", "result"),
    [
        ({"Number": 1}, {"Number": 1}),
        ({"Text": ""}, {"Text": ""}),
        ({"Number": None, "Text": ""}, {"Text": ""}),
        # botocore's marker of a member that its model does not have.
        ({"SDK_UNKNOWN_MEMBER": {"name": "New"}}, {}),
    ],
)
def test_union_contains_only_the_member_that_was_sent(response, result) -> None:
    assert completed({"Union": response})["Union"] == result


def test_operation_without_output_returns_metadata() -> None:
    response = {"ResponseMetadata": METADATA, "Other": 1}
    assert build_result(operation_of({}), response) == {"ResponseMetadata": METADATA}


@pytest.mark.parametrize("body", [b"", bytes(range(256)) * 4096], ids=len)
def test_streaming_body_is_read_whole(body) -> None:
    with (
        LocalEndpoint(lambda body, request: [body, body] if body else b"") as local,
        paws.sagemakerruntime(**local.config()) as service,
    ):
        result = service.invoke_endpoint("demo", body)
    assert type(result["Body"]) is bytes
    assert result["Body"] == body * 2
    assert list(result) == [
        "Body",
        "ContentType",
        "InvokedProductionVariant",
        "CustomAttributes",
        "NewSessionId",
        "ClosedSessionId",
        "ResponseMetadata",
    ]
    assert result["NewSessionId"] is None
    assert result["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert result["ResponseMetadata"]["RequestId"]
