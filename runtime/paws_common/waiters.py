"""Wait until a resource reaches a state: botocore's waiters for generated functions.

botocore's definitions (``waiters-2.json``) and its engine decide when a resource has
reached a state. This package validates the arguments before a request is sent, and
translates the errors.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from paws_common.responses.builder import build_result
from paws_common.service import (
    BoundOperation,
    Service,
    check_support,
    describe_object,
    operations_of,
    resolve_operation,
)
from paws_common.suggestions import close_matches
from paws_common.validation.scalars import (
    Violations,
    check_count,
    check_number,
    describe,
)
from paws_common.validation.validator import validate

if TYPE_CHECKING:
    from paws_common.client.waiting import WaiterDefinition

Result = TypeVar("Result")

_MAX_DELAY_SECONDS = 2_147_483  # the longest timeout of a service, 24 days


class Waiter(NamedTuple):
    """A waiter of a service.

    Parameters
    ----------
    name : str
        Its name, the second argument of `wait_until`.
    method : str
        The method of the service that it polls.
    delay : float
        The seconds between two calls.
    max_attempts : int
        The maximum number of calls.
    """

    name: str
    method: str
    delay: float
    max_attempts: int


# No parameter can be added by keyword to those of `function` (PEP 612).
def wait_until(
    function: Callable[..., Result],
    waiter: str,
    /,
    *args: Any,
    Delay: float | None = None,
    MaxAttempts: int | None = None,
    **kwargs: Any,
) -> Result | None:
    """Call a function until a resource reaches a state, and return the last result.

    ``paws.wait_until(s3.head_object, "object_exists", Bucket="my-bucket", Key="my-key")``

    Ctrl-C ends the wait at once.

    Parameters
    ----------
    function : callable
        The function of ``paws``, or the method of a service, that the waiter polls.
    waiter : str
        The name of the waiter. The help of `function` and `list_waiters` list the names.
    *args, **kwargs
        The arguments of `function`.
    Delay : float, optional
        The seconds between two calls, from 0 to 2,147,483.
    MaxAttempts : int, optional
        The maximum number of calls, at least 1.

    Returns
    -------
    dict or None
        The result of the last call; None if the service responded with the error that the
        waiter waits for, as in ``object_not_exists``.

    Raises
    ------
    TypeError
        `function` is not a function of ``paws`` or a method of a service, or an argument
        is unknown or missing.
    ParameterError
        The waiter does not exist or polls another function, or an argument is invalid.
        Nothing was sent.
    WaiterTimeoutError
        The resource did not reach the state in `MaxAttempts` calls.
    WaiterError
        The resource reached a state that the waiter counts as a failure.
    ServiceError
        The service responded with an error that the waiter does not expect.
    ConfigError, EndpointConnectionError, ResponseTimeoutError
        As a call of `function` raises.

    Notes
    -----
    R has no waiters. The definitions: ``botocore/data/*/*/waiters-2.json``, of the
    installed botocore.
    """
    called = resolve_operation(function)
    if called is None:
        raise TypeError(
            "wait_until takes a function of paws or a method of a service, the name of a "
            "waiter, and the arguments of the function: wait_until(svc.head_object, "
            f'"object_exists", Bucket=…); not {describe_object(function)}'
        )
    service, operation, build_request = called
    check_support(operation)
    request = build_request(*args, **kwargs)
    violations = Violations()
    definition = _find(called, function, waiter, violations)
    delay = _seconds(Delay, violations)
    max_attempts = check_count("MaxAttempts", MaxAttempts, 1, violations)
    limits = service.settings.validation
    arguments = validate(request, limits=limits, found=violations)
    assert definition is not None

    from paws_common.client.waiting import wait

    chosen = definition._replace(
        delay=definition.delay if delay is None else delay,
        max_attempts=definition.max_attempts if max_attempts is None else max_attempts,
    )
    build = partial(build_result, operation)
    result = wait(service.connect(), operation, arguments, chosen, build)
    return cast("Result | None", result)


def list_waiters(svc: Service) -> list[Waiter]:
    """Return the waiters of a service, sorted by name.

    Parameters
    ----------
    svc : Service
        A service: ``paws.s3()``.

    Returns
    -------
    list of Waiter
        The name of each waiter, the method that it polls, and its limits.

    Raises
    ------
    TypeError
        `svc` is not a service.
    ConfigError
        The service has a profile that does not exist.

    Notes
    -----
    R has no waiters. The definitions: ``botocore/data/*/*/waiters-2.json``, of the
    installed botocore.
    """
    if not isinstance(svc, Service):
        raise TypeError(
            f"list_waiters takes a service: list_waiters(paws.s3()); not {describe_object(svc)}"
        )
    from paws_common.client.waiting import load_waiters

    definitions = load_waiters(svc.api, svc.settings).values()
    methods = _functions(type(svc))
    return sorted(
        Waiter(each.name, methods[each.operation], each.delay, each.max_attempts)
        for each in definitions
        # The functions may have been generated from an older botocore.
        if each.operation in methods
    )


def _functions(owner: object) -> dict[str, str]:
    """Return AWS's name of each operation and the name of its function in `owner`."""
    return {each.name: name for name, each in operations_of(owner).items()}


def _find(
    called: BoundOperation,
    function: Callable[..., Any],
    name: object,
    violations: Violations,
) -> WaiterDefinition | None:
    """Return a waiter, or None and a violation if it does not poll the function."""
    from paws_common.client.waiting import load_waiters

    service, operation, build = called
    definitions = load_waiters(operation.api, service.settings)
    found = definitions.get(name) if isinstance(name, str) else None
    if found is not None and found.operation == operation.name:
        return found
    is_method = inspect.ismethod(function)
    functions = _functions(type(service) if is_method else inspect.getmodule(build))
    polled = {
        name: functions.get(each.operation, each.operation)
        for name, each in definitions.items()
    }
    reason = _describe(name, function.__name__, polled)
    violations.add("waiter", reason)
    return None


def _describe(name: object, function: str, polled: Mapping[str, str]) -> str:
    """Return why a waiter cannot be used; `polled` are the functions by their waiters."""
    others = [waiter for waiter in polled if polled[waiter] == function]
    if name in polled:
        reason = f"{name!r} polls {polled[str(name)]}, not {function}"
    else:
        reason = f"{describe(name, False)} is not the name of a waiter"
        for near in close_matches(name, polled):
            reason += f"; did you mean {near!r}, which polls {polled[near]}?"
    listed = ", ".join(others) if others else "none"
    return f"{reason}; the waiters of {function}: {listed}"


def _seconds(value: object, violations: Violations) -> float | None:
    if value is None:
        return None
    seconds: float | None = check_number(value, "Delay", violations)
    if seconds is not None and not 0 <= seconds <= _MAX_DELAY_SECONDS:
        reason = f"{seconds:g} is not between 0 and {_MAX_DELAY_SECONDS:,} seconds"
        violations.add("Delay", reason)
    return seconds
