"""Constraints of members are enforced, documented and kept secret like those of shapes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from paws_common import ParameterError, schema
from paws_common.validation.validator import validate
from support.generated_services import Generated, frozen, generated, imported

MODEL = Path(__file__).parents[1] / "golden" / "models" / "member_constraints.json"
SECRET = "correct horse battery staple"
NUMBER = 73_590_462_817


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package of a model with every constraint on references."""
    (service,) = spec.services(MODEL)
    described = parse(spec.load(service, MODEL), Overrides())
    with imported(described, tmp_path_factory.mktemp("package")) as package:
        yield package


def violations(package: ModuleType, **arguments: Any) -> list[tuple[str, str]]:
    """Return the paths and reasons with which arguments are refused."""
    request = inspect.unwrap(package.memberconstraints_export)(
        **{"Format": "YAML", **arguments}
    )
    try:
        validate(request, limits=True)
    except ParameterError as error:
        return [(violation.path, violation.reason) for violation in error.violations]
    return []


@pytest.mark.parametrize(
    ("arguments", "path", "reason"),
    [
        ({"Format": "XML"}, "Format", "'XML' is not one of YAML, JSON"),
        ({"Name": "a"}, "Name", "1 character is less than 2"),
        ({"Name": "abcdefghi"}, "Name", "9 characters are more than 8"),
        ({"Name": "a1"}, "Name", "'a1' does not match ^[a-z]+$"),
        ({"Key": b"12345"}, "Key", "5 bytes are more than 4"),
        ({"Share": 2}, "Share", "2 is more than 1"),
        ({"Tags": ["a"] * 3}, "Tags", "3 elements are more than 2"),
        ({"Tags": ["abcde"]}, "Tags[0]", "5 characters are more than 4"),
        (
            {"Labels": {"weight": "x"}},
            "Labels['weight']",
            "'weight' is not one of color, size",
        ),
    ],
)
def test_member_constraint_is_enforced(
    package: ModuleType, arguments: dict[str, Any], path: str, reason: str
) -> None:
    assert violations(package, **arguments) == [(path, reason)]


def test_values_within_member_constraints_are_accepted(package: ModuleType) -> None:
    arguments = {
        "Format": "JSON",
        "Name": "abc",
        "Password": "secret",
        "Pin": 1234,
        "Account": {"Owner": "o", "Parent": {"Owner": "p"}},
        "Key": b"1234",
        "Share": 0.5,
        "Tags": ["a", "b"],
        "Labels": {"color": "red"},
        "Public": "p",
    }
    assert violations(package, **arguments) == []


secrets = st.recursive(
    st.sampled_from([SECRET, SECRET.encode(), f"{SECRET}\ud800", NUMBER, NUMBER**20]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Owner", "Parent", SECRET]), inner)
    ),
    max_leaves=4,
)


@given(st.sampled_from(["Password", "Pin", "Account", "Public", "Labels"]), secrets)
def test_sensitive_value_is_not_in_errors_or_repr(
    package: ModuleType, name: str, value: Any
) -> None:
    # The keys of Labels are public, its values are not.
    given = {"color": value, "size": value} if name == "Labels" else value
    request = inspect.unwrap(package.memberconstraints_export)("XML", **{name: given})
    with pytest.raises(ParameterError) as caught:
        validate(request, limits=True)
    text = f"{caught.value} {caught.value!r} {request!r}"
    assert SECRET not in text
    assert str(NUMBER) not in text


def test_schema_has_member_constraints(package: ModuleType) -> None:
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


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    folder = tmp_path_factory.mktemp("apigatewayv2")
    with frozen(), generated("apigatewayv2", ["ExportApi"], folder) as made:
        yield made


def test_export_api_has_the_values_that_r_shows(gateway: Generated) -> None:
    """The only members of botocore 1.44 with constraints."""
    (operation,) = gateway.described.operations
    values = {"ApiId": "a", "OutputType": "XML", "Specification": "OAS30"}
    assert 'OutputType="YAML"|"JSON",' in operation.request_syntax
    assert 'Specification="OAS30",' in operation.request_syntax
    assert gateway.violations("ExportApi", values) == [("OutputType", True)]
