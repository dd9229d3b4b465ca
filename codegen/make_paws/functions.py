"""Create the functions that no model has from the entries of the overrides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from make_paws import ir, naming
from make_paws.overrides import Function, FunctionParameter


def of(
    service: str, entries: Sequence[Function], operations: Sequence[ir.Operation]
) -> tuple[ir.Function, ...]:
    """Return the functions of a service.

    Parameters
    ----------
    service : str
        R's name of the service.
    entries : sequence of Function
        The entries that apply to it.
    operations : sequence of ir.Operation
        Its operations.
    """
    by_name = {operation.name: operation for operation in operations}
    return tuple(
        _function(service, entry, [by_name[name] for name in entry.operations])
        for entry in entries
    )


def _function(
    service: str, entry: Function, operations: Sequence[ir.Operation]
) -> ir.Function:
    """Return a function with the parameters in R's order.

    Required parameters of the operation are first, as in R's `s3_download_file`.
    """
    function = f"{service}_{entry.name}"
    operation = _common(function, entry.name, operations) if operations else None
    members = operation.parameters if operation else ()
    own = tuple(map(_parameter, entry.parameters))
    required = (*_required(members, True), *_required(own, True))
    optional = (*_required(members, False), *_required(own, False))
    # Operations have many options, in the order of the model, so they are keyword-only.
    leading, keyword = (required, optional) if operation else (required + optional, ())
    return ir.Function(
        name=entry.name,
        function=function,
        is_inherited=entry.name in naming.RESERVED_METHODS,
        operation=operation,
        leading=leading,
        keyword=keyword,
        own=own,
        title=entry.title,
        documentation=entry.documentation.strip(),
        result=entry.result,
        result_text=entry.result_text,
        errors=dict(entry.errors),
        note=entry.note.strip(),
        example=entry.example.strip(),
    )


def _common(
    function: str, name: str, operations: Sequence[ir.Operation]
) -> ir.Operation:
    """Return the first operation, with the parameters that all of them have."""
    first, *others = operations
    members = [{each.member for each in other.parameters} for other in others]
    parameters = [
        parameter
        for parameter in first.parameters
        if all(parameter.member in each for each in members)
    ]
    return replace(
        first,
        function=function,
        method=name,
        constant=naming.constant(name),
        leading=_required(parameters, True),
        keyword=_required(parameters, False),
    )


def _required(
    parameters: Sequence[ir.Parameter], is_required: bool
) -> tuple[ir.Parameter, ...]:
    return tuple(each for each in parameters if each.required is is_required)


def _parameter(entry: FunctionParameter) -> ir.Parameter:
    required = not entry.default
    return ir.Parameter(
        name=entry.name,
        member=entry.name,
        annotation=entry.type.removesuffix(" | None"),
        required=required,
        mark="[required]" if required else "",
        documentation=entry.text.strip(),
        limits="",
        deprecated="",
        generated="",
        default=entry.default or "None",
    )
