"""Results have every member of the model, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws_common import Service
from paws_common.local import LocalEndpoint
from paws_common.local.http_server import Server
from paws_common.local.messages import Reply
from paws_common.local.server import client_config
from paws_common.responses.builder import build_result
from paws_common.shapes import (
    Blob,
    Integer,
    List,
    Map,
    Member,
    Shape,
    String,
    Structure,
    Timestamp,
)
from support.example_services import operation_of

METADATA = {"HTTPStatusCode": 200, "RetryAttempts": 0}
SHAPES: Mapping[str, Shape] = {
    "Output": Structure(
        {
            "Text": Member("Text"),
            "Blob": Member("Blob"),
            "Time": Member("Time"),
            "Tree": Member("Tree"),
            "Trees": Member("Trees"),
            "Forest": Member("Forest"),
            "Union": Member("Union"),
            "Document": Member("Document"),
            "Json": Member("Tree", json_value=True),
        }
    ),
    "Text": String(),
    "Blob": Blob(),
    "Time": Timestamp(),
    "Number": Integer(),
    "Tree": Structure({"Number": Member("Number"), "Trees": Member("Trees")}),
    "Trees": List("Tree"),
    "Forest": Map("Text", "Tree"),
    "Union": Structure(
        {"Number": Member("Number"), "Text": Member("Text")}, union=True
    ),
    "Document": Structure({}, document=True),
}
OPERATION = operation_of(SHAPES, output="Output")
MEMBERS = list(SHAPES["Output"].members)
TEXT = st.text(max_size=3)
NUMBER = st.integers()
JSON = st.recursive(
    st.none() | TEXT, lambda inner: st.dictionaries(TEXT, inner) | st.lists(inner)
)
TREE = st.recursive(
    st.fixed_dictionaries({}, optional={"Number": NUMBER}),
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


@given(ANSWERS)
def test_members_are_in_model_order_before_metadata(answer) -> None:
    result = completed(answer)
    assert list(result) == [*MEMBERS, "ResponseMetadata"]
    assert result["ResponseMetadata"] == METADATA
    for name in MEMBERS:
        assert (result[name] is None) == (answer.get(name) is None)


@given(ANSWERS)
def test_missing_members_are_none(answer) -> None:
    def without_none(value: Any, name: str) -> Any:
        """Return a value of a shape without the members that are None."""
        match SHAPES[name]:
            case Structure(members=members, document=False, union=union):
                assert union or list(value) == list(members)
                return {
                    key: without_none(item, members[key].shape)
                    for key, item in value.items()
                    if item is not None
                }
            case List(member=member):
                return [item and without_none(item, member) for item in value]
            case Map(value=member):
                return {
                    key: item and without_none(item, member)
                    for key, item in value.items()
                }
            case _:
                return value

    members = {name: shape.shape for name, shape in SHAPES["Output"].members.items()}
    result = completed(answer)
    del result["ResponseMetadata"]
    assert {
        name: item if name == "Json" else without_none(item, members[name])
        for name, item in result.items()
        if item is not None
    } == {name: item for name, item in answer.items() if item is not None}


def test_recursive_shape_is_whole_at_every_depth() -> None:
    answer = {"Tree": {"Trees": [{"Number": 1}, {"Trees": [{}, None]}]}}
    none = {"Number": None, "Trees": None}
    assert completed(answer)["Tree"] == {
        "Number": None,
        "Trees": [
            {"Number": 1, "Trees": None},
            {"Number": None, "Trees": [none, None]},
        ],
    }


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


def test_documents_and_json_values_are_untouched() -> None:
    value = {"Number": None, "a": [{}]}
    result = completed({"Document": value, "Json": value})
    assert result["Document"] is value
    assert result["Json"] is value


def test_operation_without_output_returns_metadata() -> None:
    operation = operation_of({})
    assert build_result(operation, {"ResponseMetadata": METADATA, "Other": 1}) == {
        "ResponseMetadata": METADATA
    }


# --- Over HTTP


def test_streaming_body_is_read_whole() -> None:
    body = bytes(range(256)) * 4096
    with LocalEndpoint(lambda body, request: [body, body]) as local:
        service = paws.sagemakerruntime(**local.config())
        result = service.invoke_endpoint("demo", body)
        service.client.close()
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


GET_OBJECT = operation_of(
    {
        "Input": Structure(
            {
                "Bucket": Member("Text", required=True, location="uri"),
                "Key": Member("Text", required=True, location="uri"),
            }
        ),
        "Output": Structure(
            {
                "Body": Member("Blob"),
                "LastModified": Member("Time", location="header"),
                "ETag": Member("Text", location="header"),
                "Metadata": Member("Metadata", location="headers"),
            },
            payload="Body",
        ),
        "Text": String(),
        "Blob": Blob(),
        "Time": Timestamp(),
        "Metadata": Map("Text", "Text"),
    },
    output="Output",
    service="s3",
    name="GetObject",
)


@pytest.fixture
def s3() -> Iterator[Callable[..., dict[str, Any]]]:
    """Return a function that calls S3's GetObject and receives this response."""
    ends: list[Callable[[], object]] = []

    def call(*fields: tuple[str, str], body: bytes) -> dict[str, Any]:
        server = Server(lambda request: Reply(200, fields, body), 0)
        ends.append(server.stop)
        service = Service(GET_OBJECT.api, **client_config(server.url))
        ends.append(service.client.close)
        request = GET_OBJECT.request({"Bucket": "bucket", "Key": "key"})
        result: dict[str, Any] = service.send(request)
        return result

    yield call
    for end in reversed(ends):
        end()


def test_headers_and_body_of_s3_are_members(s3) -> None:
    result = s3(
        ("Last-Modified", "Mon, 23 Nov 2026 06:46:45 GMT"),
        ("x-amz-meta-a", "b"),
        body=b"1,2",
    )
    del result["ResponseMetadata"]
    assert result == {
        "Body": b"1,2",
        "LastModified": datetime(2026, 11, 23, 6, 46, 45, tzinfo=UTC),
        "ETag": None,
        "Metadata": {"a": "b"},
    }
    assert list(result) == ["Body", "LastModified", "ETag", "Metadata"]


def test_empty_body_is_empty_bytes(s3) -> None:
    assert s3(body=b"")["Body"] == b""
