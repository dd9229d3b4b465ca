"""Describe the structures inside arguments and results of functions.

Each structure is described once: on the page of its function, or on the service's page of
types if several functions use it. So the size of all pages is bounded by the size of
the model, and recursive structures need no special case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from make_paws import ir, limits, python_types


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure; `required` and `limits` are empty in a result."""

    name: str
    annotation: str
    documentation: str
    required: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure, with the name of its `TypedDict`.

    If the page describes the same members for an argument, `same_as` is the name there,
    and `members` is empty.
    """

    name: str
    is_union: bool
    members: tuple[Member, ...] = ()
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """The structures that one page describes, inside arguments and inside results."""

    arguments: tuple[Structure, ...]
    result: tuple[Structure, ...]

    @property
    def names(self) -> frozenset[str]:
        """The types that the page describes."""
        return frozenset(each.name for each in self.arguments + self.result)


def shared_types(service: ir.Service) -> frozenset[str]:
    """Return the types of the structures that more than one operation uses.

    A structure inside an argument of one operation and inside the result of another one is
    shared: its members are described once, under the type for arguments.
    """
    users: dict[str, set[str]] = defaultdict(set)
    for operation in service.operations:
        for root, types in (
            (operation.input, service.input_types),
            (operation.output, service.result_types),
        ):
            for name, _ in _inside(service.shapes, root, types):
                users[types[name]].add(operation.name)
    twins = [
        {types[name] for types in (service.input_types, service.result_types)}
        for name in service.input_types.keys() & service.result_types.keys()
    ]
    groups = [*twins, *({each} for each in users)]
    return frozenset(
        name
        for group in groups
        if len(set().union(*(users.get(name, ()) for name in group))) > 1
        for name in group
        if name in users
    )


def of_operation(
    service: ir.Service, operation: ir.Operation, shared: Collection[str]
) -> Described:
    """Return the structures inside the arguments and the result that are not `shared`.

    They are in the order of their occurrence.
    """
    arguments = _omitting(shared, service, operation.input, service.input_types)
    result = _omitting(shared, service, operation.output, service.result_types)
    return _described(service, arguments, result)


def of_service(service: ir.Service, shared: Collection[str]) -> Described:
    """Return the `shared` structures, in the order of their occurrence."""
    arguments: dict[str, ir.Structure] = {}
    result: dict[str, ir.Structure] = {}
    for operation in service.operations:
        for found, root, types in (
            (arguments, operation.input, service.input_types),
            (result, operation.output, service.result_types),
        ):
            # A derived structure has the type of its target, which is described once.
            described = {types[name] for name in found}
            found.update(
                (name, each)
                for name, each in _inside(service.shapes, root, types)
                if types[name] in shared and types[name] not in described
            )
    return _described(service, arguments, result)


def _omitting(
    shared: Collection[str],
    service: ir.Service,
    root: str | None,
    types: Mapping[str, str],
) -> Mapping[str, ir.Structure]:
    inside = _inside(service.shapes, root, types)
    return {name: each for name, each in inside if types[name] not in shared}


def _described(
    service: ir.Service,
    arguments: Mapping[str, ir.Structure],
    result: Mapping[str, ir.Structure],
) -> Described:
    inputs, results = service.input_types, service.result_types
    return Described(
        arguments=tuple(
            Structure(inputs[name], each.union, _sent(service, name, each))
            for name, each in arguments.items()
        ),
        result=tuple(
            (
                Structure(results[name], each.union, same_as=inputs[name])
                if name in arguments
                else Structure(
                    results[name], each.union, _received(service, name, each)
                )
            )
            for name, each in result.items()
        ),
    )


def _inside(
    shapes: ir.Shapes, root: str | None, types: Mapping[str, str]
) -> Iterator[tuple[str, ir.Structure]]:
    """Yield the structures of `types` inside the structure `root`, level by level."""
    waiting = list(_parts(shapes[root])) if root else []
    seen = set(waiting)
    found: set[str] = set()
    for name in waiting:  # it grows in the loop
        shape = shapes[name]
        if isinstance(shape, ir.Structure):
            # A derived structure (`make_paws.shapes.resolve`) has its target's type.
            if name not in types or types[name] in found:
                continue
            found.add(types[name])
            yield name, shape
        inner = [part for part in _parts(shape) if part not in seen]
        seen.update(inner)
        waiting += inner


def _parts(shape: ir.Shape) -> Sequence[str]:
    match shape:
        case ir.Structure():
            return [*dict.fromkeys(member.shape for member in shape.members.values())]
        case ir.List():
            return [shape.member]
        case ir.Map():
            return [shape.key, shape.value]
        case _:
            return []


def _sent(
    service: ir.Service, name: str, structure: ir.Structure
) -> tuple[Member, ...]:
    texts = service.member_texts.get(name, {})
    return tuple(
        Member(
            key,
            python_types.argument(service.shapes, member, service.input_types),
            required="yes" if member.required else "no",
            documentation=texts.get(key, ""),
            limits=limits.describe(service.shapes[member.shape]),
        )
        for key, member in structure.members.items()
    )


def _received(
    service: ir.Service, name: str, structure: ir.Structure
) -> tuple[Member, ...]:
    texts, types = service.member_texts.get(name, {}), service.result_types
    return tuple(
        Member(
            key, python_types.result(service.shapes, member, types), texts.get(key, "")
        )
        for key, member in structure.members.items()
        # The errors of an event stream are raised and never returned.
        if not structure.event_stream or member.shape in types
    )
