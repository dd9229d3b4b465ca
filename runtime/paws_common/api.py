"""Descriptions of services and operations, which generated modules create."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from importlib import import_module
from typing import Any, Generic, NamedTuple, TypeVar, cast

from paws_common.errors import ServiceError
from paws_common.shapes import Shapes, structure_of

Output = TypeVar("Output")


class ErrorHint(NamedTuple):
    """A `text` for errors whose code, message or members `regex` matches.

    The text explains the remedy. The named groups of `regex` are its fields for
    `str.format`: ``{region}``.
    """

    regex: str
    text: str


@dataclass(eq=False, kw_only=True, repr=False, slots=True)
class Api:
    """One AWS service."""

    name: str  # R's, the prefix of the names of all functions
    service: str  # botocore's name
    version: str  # the API version of the model that the functions were generated from
    protocol: str  # ``rest-json``, ``query`` …
    shapes: Shapes
    errors: Mapping[str, type[ServiceError]]  # the classes by the codes
    # The default timeout for a response in seconds, if it is not botocore's.
    read_timeout: float | None = None
    error_hints: tuple[ErrorHint, ...] = ()  # the first one that matches is shown
    # The codes of errors of a resource that is not ready yet, such as a model that is being
    # loaded. They are retried more often and at longer intervals.
    not_ready_errors: tuple[str, ...] = ()
    module: str | None = None  # that has this object as ``API``, for pickling

    def __repr__(self) -> str:
        return f"<Api {self.service} {self.version}>"

    def __reduce__(self) -> tuple[Callable[[str], Api], tuple[str]]:
        """Pickle the name of the module, so that unpickling returns the same object."""
        if self.module is None:
            raise TypeError(
                f"cannot pickle {self!r}: it is not part of a generated module"
            )
        return _api_of, (self.module,)


def _api_of(module: str) -> Api:
    return cast(Api, import_module(module).API)


@dataclass(eq=False, repr=False, slots=True)
class Operation(Generic[Output]):
    """One operation of a service."""

    api: Api
    name: str  # AWS's
    _: KW_ONLY
    function: str  # the name of the generated function, for errors
    input: str | None  # the name of the shape
    output: str | None
    # AWS's names of parameters to their Python names, if they differ.
    renamed: Mapping[str, str] = field(default_factory=dict)
    deprecated: str | None = None  # the notice that each call issues as a warning
    event_stream_input: bool = False  # which botocore cannot send

    def __repr__(self) -> str:
        return f"<Operation {self.name} of {self.api.service}>"

    @property
    def parameters(self) -> Mapping[str, str]:
        """The Python name of each parameter to AWS's name, in the order of the model."""
        members = structure_of(self.api.shapes, self.input).members
        return {self.renamed.get(member, member): member for member in members}

    def request(self, arguments: Mapping[str, Any]) -> Request[Output]:
        """Return a request with `arguments`, by AWS's names."""
        return Request(self, arguments)


class Request(NamedTuple, Generic[Output]):
    """A call that is not validated or sent yet; an argument of None is omitted."""

    operation: Operation[Output]
    arguments: Mapping[str, Any]

    def __repr__(self) -> str:
        # The values can be secret.
        return f"<Request {self.operation.name} of {self.operation.api.service}>"
