"""The check of every argument before anything is sent.

An argument comes out as botocore's serializer wants it: NumPy's integers and integral
floats as `int`, every kind of blob as bytes or a file, None left out. What is wrong is
collected, so that one error tells all. Faults are of two kinds: limits of the service
model, which can be lifted, and what cannot be put on the wire at all, which cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from paws_common.api import Api, Operation, Request
from paws_common.errors import Fault, ParameterError
from paws_common.nearest import nearest
from paws_common.shapes import Blob, List, Map, Member, Structure
from paws_common.validation import scalars
from paws_common.validation.glance import Glance, glance
from paws_common.validation.scalars import Check, Faults


def validate(request: Request, *, limits: bool) -> dict[str, Any]:
    """Return the arguments of a request as botocore wants them.

    Parameters
    ----------
    request : Request
        The call.
    limits : bool
        Whether the limits of the service model are checked: what is required, lengths,
        ranges, patterns, enumerations, exactly one of several.

    Raises
    ------
    ParameterError
        With everything that is wrong.
    """
    operation = request.operation
    if operation.input is None:
        return {}
    faults: Faults = []
    sent: dict[str, Any] = {}
    try:
        sent = _arguments(operation, limits)(request.arguments, faults)
    except RecursionError:
        faults.append(
            Fault("arguments", "are nested too deeply, or in a circle", False)
        )
    if faults:
        raise ParameterError(operation.function, tuple(faults), operation.api.version)
    return sent


@cache
def _arguments(
    operation: Operation[Any], limits: bool
) -> Callable[[Mapping[str, Any], Faults], dict[str, Any]]:
    """Return the check of all arguments of an operation; made once, then reused."""
    api, structure = operation.api, operation.api.shapes[str(operation.input)]
    assert isinstance(structure, Structure)
    payload = structure.payload
    plan = [
        _argument(api, name, member, limits, name == payload)
        for name, member in structure.members.items()
    ]
    checks = {argument.name: argument.check for argument in plan}

    def check(arguments: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
        sent: dict[str, Any] = {}
        for name, is_right, check_member, missing in plan:
            value = arguments.get(name)
            if value is None and check_member is not _unsendable:
                if missing:
                    faults.append(missing)
            elif is_right(value) or (name == payload and hasattr(value, "read")):
                sent[name] = value
            else:
                sent[name] = check_member(value, name, faults)
        if limits:
            for group in structure.exactly_one_of:
                _exactly_one(group, sent, "", faults)
        # No file is read for a call that cannot be made.
        if payload and not faults and hasattr(sent.get(payload), "read"):
            sent[payload] = checks[payload](sent[payload], payload, faults)
        return sent

    return check


class _Argument(NamedTuple):
    """An argument: its glance, its check, and the fault that there is without it."""

    name: str
    is_right: Glance
    check: Check
    missing: Fault | None


def _argument(
    api: Api, name: str, member: Member, limits: bool, payload: bool
) -> _Argument:
    # Without its label there is no path to send anything to.
    needed = member.required and (limits or member.location == "uri")
    return _Argument(
        name,
        glance(api.shapes[member.shape], limits, member.location),
        _member(api, member, limits, payload),
        Fault(name, "is required", member.location != "uri") if needed else None,
    )


@cache
def _check(api: Api, name: str, limits: bool, sensitive: bool) -> Check:
    """Return the check of a shape; made once, then reused."""
    shape = api.shapes[name]
    hidden = sensitive or shape.sensitive
    match shape:
        case List():
            return _list(api, shape, limits, hidden)
        case Map():
            return _map(api, shape, limits, hidden)
        case Structure(document=True):
            return _json(hidden)
        case Structure():
            return _structure(api, shape, limits, hidden)
        case _:
            return scalars.scalar(shape, limits, hidden)


def _member(api: Api, member: Member, limits: bool, payload: bool) -> Check:
    """Return the check of an argument, with what its place in the request demands."""
    shape = api.shapes[member.shape]
    if member.json_value:
        return _json(shape.sensitive)
    if isinstance(shape, Structure) and shape.event_stream:
        return _unsendable
    if payload and isinstance(shape, Blob):
        return scalars.scalar(shape, limits, shape.sensitive, payload=True)
    check = _check(api, member.shape, limits, False)
    match member.location:
        case "header" | "headers":
            return scalars.header(check)
        case "uri":
            return scalars.label(check)
        case _:
            return check


def _unsendable(value: Any, path: str, faults: Faults) -> Any:
    """Refuse a stream of events: botocore takes such operations out of its clients."""
    reason = "is a stream of events, and botocore can receive those, but not send them"
    faults.append(Fault(path, reason, False))
    return value


def _json(sensitive: bool) -> Check:
    """Return the check of any JSON: what Python writes as JSON, and what is like it."""

    def check(value: Any, path: str, faults: Faults) -> Any:
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, Mapping):
            return {
                check_key(key, path, faults): check(
                    item, f"{path}[{scalars.describe(key, sensitive)}]", faults
                )
                for key, item in value.items()
            }
        if isinstance(value, Sequence) and not isinstance(
            value, (bytes, bytearray, memoryview)
        ):
            return [
                check(item, f"{path}[{index}]", faults)
                for index, item in enumerate(value)
            ]
        number = scalars.json_number(value)
        if number is None:
            reason = f"{scalars.describe(value, sensitive)} has no JSON"
            faults.append(Fault(path, reason, False))
        return number

    def check_key(key: Any, path: str, faults: Faults) -> Any:
        if not isinstance(key, str):
            reason = f"{scalars.describe(key, sensitive)} is no key of JSON"
            faults.append(Fault(path, reason, False))
        return key

    return check


def _list(api: Api, shape: List, limits: bool, sensitive: bool) -> Check:
    def check(value: Any, path: str, faults: Faults) -> Any:
        if not isinstance(value, Sequence) or isinstance(
            value, (str, bytes, bytearray, memoryview)
        ):
            reason = f"{scalars.describe(value, sensitive)} is not a list"
            faults.append(Fault(path, reason, False))
            return value
        _size(len(value), shape, "element", limits, path, faults)
        element = _check(api, shape.member, limits, sensitive)
        return [
            (
                None
                if item is None and shape.sparse
                else element(item, f"{path}[{index}]", faults)
            )
            for index, item in enumerate(value)
        ]

    return check


def _map(api: Api, shape: Map, limits: bool, sensitive: bool) -> Check:
    hidden_key = sensitive or api.shapes[shape.key].sensitive

    def check(value: Any, path: str, faults: Faults) -> Any:
        if not isinstance(value, Mapping):
            reason = f"{scalars.describe(value, sensitive)} is not a dict"
            faults.append(Fault(path, reason, False))
            return value
        _size(len(value), shape, "key", limits, path, faults)
        check_key = _check(api, shape.key, limits, sensitive)
        check_value = _check(api, shape.value, limits, sensitive)
        sent = {}
        for key, item in value.items():
            place = f"{path}[{scalars.describe(key, hidden_key)}]"
            key = check_key(key, place, faults)
            if item is None and not shape.sparse:
                continue
            sent[key] = None if item is None else check_value(item, place, faults)
        return sent

    return check


def _structure(api: Api, shape: Structure, limits: bool, sensitive: bool) -> Check:
    required = [name for name, member in shape.members.items() if member.required]

    def check(value: Any, path: str, faults: Faults) -> Any:
        if not isinstance(value, Mapping):
            reason = f"{scalars.describe(value, sensitive)} is not a dict"
            faults.append(Fault(path, reason, False))
            return value
        sent = {}
        for name, item in value.items():
            if name not in shape.members:
                faults.append(Fault(path, _unknown(name, shape, sensitive), False))
            elif item is not None:
                member = shape.members[name]
                check_member = (
                    _json(sensitive)
                    if member.json_value
                    else _check(api, member.shape, limits, sensitive)
                )
                sent[name] = check_member(item, f"{path}.{name}", faults)
        if limits:
            for name in required:
                if name not in sent:
                    faults.append(Fault(f"{path}.{name}", "is required", True))
            groups = shape.exactly_one_of
            for group in (*groups, tuple(shape.members)) if shape.union else groups:
                _exactly_one(group, sent, path, faults)
        return sent

    return check


def _size(
    number: int, shape: List | Map, unit: str, limits: bool, path: str, faults: Faults
) -> None:
    reason = scalars.size(number, shape.min, shape.max, unit) if limits else None
    if reason:
        faults.append(Fault(path, reason, True))


def _exactly_one(
    group: tuple[str, ...], sent: Mapping[str, Any], path: str, faults: Faults
) -> None:
    """Check a group of the members of the structure at `path`, or of the arguments."""
    given = [name for name in group if name in sent]
    if len(given) != 1:
        nothing, everything = (
            ("neither", "both") if len(group) == 2 else ("none", "all")
        )
        got = everything if given == list(group) else ", ".join(given) or nothing
        names = ", ".join(group)
        reason = f"exactly one of {names if path else 'them'} is required, got {got}"
        faults.append(Fault(path or names, reason, True))


def _unknown(name: object, shape: Structure, sensitive: bool) -> str:
    near = () if sensitive else nearest(name, shape.members)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(shape.members)}"
    return f"{scalars.describe(name, sensitive)} is no member; {hint}"
