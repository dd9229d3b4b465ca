"""Poll an operation with botocore's waiters until a resource reaches a state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

import jmespath
from botocore import exceptions as botocore_errors
from botocore import xform_name
from botocore.waiter import AcceptorConfig, SingleWaiterConfig, Waiter, WaiterModel
from jmespath.exceptions import JMESPathError

from paws_common.api import Api, Operation
from paws_common.client.service_client import ServiceClient, load_definitions
from paws_common.errors import (
    ConfigError,
    PawsError,
    ServiceError,
    WaiterError,
    WaiterTimeoutError,
)
from paws_common.settings import Settings

BuildResult: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]

_SHOWN = 200  # characters of a state in an error


class WaiterDefinition(NamedTuple):
    """A waiter of botocore."""

    name: str  # in snake case, as in botocore's clients
    operation: str  # AWS's name of the operation that it polls
    delay: float  # seconds
    max_attempts: int
    config: SingleWaiterConfig


def load_waiters(api: Api, settings: Settings) -> dict[str, WaiterDefinition]:
    """Return botocore's waiters of a service, by their names in snake case.

    A `ConfigError` is raised if the profile does not exist, or the definitions are not in
    botocore's format.
    """
    data = load_definitions(api, settings, "waiters-2")
    try:
        return {each.name: each for each in _definitions(data)} if data else {}
    # botocore does not check the format.
    except (LookupError, TypeError, botocore_errors.WaiterConfigError) as error:
        raise _invalid(api, error) from error


def _definitions(data: Mapping[str, Any]) -> Iterator[WaiterDefinition]:
    model = WaiterModel(data)
    for name in model.waiter_names:
        config = model.get_waiter(name)
        limits = config.delay, config.max_attempts
        yield WaiterDefinition(xform_name(name), config.operation, *limits, config)


def _invalid(api: Api, error: Exception) -> ConfigError:
    return ConfigError(
        f"{api.service}: waiters-2.json is not in the format of the installed botocore "
        f"({type(error).__name__}: {error}); fix it, or install a newer botocore"
    )


def wait(
    client: ServiceClient,
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    waiter: WaiterDefinition,
    build_result: BuildResult,
) -> dict[str, Any] | None:
    """Send a request until a waiter is successful, and return the last result.

    It is None if the waiter is successful because the service responded with an error,
    such as the 404 of a deleted object.

    Raises
    ------
    WaiterError
        The resource reached a state that the waiter counts as a failure.
    WaiterTimeoutError
        The waiter is not successful after all attempts.
    PawsError
        As `ServiceClient.call` raises, for errors that the waiter does not expect.
    """
    poll = _Poll(client, operation, build_result)
    engine = Waiter(waiter.name, cast(Any, waiter.config), poll)
    limits = {"Delay": waiter.delay, "MaxAttempts": waiter.max_attempts}
    try:
        acceptors = waiter.config.acceptors
    except (LookupError, JMESPathError, botocore_errors.WaiterConfigError) as error:
        raise _invalid(operation.api, error) from error
    try:
        engine.wait(**arguments, WaiterConfig=limits)
    except botocore_errors.WaiterError as error:
        failure = _failure(poll, waiter, acceptors)
        is_unexpected = failure is poll.error
        raise failure from failure.__cause__ if is_unexpected else poll.error or error
    except JMESPathError as error:
        reason = f"cannot evaluate its condition for the response ({error})"
        raise poll.failure(waiter, f"{reason}; see error.response") from error
    return poll.result()


class _Poll:
    """Send the request of a waiter, and store the last response or error.

    It replaces botocore's `NormalizedOperationMethod`. An error of the service is also a
    response, because the waiter may expect it.
    """

    def __init__(
        self,
        client: ServiceClient,
        operation: Operation[Any],
        build_result: BuildResult,
    ) -> None:
        self.operation = operation
        self.attempts = 0
        self.response: Mapping[str, Any] = {}
        self.error: ServiceError | None = None
        self._client = client
        self._build_result = build_result

    def __call__(self, **arguments: Any) -> Mapping[str, Any]:
        self.attempts += 1
        self.error = None
        try:
            self.response = self._client.call(self.operation, arguments)
        except ServiceError as error:
            cause = error.__cause__
            # A response that is not in the service's protocol is not a state.
            if not isinstance(cause, botocore_errors.ClientError):
                raise
            self.error = error
            self.response = cast("Mapping[str, Any]", cause.response)
        return self.response

    def failure(
        self,
        waiter: WaiterDefinition,
        reason: str,
        error_class: type[WaiterError] = WaiterError,
    ) -> WaiterError:
        """Return the error of a waiter, with the last result."""
        function, result = self.operation.function, self.result()
        return error_class(function, waiter.name, self.attempts, reason, result)

    def result(self) -> dict[str, Any] | None:
        """Return the last result; None if the last response is an error."""
        return None if self.error else self._build_result(self.response)

    def state(self, arguments: Iterable[str | None]) -> str:
        """Describe the last response by the values of JMESPath expressions in it."""
        if self.error is not None:
            return _short(f"the error is {self.error.code} ({self.error.message})")
        paths = dict.fromkeys(filter(None, arguments))
        values = [
            f"{path} is {_short(repr(jmespath.search(path, self.response)))}"
            for path in paths
        ]
        status = self.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return " and ".join(values) or f"the HTTP status is {status}"


def _failure(
    poll: _Poll, waiter: WaiterDefinition, acceptors: Sequence[AcceptorConfig]
) -> PawsError:
    """Return the error of a waiter that botocore's engine has ended.

    The engine's own error describes the reason only as text.
    """
    accepted = next(
        (each for each in acceptors if each.matcher_func(poll.response)), None
    )
    if accepted is not None and accepted.state == "failure":
        state = poll.state([accepted.argument])
        details = "error.response" if poll.error is None else "the error of the service"
        return poll.failure(
            waiter,
            f"failed at attempt {poll.attempts}: {state}; waiting longer does not help, "
            f"see {details}",
        )
    if accepted is None and poll.error is not None:
        poll.error.add_note(
            f"The waiter {waiter.name} does not expect this error "
            f"(attempt {poll.attempts} of {waiter.max_attempts})."
        )
        return poll.error
    expected = [each for each in acceptors if each.state == "success"]
    state = poll.state(each.argument for each in expected)
    conditions = " or ".join(map(_condition, expected))
    noun = "attempt" if poll.attempts == 1 else "attempts"
    return poll.failure(
        waiter,
        f"was not successful after {poll.attempts} {noun}, {waiter.delay:g} s apart: "
        f"{state} (success: {conditions}); call wait_until again, or increase "
        "MaxAttempts or Delay",
        WaiterTimeoutError,
    )


def _condition(acceptor: AcceptorConfig) -> str:
    """Describe a condition of a waiter: botocore's ``AcceptorConfig.matcher_func``."""
    expected: object = acceptor.expected
    match acceptor.matcher:
        case "pathAll":
            return f"all of {acceptor.argument} are {expected!r}"
        case "pathAny":
            return f"any of {acceptor.argument} is {expected!r}"
        case "status":
            return f"the HTTP status is {expected}"
        case "error" if isinstance(expected, bool):
            return "any error" if expected else "no error"
        case "error":
            return f"the error is {expected}"
        case _:
            return f"{acceptor.argument} is {expected!r}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
