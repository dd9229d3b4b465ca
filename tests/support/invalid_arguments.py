"""Arguments that break one constraint of a service model, and the path of it.

The models are those of `model_arguments`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from support.model_arguments import Arguments, Model, model, resolved

_LONG = 1000  # no text, no list and no blob of more is made


class Broken(NamedTuple):
    """Arguments, or a value in them, with one violation, at `path`.

    `limit` is true if a limit of the model is broken, and false for a wrong type.
    """

    path: str
    limit: bool
    arguments: Any


def broken(service: str, operation: str, arguments: Arguments) -> list[Broken]:
    """Return every way to break valid arguments by one change."""
    given = model(service)["operations"][operation].get("input")
    if given is None:
        return []
    shapes = model(service)["shapes"]
    return list(_inside(shapes, shapes[given["shape"]], arguments, "", False))


def _changes(
    shapes: Model, reference: Model, value: Any, path: str, hidden: bool
) -> Iterator[Broken]:
    """Give every way to make a value wrong."""
    shape = resolved(shapes, reference)
    hidden = hidden or shape.get("sensitive", False)
    if shape.get("document") or reference.get("jsonvalue"):
        return
    yield Broken(path, False, {"string": 1, "boolean": "yes"}.get(shape["type"], True))
    match shape["type"]:
        case "structure" | "list" | "map":
            yield from _inside(shapes, shape, value, path, hidden)
        case "string" if shape.get("enum"):
            if not shape.keys() & {"min", "max"}:
                yield Broken(path, True, "no such value")
        case "string" | "blob":
            # A path without its label is wrong in another way.
            floor = 1 if reference.get("location") == "uri" else 0
            yield from _sizes(shape, value, path, floor)
        case "integer" | "long" | "float" | "double":
            if "min" in shape:
                yield Broken(path, True, shape["min"] - 1)
            if "max" in shape:
                yield Broken(path, True, shape["max"] + 1)
        case "timestamp":
            yield Broken(path, False, "no time at all")


def _inside(
    shapes: Model, shape: Model, value: Any, path: str, hidden: bool
) -> Iterator[Broken]:
    match shape["type"]:
        case "structure":
            yield from _structure(shapes, shape, value, path, hidden)
        case "list":
            yield from _sizes(shape, value, path)
            for index, item in enumerate(value):
                place = f"{path}[{index}]"
                for change in _changes(shapes, shape["member"], item, place, hidden):
                    whole = [*value[:index], change.arguments, *value[index + 1 :]]
                    yield Broken(change.path, change.limit, whole)
        case "map":
            if shape.get("min"):
                yield Broken(path, True, {})
            secret = hidden or resolved(shapes, shape["key"]).get("sensitive", False)
            for key, item in value.items():
                size = f"<{len(key)} character{'' if len(key) == 1 else 's'}>"
                place = f"{path}[{size if secret else repr(key)}]"
                for change in _changes(shapes, shape["value"], item, place, hidden):
                    whole = {**value, key: change.arguments}
                    yield Broken(change.path, change.limit, whole)


def _structure(
    shapes: Model, shape: Model, value: Mapping[str, Any], path: str, hidden: bool
) -> Iterator[Broken]:
    # The arguments of a function are looked after by Python.
    if path:
        yield Broken(path, False, {**value, "NoSuchMember": 1})
    if shape.get("union"):
        yield Broken(path, True, {})
    for name, item in value.items():
        member = shape["members"][name]
        place = f"{path}.{name}" if path else name
        # botocore generates a token that is not an argument of the function.
        is_generated = not path and member.get("idempotencyToken", False)
        if name in shape.get("required", ()) and not is_generated:
            left = {key: kept for key, kept in value.items() if key != name}
            yield Broken(place, member.get("location") != "uri", left)
        for change in _changes(shapes, member, item, place, hidden):
            yield Broken(change.path, change.limit, {**value, name: change.arguments})


def _sizes(shape: Model, value: Any, path: str, floor: int = 0) -> Iterator[Broken]:
    """Yield a text, a blob or a list that is too short, and one that is too long."""
    least, most = shape.get("min", 0), shape.get("max", _LONG)
    if least > floor:
        yield Broken(path, True, value[: least - 1])
    is_list = isinstance(value, list)
    filling = value[:1] if is_list else "a" if isinstance(value, str) else b"a"
    if filling and most < _LONG:
        yield Broken(path, True, filling * (most + 1))
