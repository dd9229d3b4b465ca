"""The JSON Schema of a function accepts the arguments that its validation accepts."""

import inspect
import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

import paws
from paws_common import schema
from support import model_arguments
from support.generated_services import generated
from support.hypothesis_settings import examples
from support.invalid_arguments import broken
from support.programs import run_program
from support.schema_arguments import accepts, arguments, can_be_sent, validator

# Of every kind: recursive (dynamodb, lex), unions and documents (bedrock), timestamps in
# headers (s3), names of Python (kinesis), and some more of all.
NAMED = {
    *("bedrock-runtime", "cloudfront", "dynamodb", "ec2", "kinesis", "lambda"),
    *("lexv2-models", "s3", "s3control", "s3outposts", "sagemaker-runtime", "wafv2"),
}
SERVICES = sorted({*model_arguments.spread(list(model_arguments.files()), 12), *NAMED})
OPERATIONS = 6  # of one service


def some_operations(*, patterns: bool) -> Any:
    """Return a fixture: each service, with some of its operations."""

    @pytest.fixture(scope="module", params=SERVICES)
    def service(request, tmp_path_factory):
        name, folder = request.param, tmp_path_factory.mktemp(request.param)
        some = model_arguments.spread(model_arguments.operations(name), OPERATIONS)
        with generated(name, some, folder, patterns=patterns) as made:
            yield made

    return service


service = some_operations(patterns=True)
without_patterns = some_operations(patterns=False)


@pytest.mark.slow
@examples(40)
@given(data=st.data())
def test_instances_with_a_rule_of_overrides_can_be_sent(data):
    function = paws.sagemakerruntime_invoke_endpoint_async
    values = data.draw(arguments(schema(function)))
    assert can_be_sent(function, json.loads(json.dumps(values)))


def test_all_schemas_are_valid_by_the_metaschema(service):
    for name in service.operations:
        made = schema(service.function(name))
        Draft202012Validator.check_schema(made)
        assert json.loads(json.dumps(made)) == made


@examples(10)
@given(data=st.data())
def test_schema_instances_can_be_sent(service, data):
    operation = data.draw(st.sampled_from(service.operations))
    function, names = service.function(operation), service.names(operation)
    given = data.draw(arguments(schema(function)))
    assert can_be_sent(function, json.loads(json.dumps(given)))

    # For None, botocore generates a required idempotency token.
    tokens = {key: None for key in given if given[key] is None}
    values = {
        name: given[key] for name, key in names.items() if key in given.keys() - tokens
    }
    violations = broken(service.service, operation, values)
    assume(violations)
    violation = data.draw(st.sampled_from(violations))
    wrong = {names[name]: value for name, value in violation.arguments.items()} | tokens
    assert not can_be_sent(function, wrong)
    assert not accepts(function, wrong)


@examples(10)
@given(data=st.data())
def test_schema_accepts_all_valid_json_arguments(without_patterns, data):
    service = without_patterns
    operation = data.draw(st.sampled_from(service.operations))
    names = service.names(operation)
    values = data.draw(model_arguments.arguments(service.service, operation))
    given = {names[name]: value for name, value in values.items()}
    errors = validator(schema(service.function(operation))).iter_errors(given)
    assert [error for error in errors if not is_beyond_json(error)] == []


def is_beyond_json(error: ValidationError) -> bool:
    """Return whether a value is bytes, or a timestamp in another format than RFC 3339."""
    is_time = isinstance(error.schema, dict) and "format" in error.schema
    return is_time or isinstance(error.instance, (bytes, bytearray))


def test_texts_are_those_of_the_help_page():
    made = schema(paws.sagemakerruntime_invoke_endpoint_async)
    doc = str(inspect.getdoc(paws.sagemakerruntime_invoke_endpoint_async))
    title, rest = doc.split("\n\n", 1)
    assert made["title"] == title.replace("\n", " ")
    assert made["description"] == rest.partition("\n\nParameters\n")[0]
    names = inspect.signature(paws.sagemakerruntime_invoke_endpoint_async).parameters
    assert list(made["properties"]) == list(names)
    for name, said in made["properties"].items():
        shown = inspect.cleandoc(f"\n{said['description']}")
        assert f"{name} : " in doc
        assert all(line.strip() in doc for line in shown.splitlines())
        assert "[required] " not in shown
    said = made["properties"]["RequestTTLSeconds"]["description"]
    assert said.startswith("Maximum age in seconds a request can be in the queue")
    assert said.endswith("or 21,600 seconds.")


def test_schema_needs_neither_docstrings_nor_botocore():
    program = """
import json, sys, paws, paws_common
made = paws_common.schema(paws.sagemakerruntime_invoke_endpoint)
print(json.dumps([[*made], made["properties"]["Accept"], "botocore" in sys.modules]))
"""
    keys, accept, is_imported = json.loads(run_program(program, options=["-OO"]))
    assert not {"title", "description"} & {*keys, *accept}
    assert "maxLength" in accept
    assert not is_imported


def test_method_has_the_schema_of_its_function():
    svc = paws.sagemakerruntime(config={"validation": "off"})
    made = schema(paws.sagemakerruntime_invoke_endpoint)
    assert schema(svc.invoke_endpoint) == made
    assert made["required"] == ["EndpointName", "Body"]


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        (42, "a int"),
        (None, "a NoneType"),
        (paws.sagemakerruntime, "sagemakerruntime"),
        (paws.paginate, "paginate"),
        ("sagemakerruntime_invoke_endpoint", "a str"),
    ],
)
def test_schema_of_other_function_raises(function, shown):
    with pytest.raises(TypeError) as caught:
        schema(function)
    assert str(caught.value).endswith(f"such as svc.invoke_endpoint; not {shown}")
