"""The data of the reference pages, which are passed to the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from make_paws import ir, naming, render
from make_paws.overrides import ExactlyOneOf
from make_paws.pages import (
    calls,
    http_request,
    placeholders,
    since,
    structures,
    titles,
)
from make_paws.pages.http_request import Model
from make_paws.pages.r_comparison import RComparison
from make_paws.pages.since import Earlier, Since
from make_paws.pages.structures import Described
from make_paws.spec import Spec

PACKAGE = "paws"
TYPES = "types"  # the page of the structures that several functions use
_FORM = "For readability, each field of the form starts a new line."
_NOTES: Mapping[str, str] = {
    "ec2": _FORM,
    "query": _FORM,
    "smithy-rpc-v2-cbor": "The body is CBOR, in its diagnostic notation (RFC 8949).",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One request, with a value for every argument, in three languages.

    `r` is empty if R's help page is not available, and `http` if botocore cannot serialize
    the request. `note` describes how the HTTP body is shown.
    """

    python: str
    r: str
    http: str
    note: str


@dataclass(frozen=True, slots=True)
class Function:
    """The page of one function.

    `required` maps the name of each parameter to the condition under which it is
    required. `shared` are the types that are described on the page of types. `title` is
    one short line. `r_usage` is empty and `r_comparison` is None if R's help page is not
    available. `example` is None if the call sends a stream, because one request cannot
    show it.
    """

    service: ir.Service
    operation: ir.Operation
    title: str
    signature: str
    r_usage: str
    required: Mapping[str, str]
    structures: Described
    shared: frozenset[str]
    example: Example | None
    since: Since
    r_comparison: RComparison | None

    @property
    def links(self) -> Mapping[str, str]:
        """The link of each type that a page describes, relative to this page."""
        return {
            # `make_paws.notes` describes what a blob can be.
            **({"Blob": "#section-notes"} if self.operation.notes else {}),
            **{name: f"#type-{name}" for name in self.structures.names},
            **{name: f"../{TYPES}/#type-{name}" for name in self.shared},
        }


def functions(
    service: ir.Service,
    loaded: Spec,
    *,
    earlier: Sequence[Earlier],
    rules: Sequence[ExactlyOneOf],
    r_comparison: Mapping[str, RComparison],
) -> tuple[Function, ...]:
    """Return the page of every function, in the order of the model.

    Parameters
    ----------
    service : ir.Service
        The result of `make_paws.parse`.
    loaded : Spec
        The models that the service was parsed from.
    earlier : sequence of Earlier
        How the service differs from earlier releases.
    rules : sequence of ExactlyOneOf
        The entries of the overrides for the service.
    r_comparison : mapping
        Maps each operation to its differences from R's help page; empty if R's pages are
        not available.
    """
    merged = loaded.merged
    shared = structures.shared_types(service)
    return tuple(
        Function(
            service=service,
            operation=operation,
            title=titles.short(operation),
            signature=signature(operation),
            r_usage=_r_usage(service, operation, r_comparison.get(operation.name)),
            required={
                parameter.name: _required(parameter)
                for parameter in operation.parameters
            },
            structures=structures.of_operation(service, operation, shared),
            shared=shared,
            example=_example(
                service,
                operation,
                loaded.model,
                merged,
                r_comparison.get(operation.name),
            ),
            since=since.of(operation, earlier, rules),
            r_comparison=r_comparison.get(operation.name),
        )
        for operation in service.operations
    )


def signature(function: ir.Operation | ir.Function) -> str:
    """Return the signature of a function."""
    parameters = [*map(render.declaration, function.leading)]
    if function.keyword:
        parameters += ["*", *map(render.declaration, function.keyword)]
    listed = "".join(f"    {parameter},\n" for parameter in parameters)
    inside = f"\n{listed}" if listed else ""
    return f"def {function.function}({inside}) -> {function.result}: ..."


def _required(parameter: ir.Parameter) -> str:
    """Return when a parameter is required, for a column of a table: ``yes``."""
    if parameter.required:
        return "yes"
    return parameter.mark.strip("[]").removeprefix("required ") or "no"


def _sent(operation: ir.Operation, model: Model) -> Mapping[str, Any]:
    """Return the arguments that the service's own model has, in its order.

    botocore does not send the others: it replaces `SourceRegion` with `PreSignedUrl`
    (`inject_presigned_url_rds` in ``botocore/handlers.py``).
    """
    if operation.input is None:
        return {}
    members: Mapping[str, Any] = model["shapes"][operation.input].get("members", {})
    return members


def _r_usage(
    service: ir.Service, operation: ir.Operation, r_comparison: RComparison | None
) -> str:
    if r_comparison is None or not r_comparison.is_compared:
        return ""
    function = f"{service.name}_{naming.snake_case(operation.name)}"
    return calls.r_usage(function, r_comparison.parameters)


def _example(
    service: ir.Service,
    operation: ir.Operation,
    model: Model,
    merged: Model,
    r_comparison: RComparison | None,
) -> Example | None:
    """Return the example; its request has no arguments that only `merged` has."""
    arguments = placeholders.arguments(operation, service.shapes)
    if arguments is None:
        return None
    names = {each.member: each.name for each in operation.parameters}
    members = _sent(operation, model)
    sent = {name: arguments[name] for name in members if name in arguments}
    http = http_request.of(operation.name, sent, merged)
    return Example(
        python=calls.in_python(
            PACKAGE,
            operation.function,
            {names[member]: value for member, value in arguments.items()},
        ),
        r=_r_call(service, operation, sent, r_comparison),
        http=http,
        note=_NOTES.get(service.protocol, "") if http else "",
    )


def _r_call(
    service: ir.Service,
    operation: ir.Operation,
    arguments: Mapping[str, Any],
    r_comparison: RComparison | None,
) -> str:
    """Return the call in R with R's arguments, "" if R's page is not available."""
    if r_comparison is None or not r_comparison.is_compared:
        return ""
    in_r = {
        name: arguments[name] for name in r_comparison.parameters if name in arguments
    }
    return calls.in_r(service.name, naming.snake_case(operation.name), in_r)
