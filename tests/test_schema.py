"""What the JSON Schema of a function says, and that its checks say the same."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

import model_arguments
import paws
from broken_arguments import broken
from example_counts import examples
from generated_services import Generated, generated
from hand_made import taking
from paws_common import Operation, ParameterError, operation, schema, shapes
from paws_common.shapes import Shape
from paws_common.validation.requests import validate
from schema_arguments import arguments, validator

# Of every kind: recursive (dynamodb, lex), unions and documents (bedrock), timestamps in
# headers (s3), names of Python (kinesis), and some more of all.
NAMED = {
    *("bedrock-runtime", "cloudfront", "dynamodb", "ec2", "kinesis", "lambda"),
    *("lexv2-models", "s3", "s3control", "s3outposts", "sagemaker-runtime", "wafv2"),
}
SERVICES = sorted({*model_arguments.spread(list(model_arguments.files()), 12), *NAMED})
OPERATIONS = 6  # of one service


def generated_with(
    folders: pytest.TempPathFactory, service: str, *, patterns: bool
) -> Iterator[Generated]:
    some = model_arguments.spread(model_arguments.operations(service), OPERATIONS)
    folder = folders.mktemp(service)
    with generated(service, some, folder, patterns=patterns) as made:
        yield made


@pytest.fixture(scope="module", params=SERVICES)
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generated]:
    """A service with some of its operations."""
    yield from generated_with(tmp_path_factory, request.param, patterns=True)


@pytest.fixture(scope="module", params=SERVICES)
def without_patterns(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generated]:
    """The same, whose texts may be any."""
    yield from generated_with(tmp_path_factory, request.param, patterns=False)


def function_of(asked: Operation[Any]) -> Callable[..., Any]:
    """Return a function as it would be generated, with the one parameter `Value`."""

    @operation
    def example_go(value: Any = None) -> Any:
        return asked.request({"Value": value})

    return example_go


def function_taking(shape: Shape, **kwargs: Any) -> Callable[..., Any]:
    """Return a function whose parameter `value` has some shape."""
    return function_of(taking(shape, **kwargs))


def said_of(shape: Shape, **kwargs: Any) -> Any:
    """Return what the schema says of a parameter of some shape."""
    return schema(function_taking(shape, **kwargs))["properties"]["value"]


def accepts(function: Callable[..., Any], values: Mapping[str, Any]) -> bool:
    """Tell whether the schema of a function has such arguments."""
    return bool(validator(schema(function)).is_valid(values))


def can_be_sent(function: Callable[..., Any], values: Mapping[str, Any]) -> bool:
    """Tell whether a call with such arguments is found to be right."""
    try:
        validate(inspect.unwrap(function)(**values), limits=True)
    except (ParameterError, TypeError):
        return False
    return True


SAGEMAKER = (
    paws.sagemakerruntime_invoke_endpoint,
    paws.sagemakerruntime_invoke_endpoint_async,
    paws.sagemakerruntime_invoke_endpoint_with_response_stream,
)


@pytest.mark.parametrize("function", SAGEMAKER)
@given(data=st.data())
def test_what_a_schema_of_sagemaker_has_can_be_sent_as_it_is(
    function: Callable[..., Any], data: st.DataObject
) -> None:
    values = data.draw(arguments(schema(function)))
    assert can_be_sent(function, json.loads(json.dumps(values)))


def test_schemas_of_all_operations_are_json_and_valid_by_the_metaschema(
    service: Generated,
) -> None:
    for name in service.operations:
        made = schema(service.function(name))
        Draft202012Validator.check_schema(made)
        assert json.loads(json.dumps(made)) == made


@examples(10)
@given(data=st.data())
def test_what_a_schema_has_can_be_sent_as_it_is(
    service: Generated, data: st.DataObject
) -> None:
    function = service.function(data.draw(st.sampled_from(service.operations)))
    values = data.draw(arguments(schema(function)))
    assert can_be_sent(function, json.loads(json.dumps(values)))


@examples(10)
@given(data=st.data())
def test_a_schema_has_no_arguments_with_one_broken_constraint(
    without_patterns: Generated, data: st.DataObject
) -> None:
    made = without_patterns
    operation = data.draw(st.sampled_from(made.operations))
    function, names = made.function(operation), made.names(operation)
    given = data.draw(arguments(schema(function)))
    values = {name: given[key] for name, key in names.items() if key in given}

    faults = broken(made.service, operation, values)
    assume(faults)
    fault = data.draw(st.sampled_from(faults))

    wrong = {names[name]: value for name, value in fault.arguments.items()}
    assert not can_be_sent(function, wrong)
    assert not accepts(function, wrong)


@examples(10)
@given(data=st.data())
def test_a_schema_has_all_valid_arguments_that_are_json(
    without_patterns: Generated, data: st.DataObject
) -> None:
    made = without_patterns
    operation = data.draw(st.sampled_from(made.operations))
    names = made.names(operation)
    values = data.draw(model_arguments.arguments(made.service, operation))
    given = {names[name]: value for name, value in values.items()}
    errors = validator(schema(made.function(operation))).iter_errors(given)
    assert [error for error in errors if not is_beyond_json(error)] == []


def is_beyond_json(error: ValidationError) -> bool:
    """Tell whether a value is bytes, or a point in time that is not of RFC 3339."""
    is_time = isinstance(error.schema, dict) and "format" in error.schema
    return is_time or isinstance(error.instance, (bytes, bytearray))


@given(
    least=st.integers(0, 6), more=st.integers(0, 12), text=st.text("aé€😀", max_size=20)
)
def test_a_blob_is_text_that_has_no_more_bytes_than_there_may_be(
    least: int, more: int, text: str
) -> None:
    function = function_taking(shapes.Blob(min=least, max=least + more))
    if accepts(function, {"value": text}):
        assert can_be_sent(function, {"value": text})
    if text.isascii() and can_be_sent(function, {"value": text}):
        assert accepts(function, {"value": text})


LONG = 2**63
SINGLE = 3.4028234663852886e38


# Integers of the model are checked for 64 bits; the nearest beyond are no numbers of 32.
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
        (shapes.String(regex=r"\A\d\Z", pattern=r"\d"), ["1"], ["1\n", "a", "\u0663"]),
        (
            shapes.String(regex=r"\Aa*\Z", pattern="a*", regex_max=3),
            ["aaa", "bbbb", "aaaa"],
            ["b", "bbb"],
        ),
        (
            shapes.Timestamp(),
            ["2026-11-23T16:00:00Z", "2026-11-23t16:00:00.5+01:00"],
            ["16:00", 5],
        ),
    ],
)
def test_a_value_is_in_the_schema_as_it_is_for_the_checks(
    shape: Shape, right: list[Any], wrong: list[Any]
) -> None:
    function = function_taking(shape)
    for value in right:
        assert can_be_sent(function, {"value": value})
        assert accepts(function, {"value": value})
    for value in wrong:
        assert not accepts(function, {"value": value})
