"""Services with handwritten shapes, and the violations that validation reports."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from paws_common import Api, Operation, ParameterError, Violation
from paws_common.shapes import Member, Shape, Structure
from paws_common.validation.validator import validate


def operation_of(
    shapes: Mapping[str, Shape],
    *,
    output: str | None = None,
    service: str = "example",
    name: str = "Go",
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> Operation[Any]:
    """Return an operation that takes the shape `Input`, if there is one."""
    names = {"name": service, "service": service, "version": "2017-05-13"}
    api = Api(**names, protocol="rest-json", shapes=shapes, errors={})
    return Operation(
        api,
        name,
        function=f"{service}_{name.lower()}",
        input="Input" if "Input" in shapes else None,
        output=output,
        renamed=renamed,
    )


def taking(
    shape: Shape, *, location: str | None = None, payload: bool = False, **others: Shape
) -> Operation[Any]:
    """Return an operation with one parameter, `Value`, of a shape."""
    structure = Structure(
        {"Value": Member("Value", location=location)},
        payload="Value" if payload else None,
    )
    shapes = {"Input": structure, "Value": shape, **others}
    return operation_of(shapes, renamed={"Value": "value"})


def sent(operation: Operation[Any], value: Any, *, limits: bool = True) -> Any:
    """Return what is sent for the one parameter `Value`."""
    return validate(operation.request({"Value": value}), limits=limits)["Value"]


def error_of(
    operation: Operation[Any], arguments: Mapping[str, Any], *, limits: bool = True
) -> ParameterError:
    """Return the error of a call that cannot be sent."""
    with pytest.raises(ParameterError) as caught:
        validate(operation.request(arguments), limits=limits)
    return caught.value


def violations_of(
    operation: Operation[Any], value: Any, *, limits: bool = True
) -> tuple[Violation, ...]:
    """Return what is wrong with the one parameter `Value`."""
    return error_of(operation, {"Value": value}, limits=limits).violations


def violation_of(operation: Operation[Any], value: Any) -> Violation:
    """Return the only violation of the one parameter `Value`."""
    (violation,) = violations_of(operation, value)
    return violation


def mandatory_violation_of(operation: Operation[Any], value: Any) -> Violation:
    """Return the only violation, which remains if limits are not checked."""
    violation = violation_of(operation, value)
    assert violations_of(operation, value, limits=False) == (violation,)
    assert not violation.limit
    return violation
