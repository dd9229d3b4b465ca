"""The facts of a service and of its operations, as generated modules state them."""

from __future__ import annotations

from collections.abc import Mapping
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
    """

    __slots__ = ("errors", "name", "protocol", "service", "shapes", "version")

    def __init__(
        self,
        *,
        name: str,
        service: str,
        version: str,
        protocol: str,
        shapes: Shapes,
        errors: Mapping[str, type[ServiceError]],
    ) -> None:
        self.name = name
        self.service = service
        self.version = version
        self.protocol = protocol
        self.shapes = shapes
        self.errors = errors

    def __repr__(self) -> str:
        return f"<Api {self.service} {self.version}>"


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
