"""A service, and how the generated functions become its methods."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from paws_common.api import Api, Operation, Request
from paws_common.forking import ForkGuard
from paws_common.settings import Settings, settings
from paws_common.validation.requests import validate

if TYPE_CHECKING:
    from botocore.client import BaseClient

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Ask = Callable[..., Request]  # a generated function: it makes a request, sends nothing

# Of what sends to what it sends for. They are looked up by themselves and carry no mark:
# a mark would be taken over by whatever is wrapped around them, and that passed by.
_functions: WeakKeyDictionary[Callable[..., Any], Ask] = WeakKeyDictionary()
_methods: WeakKeyDictionary[Callable[..., Any], Ask] = WeakKeyDictionary()

_defaults: dict[Api, Service] = {}

# Held where a default service or a client is made.
_guard = ForkGuard(lambda: _defaults.clear())


class Service:
    """One AWS service with its own configuration.

    It may be shared by threads, forked with the process, and pickled: its settings, the
    keys among them, go along, and what it becomes makes a client of its own.

    Parameters
    ----------
    api : Api
        The facts of the service.
    config : mapping, optional
        The configuration, nested as in R.
    credentials, endpoint, region : optional
        Shorthands for the keys of `config`; where both are given, they win.

    Raises
    ------
    ConfigError
        A key or a value of the configuration is wrong.
    """

    def __init__(
        self,
        api: Api,
        config: Mapping[str, Any] | None = None,
        credentials: Mapping[str, Any] | None = None,
        endpoint: str | None = None,
        region: str | None = None,
    ) -> None:
        self.api = api
        self.settings = settings(config, credentials, endpoint, region)
        self._made: _Made | None = None

    def __init_subclass__(cls) -> None:
        """Tell the methods whose they are: cloudpickle looks a function up by its name."""
        for name, function in vars(cls).items():
            if isinstance(function, FunctionType) and function in _methods:
                function.__module__ = cls.__module__
                function.__qualname__ = f"{cls.__qualname__}.{name}"

    def __getstate__(self) -> tuple[Api, Settings]:
        return self.api, self.settings

    def __setstate__(self, state: tuple[Api, Settings]) -> None:
        self.api, self.settings = state
        self._made = None

    def __repr__(self) -> str:
        given = (("region", self.settings.region), ("endpoint", self.settings.endpoint))
        shown = "".join(f" {name}={value}" for name, value in given if value)
        return f"<{type(self).__name__}{shown}>"

    @property
    def client(self) -> BaseClient:
        """botocore's client, made on the first call and then reused by this process.

        Raises
        ------
        ConfigError
            There is no region, or the profile does not exist.
        """
        made, process = self._made, os.getpid()
        # Connections of the parent would mix its answers with those of a forked child.
        if made is None or made.process != process:
            with _guard.lock:
                made = self._made
                if made is None or made.process != process:
                    from paws_common.wire.client import make_client

                    made = _Made(process, make_client(self.api, self.settings))
                    self._made = made
        return made.client

    def send(self, request: Request) -> Any:
        """Check a request, send it, and return the whole result.

        Raises
        ------
        ParameterError
            An argument cannot be sent; nothing was.
        ConfigError
            A region or credentials are missing.
        EndpointConnectionError, ResponseTimeoutError
            There is no answer.
        ServiceError
            The service answered with an error.
        """
        arguments = validate(request, limits=self.settings.validation)
        from paws_common.wire.client import call

        return call(self.client, request.operation, arguments)


class _Made(NamedTuple):
    """A client, and the id of the process that it was made in."""

    process: int
    client: BaseClient


def operation(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Send what a generated function asks for, by the process's default service."""

    @functools.wraps(function)
    def send(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        request = cast(Request, function(*args, **kwargs))
        return cast(Result, default_service(request.operation.api).send(request))

    _functions[send] = cast(Ask, function)
    return send


def method(
    function: Callable[Parameters, Result],
) -> Callable[Concatenate[Any, Parameters], Result]:
    """Return the method that does what a generated function does, by its own service.

    The help and the signature are the function's.
    """
    ask: Ask = inspect.unwrap(function)

    @functools.wraps(function)
    def send(self: Service, /, *args: Any, **kwargs: Any) -> Result:
        return cast(Result, self.send(ask(*args, **kwargs)))

    # A bound method is pickled by its name in the class.
    send.__name__ = function.__name__.partition("_")[2]
    send.__qualname__ = send.__name__
    signature = inspect.signature(function)
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    vars(send)["__signature__"] = signature.replace(
        parameters=[this, *signature.parameters.values()]
    )
    _methods[send] = ask
    return send


class Target(NamedTuple):
    """What a function or a method would call.

    `ask` makes the request, `parameters` are the Python names of AWS's.
    """

    service: Service
    operation: Operation[Any]
    ask: Ask
    parameters: Mapping[str, str]


def target(function: object) -> Target | None:
    """Return what a generated function or a method of a service would call, and by whom.

    Parameters
    ----------
    function : object
        Anything; for what is neither of the two there is no target.
    """
    ask = _asked(function)
    if ask is None:
        return None
    operation, parameters = _sample(ask)
    service = getattr(function, "__self__", None) or default_service(operation.api)
    return Target(service, operation, ask, parameters)


def sample(function: object) -> Request | None:
    """Return a request in which every argument is the name of its own parameter.

    Parameters
    ----------
    function : object
        Anything; there is none but of a generated function or a method of a service.
    """
    ask = _asked(function)
    return None if ask is None else _sample(ask)


def operations_of(place: object) -> dict[str, Operation[Any]]:
    """Return the operations of a module's functions or a class's methods, by their names."""
    asks = {
        name: _methods.get(function) or _functions.get(function)
        for name, function in inspect.getmembers(place, inspect.isfunction)
    }
    return {name: _sample(ask).operation for name, ask in asks.items() if ask}


def kind(value: object) -> str:
    """Return what to call a value in an error; what it holds may be secret."""
    return str(getattr(value, "__qualname__", None) or f"a {type(value).__name__}")


def _asked(function: object) -> Ask | None:
    if isinstance(function, MethodType) and isinstance(function.__self__, Service):
        return _methods.get(function.__func__)
    return _functions.get(function) if isinstance(function, FunctionType) else None


def _sample(ask: Ask) -> Request:
    # The body of a generated function makes the request and nothing else.
    return ask(**{name: name for name in inspect.signature(ask).parameters})


def default_service(api: Api) -> Service:
    """Return the service behind the plain functions: one a process, from its environment."""
    service = _defaults.get(api)
    if service is None:
        with _guard.lock:
            service = _defaults.setdefault(api, Service(api))
    return service


def paws_reset_cache() -> None:
    """Forget the services behind the plain functions, and what was read for all others.

    The next call of a function, and the first call of a service that has made none yet,
    read the environment variables and the profiles anew. Services that have made calls
    keep what they have.

    Notes
    -----
    R: ``paws.common/R/cache.R``.
    """
    with _guard.lock:
        _defaults.clear()
    # Where botocore was never loaded, there is nothing more to forget.
    if sessions := sys.modules.get("paws_common.wire.sessions"):
        sessions.forget_sessions()
