"""From the model's shapes to those of the intermediate representation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from make_paws import ir
from make_paws.regex.java import UntranslatablePatternError, translate
from make_paws.regex.searches import Search, affordable

_PLAIN: Mapping[str, type[ir.Shape]] = {
    "blob": ir.Blob,
    "boolean": ir.Boolean,
    "double": ir.Double,
    "float": ir.Float,
    "integer": ir.Integer,
    "long": ir.Long,
    "timestamp": ir.Timestamp,
}
_LIMITS = ("min", "max", "sensitive")

Model = Mapping[str, Any]
Groups = Mapping[str, tuple[tuple[str, ...], ...]]


def convert(model: Model, *, whole_match: bool, exactly_one_of: Groups) -> ir.Shapes:
    """Return every shape that an input, an output or an error holds, sorted by name.

    Parameters
    ----------
    model : mapping
        A service model that `make_paws.model.check` has found sound.
    whole_match : bool
        Whether the service matches its patterns against the whole value.
    exactly_one_of : mapping
        Of a structure's name to its groups of members of which a call gives one.
    """
    inside_errors = [inner for name in errors(model) for inner in members(model, name)]
    roots = [*inputs(model), *outputs(model), *inside_errors]
    names = reachable(model["shapes"], roots)
    return {
        name: _shape(name, model["shapes"][name], whole_match, exactly_one_of)
        for name in sorted(names)
    }


def unenforced(shapes: ir.Shapes, *, whole_match: bool) -> tuple[ir.Unenforced, ...]:
    """Return the patterns that are not enforced, or not for long texts, and why."""
    return tuple(
        ir.Unenforced(name, shape.pattern, reason)
        for name, shape in shapes.items()
        if isinstance(shape, ir.String) and shape.pattern
        if (reason := _search(shape.pattern, shape.max, whole_match).reason)
    )


def inputs(model: Model) -> list[str]:
    """Return the input shapes of the operations, in their order."""
    return _references(model, "input")


def outputs(model: Model) -> list[str]:
    """Return the output shapes of the operations, in their order."""
    return _references(model, "output")


def errors(model: Model) -> list[str]:
    """Return the shapes of the modelled errors, in the order of their first mention."""
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
        Where to begin.
    with_exceptions : bool
        Whether to go into the exceptions of an event stream: a part of its syntax, but
        raised and never returned.
    """
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            shape = shapes[name]
            passed_over = shape.get("eventstream", False) and not with_exceptions
            waiting.extend(
                inner
                for inner in _inside(shape)
                if not (passed_over and shapes[inner].get("exception"))
            )
    return found


def _references(model: Model, part: str) -> list[str]:
    operations = model["operations"].values()
    shapes = (operation[part]["shape"] for operation in operations if part in operation)
    return list(dict.fromkeys(shapes))


def _inside(shape: Model) -> Iterator[str]:
    parts = [shape[part] for part in ("member", "key", "value") if part in shape]
    for reference in (*parts, *shape.get("members", {}).values()):
        yield reference["shape"]


def _shape(name: str, shape: Model, whole_match: bool, groups: Groups) -> ir.Shape:
    limits = {trait: shape[trait] for trait in _LIMITS if trait in shape}
    sparse = shape.get("sparse", False)
    match shape["type"]:
        case "string":
            pattern = shape.get("pattern")
            search = _search(pattern, shape.get("max"), whole_match)
            return ir.String(
                pattern=pattern,
                regex=search.regex,
                regex_max=search.longest,
                enum=tuple(shape.get("enum", ())),
                **limits,
            )
        case "list":
            return ir.List(shape["member"]["shape"], sparse=sparse, **limits)
        case "map":
            key, value = shape["key"]["shape"], shape["value"]["shape"]
            return ir.Map(key, value, sparse=sparse, **limits)
        case "structure":
            return _structure(shape, groups.get(name, ()))
        case plain:
            return _PLAIN[plain](**limits)


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
                # In a body, botocore wants the JSON as text.
                json_value=member.get("jsonvalue", False)
                and member.get("location") == "header",
            )
            for name, member in shape.get("members", {}).items()
        },
        union=shape.get("union", False),
        payload=shape.get("payload"),
        document=shape.get("document", False),
        event_stream=shape.get("eventstream", False),
        exactly_one_of=exactly_one_of,
        sensitive=shape.get("sensitive", False),
    )


def _search(pattern: str | None, most: int | None, whole_match: bool) -> Search:
    if not pattern:
        return Search(None)
    try:
        return affordable(translate(pattern, whole=whole_match), most)
    except UntranslatablePatternError as error:
        return Search(None, reason=error.reason)
