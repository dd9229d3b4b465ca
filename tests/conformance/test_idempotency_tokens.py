"""None for an idempotency token sends the token that botocore generates."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from make_paws import spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from paws_common import ParameterError, Violation, schema
from paws_common.validation.validator import validate
from support.generated_services import TOKEN, Sent, Services, imported, like, several

# A required and an optional token of each protocol and location.
CALLS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "json": (*("athena", "StopQueryExecution", "QueryExecutionId"), {}),
    "json-optional": (
        *("athena", "StartQueryExecution", "ClientRequestToken"),
        {"QueryString": "SELECT 1"},
    ),
    "ec2": (
        *("ec2", "CreateNetworkInsightsPath", "ClientToken"),
        {"Source": "i-0", "Protocol": "tcp"},
    ),
    "ec2-optional": (*("ec2", "CreateNatGateway", "ClientToken"), {"SubnetId": "s"}),
    "query-optional": (
        *("cloudformation", "CreateStackSet", "ClientRequestToken"),
        {"StackSetName": "s"},
    ),
    "querystring": (
        *("wellarchitected", "DeleteLens", "ClientRequestToken"),
        {"LensAlias": "lens", "LensStatus": "ALL"},
    ),
    "querystring-optional": (
        *("accessanalyzer", "DeleteAnalyzer", "clientToken"),
        {"analyzerName": "analyzer"},
    ),
    "header-optional": (
        *("mediaconvert", "CreateJob", "ClientRequestToken"),
        {"Role": "r", "Settings": {}},
    ),
    "rest-json": (
        *("braket", "CancelQuantumTask", "clientToken"),
        {"quantumTaskArn": "arn:aws:braket:us-east-1:123456789012:task/1"},
    ),
    "rest-xml": (
        *("s3control", "CreateMultiRegionAccessPoint", "ClientToken"),
        {
            "AccountId": "123456789012",
            "Details": {"Name": "name", "Regions": [{"Bucket": "bucket"}]},
        },
    ),
}
OPERATIONS = {
    service: [call[1] for call in CALLS.values() if call[0] == service]
    for service, *_ in CALLS.values()
}
MODELS = Path(__file__).parents[1] / "golden" / "models"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with several(OPERATIONS, tmp_path_factory) as made:
        yield made


def without_invocation(sent: Sent) -> str:
    """Return a request without the header that has an identifier of botocore's."""
    headers = {
        key: sent.headers[key] for key in sent.headers if "invocation" not in key
    }
    return f"{sent.url} {headers} {sent.body.decode()}"


@pytest.mark.parametrize("call", CALLS)
def test_none_sends_the_token_of_botocore(services: Services, call: str) -> None:
    service, operation, token, values = CALLS[call]
    sent = like(services(service), operation, {**values, token: None}, values)
    assert without_invocation(sent).count(str(TOKEN)) == 1


@pytest.mark.parametrize("call", CALLS)
def test_token_of_the_caller_is_sent(services: Services, call: str) -> None:
    service, operation, token, values = CALLS[call]
    own = {**values, token: "token-of-the-caller-" + "0" * 20}
    sent = like(services(service), operation, own, own)
    assert str(TOKEN) not in without_invocation(sent)


@pytest.mark.parametrize("call", CALLS)
def test_required_token_stays_a_required_parameter(
    services: Services, call: str
) -> None:
    """R's signatures are kept, so only None can be given for such a token."""
    service, operation, token, _ = CALLS[call]
    made = services(service)
    parameter = inspect.signature(made.function(operation)).parameters[
        made.names(operation)[token]
    ]
    is_required = not call.endswith("-optional")
    assert (parameter.default is parameter.empty) == is_required
    assert parameter.annotation == "str | None"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    model = MODELS / "idempotency_tokens.json"
    (service,) = spec.services(model)
    described = parse(spec.load(service, model), Overrides())
    with imported(described, tmp_path_factory.mktemp("package")) as package:
        yield package


def test_nested_token_is_not_generated(package: ModuleType) -> None:
    """botocore generates only the tokens that are arguments of an operation."""
    request = inspect.unwrap(package.idempotencytokens_create)("n", None, Inner={})
    with pytest.raises(ParameterError) as caught:
        validate(request, limits=True)
    assert caught.value.violations == (Violation("Inner.Token", "is required", True),)


def test_token_of_the_caller_is_validated(package: ModuleType) -> None:
    request = inspect.unwrap(package.idempotencytokens_create)("n", "")
    with pytest.raises(ParameterError, match="ClientToken: 0 characters"):
        validate(request, limits=True)


def test_schema_accepts_null_for_a_required_token(package: ModuleType) -> None:
    made = schema(package.idempotencytokens_create)
    accepts = Draft202012Validator(made).is_valid
    assert accepts({"Name": "n", "ClientToken": None})
    assert accepts({"Name": "n", "ClientToken": "t"})
    assert not accepts({"Name": "n", "ClientToken": ""})
    assert not accepts({"Name": "n"})
    assert made["properties"]["ClientToken"]["description"] == (
        "Identifies the request.\n\nGenerated if None."
    )


def test_schema_has_no_null_for_an_optional_token(package: ModuleType) -> None:
    made = schema(package.idempotencytokens_delete)
    assert not Draft202012Validator(made).is_valid({"ClientToken": None})
    assert made["properties"]["ClientToken"]["description"].endswith(
        "Generated if omitted."
    )
