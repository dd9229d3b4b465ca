"""The API of a service as its callers see it, in a form that can be compared.

Two APIs are equal if all calls and all help pages are the same. The API is that of a parsed
service, or is read from generated files (`make_paws.diff.generated`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from make_paws import ir
from make_paws.diff import traits
from make_paws.diff.traits import Traits

# R's mark before the text of a parameter repeats that it is required.
_MARK = re.compile(r"\A\[required[^\]]*\] ?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: `name` is the Python name, `member` is AWS's.

    `deprecated` is the deprecation notice, which is not in `documentation`.
    """

    name: str
    member: str
    positional: bool
    documentation: str
    deprecated: str


@dataclass(frozen=True, slots=True)
class Function:
    """One operation: `operation` is AWS's name, `name` Python's.

    `input` and `output` are shapes, `results` maps the members of the result to their
    documentation, `errors` are the documented error classes, and `deprecated` is the
    deprecation notice, which is not in `documentation`.
    """

    operation: str
    name: str
    input: str | None
    output: str | None
    parameters: tuple[Parameter, ...]
    results: Mapping[str, str]
    errors: tuple[str, ...]
    documentation: str
    deprecated: str


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
class PublicApi:
    """One service: `service` is botocore's name, `types` are the `TypedDict` classes.

    `traits` is None for generated files, which do not contain them.
    """

    service: str
    api_version: str
    constructor: str
    class_name: str
    functions: tuple[Function, ...]
    errors: tuple[Error, ...]
    types: tuple[str, ...]
    shapes: ir.Shapes
    documentation: str
    traits: Traits | None = None


def of(service: ir.Service, model: Mapping[str, Any] | None = None) -> PublicApi:
    """Return the API of a parsed service.

    Parameters
    ----------
    service : ir.Service
        The result of `make_paws.parse`.
    model : mapping, optional
        The model of the service; without it, `traits` is None.
    """
    return PublicApi(
        service=service.botocore_name,
        api_version=service.api_version,
        constructor=service.constructor,
        class_name=service.class_name,
        functions=tuple(_function(operation) for operation in service.operations),
        errors=tuple(_error(error) for error in service.errors),
        types=tuple(sorted(typed.name for typed in service.results + service.inputs)),
        shapes=service.shapes,
        documentation=words(f"{service.full_name} {service.documentation}"),
        traits=None if model is None else traits.of(service, model),
    )


def words(text: str) -> str:
    """Return `text` in one line and without R's mark."""
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
                deprecated=parameter.deprecated,
            )
            for parameter in operation.parameters
        ),
        results={
            each.name: words(each.documentation) for each in operation.result_members
        },
        errors=tuple(error.name for error in operation.errors),
        documentation=words(f"{operation.title} {operation.documentation}"),
        deprecated=operation.deprecated,
    )


def _error(error: ir.Error) -> Error:
    return Error(
        name=error.name,
        attributes=tuple(
            Attribute(each.name, each.annotation, words(each.documentation))
            for each in error.attributes
        ),
        documentation=words(error.documentation or error.shape),
    )
