"""Everything that can go wrong in a call.

::

    PawsError
    ├── ParameterError             arguments that cannot be sent (a ValueError)
    ├── ConfigError                configuration, region or credentials (a ValueError)
    ├── PaginationError            what cannot be paginated like that (a ValueError)
    ├── EndpointConnectionError    no connection could be made, or it broke
    ├── ResponseTimeoutError       the answer did not come in time
    └── ServiceError               the service answered with an error
        └── …                      the modelled errors of each service are generated

The error of botocore that was the reason is the ``__cause__``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple


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
    """No connection to the endpoint could be made, or it broke."""


class ResponseTimeoutError(PawsError):
    """The answer did not come in time; the service may have done its work all the same."""


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
    """

    # Of AWS's name of a member to that of its attribute, where the two differ.
    renamed: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def __init__(
        self,
        function: str,
        code: str,
        message: str,
        status_code: int | None = None,
        request_id: str | None = None,
        members: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(
            function, code, message, status_code, request_id, dict(members)
        )
        self.function = function
        self.code = code
        self.message = message
        self.status_code = status_code
        self.request_id = request_id
        # An answer sets what the model declares, and nothing else of the object.
        declared = type(self).__annotations__.keys() - ServiceError.__annotations__
        for member, value in members.items():
            name = self.renamed.get(member, member)
            if name in declared:
                setattr(self, name, value)

    def __str__(self) -> str:
        status = f" (HTTP {self.status_code})" if self.status_code else ""
        request = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.function}: {self.code}{status}: {self.message}{request}"
