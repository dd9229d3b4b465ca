"""Constraints and idempotency tokens of members, in packages of the golden models."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from make_paws import spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from paws_common import ParameterError, Violation, schema
from paws_common.validation.validator import validate
from support.generated_services import imported

MODELS = Path(__file__).parents[1] / "golden" / "models"
SECRET = "correct horse battery staple"
NUMBER = 73_590_462_817


@pytest.fixture(scope="module")
def package(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    model = MODELS / f"{request.param}.json"
    (service,) = spec.services(model)
    described = parse(spec.load(service, model), Overrides())
    with imported(described, tmp_path_factory.mktemp("package")) as package:
        yield package


def model(name):
    return pytest.mark.parametrize("package", [name], indirect=True)


def error_of(function, *args, **kwargs):
    request = inspect.unwrap(function)(*args, **kwargs)
    with pytest.raises(ParameterError) as caught:
        validate(request, limits=True)
    return caught.value


@model("member_constraints")
def test_member_constraints_are_enforced(package):
    export = package.memberconstraints_export
    wrong = {
        "Name": "a1",
        "Key": b"12345",
        "Share": 2,
        "Tags": ["abcde", "a", "a"],
        "Labels": {"weight": "x"},
    }
    violations = error_of(export, "XML", **wrong).violations
    assert [f"{each.path}: {each.reason}" for each in violations] == [
        "Format: 'XML' is not one of YAML, JSON",
        "Name: 'a1' does not match ^[a-z]+$",
        "Key: 5 bytes are more than 4",
        "Share: 2 is more than 1",
        "Tags: 3 elements are more than 2",
        "Tags[0]: 5 characters are more than 4",
        "Labels['weight']: 'weight' is not one of color, size",
    ]
    right = {
        "Name": "abc",
        "Password": "secret",
        "Pin": 1234,
        "Account": {"Owner": "o", "Parent": {"Owner": "p"}},
        "Key": b"1234",
        "Share": 0.5,
        "Tags": ["abcd", ""],
        "Labels": {"color": "red"},
    }
    validate(inspect.unwrap(export)("JSON", **right), limits=True)


secrets = st.recursive(
    st.sampled_from([SECRET, SECRET.encode(), f"{SECRET}\ud800", NUMBER, NUMBER**20]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Owner", "Parent", SECRET]), inner)
    ),
    max_leaves=4,
)


@model("member_constraints")
@given(
    name=st.sampled_from(["Password", "Pin", "Account", "Public", "Labels"]),
    value=secrets,
)
def test_sensitive_value_is_not_in_errors_or_repr(package, name, value):
    # The keys of Labels are public, its values are not.
    given = {"color": value, "size": value} if name == "Labels" else value
    export = package.memberconstraints_export
    error = error_of(export, "XML", **{name: given})
    text = f"{error} {error!r} {inspect.unwrap(export)('XML', **{name: given})!r}"
    assert SECRET not in text
    assert str(NUMBER) not in text


@model("member_constraints")
def test_schema_has_member_constraints(package):
    made = schema(package.memberconstraints_export)
    properties, shared = made["properties"], made["$defs"]
    assert properties["Format"]["$ref"] == "#/$defs/ExportInput$Format"
    assert shared["ExportInput$Format"] == {"type": "string", "enum": ["YAML", "JSON"]}
    assert properties["Name"]["pattern"].startswith("^[a-z]+")
    assert (properties["Name"]["minLength"], properties["Name"]["maxLength"]) == (2, 8)
    assert properties["Password"]["writeOnly"] is True
    assert properties["Public"]["writeOnly"] is True
    assert shared["ExportInput$Account"]["writeOnly"] is True
    assert "writeOnly" not in shared["Account"]
    assert properties["Tags"]["items"] == {"type": "string", "maxLength": 4}
    assert properties["Comment"] == {"type": "string"}


@model("idempotency_tokens")
def test_nested_token_is_not_generated(package):
    """botocore generates only the tokens that are arguments of an operation."""
    error = error_of(package.idempotencytokens_create, "n", None, Inner={})
    assert error.violations == (Violation("Inner.Token", "is required", True),)


@model("idempotency_tokens")
def test_token_of_the_caller_is_validated(package):
    error = error_of(package.idempotencytokens_create, "n", "")
    assert "ClientToken: 0 characters" in str(error)


@model("idempotency_tokens")
def test_schema_allows_null_for_a_required_token_only(package):
    made = schema(package.idempotencytokens_create)
    accepts = Draft202012Validator(made).is_valid
    assert accepts({"Name": "n", "ClientToken": None})
    assert accepts({"Name": "n", "ClientToken": "t"})
    assert not accepts({"Name": "n", "ClientToken": ""})
    assert not accepts({"Name": "n"})
    text = made["properties"]["ClientToken"]["description"]
    assert text == "Identifies the request.\n\nGenerated if None."

    optional = schema(package.idempotencytokens_delete)
    assert not Draft202012Validator(optional).is_valid({"ClientToken": None})
    text = optional["properties"]["ClientToken"]["description"]
    assert text.endswith("Generated if omitted.")
