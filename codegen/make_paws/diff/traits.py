"""Traits of a model that generated code does not contain, and their differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from make_paws import ir
from make_paws.diff.difference import Difference, Kind, changed, flagged

Model = Mapping[str, Any]
Schemes = tuple[str, ...]

_NO_AUTH = "smithy.api#noAuth"
# Signature version to authentication scheme (botocore/auth.py).
_SCHEMES: Mapping[str, str] = {
    "bearer": "smithy.api#httpBearerAuth",
    "none": _NO_AUTH,
    "v4": "aws.auth#sigv4",
    "v4-unsigned-body": "aws.auth#sigv4",
    "v4a": "aws.auth#sigv4a",
}


@dataclass(frozen=True, slots=True)
class OperationTraits:
    """The traits of one operation.

    `auth` is empty if the authentication is that of the service. `streaming` maps each
    parameter and result to whether it is a stream.
    """

    auth: Schemes
    idempotent: bool
    streaming: Mapping[tuple[Kind, str], bool]


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of a service, its operations (by AWS's names) and its error classes."""

    service: str
    auth: Schemes
    operations: Mapping[str, OperationTraits]
    errors: Mapping[str, ir.Error]


def of(service: ir.Service, model: Model) -> Traits:
    """Return the traits of a service.

    Parameters
    ----------
    service : ir.Service
        The parsed model.
    model : mapping
        The model of the service.
    """
    return Traits(
        service=service.botocore_name,
        auth=_auth(model["metadata"], "signatureVersion"),
        operations={
            name: OperationTraits(
                auth=_auth(operation, "authtype"),
                idempotent=operation.get("idempotent", False),
                streaming=dict(
                    (
                        *_streaming("parameter", operation, "input", model["shapes"]),
                        *_streaming("result", operation, "output", model["shapes"]),
                    )
                ),
            )
            for name, operation in model["operations"].items()
        },
        errors={error.name: error for error in service.errors},
    )


def compare(old: Traits, new: Traits) -> Iterator[Difference]:
    """Yield the differences between two versions of a service."""
    schemes = old.auth, new.auth
    yield from _authentication("service", new.service, schemes, schemes)
    for name, then in old.operations.items():
        if now := new.operations.get(name):
            schemes = then.auth, now.auth
            effective = then.auth or old.auth, now.auth or new.auth
            yield from _authentication("operation", name, schemes, effective)
            flags = then.idempotent, now.idempotent
            yield from flagged("operation", name, "", "idempotent", *flags)
            for kind, member in then.streaming.keys() & now.streaming:
                flags = then.streaming[kind, member], now.streaming[kind, member]
                yield from flagged(kind, name, member, "streaming", *flags)
    for name, error in old.errors.items():
        if name in new.errors:
            yield from _error(name, error, new.errors[name])


def _auth(described: Model, legacy: str) -> Schemes:
    """Return the schemes in the order of preference (botocore/auth.py)."""
    schemes = described.get("auth")
    if schemes:
        return tuple(schemes)
    if legacy not in described:
        return ()
    return (_SCHEMES.get(described[legacy], described[legacy]),)


def _streaming(
    kind: Kind, operation: Model, part: str, shapes: Model
) -> Iterator[tuple[tuple[Kind, str], bool]]:
    if part in operation:
        for name, member in shapes[operation[part]["shape"]].get("members", {}).items():
            merged = {**shapes[member["shape"]], **member}
            yield (kind, name), merged.get("streaming", False)


def _authentication(
    kind: Kind,
    place: str,
    schemes: tuple[Schemes, Schemes],
    effective: tuple[Schemes, Schemes],
) -> Iterator[Difference]:
    """Yield the difference of two lists of schemes.

    The change is not breaking if all schemes that were accepted are still accepted.
    """
    then, now = ({*one} for one in effective)
    is_enough = not now or _NO_AUTH in now or (then and then <= now)
    action = "" if is_enough else "use credentials of the new type"
    old, new = map(", ".join, schemes)
    return changed(kind, place, "", "authentication", old, new, action)


def _error(name: str, old: ir.Error, new: ir.Error) -> Iterator[Difference]:
    codes = old.code, new.code
    yield from changed("error", name, "", "code", *codes, "expect the new code")
    then, now = (
        None if traits.status_code is None else str(traits.status_code)
        for traits in (old, new)
    )
    yield from changed("error", name, "", "status", then, now)
