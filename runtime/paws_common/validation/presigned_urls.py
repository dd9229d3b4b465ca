"""Validate the arguments of a presigned URL, like those of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from paws_common.api import Operation
from paws_common.errors import ParameterError
from paws_common.suggestions import close_matches
from paws_common.validation.scalars import Violations, check_integer, describe
from paws_common.validation.validator import validate

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class PresignedUrl(NamedTuple):
    """The validated arguments of a presigned URL."""

    operation: Operation[Any]
    arguments: Mapping[str, Any]  # of the operation, by AWS's names
    expires_in: int  # seconds
    http_method: str | None  # None for the method of the operation


def validate_presigned_url(
    function: str,
    operation: Operation[Any],
    params: object,
    expires_in: object,
    http_method: object,
    *,
    limits: bool,
) -> PresignedUrl:
    """Validate the arguments of `paws_common.Service.generate_presigned_url`.

    The `ParameterError` contains all violations. `limits` is whether the limits of the
    service model are checked.
    """
    violations = Violations()
    seconds = _seconds(expires_in, violations)
    if http_method is not None and http_method not in _METHODS:
        reason = f"{describe(http_method, False)} is not one of {', '.join(_METHODS)}"
        violations.add("http_method", reason)
    arguments = _arguments(operation, params, violations, limits=limits)
    violations.check(function, operation.api.version)
    method = None if http_method is None else str(http_method)
    return PresignedUrl(operation, arguments, seconds, method)


def _seconds(value: object, violations: Violations) -> int:
    if isinstance(value, bool) or value is None:
        reason = f"{describe(value, False)} is not a number of seconds"
        violations.add("expires_in", reason)
        return 0
    number: int = check_integer(value, "expires_in", violations)
    if isinstance(number, int) and number < 1:
        violations.add("expires_in", f"{number} is less than 1 second")
    return number


def _arguments(
    operation: Operation[Any], params: object, violations: Violations, *, limits: bool
) -> Mapping[str, Any]:
    """Return the arguments of the operation, by AWS's names."""
    if not isinstance(params, Mapping):
        reason = f"{describe(params, False)} is not a dict of the function's arguments"
        violations.add("params", reason)
        return {}
    members = operation.parameters
    for name in params:
        if name not in members:
            reason = (
                f"is not a parameter of {operation.function}{_suggest(name, members)}"
            )
            violations.add(f"params[{name!r}]", reason)
    arguments = {members[name]: params[name] for name in params if name in members}
    try:
        return validate(operation.request(arguments), limits=limits)
    except ParameterError as error:
        violations += (
            violation._replace(path=f"params.{violation.path}")
            for violation in error.violations
        )
    return {}


def _suggest(name: object, members: Mapping[str, str]) -> str:
    if near := close_matches(name, members):
        return f"; did you mean {near[0]}?"
    return f"; its parameters: {', '.join(members)}" if members else ", which has none"
