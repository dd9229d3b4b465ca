"""What the callers of one service see of it, in a form that can be compared.

Two surfaces are equal when no call, and no page of help, could tell them apart. They are
made of a service that was parsed, or read back from generated files
(`make_paws.diff.generated`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from make_paws import ir

# R's mark stands in front of the text of a parameter, but says nothing of its own.
_MARK = re.compile(r"\A\[required[^\]]*\] ?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: `name` is Python's, `member` AWS's."""

    name: str
    member: str
    positional: bool
    documentation: str


@dataclass(frozen=True, slots=True)
class Function:
    """One operation: `operation` is AWS's name, `name` Python's.

    `input` and `output` are shapes, `errors` the classes that it is said to raise.
    """

    operation: str
    name: str
    input: str | None
    output: str | None
    parameters: tuple[Parameter, ...]
    errors: tuple[str, ...]
    documentation: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an error."""

    name: str
    annotation: str
    documentation: str


@dataclass(frozen=True, slots=True)
class Error:
    """The class of an error."""

    name: str
    attributes: tuple[Attribute, ...]
    documentation: str


@dataclass(frozen=True, slots=True)
class Surface:
    """One service: `service` is botocore's name, `types` are the `TypedDict` classes."""

    service: str
    api_version: str
    constructor: str
    class_name: str
    functions: tuple[Function, ...]
    errors: tuple[Error, ...]
    types: tuple[str, ...]
    shapes: ir.Shapes
    documentation: str


def of(service: ir.Service) -> Surface:
    """Return the surface of a service that `make_paws.parse` made."""
    return Surface(
        service=service.botocore_name,
        api_version=service.api_version,
        constructor=service.constructor,
        class_name=service.class_name,
        functions=tuple(_function(operation) for operation in service.operations),
        errors=tuple(_error(error) for error in service.errors),
        types=tuple(sorted(typed.name for typed in service.results + service.inputs)),
        shapes=service.shapes,
        documentation=words(f"{service.full_name} {service.documentation}"),
    )


def words(text: str) -> str:
    """Return `text` in one line and without R's mark: how lines break says nothing."""
    return _MARK.sub("", " ".join(text.split()))


def _function(operation: ir.Operation) -> Function:
    return Function(
        operation=operation.name,
        name=operation.function,
        input=operation.input,
        output=operation.output,
        parameters=tuple(
            Parameter(
                name=parameter.name,
                member=parameter.member,
                positional=parameter in operation.leading,
                documentation=words(f"{parameter.mark} {parameter.documentation}"),
            )
            for parameter in operation.parameters
        ),
        errors=tuple(error.name for error in operation.errors),
        documentation=words(f"{operation.title} {operation.documentation}"),
    )


def _error(error: ir.Error) -> Error:
    return Error(
        name=error.name,
        attributes=tuple(
            Attribute(
                attribute.name, attribute.annotation, words(attribute.documentation)
            )
            for attribute in error.attributes
        ),
        documentation=words(error.documentation or error.shape),
    )
