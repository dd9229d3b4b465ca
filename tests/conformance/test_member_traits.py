"""Constraints and idempotency tokens of members, in packages of the golden models."""

import inspect
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from make_paws import spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from paws_common import ParameterError, Violation, schema
from paws_common.validation.validator import validate
from support.generated_services import imported

MODELS = Path(__file__).parents[1] / "golden" / "models"


@pytest.fixture(scope="module")
def package(request, tmp_path_factory):
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


@model("member_constraints")
def test_sensitive_members_are_in_no_error_or_repr(package):
    secret = "correct horse battery staple"
    values = {
        "Password": [secret],
        "Pin": secret,
        "Account": {"Owner": [secret], "Parent": {"Owner": secret.encode()}},
        "Public": {secret: secret},
        "Labels": {"color": [secret], "size": {"a": secret}},
    }
    export = package.memberconstraints_export
    error = error_of(export, "XML", **values)
    assert len(error.violations) >= 6
    assert (
        secret not in f"{error} {error!r} {inspect.unwrap(export)('XML', **values)!r}"
    )


@model("idempotency_tokens")
def test_given_or_nested_token_is_validated(package):
    """botocore generates only the tokens that are arguments of an operation."""
    create = package.idempotencytokens_create
    error = error_of(create, "n", None, Inner={})
    assert error.violations == (Violation("Inner.Token", "is required", True),)
    assert "ClientToken: 0 characters" in str(error_of(create, "n", ""))


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
