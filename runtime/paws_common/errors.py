"""Everything that can go wrong in a call.

::

    PawsError
    ├── ParameterError             arguments that cannot be sent (a ValueError)
    ├── ConfigError                configuration, region or credentials (a ValueError)
    ├── PaginationError            what cannot be paginated like that (a ValueError)
    ├── EndpointConnectionError    no connection could be made, or it broke
    ├── ResponseTimeoutError       the answer did not come in time
    │   └── ResultTimeoutError     nor the result of an asynchronous call
    ├── StreamError                what came of a stream cannot be read
    └── ServiceError               the service answered with an error
        ├── AsyncInferenceError    an asynchronous call was accepted, and failed
        └── …                      the modelled errors of each service are generated

The error of botocore that was the reason is the ``__cause__``. It stays behind where an
error is pickled; all else comes along.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

SHOWN = 1000  # bytes of a failure, or of an answer, in an error


class PawsError(Exception):
    """The root of all errors of this package."""


class Fault(NamedTuple):
    """One thing that is wrong with the arguments of a call.

    `path` is where: ``Tags[3].Key``. `limit` tells whether it is a limit of the service
    model, which ``config(validation="off")`` lifts, or cannot be sent at all.
    """

    path: str
    reason: str
    limit: bool


class ParameterError(PawsError, ValueError):
    """Arguments cannot be sent; all that is wrong with them is in `faults`.

    Parameters
    ----------
    function : str
        The function that was called.
    faults : tuple of Fault
        What is wrong, in the order of the parameters.
    version : str
        The API version of the service model that sets the limits.
    """

    def __init__(self, function: str, faults: tuple[Fault, ...], version: str) -> None:
        super().__init__(function, faults, version)
        self.function = function
        self.faults = faults
        self.version = version

    def __str__(self) -> str:
        count = len(self.faults)
        noun = "parameter" if count == 1 else "parameters"
        lines = [f"{self.function}: {count} {noun} cannot be sent"]
        lines += [f"  {fault.path}: {fault.reason}" for fault in self.faults]
        if any(fault.limit for fault in self.faults):
            lines.append(
                f"(limits of the service model {self.version}; "
                'config(validation="off") sends it as it is)'
            )
        return "\n".join(lines)


class ConfigError(PawsError, ValueError):
    """The configuration is wrong, or a region or credentials are missing."""


class PaginationError(PawsError, ValueError):
    """An operation has no pages, or its pages no elements of that name."""


class EndpointConnectionError(PawsError):
    """No connection to the endpoint could be made, or it broke.

    Attributes
    ----------
    attempts : int
        How often the request was sent, or was to be.
    """

    attempts: int = 1


class ResponseTimeoutError(PawsError):
    """The answer did not come in time; the service may have done its work all the same.

    Attributes
    ----------
    attempts : int
        How often the request was sent.
    """

    attempts: int = 1


class StreamError(PawsError):
    """A stream cannot be read: cut off, broken, closed, or not what it is read as.

    All that came before was given before it was raised.
    """


class ServiceError(PawsError):
    """The service answered with an error.

    Parameters
    ----------
    function : str
        The function that was called.
    code : str
        The code of the error, as the service sends it.
    message : str
        What the service says.
    status_code : int or None
        The HTTP status; None inside of a stream that had begun well.
    request_id : str or None
        What AWS's support asks for.
    members : mapping
        The other members of the answer, by AWS's names. Those that the model knows are
        attributes of the error.
    retryable : bool
        Whether the same request may succeed when it is sent again, by the rules of
        `paws_common.wire.retries`.
    attempts : int
        How often the request was sent.
    host : str or None
        The host, and perhaps the port, that answered.
    hint : str or None
        What to do about it, where the message does not say so.
    content : bytes
        The first 1,000 bytes of an answer that is not in the service's protocol, such
        as the page of a proxy; else empty.
    """

    # Of AWS's name of a member to that of its attribute, where the two differ.
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
        # An answer sets what the model declares, and nothing else of the object.
        declared = type(self).__annotations__.keys() - ServiceError.__annotations__
        for member, value in members.items():
            name = self.renamed.get(member, member)
            if name in declared:
                setattr(self, name, value)

    def __str__(self) -> str:
        status = f" (HTTP {self.status_code})" if self.status_code else ""
        facts = [
            f"request {self.request_id}" if self.request_id else "",
            f"host {self.host}" if self.host else "",
            f"{self.attempts} attempts" if self.attempts > 1 else "",
        ]
        known = ", ".join(filter(None, facts))
        where = f" ({known})" if known else ""
        hint = f"\n{self.hint}" if self.hint else ""
        return f"{self.function}: {self.code}{status}: {self.message}{where}{hint}"


class ResultTimeoutError(ResponseTimeoutError):
    """The result of an asynchronous call did not come in time; it may still come.

    Parameters
    ----------
    function : str
        The function that was called.
    timeout : float
        The seconds that were waited.
    output_location, failure_location : str or None
        Where the result, or the failure, is still to appear.
    reason : str
        What else is known.
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
            else "failures have no location that is known"
        )
        reason = f" ({self.reason})" if self.reason else ""
        return (
            f"{self.function}: after {self.timeout:g} s there is no result at "
            f"{self.output_location}, and {failure}{reason}; the model may still be at "
            "work, and wait_for_result can be called again"
        )


class AsyncInferenceError(ServiceError):
    """An asynchronous call was accepted, and failed later.

    Parameters
    ----------
    function : str
        The function that was called.
    location : str
        Where the service wrote the failure.
    content : bytes
        What it wrote, whole; the message is its first 1,000 bytes.
    """

    location: str

    def __init__(self, function: str, location: str, content: bytes) -> None:
        message = (
            beginning(content) if content else "the service wrote nothing about it"
        )
        super().__init__(function, type(self).__name__, message)
        self.args = (function, location, content)
        self.location = location
        self.content = content

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.location})"


def beginning(content: bytes) -> str:
    """Return what fits into an error of a text of any length."""
    text = content[:SHOWN].decode(errors="replace")
    return text if len(content) <= SHOWN else f"{text}… ({len(content)} bytes in all)"
