"""`operation` and `method`: signatures, type hints, and the operation behind a function."""

from __future__ import annotations

import functools
import inspect
import typing
from typing import Any

import pytest

import paws
from paws.services import sagemakerruntime
from paws_common import (
    Blob,
    Operation,
    Request,
    Service,
    method,
    operation,
    paginate,
    schema,
)
from paws_common.service import find_operation, operations_of, resolve_operation
from paws_common.shapes import Member, String, Structure
from support import oracle
from support import requirements as needs
from support.example_services import operation_of

GO = operation_of(
    {
        "Input": Structure({"From": Member("Text"), "To": Member("Text")}),
        "Text": String(),
    },
    renamed={"From": "from_", "To": "to"},
)
OPERATIONS = {
    "sagemakerruntime_invoke_endpoint": "InvokeEndpoint",
    "sagemakerruntime_invoke_endpoint_async": "InvokeEndpointAsync",
    "sagemakerruntime_invoke_endpoint_with_response_stream": (
        "InvokeEndpointWithResponseStream"
    ),
}
every_function = pytest.mark.parametrize("name", OPERATIONS)


@operation
def example_go(from_: str | None = None, *, to: str | None = None) -> Request[Any]:
    """Go there."""
    return GO.request({"From": from_, "To": to})


class Example(Service):
    go = method(example_go)


@every_function
def test_function_builds_a_request_and_returns_result(name) -> None:
    function = getattr(paws, name)
    output = f"{OPERATIONS[name]}Output"
    build = inspect.unwrap(function)
    assert inspect.signature(function).return_annotation == output
    request = build("demo", Body=b"")
    assert isinstance(request, Request)
    assert request.operation.name == OPERATIONS[name]
    assert request.arguments["EndpointName"] == "demo"


@every_function
def test_type_hints_of_function_and_method_resolve(name) -> None:
    function = getattr(paws, name)
    bound = getattr(paws.sagemakerruntime(), name.partition("_")[2])
    hints = typing.get_type_hints(function)
    result = getattr(sagemakerruntime, f"{OPERATIONS[name]}Output")
    assert hints["EndpointName"] is str
    assert hints["Body"] in (Blob, Blob | None)
    assert hints["return"] is result
    assert typing.get_type_hints(bound) == hints


@needs.pinned_botocore
@every_function
def test_operation_states_every_parameter(name) -> None:
    found = find_operation(getattr(paws, name))
    assert found is not None
    # Older releases of botocore lack members, and have the others in the same order.
    members = oracle.members(OPERATIONS[name])
    assert [each for each in found.parameters.values() if each in members] == [*members]
    signature = inspect.signature(getattr(paws, name))
    assert list(found.parameters) == list(signature.parameters)


def test_renamed_parameter_is_stated_by_both_names() -> None:
    assert GO.parameters == {"from_": "From", "to": "To"}


def test_operation_without_input_has_no_parameters() -> None:
    assert operation_of({}).parameters == {}


def test_operation_of_a_function_and_of_a_method() -> None:
    service = Example(GO.api)
    assert find_operation(example_go) is GO
    resolved = resolve_operation(service.go)
    assert resolved is not None
    assert (resolved.service, resolved.operation) == (service, GO)
    assert resolved.build("a").arguments == {"From": "a", "To": None}
    assert operations_of(Example) == {"go": GO}


def overridden(self: Service, **arguments: Any) -> Any:
    return self.send(GO.request(arguments))


class Overriding(Example):
    go = overridden


@functools.wraps(example_go)
def wrapped_by_a_caller(*args: Any, **kwargs: Any) -> Any:
    return example_go(*args, **kwargs)


@functools.wraps(overridden)
def wrapper_of_a_sender(*args: Any, **kwargs: Any) -> Any:
    return overridden(*args, **kwargs)


@pytest.mark.parametrize(
    "function",
    [
        wrapped_by_a_caller,
        wrapper_of_a_sender,
        functools.partial(example_go, "a"),
        inspect.unwrap(example_go),
        Overriding(GO.api).go,
        Example.go,  # it has no service
        Example(GO.api).send,
        print,
        None,
    ],
    ids=[
        "wrapper of a generated function",
        "wrapper of a function that uses an operation",
        "partial",
        "request builder",
        "overridden method",
        "unbound method",
        "send",
        "builtin",
        "None",
    ],
)
def test_other_functions_have_no_operation(function) -> None:
    assert find_operation(function) is None
    assert resolve_operation(function) is None
    with pytest.raises(TypeError):
        paginate(function)
    with pytest.raises(TypeError):
        schema(function)


def test_generated_operations_are_found() -> None:
    from paws.services.sagemakerruntime import operations

    def by_name(owner: object) -> dict[str, str]:
        found: dict[str, Operation[Any]] = operations_of(owner)
        return {name: each.name for name, each in found.items()}

    assert by_name(operations) == OPERATIONS
    methods = {name.partition("_")[2]: each for name, each in OPERATIONS.items()}
    assert by_name(sagemakerruntime.SageMakerRuntime) == methods
