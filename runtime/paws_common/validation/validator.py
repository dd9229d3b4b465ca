"""Validate all arguments of a call before anything is sent.

Arguments are converted to the types that botocore's serializer accepts: NumPy's integers
and integral floats to `int`, blobs to bytes or a file; None is omitted. All violations
are collected into one error. There are two types of violations: limits of the service
model, which the caller can disable, and values that cannot be sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from paws_common.api import Api, Operation, Request
from paws_common.errors import Violation
from paws_common.header_values import TOKEN, TOKEN_SYMBOLS
from paws_common.shapes import Blob, List, Map, Member, Structure, structure_of
from paws_common.suggestions import close_matches
from paws_common.validation import scalars
from paws_common.validation.scalars import Check, Violations, check_size, describe


def validate(
    request: Request[Any], *, limits: bool, found: Iterable[Violation] = ()
) -> dict[str, Any]:
    """Return the arguments of a request as the types that botocore accepts.

    `limits` is whether the limits of the service model are checked: required members,
    lengths, ranges, patterns, enumerations, and groups of which exactly one is required.
    The `ParameterError` contains all violations, those that the caller has found first.
    """
    operation = request.operation
    violations = Violations(found)
    sent: dict[str, Any] = {}
    try:
        sent = _arguments(operation, limits)(request.arguments, violations)
    except RecursionError:
        violations.add("arguments", "are nested too deeply, or contain themselves")
    violations.check(operation.function, operation.api.version)
    return sent


@cache
def _arguments(
    operation: Operation[Any], limits: bool
) -> Callable[[Mapping[str, Any], Violations], dict[str, Any]]:
    """Return the check of all arguments of an operation; it is created once."""
    api = operation.api
    structure = structure_of(api.shapes, operation.input)
    payload = structure.payload
    checks = {
        name: _member(api, member, limits, name == payload)
        for name, member in structure.members.items()
    }
    # A URI cannot be built without its labels. botocore generates idempotency tokens.
    missing = {
        name: Violation(name, "is required", member.location != "uri")
        for name, member in structure.members.items()
        if member.required and not member.idempotency_token
        if limits or member.location == "uri"
    }

    def check(arguments: Mapping[str, Any], violations: Violations) -> dict[str, Any]:
        sent: dict[str, Any] = {}
        for name, check_member in checks.items():
            value = arguments.get(name)
            if value is None:
                if name in missing:
                    violations.append(missing[name])
            elif name == payload and scalars.is_file(value):
                sent[name] = value  # checked below
            else:
                sent[name] = check_member(value, name, violations)
        if limits:
            for group in structure.exactly_one_of:
                _exactly_one(group, sent, "", violations)
        # The file is not read if another argument is invalid.
        if payload and not violations and scalars.is_file(sent.get(payload)):
            sent[payload] = checks[payload](sent[payload], payload, violations)
        return sent

    return check


@cache
def _check(api: Api, name: str, limits: bool, sensitive: bool) -> Check:
    """Return the check of a shape; it is created once."""
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
    """Return the check of an argument, with the rules of its location in the request."""
    shape = api.shapes[member.shape]
    if member.json_value:
        return _json(shape.sensitive)
    if payload and isinstance(shape, Blob):
        return scalars.scalar(shape, limits, shape.sensitive, payload=True)
    check = _check(api, member.shape, limits, False)
    match member.location:
        case "headers" if isinstance(shape, Map):
            return scalars.header(_headers(api, shape, check))
        case "header" | "headers":
            return scalars.header(check)
        case "uri":
            return scalars.label(check)
        case _:
            return check


def _headers(api: Api, shape: Map, check: Check) -> Check:
    """Return `check` for a map of headers, whose keys are a part of their names."""
    hidden = shape.sensitive or api.shapes[shape.key].sensitive

    def checked(value: Any, path: str, violations: Violations) -> Any:
        names: set[str] = set()
        for name in value if isinstance(value, Mapping) else ():
            if not isinstance(name, str):  # `check` reports it
                continue
            reason = ""
            if not re.fullmatch(TOKEN, name):
                symbols = f"letters, digits and {TOKEN_SYMBOLS}"
                reason = f"is not the name of a header: {symbols}"
            elif name.lower() in names:
                reason = "is there twice; upper and lower case are the same"
            if reason:
                violations.add(path, f"{describe(name, hidden)} {reason}")
            names.add(name.lower())
        return check(value, path, violations)

    return checked


def _json(sensitive: bool) -> Check:
    """Return the check of a JSON value; mappings and sequences of any type are valid."""

    def check(value: Any, path: str, violations: Violations) -> Any:
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, Mapping):
            return {
                check_key(key, path, violations): check(
                    item, f"{path}[{describe(key, sensitive)}]", violations
                )
                for key, item in value.items()
            }
        if isinstance(value, Sequence) and not isinstance(
            value, (bytes, bytearray, memoryview)
        ):
            return [
                check(item, f"{path}[{index}]", violations)
                for index, item in enumerate(value)
            ]
        number = scalars.json_number(value)
        if number is None:
            violations.add(path, f"{describe(value, sensitive)} is not a JSON value")
        return number

    def check_key(key: Any, path: str, violations: Violations) -> Any:
        if not isinstance(key, str):
            violations.add(path, f"{describe(key, sensitive)} is no key of JSON")
        return key

    return check


def _list(api: Api, shape: List, limits: bool, sensitive: bool) -> Check:
    def check(value: Any, path: str, violations: Violations) -> Any:
        if not isinstance(value, Sequence) or isinstance(
            value, (str, bytes, bytearray, memoryview)
        ):
            violations.add(path, f"{describe(value, sensitive)} is not a list")
            return value
        if limits:
            check_size(len(value), shape, "element", path, violations)
        element = _check(api, shape.member, limits, sensitive)
        return [
            (
                None
                if item is None and shape.sparse
                else element(item, f"{path}[{index}]", violations)
            )
            for index, item in enumerate(value)
        ]

    return check


def _map(api: Api, shape: Map, limits: bool, sensitive: bool) -> Check:
    hidden_key = sensitive or api.shapes[shape.key].sensitive

    def check(value: Any, path: str, violations: Violations) -> Any:
        if not isinstance(value, Mapping):
            violations.add(path, f"{describe(value, sensitive)} is not a dict")
            return value
        if limits:
            check_size(len(value), shape, "key", path, violations)
        check_key = _check(api, shape.key, limits, sensitive)
        check_value = _check(api, shape.value, limits, sensitive)
        sent = {}
        for key, item in value.items():
            item_path = f"{path}[{describe(key, hidden_key)}]"
            key = check_key(key, item_path, violations)
            if item is None and not shape.sparse:
                continue
            sent[key] = (
                None if item is None else check_value(item, item_path, violations)
            )
        return sent

    return check


def _structure(api: Api, shape: Structure, limits: bool, sensitive: bool) -> Check:
    required = [name for name, member in shape.members.items() if member.required]

    def check(value: Any, path: str, violations: Violations) -> Any:
        if not isinstance(value, Mapping):
            violations.add(path, f"{describe(value, sensitive)} is not a dict")
            return value
        sent = {}
        for name, item in value.items():
            if name not in shape.members:
                violations.add(path, _unknown(name, shape, sensitive))
            elif item is not None:
                member = shape.members[name]
                check_member = (
                    _json(sensitive)
                    if member.json_value
                    else _check(api, member.shape, limits, sensitive)
                )
                sent[name] = check_member(item, f"{path}.{name}", violations)
        if limits:
            for name in required:
                if name not in sent:
                    violations.add(f"{path}.{name}", "is required", limit=True)
            groups = shape.exactly_one_of
            for group in (*groups, tuple(shape.members)) if shape.union else groups:
                _exactly_one(group, sent, path, violations)
        return sent

    return check


def _exactly_one(
    group: tuple[str, ...], sent: Mapping[str, Any], path: str, violations: Violations
) -> None:
    """Check a group of members of the structure at `path`; an empty path: of arguments."""
    passed = [name for name in group if name in sent]
    if len(passed) != 1:
        nothing, everything = (
            ("neither", "both") if len(group) == 2 else ("none", "all")
        )
        got = everything if passed == list(group) else ", ".join(passed) or nothing
        names = ", ".join(group)
        reason = f"exactly one of {names if path else 'them'} is required, got {got}"
        violations.add(path or names, reason, limit=True)


def _unknown(name: object, shape: Structure, sensitive: bool) -> str:
    near = () if sensitive else close_matches(name, shape.members)
    hint = (
        f"did you mean {near[0]}?" if near else f"members: {', '.join(shape.members)}"
    )
    return f"{describe(name, sensitive)} is not a member; {hint}"
