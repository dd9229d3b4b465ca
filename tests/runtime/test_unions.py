"""Unions: DynamoDB's values are read by boto3's own deserializer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from make_paws import overrides
from paws_common import ParameterError
from paws_common.responses.builder import build_result
from paws_common.service import find_operation
from support.generated_services import Generated, generated

METADATA = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}
NUMBERS = st.integers(-(10**30), 10**30).map(Decimal)
TEXTS = st.text(min_size=1, max_size=5)
BYTES = st.binary(min_size=1, max_size=5).map(Binary)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | TEXTS
    | BYTES
    | st.sets(NUMBERS, min_size=1, max_size=3)
    | st.sets(TEXTS, min_size=1, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    folder = tmp_path_factory.mktemp("dynamodb")
    operations = ["GetItem", "PutItem"]
    with generated("dynamodb", operations, folder, rules=overrides.load()) as service:
        yield service


@given(values=st.dictionaries(TEXTS, VALUES, max_size=3))
def test_type_deserializer_reads_what_was_stored(dynamodb, values) -> None:
    serialize, deserialize = TypeSerializer().serialize, TypeDeserializer().deserialize
    stored = {name: serialize(value) for name, value in values.items()}
    operation = find_operation(dynamodb.package.dynamodb_get_item)
    assert operation is not None
    response = {"Item": stored, "ResponseMetadata": METADATA}
    item = build_result(operation, response)["Item"]
    assert item == stored
    assert {name: deserialize(value) for name, value in item.items()} == values


@pytest.mark.parametrize("value", [{}, {"S": "a", "N": "1"}])
def test_value_without_exactly_one_type_is_rejected(dynamodb, value) -> None:
    with pytest.raises(ParameterError, match=r"Item\['a'\]: exactly one of S, N"):
        dynamodb.strict.put_item(TableName="Table", Item={"a": value})
