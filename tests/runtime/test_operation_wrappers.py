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
    Request,
    Service,
    method,
    operation,
    paginate,
    schema,
)
from paws_common.service import find_operation, operations_of, resolve_operation
from paws_common.shapes import Member, String, Structure
from support.example_services import operation_of

GO = operation_of(
    {
        "Input": Structure({"From": Member("Text"), "To": Member("Text")}),
        "Text": String(),
    },
    renamed={"From": "from_", "To": "to"},
)


@operation
def example_go(from_: str | None = None, *, to: str | None = None) -> Request[Any]:
    """Go there."""
    return GO.request({"From": from_, "To": to})


class Example(Service):
    go = method(example_go)


def test_type_hints_of_function_and_method_resolve() -> None:
    function = paws.sagemakerruntime_invoke_endpoint
    hints = typing.get_type_hints(function)
    assert (hints["EndpointName"], hints["Body"]) == (str, Blob)
    assert hints["return"] is sagemakerruntime.InvokeEndpointOutput
    assert typing.get_type_hints(paws.sagemakerruntime().invoke_endpoint) == hints


def test_parameters_have_the_names_of_python_and_aws() -> None:
    assert GO.parameters == {"from_": "From", "to": "To"}
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
        pytest.param(functools.partial(example_go, "a"), id="partial"),
        pytest.param(inspect.unwrap(example_go), id="request builder"),
        pytest.param(Overriding(GO.api).go, id="overridden method"),
        pytest.param(Example.go, id="unbound method"),
        Example(GO.api).send,
        print,
        None,
    ],
)
def test_other_functions_have_no_operation(function) -> None:
    assert find_operation(function) is None
    assert resolve_operation(function) is None
    with pytest.raises(TypeError):
        paginate(function)
    with pytest.raises(TypeError):
        schema(function)
