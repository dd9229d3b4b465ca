"""The operations of a service as coroutines.

A coroutine makes the same call as the method, in a thread of the service: with the same
validation, errors and retries.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from paws_common.api import Request
from paws_common.client.cancellation import Cancellation, current_cancellation
from paws_common.service import (
    Service,
    check_support,
    default_service,
    set_method_modules,
    set_method_signature,
)
from paws_common.thread_pool import run_in_thread

Parameters = ParamSpec("Parameters")
Output = TypeVar("Output")
ServiceType = TypeVar("ServiceType", bound=Service)


class AsyncService(Generic[ServiceType]):
    """A service whose operations are coroutines: ``await svc.aio.invoke_endpoint(…)``.

    The maximum number of calls at the same time is the number of connections that the
    service keeps open (``max_pool_connections``, 10 by default). Other calls wait.

    A cancelled call ends at once, and its connection is closed. If the request was sent,
    the service may still process it.
    """

    def __init__(self, service: ServiceType) -> None:
        self.service = service

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        set_method_modules(cls)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.service!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.service.close()


def async_operation(
    function: Callable[Parameters, Output],
) -> Callable[Parameters, Coroutine[Any, Any, Output]]:
    """Return a coroutine function for a function that `paws_common.operation` returned."""
    build: Callable[Parameters, Request[Output]] = inspect.unwrap(function)

    @functools.wraps(function)
    async def send(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Output:
        request = build(*args, **kwargs)
        check_support(request.operation)
        return await _send(default_service(request.operation.api), request)

    send.__annotations__ = function.__annotations__
    # pickle looks up the function in the generated module that assigns it.
    send.__module__ = f"{function.__module__.rpartition('.')[0]}.aio"
    return send


def async_method(
    function: Callable[Parameters, Output],
) -> Callable[Concatenate[AsyncService[Any], Parameters], Coroutine[Any, Any, Output]]:
    """Return a coroutine method for a function that `paws_common.operation` returned."""
    build: Callable[Parameters, Request[Output]] = inspect.unwrap(function)

    @functools.wraps(function)
    async def send(
        self: AsyncService[Any], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Output:
        request = build(*args, **kwargs)
        check_support(request.operation)
        return await _send(self.service, request)

    set_method_signature(send, function)
    return send


async def _send(service: Service, request: Request[Output]) -> Output:
    cancellation = Cancellation()

    def send() -> Output:
        current_cancellation.set(cancellation)
        return service.send(request)

    return await run_in_thread(service.executor, send, on_cancel=cancellation.cancel)
