"""From a service model and the overrides to the intermediate representation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from make_paws import docs, ir, limits, naming, python_types, syntax, typed_dicts
from make_paws import shapes as model_shapes
from make_paws.errors import ModelError
from make_paws.model import check, check_examples, place
from make_paws.overrides import Overrides
from make_paws.spec import Spec

HELP_PAGE = "https://www.paws-r-sdk.com/docs/{}/"


@dataclass(frozen=True, slots=True)
class Texts:
    """How the texts of a service are made: most of the time that `parse` takes.

    `convert` and `title` are given AWS's HTML, `request` and `result` shapes.
    """

    convert: Callable[[str, Mapping[str, str]], str]
    title: Callable[[str], str]
    request: Callable[[str, Mapping[str, ir.Member], ir.Shapes], str]
    result: Callable[[str, ir.Shapes], str]


WHOLE = Texts(docs.convert, docs.title, syntax.request, syntax.result)
# Enough to tell whether AWS has changed a text.
RAW = Texts(
    convert=lambda html, links: html,
    title=lambda html: "",
    request=lambda method, members, shapes: "",
    result=lambda shape, shapes: "",
)


@dataclass(frozen=True, slots=True)
class _Names:
    """What everything of a service is called; all mappings are from AWS's names.

    `links` are the names of operations as the documentation shows them, `texts` tells
    how that is made.
    """

    texts: Texts
    service: str
    constructor: str
    class_name: str
    links: Mapping[str, str]
    functions: Mapping[str, str]
    methods: Mapping[str, str]
    constants: Mapping[str, str]
    errors: Mapping[str, str]
    results: Mapping[str, str]
    inputs: Mapping[str, str]


def parse(spec: Spec, overrides: Overrides, texts: Texts = WHOLE) -> ir.Service:
    """Return everything that the templates need to know of a service.

    Parameters
    ----------
    spec : Spec
        The model, as botocore ships it.
    overrides : Overrides
        The exceptions to the rules.
    texts : Texts
        How texts are made: `WHOLE`, or `RAW` where nobody reads them.

    Raises
    ------
    ModelError
        The model is broken or holds something unknown; with the service and the place.
    OverrideError
        A row of the overrides does not fit the model.
    """
    try:
        check(spec.model)
        check_examples(spec.examples)
        return _service(spec, overrides, texts)
    except ModelError as error:
        raise ModelError(error.reason, error.path, spec.service) from error
    except RecursionError as error:
        raise ModelError("is nested too deep", ("shapes",), spec.service) from error


def _service(spec: Spec, overrides: Overrides, texts: Texts) -> ir.Service:
    model, metadata = spec.model, spec.model["metadata"]
    with place("metadata"):
        service = overrides.service_name(spec.service, metadata)
    names = _names(service, model, texts)
    whole_match = overrides.whole_match(spec.service, model)
    shapes = model_shapes.convert(
        model,
        whole_match=whole_match,
        exactly_one_of=overrides.exactly_one_of_groups(spec.service, model),
    )
    errors = {
        shape: _error(shape, model, names, shapes) for shape in sorted(names.errors)
    }
    return ir.Service(
        name=names.service,
        constructor=names.constructor,
        class_name=names.class_name,
        botocore_name=spec.service,
        full_name=metadata["serviceFullName"],
        api_version=metadata["apiVersion"],
        protocol=metadata["protocol"],
        read_timeout=overrides.read_timeout(spec.service, model),
        model_hash=spec.model_hash,
        documentation=_text(model, names),
        operations=tuple(
            _operation(operation, spec, names, shapes, errors)
            for operation in model["operations"]
        ),
        errors=tuple(errors.values()),
        shapes=shapes,
        results=typed_dicts.results(shapes, names.results, model),
        inputs=typed_dicts.arguments(shapes, names.inputs),
        unenforced=model_shapes.unenforced(shapes, whole_match=whole_match),
    )


def _names(service: str, model: Mapping[str, Any], texts: Texts) -> _Names:
    constructor = naming.constructor(service)
    with place("metadata"):
        class_name = naming.class_name(model["metadata"])
    with place("operations"):
        links = {name: naming.snake_case(name) for name in model["operations"]}
        methods = naming.identifiers(links, naming.RESERVED_METHODS)
        functions = {name: f"{service}_{method}" for name, method in methods.items()}
        constants = {name: naming.constant(name) for name in links}
    with place("shapes"):
        taken = naming.RESERVED_TYPES | {constructor, class_name, *functions.values()}
        shapes = model_shapes.errors(model)
        errors = naming.identifiers(
            {name: naming.public(name) for name in shapes}, taken
        )
        inside = [
            inner for name in errors for inner in model_shapes.members(model, name)
        ]
        taken |= set(errors.values())
        results = typed_dicts.result_names(model, inside, taken)
        taken |= set(results.values())
        inputs = typed_dicts.input_names(model, taken)
        taken |= set(inputs.values())
    return _Names(
        texts=texts,
        service=service,
        constructor=constructor,
        class_name=class_name,
        links=links,
        functions=functions,
        methods=methods,
        constants=naming.identifiers(constants, taken),
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
) -> ir.Operation:
    operation = spec.model["operations"][name]
    input_, output = (
        operation.get(part, {}).get("shape") for part in ("input", "output")
    )
    with place("operations", name):
        documentation = _text(operation, names)
        html = operation.get("documentation", "")
        title = names.texts.title(html) or naming.title(name)
    parameters = _parameters(input_, spec.model, names, shapes)
    leading = tuple(takewhile(lambda parameter: parameter.required, parameters))
    arguments = {
        parameter.name: members[parameter.member]
        for members in [_members(shapes, input_)]
        for parameter in parameters
    }
    return ir.Operation(
        name=name,
        function=names.functions[name],
        method=names.methods[name],
        constant=names.constants[name],
        title=title,
        documentation=documentation or title,
        help_page=HELP_PAGE.format(
            f"{naming.service_name(spec.model['metadata'])}_{names.links[name]}"
        ),
        input=input_,
        output=output,
        result=names.results[output] if output else "EmptyResult",
        leading=leading,
        keyword=parameters[len(leading) :],
        request_syntax=names.texts.request(names.methods[name], arguments, shapes),
        result_syntax=names.texts.result(output, shapes) if output else "{}",
        errors=tuple(errors[error["shape"]] for error in operation.get("errors", ())),
        examples=_examples(name, spec, names, parameters),
    )


def _parameters(
    name: str | None,
    model: Mapping[str, Any],
    names: _Names,
    shapes: ir.Shapes,
) -> tuple[ir.Parameter, ...]:
    if name is None:
        return ()
    structure = model["shapes"][name]
    members = _members(shapes, name)
    with place("shapes", name, "members"):
        # An argument must not hide the constant that the function uses.
        taken = naming.RESERVED_PARAMETERS | set(names.constants.values())
        python = naming.identifiers({key: key for key in members}, taken)
        documentation = {}
        for key, member in structure.get("members", {}).items():
            with place(key):
                shape = model["shapes"][member["shape"]]
                documentation[key] = _text(member, names) or _text(shape, names)
    return tuple(
        ir.Parameter(
            name=python[key],
            member=key,
            annotation=python_types.argument(shapes, member, names.inputs),
            required=member.required,
            mark=_mark(key, shapes[name]),
            documentation=documentation[key],
            limits=limits.describe(shapes[member.shape]),
        )
        for key, member in members.items()
    )


def _mark(member: str, structure: ir.Shape) -> str:
    """Return R's mark of a required parameter, or when it is required."""
    if not isinstance(structure, ir.Structure):
        return ""
    if structure.members[member].required:
        return "[required]"
    for group in structure.exactly_one_of:
        if member in group:
            others = " or ".join(other for other in group if other != member)
            return f"[required unless {others} is given]"
    return ""


def _error(
    name: str, model: Mapping[str, Any], names: _Names, shapes: ir.Shapes
) -> ir.Error:
    shape = model["shapes"][name]
    trait = shape.get("error", {})
    # Every error has its message already, under one name (paws_common.ServiceError).
    members = {
        key: member
        for key, member in shape.get("members", {}).items()
        if key.lower() != "message"
    }
    with place("shapes", name):
        documentation = _text(shape, names)
    annotations = {
        key: python_types.result(shapes, ir.Member(member["shape"]), names.results)
        for key, member in members.items()
    }
    # An attribute must not hide a type that its class speaks of.
    types = re.findall(r"\w+", " ".join(annotations.values()))
    python = naming.identifiers(
        {key: naming.public(key) for key in members},
        naming.RESERVED_ATTRIBUTES | set(types),
    )
    attributes = []
    for key, member in members.items():
        with place("shapes", name, "members", key):
            text = _text(member, names)
        attributes.append(ir.Attribute(python[key], key, annotations[key], text))
    return ir.Error(
        name=names.errors[name],
        shape=name,
        code=trait.get("code", name),
        status_code=trait.get("httpStatusCode"),
        documentation=documentation,
        attributes=tuple(attributes),
    )


def _examples(
    name: str, spec: Spec, names: _Names, parameters: tuple[ir.Parameter, ...]
) -> tuple[ir.Example, ...]:
    python = {parameter.member: parameter.name for parameter in parameters}
    listed = spec.examples.get("examples", {}).get(name, ())
    return tuple(
        ir.Example(
            description=example.get("description") or example.get("title") or "",
            call=syntax.example(
                names.methods[name],
                {python[key]: value for key, value in example.get("input", {}).items()},
            ),
        )
        for example in listed
        if example.get("input", {}).keys() <= python.keys()
    )


def _members(shapes: ir.Shapes, name: str | None) -> Mapping[str, ir.Member]:
    shape = shapes[name] if name else None
    return shape.members if isinstance(shape, ir.Structure) else {}


def _text(documented: Mapping[str, Any], names: _Names) -> str:
    with place("documentation"):
        return names.texts.convert(documented.get("documentation", ""), names.links)
