"""All that the template of a page may know, made of a service that was parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from make_paws import ir, naming, render
from make_paws.overrides import ExactlyOneOf
from make_paws.pages import calls, http_request, placeholders, since
from make_paws.pages.beside_r import BesideR
from make_paws.pages.bodies import Model
from make_paws.pages.since import Earlier, Since

PACKAGE = "paws"
_FORM = "A line breaks before every field of the form, which a client does not send."
_NOTES: Mapping[str, str] = {
    "ec2": _FORM,
    "query": _FORM,
    "smithy-rpc-v2-cbor": "The body is CBOR, in its diagnostic notation (RFC 8949).",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One request, with a value for every argument, in three languages.

    `note` says how the body of the HTTP request is shown, empty where it is as it is.
    """

    python: str
    r: str
    http: str
    note: str


@dataclass(frozen=True, slots=True)
class Function:
    """The page of one function.

    `required` says of each parameter when it is required, by its name; `beside_r` is
    None where nobody asked. `example` is None where a call sends a stream, which no
    single request can show.
    """

    service: ir.Service
    operation: ir.Operation
    signature: str
    r_usage: str
    required: Mapping[str, str]
    example: Example | None
    since: Since
    beside_r: BesideR | None


def functions(
    service: ir.Service,
    model: Model,
    *,
    earlier: Sequence[Earlier],
    rules: Sequence[ExactlyOneOf],
    beside_r: Mapping[str, BesideR],
) -> tuple[Function, ...]:
    """Return the page of every function, in the order of the model.

    Parameters
    ----------
    service : ir.Service
        What `make_paws.parse` made.
    model : mapping
        What it was made of: the bindings to HTTP stand only there.
    earlier : sequence of Earlier
        How the service differs from earlier releases.
    rules : sequence of ExactlyOneOf
        The rows of the overrides for the service.
    beside_r : mapping
        Of an operation to what differs from R's page; empty where that is not known.
    """
    return tuple(
        Function(
            service=service,
            operation=operation,
            signature=_signature(operation),
            r_usage=calls.r_usage(
                _r_function(service, operation),
                [parameter.member for parameter in operation.parameters],
            ),
            required={
                parameter.name: _required(parameter)
                for parameter in operation.parameters
            },
            example=_example(service, operation, model),
            since=since.of(operation, earlier, rules),
            beside_r=beside_r.get(operation.name),
        )
        for operation in service.operations
    )


def _signature(operation: ir.Operation) -> str:
    parameters = [*map(render.declaration, operation.leading)]
    if operation.keyword:
        parameters += ["*", *map(render.declaration, operation.keyword)]
    listed = "".join(f"    {parameter},\n" for parameter in parameters)
    inside = f"\n{listed}" if listed else ""
    return f"def {operation.function}({inside}) -> {operation.result}: ..."


def _required(parameter: ir.Parameter) -> str:
    """Return R's mark as the answer to a question."""
    if parameter.required:
        return "yes"
    return parameter.mark.strip("[]").removeprefix("required ") or "no"


def _r_function(service: ir.Service, operation: ir.Operation) -> str:
    return f"{service.name}_{naming.snake_case(operation.name)}"


def _example(
    service: ir.Service, operation: ir.Operation, model: Model
) -> Example | None:
    given = placeholders.arguments(operation, service.shapes)
    if given is None:
        return None
    names = {each.member: each.name for each in operation.parameters}
    return Example(
        python=calls.in_python(
            PACKAGE,
            operation.function,
            {names[member]: value for member, value in given.items()},
        ),
        r=calls.in_r(service.name, naming.snake_case(operation.name), given),
        http=http_request.of(operation.name, given, model).text,
        note=_NOTES.get(http_request.protocol(model["metadata"]), ""),
    )
