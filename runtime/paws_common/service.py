"""Services, and the decorators that make functions and methods of request builders."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FunctionType, MethodType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    NamedTuple,
    ParamSpec,
    Self,
    TypeVar,
    Unpack,
    cast,
)

from paws_common.api import Api, Operation, Request
from paws_common.errors import (
    ConfigError,
    ParameterError,
    PawsError,
    UnsupportedOperationError,
    Violation,
)
from paws_common.settings import Settings, override, settings
from paws_common.suggestions import close_matches
from paws_common.types import Config
from paws_common.validation.presigned_urls import validate_presigned_url
from paws_common.validation.validator import validate

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from botocore.client import BaseClient

    from paws_common.client.service_client import ServiceClient
else:
    BaseClient = Executor = ServiceClient = object  # not loaded for a type

Parameters = ParamSpec("Parameters")
Output = TypeVar("Output")
RequestBuilder = Callable[..., Request[Any]]  # a generated function

_MAX_POOL_CONNECTIONS = 10  # botocore/endpoint.py
_MAX_VIEWS = 16  # of one service that are cached
_INTERRUPTED_IMPORT = (
    "a signal handler called a service while the first call of the process was importing "
    "botocore; nothing was sent; create the service and call its method `connect` before you "
    "install the handler"
)

_defaults: dict[Api, Service] = {}


class Service:
    """One AWS service with its own configuration.

    It can be used by several threads, after a fork, and can be pickled. The pickle
    contains its settings with the keys. Each process creates its own client.

    Parameters
    ----------
    api : Api
        The description of the service.
    config : mapping, optional
        The configuration, nested as in R.
    credentials, endpoint, region : optional
        The keys of `config` with these names. They have precedence over it.

    Raises
    ------
    ConfigError
        A key of the configuration is unknown, or a value is invalid.
    """

    def __init__(
        self,
        api: Api,
        config: Mapping[str, Any] | None = None,
        credentials: Mapping[str, Any] | None = None,
        endpoint: str | None = None,
        region: str | None = None,
    ) -> None:
        self.__setstate__((api, settings(config, credentials, endpoint, region)))

    def __init_subclass__(cls) -> None:
        set_method_modules(cls)

    def __getstate__(self) -> tuple[Api, Settings]:
        return self.api, self.settings

    def __setstate__(self, state: tuple[Api, Settings]) -> None:
        self.api, self.settings = state
        self._process = _Process()
        self._base: Self | None = None  # set for a view
        self._views: dict[object, Self] = {}

    def __repr__(self) -> str:
        options = (
            ("region", self.settings.region),
            ("endpoint", self.settings.endpoint),
        )
        shown = "".join(f" {name}={value}" for name, value in options if value)
        return f"<{type(self).__name__}{shown}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of this service and its views; the next call opens new ones.

        A call in another thread and a stream that is being read continue.
        """
        for view in list(self._views.values()):  # another thread may add one
            view.close()
        self._current_process().close()

    def with_options(self, **options: Unpack[Config]) -> Self:
        """Return a view of this service with other options.

        It uses the same session and credentials, and the same connections if only
        timeouts, retries or validation differ. A view is cached, so that it can be
        created for each call: ``svc.with_options(read_timeout=300).invoke_endpoint(…)``.

        Parameters
        ----------
        **options
            The keys of `paws_common.config`, except ``credentials`` and ``session``.
            None counts as omitted.

        Raises
        ------
        ConfigError
            A key is unknown, or a value is invalid.
        """
        given = {
            name: value for name, value in options.items() if value not in (None, "")
        }
        # 1 == True, but only one of them is a valid number.
        key = tuple((name, type(given[name]), given[name]) for name in sorted(given))
        view = None
        with suppress(TypeError):  # a dict or a list is not a valid option
            view = self._views.get(key)
        if view is None:
            view = object.__new__(type(self))
            view.__setstate__((self.api, override(self.settings, given)))
            view._base = self
            if len(self._views) >= _MAX_VIEWS:
                self._views.clear()
            view = self._views.setdefault(key, view)
        return view

    def generate_presigned_url(
        self,
        client_method: str | Callable[..., Any],
        params: Mapping[str, Any] = {},
        expires_in: int = 3600,
        http_method: str | None = None,
    ) -> str:
        """Return a URL that calls an operation with the credentials of this service.

        Anyone can use the URL until it expires; treat it like a password.
        Nothing is sent.

        Parameters
        ----------
        client_method : str or callable
            The operation: the name of a method (``"get_object"``), the method itself, or
            the function (``paws.s3_get_object``).
        params : mapping, optional
            The arguments of the operation, which are validated as in a call.
        expires_in : int, optional
            How long the URL is valid, in seconds; at most 604,800 (7 days) with Signature
            Version 4. It expires earlier if the credentials do.
        http_method : str, optional
            The HTTP method, if it is not that of the operation.

        Returns
        -------
        str
            The URL.

        Raises
        ------
        ParameterError
            The operation does not exist, or an argument is invalid.
        UnsupportedOperationError
            The request of the operation is an event stream.
        ConfigError
            A region or credentials are missing.

        Notes
        -----
        R: ``make.paws/R/custom/s3.R``, for S3 only. botocore signs, with Signature
        Version 2 for S3 unless the service has another ``signature_version``.
        """
        function = f"{self.api.name}_generate_presigned_url"
        operation = self._operation(client_method, function)
        check_support(operation)
        presigned = validate_presigned_url(
            function,
            operation,
            params,
            expires_in,
            http_method,
            limits=self.settings.validation,
        )
        from paws_common.client import presigning

        return presigning.generate_presigned_url(self.connect(), function, presigned)

    def _operation(
        self, method: str | Callable[..., Any], function: str
    ) -> Operation[Any]:
        """Return the operation of a method's name, a method or a function."""
        owner = type(self).__name__
        attribute: object = method
        if isinstance(method, str) and type(self) is Service:
            # Only the service of the plain functions is not a subclass.
            functions = sys.modules.get(self.api.module or "")
            attribute = getattr(functions, f"{self.api.name}_{method}", None)
        elif isinstance(method, str):
            attribute = getattr(type(self), method, None)
            if isinstance(attribute, FunctionType):
                attribute = MethodType(attribute, self)
        found = find_operation(attribute)
        if found is not None and found.api.service == self.api.service:
            return found
        if isinstance(method, str):
            near = close_matches(method, operations_of(type(self)))
            reason = f"{method!r} is not an operation of {owner}"
            reason += f"; did you mean {near[0]!r}?" if near else ""
        else:
            reason = (
                f"{describe_object(method)} is not a function or a method of {owner}"
            )
        violation = Violation("client_method", reason, False)
        raise ParameterError(function, (violation,), self.api.version)

    @property
    def client(self) -> BaseClient:
        """botocore's client, which is created on first use, one for each process.

        Raises
        ------
        ConfigError
            The region is missing, or the profile does not exist.
        """
        return self.connect().client

    def connect(self) -> ServiceClient:
        """Return the client of this process; it is created on the first call.

        Raises
        ------
        ConfigError
            The region is missing, or the profile does not exist.
        """
        process = self._current_process()
        if process.client is None:
            return process.connect(self.api, self.settings, self._base_client())
        return process.client

    def _base_client(self) -> ServiceClient | None:
        """Return the client whose session and connections a view uses."""
        if self._base is None:
            return None
        try:
            return self._base.connect()
        except ConfigError:  # the view may have the region that the service lacks
            return None

    def _current_process(self) -> _Process:
        process = self._process
        if process.id != os.getpid():
            # A forked process must not use the connections of its parent, or a lock that
            # another thread of the parent had acquired.
            process = self._process = _Process()
        return process

    def executor(self) -> Executor:
        """Return the thread pool of coroutines, with a thread for each connection."""
        base, count = self._base, max_connections(self.settings)
        if base is not None and max_connections(base.settings) == count:
            return base.executor()
        return self._current_process().executor(count)

    def send(self, request: Request[Output]) -> Output:
        """Validate a request, send it, and return the result.

        Raises
        ------
        ParameterError
            An argument is invalid; nothing was sent.
        ConfigError
            A region or credentials are missing.
        EndpointConnectionError, ResponseTimeoutError
            The service did not respond.
        ServiceError
            The service responded with an error.
        """
        arguments = validate(request, limits=self.settings.validation)
        response = self.connect().call(request.operation, arguments)
        from paws_common.first_call import build_result

        return cast(Output, build_result(request.operation, response))


def max_connections(settings: Settings) -> int:
    """Return the number of connections that a service keeps open."""
    count: int | None = getattr(settings.botocore, "max_pool_connections", None)
    return settings.max_pool_connections or count or _MAX_POOL_CONNECTIONS


class _Process:
    """The client and the thread pool of a service in one process."""

    def __init__(self) -> None:
        self.id = os.getpid()
        self.client: ServiceClient | None = None
        self._executor: Executor | None = None
        self._lock = threading.RLock()  # a signal handler may also call the service

    def connect(
        self, api: Api, settings: Settings, base: ServiceClient | None
    ) -> ServiceClient:
        try:
            from paws_common.first_call import connect
        except ImportError as error:
            if "paws_common.first_call" not in sys.modules:
                raise
            raise PawsError(_INTERRUPTED_IMPORT) from error
        with self._lock:
            if self.client is None:
                client = connect(api, settings, base)
                self.client = self.client or client
            return self.client

    def executor(self, max_threads: int) -> Executor:
        from concurrent.futures import ThreadPoolExecutor

        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(max_threads, "paws")
            return self._executor

    def close(self) -> None:
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)
        if self.client is not None:
            self.client.close()


def operation(
    function: Callable[Parameters, Request[Output]],
) -> Callable[Parameters, Output]:
    """Return a function that sends the request that a generated function builds.

    It is sent by the default service of the process. Signature and docstring are those of
    `function`, except for the type of the result.
    """
    # `inspect.signature` reads the annotations of the wrapped function.
    annotations = function.__annotations__
    annotations["return"] = _output(annotations["return"])

    @functools.wraps(function)
    def send(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Output:
        request = function(*args, **kwargs)
        check_support(request.operation)
        return default_service(request.operation.api).send(request)

    send.__annotations__ = annotations  # Python 3.14 does not copy them
    return send


def method(
    function: Callable[Parameters, Output],
) -> Callable[Concatenate[Service, Parameters], Output]:
    """Return a method that sends the same requests as a function, by its own service.

    `operation` returned the function.
    """
    build: Callable[Parameters, Request[Output]] = inspect.unwrap(function)

    @functools.wraps(function)
    def send(
        self: Service, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Output:
        request = build(*args, **kwargs)
        check_support(request.operation)
        return self.send(request)

    set_method_signature(send, function)
    return send


def set_method_signature(
    method: Callable[..., Any], function: Callable[..., Any]
) -> None:
    """Set the name and the signature of the method for `function`."""
    # pickle looks up a bound method by its name in the class.
    method.__name__ = method.__qualname__ = function.__name__.partition("_")[2]
    method.__annotations__ = function.__annotations__
    signature = inspect.signature(function)
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    parameters = [this, *signature.parameters.values()]
    vars(method)["__signature__"] = signature.replace(parameters=parameters)


def set_method_modules(cls: type[Any]) -> None:
    """Set the module and the qualified name of the methods of a class for cloudpickle."""
    for name, function in vars(cls).items():
        if not isinstance(function, FunctionType):
            continue
        # A method (`set_method_signature`) that does not have a class yet
        if "__signature__" in vars(function) and "." not in function.__qualname__:
            function.__module__ = cls.__module__
            function.__qualname__ = f"{cls.__qualname__}.{name}"


def check_support(operation: Operation[Any]) -> None:
    """Refuse an operation that botocore cannot send, and warn of a deprecated one.

    The warning is shown for the line that called the caller of this function.

    Raises
    ------
    UnsupportedOperationError
        The request of the operation is an event stream.
    """
    if operation.event_stream_input:
        raise UnsupportedOperationError(
            f"{operation.function}: the request is an event stream, which botocore cannot "
            f"send; call {operation.name} with another AWS SDK"
        )
    if operation.deprecated:
        message = f"{operation.function}: {operation.deprecated}"
        warnings.warn(message, DeprecationWarning, stacklevel=3)


def _output(returns: Any) -> Any:
    """Return the type of the result of a function that returns a request.

    Annotations of generated modules are strings (`from __future__ import annotations`).
    """
    if isinstance(returns, str) and returns.startswith("Request["):
        return returns.removeprefix("Request[").removesuffix("]")
    return returns


class BoundOperation(NamedTuple):
    """The operation of a function or a method, and the service that sends its requests.

    `build` creates a request from the arguments of the function.
    """

    service: Service
    operation: Operation[Any]
    build: RequestBuilder


def resolve_operation(function: object) -> BoundOperation | None:
    """Return the operation of a generated function or of a method of a service.

    None for any other object.
    """
    build = _builder(function)
    if build is None:
        return None
    operation = _operation(build)
    service = getattr(function, "__self__", None) or default_service(operation.api)
    return BoundOperation(service, operation, build)


def find_operation(function: object) -> Operation[Any] | None:
    """Return the operation of a generated function or of a method, without a service."""
    build = _builder(function)
    return None if build is None else _operation(build)


def operations_of(owner: object) -> dict[str, Operation[Any]]:
    """Return the operations of a module's functions or a class's methods, by their names."""
    return {
        name: _operation(inspect.unwrap(function))
        for name, function in inspect.getmembers(owner, inspect.isfunction)
        if _wrapped(function) is not None
    }


def describe_object(value: object) -> str:
    """Return the name or the type of an object for an error; its value may be secret."""
    return str(getattr(value, "__qualname__", None) or f"a {type(value).__name__}")


def _builder(function: object) -> RequestBuilder | None:
    """Return the generated function that `operation` or `method` wrapped."""
    if isinstance(function, MethodType) and isinstance(function.__self__, Service):
        function = _wrapped(function.__func__)
    build = _wrapped(function)
    # An unbound method wraps a function that wraps another.
    return build if _wrapped(build) is None else None


def _wrapped(function: object) -> Any:
    """Return the function that `operation` or `method` wrapped; None for other objects.

    The wrappers are recognized by their globals, not by an attribute: `functools.wraps`
    copies attributes to a caller's own wrapper, which `paginate` must not bypass.
    """
    if isinstance(function, FunctionType) and function.__globals__ is globals():
        return getattr(function, "__wrapped__", None)
    return None


def _operation(build: RequestBuilder) -> Operation[Any]:
    """Return the operation of a generated function: the only one that it refers to."""
    names = inspect.getclosurevars(build)
    (found,) = (
        value
        for value in (*names.globals.values(), *names.nonlocals.values())
        if isinstance(value, Operation)
    )
    return found


def default_service(api: Api) -> Service:
    """Return the service of the plain functions: one for each process.

    Another one is created after the import of moto or of a tracer, whose handlers are not
    added to existing clients.
    """
    service = _defaults.get(api)
    client = None if service is None else service._process.client
    if client is not None and not client.has_builtin_handlers():
        _defaults.pop(api, None)
        service = None
    return service or _defaults.setdefault(api, Service(api))


def paws_reset_cache() -> None:
    """Discard the services of the plain functions, and the cached sessions of all others.

    The next call of a function, and the first call of a service that has not been called
    yet, read the environment variables and the profiles again. Services that have been
    called are not changed.

    Notes
    -----
    R: ``paws.common/R/cache.R``.
    """
    _defaults.clear()
    # If botocore has not been loaded, nothing else is cached.
    if sessions := sys.modules.get("paws_common.client.sessions"):
        sessions.clear_session_cache()
