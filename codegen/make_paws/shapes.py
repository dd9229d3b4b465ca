"""Convert the shapes of a model to those of the intermediate representation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from make_paws import ir
from make_paws.regex.java import UntranslatablePatternError, translate
from make_paws.regex.searches import Search, bounded_search

_TYPES: Mapping[str, type[ir.Shape]] = {
    "blob": ir.Blob,
    "boolean": ir.Boolean,
    "double": ir.Double,
    "float": ir.Float,
    "integer": ir.Integer,
    "list": ir.List,
    "long": ir.Long,
    "map": ir.Map,
    "string": ir.String,
    "structure": ir.Structure,
    "timestamp": ir.Timestamp,
}
_TRAITS = ("min", "max", "sensitive", "deprecated")
_PARTS = ("member", "key", "value")  # of a list and of a map
# The constraints that a reference can add to its shape, for each type of shape.
_CONSTRAINTS: Mapping[str, frozenset[str]] = {
    name: frozenset({"enum", "max", "min", "pattern", "sensitive"})
    & {field.name for field in fields(shape)}
    for name, shape in _TYPES.items()
}

Model = Mapping[str, Any]
Node = TypeVar("Node")
Groups = Mapping[str, tuple[tuple[str, ...], ...]]


def resolve(model: Model) -> Model:
    """Return `model` with the constraints of its references moved to shapes.

    A reference (to a member, element, key or value) can have its own constraints:
    ``{"shape": "__string", "enum": ["YAML", "JSON"]}``. For each such reference, a derived
    shape is added: a copy of its target with these constraints, with a name as in Smithy
    (``ExportApiRequest$OutputType``, ``Tags$member``). So code that reads shapes needs no
    special case.

    Parameters
    ----------
    model : mapping
        A service model that `make_paws.model.check` accepts. It is not changed.

    Returns
    -------
    mapping
        The model. The key ``target`` of a derived shape is the name of the original one.

    Notes
    -----
    botocore also merges a reference over its shape
    (``ShapeResolver.resolve_shape_ref`` in ``botocore/model.py``).
    """
    shapes = model["shapes"]
    derived: dict[str, Model] = {}

    def reference(owner: str, part: str, original: Model) -> Model:
        constraints = _own_constraints(original, shapes)
        if not constraints:
            return original
        name = f"{owner}${part}"
        derived[name] = {**constraints, "target": original["shape"]}
        return {**original, "shape": name}

    resolved = {}
    for name, shape in shapes.items():
        parts = {part: shape[part] for part in _PARTS if part in shape}
        changed = {part: reference(name, part, parts[part]) for part in parts}
        if "members" in shape:
            changed["members"] = {
                key: reference(name, key, member)
                for key, member in shape["members"].items()
            }
        resolved[name] = {**shape, **changed}
    for name, constraints in derived.items():
        resolved[name] = {**resolved[constraints["target"]], **constraints}
    return {**model, "shapes": resolved}


def target(model: Model, name: str) -> str:
    """Return the name of a shape in the model; for a derived shape, that of its target."""
    return str(model["shapes"][name].get("target", name))


def _own_constraints(reference: Model, shapes: Model) -> Model:
    """Return the constraints of a reference that its shape does not have."""
    shape = shapes[reference["shape"]]
    return {
        constraint: reference[constraint]
        for constraint in _CONSTRAINTS[shape["type"]] & reference.keys()
        # `sensitive: false` is ignored: a reference cannot make a sensitive shape public.
        if reference[constraint] is not False
        and reference[constraint] != shape.get(constraint)
    }


def convert(
    model: Model,
    *,
    whole_match: bool,
    exactly_one_of: Groups,
    unions: Collection[str] = (),
    hints: Mapping[str, ir.Hint] = MappingProxyType({}),
) -> ir.Shapes:
    """Return all shapes inside inputs, outputs and errors, sorted by name.

    Parameters
    ----------
    model : mapping
        A service model that `make_paws.model.check` accepts.
    whole_match : bool
        Whether the service matches its patterns against the complete value.
    exactly_one_of : mapping
        Maps the name of each structure to groups of members, of which a call passes one.
    unions : collection of str, optional
        Structures that are unions, though the model does not mark them.
    hints : mapping, optional
        Maps the name of each string to its hint.
    """
    inside_errors = [inner for name in errors(model) for inner in members(model, name)]
    outermost = operation_shapes(model, "input") + operation_shapes(model, "output")
    names = sorted(reachable(model["shapes"], [*outermost, *inside_errors]))

    def shape(name: str) -> ir.Shape:
        # Overrides use the names of the model, which derived shapes do not have.
        original = target(model, name)
        result = _shape(original, model["shapes"][name], whole_match, exactly_one_of)
        match result:
            case ir.Structure() if original in unions:
                return replace(result, union=True)
            case ir.String() if original in hints:
                return replace(result, hint=hints[original])
        return result

    return {name: shape(name) for name in names}


def skipped_patterns(
    shapes: ir.Shapes, *, whole_match: bool
) -> tuple[ir.SkippedPattern, ...]:
    """Return the patterns that are not enforced, or not for long texts, with reasons."""
    return tuple(
        ir.SkippedPattern(name, shape.pattern, reason)
        for name, shape in shapes.items()
        if isinstance(shape, ir.String) and shape.pattern
        if (reason := _search(shape.pattern, shape.max, whole_match).reason)
    )


def operation_shapes(model: Model, part: Literal["input", "output"]) -> list[str]:
    """Return the input or output shapes of the operations, in the order of the model."""
    operations = model["operations"].values()
    shapes = (operation[part]["shape"] for operation in operations if part in operation)
    return list(dict.fromkeys(shapes))


def errors(model: Model) -> list[str]:
    """Return the shapes of the modelled errors, in the order of their first use."""
    listed = (
        error["shape"]
        for operation in model["operations"].values()
        for error in operation.get("errors", ())
    )
    return list(dict.fromkeys(listed))


def members(model: Model, structure: str) -> list[str]:
    """Return the shapes of the members of a structure."""
    references = model["shapes"][structure].get("members", {}).values()
    return [reference["shape"] for reference in references]


def reachable(
    shapes: Model, roots: Iterable[str], *, with_exceptions: bool = True
) -> set[str]:
    """Return the names of `roots` and of all shapes inside of them.

    Parameters
    ----------
    shapes : mapping
        The shapes of the model.
    roots : iterable of str
        The names of the outermost shapes.
    with_exceptions : bool
        Whether to include the exceptions of an event stream, which are in its syntax but
        are raised instead of returned.
    """

    def inside(name: str) -> Iterator[str]:
        shape = shapes[name]
        parts = [shape[part] for part in _PARTS if part in shape]
        is_limited = shape.get("eventstream", False) and not with_exceptions
        for reference in (*parts, *shape.get("members", {}).values()):
            inner = reference["shape"]
            if not (is_limited and shapes[inner].get("exception")):
                yield inner

    return closure(roots, inside)


def closure(
    roots: Iterable[Node], inside: Callable[[Node], Iterable[Node]]
) -> set[Node]:
    """Return `roots` and all nodes inside of them."""
    found: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(inside(node))
    return found


def _shape(name: str, shape: Model, whole_match: bool, groups: Groups) -> ir.Shape:
    traits = {trait: shape[trait] for trait in _TRAITS if trait in shape}
    sparse = shape.get("sparse", False)
    match shape["type"]:
        case "string":
            pattern = shape.get("pattern")
            search = _search(pattern, shape.get("max"), whole_match)
            return ir.String(
                pattern=pattern,
                regex=search.regex,
                ecmascript=search.ecmascript,
                regex_max=search.max_length,
                enum=tuple(shape.get("enum", ())),
                **traits,
            )
        case "list":
            return ir.List(shape["member"]["shape"], sparse=sparse, **traits)
        case "map":
            key, value = shape["key"]["shape"], shape["value"]["shape"]
            return ir.Map(key, value, sparse=sparse, **traits)
        case "structure":
            return _structure(shape, groups.get(name, ()))
        case plain:
            return _TYPES[plain](**traits)


def _structure(
    shape: Model, exactly_one_of: tuple[tuple[str, ...], ...]
) -> ir.Structure:
    required = shape.get("required", ())
    return ir.Structure(
        members={
            name: ir.Member(
                member["shape"],
                required=name in required,
                location=member.get("location"),
                # In a body, botocore expects the JSON as a string.
                json_value=member.get("jsonvalue", False)
                and member.get("location") == "header",
                idempotency_token=member.get("idempotencyToken", False),
                deprecated=member.get("deprecated", False),
            )
            for name, member in shape.get("members", {}).items()
        },
        union=shape.get("union", False),
        payload=shape.get("payload"),
        document=shape.get("document", False),
        event_stream=shape.get("eventstream", False),
        exactly_one_of=exactly_one_of,
        sensitive=shape.get("sensitive", False),
        deprecated=shape.get("deprecated", False),
    )


def _search(pattern: str | None, max_length: int | None, whole_match: bool) -> Search:
    if not pattern:
        return Search()
    try:
        return bounded_search(translate(pattern, whole=whole_match), max_length)
    except UntranslatablePatternError as error:
        return Search(reason=error.reason)
