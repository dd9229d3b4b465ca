"""Convert a service model and the overrides to the intermediate representation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from make_paws import (
    deprecation,
    docs,
    functions,
    ir,
    limits,
    naming,
    notes,
    python_types,
    r_pages,
    syntax,
    typed_dicts,
    waiters,
)
from make_paws import shapes as model_shapes
from make_paws.errors import ModelError, OverrideError
from make_paws.model import check, examples, place, protocol, without
from make_paws.overrides import Overrides
from make_paws.shapes import Model
from make_paws.spec import Spec


@dataclass(frozen=True, slots=True)
class DocRenderers:
    """The functions that write the texts of a service, which take most of the time.

    `convert`, `title` and `unknown_tags` are called with AWS's HTML, `request` and
    `result` with shapes. `nested` is whether to convert the texts of the members of all
    structures.
    """

    convert: Callable[[str, Mapping[str, str]], str]
    title: Callable[[str], str]
    unknown_tags: Callable[[str], tuple[str, ...]]
    request: Callable[[str, Mapping[str, ir.Member], ir.Shapes], str]
    result: Callable[[str, ir.Shapes], str]
    nested: bool = False


FULL = DocRenderers(
    docs.convert, docs.title, docs.unknown_tags, syntax.request, syntax.result
)
# For the reference pages.
PAGES = replace(FULL, nested=True)
# Enough to detect whether AWS has changed a text.
RAW = DocRenderers(
    convert=lambda html, links: html,
    title=lambda html: "",
    unknown_tags=lambda html: (),
    request=lambda method, members, shapes: "",
    result=lambda shape, shapes: "",
)


@dataclass(frozen=True, slots=True)
class _Names:
    """The model of a service and its names; mappings of names are from AWS's names.

    `convert` converts documentation to Markdown.
    """

    model: Model
    renderers: DocRenderers
    convert: Callable[[str], str]
    service: str
    constructor: str
    class_name: str
    methods: Mapping[str, str]
    constants: Mapping[str, str]
    errors: Mapping[str, str]
    results: Mapping[str, str]
    inputs: Mapping[str, str]


def parse(
    spec: Spec,
    overrides: Overrides,
    renderers: DocRenderers = FULL,
    *,
    allow_unknown: bool = False,
    strict: bool = False,
) -> ir.Service:
    """Return the intermediate representation of a service.

    Parameters
    ----------
    spec : Spec
        The model in botocore's format.
    overrides : Overrides
        The exceptions to the rules.
    renderers : DocRenderers
        `FULL`, `PAGES` for reference pages, or `RAW` if texts are only compared.
    allow_unknown : bool
        Whether unknown keys of the model are ignored. They are in `unused_keys`.
    strict : bool
        Whether an entry of the overrides that does not fit the model is an error. By
        default it is not applied, and described in `override_problems`.

    Raises
    ------
    ModelError
        The model is malformed, or has unknown keys or values. The error contains the
        service and the path.
    OverrideError
        `strict` is true, and an entry of the overrides cannot be applied to the model.
    """
    try:
        merged = spec.merged
        keys = check(merged, allow_unknown=allow_unknown)
        resolved = replace(spec, model=model_shapes.resolve(without(merged, keys)))
        service = _service(resolved, overrides, renderers, keys)
    except ModelError as error:
        raise ModelError(error.reason, error.path, spec.service) from error
    except RecursionError as error:
        raise ModelError("is nested too deep", ("shapes",), spec.service) from error
    misfits = [each for each in service.override_problems if not each.is_applied]
    if strict and misfits:
        raise OverrideError(f"{misfits[0]}; change or remove it")
    return service


def _service(
    spec: Spec, overrides: Overrides, renderers: DocRenderers, keys: ir.UnusedKeys
) -> ir.Service:
    model, metadata = spec.model, spec.model["metadata"]
    with place("metadata"):
        service = overrides.service_name(spec.service, metadata)
        applied = overrides.resolve(spec.service, model)
    names = _names(service, model, renderers)
    shapes = model_shapes.convert(
        model,
        whole_match=applied.whole_match,
        exactly_one_of=applied.exactly_one_of_groups,
        unions=applied.unions,
        hints=applied.hints,
    )
    errors = {shape: _error(shape, names, shapes) for shape in sorted(names.errors)}
    found = waiters.describe(spec.waiters, names.methods)
    operations = tuple(
        _operation(operation, spec, names, shapes, errors, found)
        for operation in model["operations"]
    )
    return ir.Service(
        name=names.service,
        constructor=names.constructor,
        class_name=names.class_name,
        botocore_name=spec.service,
        full_name=metadata["serviceFullName"],
        api_version=metadata["apiVersion"],
        protocol=protocol(metadata),
        read_timeout=applied.read_timeout,
        error_hints=applied.error_hints,
        not_ready_errors=applied.not_ready_errors,
        model_hash=spec.model_hash,
        documentation=_text(model, names),
        operations=operations,
        functions=functions.of(names.service, applied.functions, operations),
        waiters=found,
        errors=tuple(errors.values()),
        shapes=shapes,
        results=typed_dicts.results(shapes, names.results, model),
        inputs=typed_dicts.arguments(shapes, names.inputs),
        result_types=names.results,
        input_types=names.inputs,
        member_texts=_member_texts(names) if renderers.nested else {},
        skipped_patterns=model_shapes.skipped_patterns(
            shapes, whole_match=applied.whole_match
        ),
        unknown_tags=tuple(
            ir.UnknownTag(tag, path)
            for path, documented in _documented(model)
            for tag in renderers.unknown_tags(documented.get("documentation", ""))
        ),
        unused_keys=keys,
        override_problems=applied.problems,
    )


def _documented(model: Model) -> Iterator[tuple[ir.Path, Model]]:
    """Yield each documented object of the model with its path."""
    yield (), model
    for name, operation in model["operations"].items():
        yield ("operations", name), operation
    for name, shape in model["shapes"].items():
        yield ("shapes", name), shape
        for key, member in shape.get("members", {}).items():
            yield ("shapes", name, "members", key), member


def _names(service: str, model: Model, renderers: DocRenderers) -> _Names:
    constructor = naming.constructor(service)
    with place("metadata"):
        class_name = naming.class_name(model["metadata"])
    with place("operations"):
        links = {name: naming.snake_case(name) for name in model["operations"]}
        methods = naming.identifiers(links, naming.RESERVED_METHODS)
        constants = {name: naming.constant(name) for name in links}
    with place("shapes"):
        reserved = naming.RESERVED_TYPES | {
            constructor,
            class_name,
            *(f"{service}_{method}" for method in methods.values()),
        }
        shapes = model_shapes.errors(model)
        errors = naming.identifiers(
            {name: naming.public(name) for name in shapes}, reserved
        )
        inside = [
            inner for name in errors for inner in model_shapes.members(model, name)
        ]
        reserved |= set(errors.values())
        results = typed_dicts.result_names(model, inside, reserved)
        reserved |= set(results.values())
        inputs = typed_dicts.input_names(model, reserved)
        reserved |= set(inputs.values())
    return _Names(
        model=model,
        renderers=renderers,
        # Many operations of a service have members with the same documentation.
        convert=cache(lambda html: renderers.convert(html, links)),
        service=service,
        constructor=constructor,
        class_name=class_name,
        methods=methods,
        constants=naming.identifiers(constants, reserved),
        errors=errors,
        results=results,
        inputs=inputs,
    )


def _operation(
    name: str,
    spec: Spec,
    names: _Names,
    shapes: ir.Shapes,
    errors: Mapping[str, ir.Error],
    service_waiters: tuple[ir.Waiter, ...],
) -> ir.Operation:
    operation = spec.model["operations"][name]
    input_, output = (
        operation.get(part, {}).get("shape") for part in ("input", "output")
    )
    r_service = naming.service_name(spec.model["metadata"])
    documentation = _text(operation, names)
    html = operation.get("documentation", "")
    title = names.renderers.title(html) or naming.title(name)
    parameters = _parameters(input_, names, shapes)
    leading = tuple(takewhile(lambda parameter: parameter.required, parameters))
    members = ir.structure(shapes, input_).members
    arguments = {each.name: members[each.member] for each in parameters}
    return ir.Operation(
        name=name,
        function=f"{names.service}_{names.methods[name]}",
        method=names.methods[name],
        constant=names.constants[name],
        title=title,
        documentation=documentation or title,
        help_page=r_pages.url(spec.service, f"{r_service}_{naming.snake_case(name)}"),
        input=input_,
        output=output,
        result=names.results[output] if output else "EmptyResult",
        leading=leading,
        keyword=parameters[len(leading) :],
        result_members=_result_members(output, names, shapes),
        request_syntax=names.renderers.request(names.methods[name], arguments, shapes),
        result_syntax=names.renderers.result(output, shapes) if output else "{}",
        errors=tuple(errors[error["shape"]] for error in operation.get("errors", ())),
        examples=_examples(name, spec, names, parameters),
        deprecated=deprecation.notice(operation),
        event_stream_input=any(
            ir.is_event_stream(shapes[member.shape]) for member in arguments.values()
        ),
        notes=(
            *notes.describe(spec.model, operation),
            *(waiters.note(each) for each in service_waiters if each.operation == name),
        ),
    )


def _parameters(
    name: str | None, names: _Names, shapes: ir.Shapes
) -> tuple[ir.Parameter, ...]:
    references = names.model["shapes"][name].get("members", {}) if name else {}
    structure = ir.structure(shapes, name)
    with place("shapes", str(name), "members"):
        # A parameter must not hide the constant of the operation.
        reserved = naming.RESERVED_PARAMETERS | set(names.constants.values())
        python = naming.identifiers({key: key for key in structure.members}, reserved)
    return tuple(
        ir.Parameter(
            name=python[key],
            member=key,
            annotation=_annotation(shapes, member, names),
            required=member.required,
            mark=_mark(key, structure),
            documentation=_member_text(references[key], names),
            limits=limits.describe(shapes[member.shape]),
            deprecated=_member_notice(references[key], names),
            generated=_generated(member),
        )
        for key, member in structure.members.items()
    )


def _annotation(shapes: ir.Shapes, member: ir.Member, names: _Names) -> str:
    annotation = python_types.argument(shapes, member, names.inputs)
    is_required_token = member.required and member.idempotency_token
    return f"{annotation} | None" if is_required_token else annotation


def _generated(member: ir.Member) -> str:
    """Describe when botocore generates the value (``generate_idempotent_uuid``)."""
    if not member.idempotency_token:
        return ""
    return f"Generated if {'None' if member.required else 'omitted'}."


def _result_members(
    name: str | None, names: _Names, shapes: ir.Shapes
) -> tuple[ir.ResultMember, ...]:
    references = names.model["shapes"][name].get("members", {}) if name else {}
    return tuple(
        ir.ResultMember(
            name=key,
            annotation=python_types.optional(
                python_types.result(shapes, member, names.results), member
            ),
            documentation=_member_text_with_notice(references[key], names),
        )
        for key, member in ir.structure(shapes, name).members.items()
    )


def _mark(member: str, structure: ir.Structure) -> str:
    """Return R's mark of a required parameter, or the condition for it."""
    if structure.members[member].required:
        return "[required]"
    for group in structure.exactly_one_of:
        if member in group:
            others = " or ".join(other for other in group if other != member)
            return f"[required unless {others} is given]"
    return ""


def _error(name: str, names: _Names, shapes: ir.Shapes) -> ir.Error:
    shape = names.model["shapes"][name]
    trait = shape.get("error", {})
    # paws_common.ServiceError already has the attribute `message`.
    members = {
        key: member
        for key, member in shape.get("members", {}).items()
        if key.lower() != "message"
    }
    annotations = {
        key: python_types.result(shapes, ir.Member(member["shape"]), names.results)
        for key, member in members.items()
    }
    # An attribute must not hide a type that its class uses.
    types = re.findall(r"\w+", " ".join(annotations.values()))
    python = naming.identifiers(
        {key: naming.public(key) for key in members},
        naming.RESERVED_ATTRIBUTES | set(types),
    )
    return ir.Error(
        name=names.errors[name],
        shape=name,
        code=trait.get("code", name),
        status_code=trait.get("httpStatusCode"),
        documentation=_text_with_notice(shape, names),
        attributes=tuple(
            ir.Attribute(
                python[key], key, annotations[key], _text_with_notice(member, names)
            )
            for key, member in members.items()
        ),
    )


def _examples(
    name: str, spec: Spec, names: _Names, parameters: tuple[ir.Parameter, ...]
) -> tuple[ir.Example, ...]:
    python = {parameter.member: parameter.name for parameter in parameters}
    return tuple(
        ir.Example(
            description=example.get("description") or example.get("title") or "",
            call=syntax.example(
                names.methods[name],
                {python[key]: value for key, value in example.get("input", {}).items()},
            ),
        )
        for example in examples(spec.examples, name)
        if example.get("input", {}).keys() <= python.keys()
    )


def _member_text(member: Model, names: _Names) -> str:
    """Return the text of a member, or that of its shape."""
    shape = names.model["shapes"][member["shape"]]
    return _text(member, names) or _text(shape, names)


def _member_text_with_notice(member: Model, names: _Names) -> str:
    return _paragraphs(_member_notice(member, names), _member_text(member, names))


def _member_texts(names: _Names) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of the members of all structures that callers see."""
    shapes = names.model["shapes"]
    return {
        structure: {
            key: _member_text_with_notice(member, names)
            for key, member in shapes[structure].get("members", {}).items()
        }
        for structure in sorted(names.results.keys() | names.inputs.keys())
    }


def _member_notice(member: Model, names: _Names) -> str:
    """Return the notice of a deprecated member, or that of its deprecated shape."""
    shape = names.model["shapes"][member["shape"]]
    return deprecation.notice(member) or deprecation.notice(shape)


def _text(documented: Model, names: _Names) -> str:
    return names.convert(documented.get("documentation", ""))


def _text_with_notice(documented: Model, names: _Names) -> str:
    return _paragraphs(deprecation.notice(documented), _text(documented, names))


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))
