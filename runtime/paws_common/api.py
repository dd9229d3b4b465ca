"""The facts of a service and of its operations, as generated modules state them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from paws_common.errors import ServiceError
    from paws_common.shapes import Shapes

Output = TypeVar("Output")


class Api:
    """One AWS service.

    Parameters
    ----------
    name : str
        R's name, which the names of all functions begin with.
    service : str
        botocore's name.
    version : str
        The API version of the model that the functions were made from.
    protocol : str
        How requests are written: ``rest-json``, ``query`` …
    shapes : mapping
        The shapes of the model.
    errors : mapping
        Of an error code to the class that is raised.
    read_timeout : float, optional
        The time in seconds that the service may take for an answer, where it is not
        botocore's default.
    module : str, optional
        The name of the module that has it as ``API``; without one it cannot be pickled.
    """

    __slots__ = (
        "errors",
        "module",
        "name",
        "protocol",
        "read_timeout",
        "service",
        "shapes",
        "version",
    )

    def __init__(
        self,
        *,
        name: str,
        service: str,
        version: str,
        protocol: str,
        shapes: Shapes,
        errors: Mapping[str, type[ServiceError]],
        read_timeout: float | None = None,
        module: str | None = None,
    ) -> None:
        self.name = name
        self.service = service
        self.version = version
        self.protocol = protocol
        self.shapes = shapes
        self.errors = errors
        self.read_timeout = read_timeout
        self.module = module

    def __repr__(self) -> str:
        return f"<Api {self.service} {self.version}>"

    def __reduce__(self) -> tuple[Callable[[str], Api], tuple[str]]:
        """Pickle the name of it, which is small and comes back as the same object.

        Raises
        ------
        TypeError
            No module has it.
        """
        if self.module is None:
            raise TypeError(f"cannot pickle {self!r}: it is of no generated module")
        return _api_of, (self.module,)


def _api_of(module: str) -> Api:
    return cast(Api, import_module(module).API)


class Operation(Generic[Output]):
    """One operation of a service.

    Parameters
    ----------
    api : Api
        The service.
    name : str
        AWS's name.
    function : str
        The name of the generated function, for errors.
    input, output : str or None
        The names of the shapes that are sent and that come back.
    """

    __slots__ = ("api", "function", "input", "name", "output")

    def __init__(
        self,
        api: Api,
        name: str,
        *,
        function: str,
        input: str | None,
        output: str | None,
    ) -> None:
        self.api = api
        self.name = name
        self.function = function
        self.input = input
        self.output = output

    def __repr__(self) -> str:
        return f"<Operation {self.name} of {self.api.service}>"

    def request(self, arguments: Mapping[str, Any]) -> Output:
        """Return the `Request` with `arguments`.

        It is typed as what comes of it: the body of a generated function makes the
        request, `operation` and `method` around the function send it.
        """
        return cast(Output, Request(self, arguments))


class Request(NamedTuple):
    """A call that is still to be checked and sent; an argument of None is left out."""

    operation: Operation[Any]
    arguments: Mapping[str, Any]
