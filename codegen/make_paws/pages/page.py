"""The data of the reference pages, which are passed to the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from make_paws import ir, naming, render
from make_paws.overrides import ExactlyOneOf
from make_paws.pages import calls, http_request, placeholders, since, structures, titles
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

    def function(operation: ir.Operation) -> Function:
        compared = r_comparison.get(operation.name)
        r_names = compared.parameters if compared and compared.is_compared else None
        r_function = f"{service.name}_{naming.snake_case(operation.name)}"
        return Function(
            service=service,
            operation=operation,
            title=titles.short(operation),
            signature=signature(operation),
            r_usage="" if r_names is None else calls.r_usage(r_function, r_names),
            required={each.name: _required(each) for each in operation.parameters},
            structures=structures.of_operation(service, operation, shared),
            shared=shared,
            example=_example(service, operation, loaded.model, merged, r_names),
            since=since.of(operation, earlier, rules),
            r_comparison=compared,
        )

    return tuple(map(function, service.operations))


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


def _example(
    service: ir.Service,
    operation: ir.Operation,
    model: Model,
    merged: Model,
    r_names: Sequence[str] | None,
) -> Example | None:
    """Return the example, with a call in R if R's parameters, `r_names`, are known."""
    arguments = placeholders.arguments(operation, service.shapes)
    if arguments is None:
        return None
    names = {each.member: each.name for each in operation.parameters}
    # botocore does not send arguments that only `merged` has: it replaces `SourceRegion`
    # with `PreSignedUrl` (`inject_presigned_url_rds` in botocore/handlers.py).
    own = model["shapes"][operation.input].get("members", {}) if operation.input else {}
    sent = {name: arguments[name] for name in own if name in arguments}
    http = http_request.of(operation.name, sent, merged)
    r_call = ""
    if r_names is not None:
        in_r = {name: sent[name] for name in r_names if name in sent}
        r_call = calls.in_r(service.name, naming.snake_case(operation.name), in_r)
    return Example(
        python=calls.in_python(
            PACKAGE,
            operation.function,
            {names[member]: value for member, value in arguments.items()},
        ),
        r=r_call,
        http=http,
        note=_NOTES.get(service.protocol, "") if http else "",
    )
