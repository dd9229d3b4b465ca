"""The errors that calls raise.

::

    PawsError
    ├── ParameterError             arguments are invalid (a ValueError)
    ├── ConfigError                the configuration is invalid or incomplete (a ValueError)
    ├── PaginationError            an operation cannot be paginated (a ValueError)
    ├── UnsupportedOperationError  botocore cannot send the request (a NotImplementedError)
    ├── EndpointConnectionError    the connection failed
    ├── ResponseTimeoutError       the response did not arrive in time
    │   └── ResultTimeoutError     the result of an asynchronous call did not
    ├── StreamError                a stream cannot be read
    ├── WaiterError                a resource did not reach the state of a waiter
    │   └── WaiterTimeoutError     the waiter reached its maximum number of attempts
    └── ServiceError               the service responded with an error
        ├── AsyncInferenceError    an asynchronous call was accepted, and then failed
        └── …                      the errors in the service model (generated classes)

If botocore raised an error, it is the ``__cause__``. Errors can be pickled; the
``__cause__`` is then lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

SHOWN = 1000  # bytes of a failure, or of a response, in an error


class PawsError(Exception):
    """The base class of all errors of this package."""

    def __repr__(self) -> str:
        """Return the class and the message in one line."""
        return f"{type(self).__name__}({str(self)!r})"


class Violation(NamedTuple):
    """A reason why the arguments of a call are invalid.

    Parameters
    ----------
    path : str
        The path of the invalid value: ``Tags[3].Key``.
    reason : str
        The problem and the remedy.
    limit : bool
        Whether the value violates a limit of the service model, which is not checked with
        ``config(validation="off")``. Other violations are always checked, because the
        value cannot be sent.
    """

    path: str
    reason: str
    limit: bool


class ParameterError(PawsError, ValueError):
    """The arguments of a call are invalid; nothing was sent.

    Parameters
    ----------
    function : str
        The function that was called.
    violations : tuple of Violation
        All violations, in the order of the parameters.
    version : str
        The API version of the service model that defines the limits; empty if no model
        does.
    """

    def __init__(
        self, function: str, violations: tuple[Violation, ...], version: str
    ) -> None:
        super().__init__(function, violations, version)
        self.function = function
        self.violations = violations
        self.version = version

    def __str__(self) -> str:
        count = len(self.violations)
        noun = "parameter" if count == 1 else "parameters"
        lines = [f"{self.function}: {count} invalid {noun}"]
        lines += [
            f"  {violation.path}: {violation.reason}" for violation in self.violations
        ]
        if any(violation.limit for violation in self.violations):
            lines.append(
                f"(limits of the service model {self.version}; "
                'config(validation="off") disables these checks)'
            )
        return "\n".join(lines)


class ConfigError(PawsError, ValueError):
    """The configuration is invalid, or a region or credentials are missing."""


class PaginationError(PawsError, ValueError):
    """An operation cannot be paginated, or its pages do not have that result key."""


class UnsupportedOperationError(PawsError, NotImplementedError):
    """An operation cannot be called, because botocore cannot send its request."""


class EndpointConnectionError(PawsError):
    """The connection to the endpoint could not be opened, or it broke.

    Attributes
    ----------
    attempts : int
        The number of attempts, including those that failed before the request was sent.
    """

    attempts: int

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.attempts = 1


class ResponseTimeoutError(PawsError):
    """The response did not arrive in time; the service may have processed the request.

    Attributes
    ----------
    attempts : int
        The number of times that the request was sent.
    """

    attempts: int

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.attempts = 1


class StreamError(PawsError):
    """A stream is incomplete, closed, or cannot be decoded.

    The items that arrived before the error have been returned.
    """


class ServiceError(PawsError):
    """The service responded with an error.

    Parameters
    ----------
    function : str
        The function that was called.
    code : str
        The error code that the service sent.
    message : str
        The message that the service sent.
    status_code : int or None
        The HTTP status; None for an error event in a stream.
    request_id : str or None
        The ID of the request, for AWS Support.
    members : mapping
        The other members of the error, by AWS's names. Members that are in the service
        model are attributes of the error.
    retryable : bool
        Whether the same request may succeed when it is sent again, by the rules of
        `paws_common.client.retries`.
    attempts : int
        The number of times that the request was sent.
    host : str or None
        The host that responded, with its port if the URL has one.
    hint : str or None
        The remedy, if the message does not explain it.
    content : bytes
        The first 1,000 bytes of a response that is not in the service's protocol, such
        as the error page of a proxy; empty for other responses.
    """

    # Maps AWS's name of a member to the name of its attribute, if the names differ.
    renamed: ClassVar[Mapping[str, str]] = MappingProxyType({})

    content: bytes

    def __init__(
        self,
        function: str,
        code: str,
        message: str,
        status_code: int | None = None,
        request_id: str | None = None,
        members: Mapping[str, Any] = MappingProxyType({}),
        retryable: bool = False,
        attempts: int = 1,
        host: str | None = None,
        hint: str | None = None,
        content: bytes = b"",
    ) -> None:
        super().__init__(
            function,
            code,
            message,
            status_code,
            request_id,
            dict(members),
            retryable,
            attempts,
            host,
            hint,
            content,
        )
        self.function = function
        self.code = code
        self.message = message
        self.status_code = status_code
        self.request_id = request_id
        self.retryable = retryable
        self.attempts = attempts
        self.host = host
        self.hint = hint
        self.content = content
        # Only members of the model become attributes. They are set on the instance,
        # because Ray's copy of an error reads attributes that neither its class nor its
        # instance has from the original.
        declared = type(self).__annotations__.keys() - ServiceError.__annotations__
        values = {self.renamed.get(name, name): members[name] for name in members}
        for name in declared:
            setattr(self, name, values.get(name))

    def __str__(self) -> str:
        status = f" (HTTP {self.status_code})" if self.status_code else ""
        facts = [
            f"request {self.request_id}" if self.request_id else "",
            f"host {self.host}" if self.host else "",
            f"{self.attempts} attempts" if self.attempts > 1 else "",
        ]
        joined = ", ".join(filter(None, facts))
        details = f" ({joined})" if joined else ""
        hint = f"\n{self.hint}" if self.hint else ""
        return f"{self.function}: {self.code}{status}: {self.message}{details}{hint}"


class ResultTimeoutError(ResponseTimeoutError):
    """The result of an asynchronous call did not appear in time; it may still appear.

    Parameters
    ----------
    function : str
        The function that was called.
    timeout : float
        The timeout in seconds.
    output_location, failure_location : str or None
        The location in S3 where the result, or the failure, will appear.
    reason : str
        The last error of S3, if S3 responded with an error.
    """

    def __init__(
        self,
        function: str,
        timeout: float,
        output_location: str,
        failure_location: str | None,
        reason: str = "",
    ) -> None:
        super().__init__(function, timeout, output_location, failure_location, reason)
        self.function = function
        self.timeout = timeout
        self.output_location = output_location
        self.failure_location = failure_location
        self.reason = reason

    def __str__(self) -> str:
        failure = (
            f"no failure at {self.failure_location}"
            if self.failure_location
            else "the response has no FailureLocation to read a failure from"
        )
        reason = f" ({self.reason})" if self.reason else ""
        return (
            f"{self.function}: after {self.timeout:g} s there is no result at "
            f"{self.output_location}, and {failure}{reason}; the model may still be "
            "running: call wait_for_result again"
        )


class AsyncInferenceError(ServiceError):
    """An asynchronous call was accepted, and then failed.

    Parameters
    ----------
    function : str
        The function that was called.
    location : str
        The location in S3 where the service wrote the failure.
    content : bytes
        The failure; its first 1,000 bytes are the message.
    """

    location: str

    def __init__(self, function: str, location: str, content: bytes) -> None:
        message = (
            beginning(content) if content else "the service wrote an empty failure"
        )
        super().__init__(function, type(self).__name__, message)
        self.args = (function, location, content)
        self.location = location
        self.content = content

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.location})"


class WaiterError(PawsError):
    """A resource did not reach the state that a waiter waits for.

    The ``__cause__`` is the `ServiceError` if the last response was an error.

    Parameters
    ----------
    function : str
        The function that was polled.
    waiter : str
        The name of the waiter.
    attempts : int
        The number of times that the function was called.
    reason : str
        The last state of the resource, and the remedy.
    response : dict or None
        The last result of the function; None if it was an error.
    """

    def __init__(
        self,
        function: str,
        waiter: str,
        attempts: int,
        reason: str,
        response: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(function, waiter, attempts, reason, response)
        self.function = function
        self.waiter = waiter
        self.attempts = attempts
        self.reason = reason
        self.response = response

    def __str__(self) -> str:
        return f"{self.function}: the waiter {self.waiter} {self.reason}"


class WaiterTimeoutError(WaiterError):
    """A resource did not reach the state in the maximum number of attempts."""


def beginning(content: bytes) -> str:
    """Return the first 1,000 bytes as text, and the length of longer content."""
    text = content[:SHOWN].decode(errors="replace")
    return text if len(content) <= SHOWN else f"{text}… ({len(content)} bytes in all)"
