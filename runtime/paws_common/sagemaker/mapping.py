"""Invoke an endpoint with many bodies from several threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Literal, TypeVar, overload

from paws_common.api import Operation
from paws_common.errors import ConfigError, PawsError
from paws_common.service import (
    BoundOperation,
    Service,
    check_support,
    describe_object,
    max_connections,
    resolve_operation,
)
from paws_common.shapes import event_streams, structure_of
from paws_common.types import Blob
from paws_common.validation.scalars import Violations, check_integer
from paws_common.validation.validator import validate

Result = TypeVar("Result")
Call = Callable[[Blob], Result]

# While the oldest call is slow, the other threads start as many calls in advance.
_BUFFERED_CALLS_PER_THREAD = 2


@overload
def map_bodies(
    function: Callable[..., Result],
    EndpointName: str,
    bodies: Iterable[Blob],
    /,
    *,
    max_in_flight: int | None = None,
    return_exceptions: Literal[False] = False,
    **kwargs: Any,
) -> Generator[Result, None, None]: ...


@overload
def map_bodies(
    function: Callable[..., Result],
    EndpointName: str,
    bodies: Iterable[Blob],
    /,
    *,
    max_in_flight: int | None = None,
    return_exceptions: bool,
    **kwargs: Any,
) -> Generator[Result | PawsError, None, None]: ...


# No parameter can be added by keyword to those of `function` (PEP 612).
def map_bodies(
    function: Callable[..., Result],
    EndpointName: str,
    bodies: Iterable[Blob],
    /,
    *,
    max_in_flight: int | None = None,
    return_exceptions: bool = False,
    **kwargs: Any,
) -> Generator[Result | PawsError, None, None]:
    """Invoke an endpoint with each body, from several threads, and yield the results in order.

    ``for result in map_bodies(svc.invoke_endpoint, "my-endpoint", rows): …``

    The first calls start when the first result is requested. `bodies` is read in the thread
    that requests the results, at most ``2 * max_in_flight`` bodies ahead of them, so it may
    be infinite. Each call has the validation, the retries and the errors of `function`.

    If the generator is closed or raises an error, calls that have not started are
    cancelled. Calls in flight are not interrupted.

    Parameters
    ----------
    function : callable
        ``invoke_endpoint`` or ``invoke_endpoint_async``, of ``paws`` or of a service.
    EndpointName : str
        The name of the endpoint.
    bodies : iterable of bytes, str or binary file
        The ``Body`` of each call.
    max_in_flight : int, optional
        The maximum number of calls at the same time, from 1 to the number of connections
        that the service keeps open (``max_pool_connections``, 10 by default), which is
        the default.
    return_exceptions : bool
        If False, the first error is raised, as by `concurrent.futures.Executor.map`. If
        True, the error of a body is yielded in place of its result, as by
        `asyncio.gather`.
    **kwargs
        The other arguments of `function`, the same for each call.

    Yields
    ------
    dict or PawsError
        The result of the next body.

    Raises
    ------
    TypeError
        `function` is another function, `bodies` is not an iterable of bodies, or an
        argument is unknown.
    ParameterError
        An argument that all calls share is invalid. Nothing was sent.
    ConfigError
        A region or credentials are missing. It is always raised, because it is not an
        error of one body.
    Exception
        `bodies`, reading a file, or a handler of botocore's events raised it. The results
        of the bodies before it are yielded first.
    PawsError
        A call failed, and `return_exceptions` is False.

    Notes
    -----
    R has no such function. The names are Python's: `concurrent.futures.Executor.map`,
    `asyncio.gather`.
    """
    called = resolve_operation(function)
    if called is None or not _is_supported(called.operation):
        raise TypeError(
            "map_bodies takes invoke_endpoint or invoke_endpoint_async, of paws or of a "
            "service, the name of an endpoint, and bodies: map_bodies("
            f'svc.invoke_endpoint, "my-endpoint", bodies); not {describe_object(function)}'
        )
    if isinstance(bodies, (str, bytes, bytearray, memoryview)):
        raise TypeError(
            "map_bodies takes an iterable of bodies, for example a list; not one "
            f"{type(bodies).__name__}"
        )
    iterator = iter(bodies)
    shared = {"EndpointName": EndpointName, **kwargs}
    threads = _validate(called, shared, max_in_flight)

    def call(body: Blob) -> Result:
        return function(**shared, Body=body)

    return _results(call, iterator, threads, return_exceptions)


def _is_supported(operation: Operation[Any]) -> bool:
    """Return whether an endpoint is invoked with a body, and responds without a stream."""
    shapes = operation.api.shapes
    streams = event_streams(shapes, structure_of(shapes, operation.output))
    return {"EndpointName", "Body"} <= operation.parameters.keys() and not streams


def _validate(
    called: BoundOperation, shared: dict[str, Any], max_in_flight: object
) -> int:
    """Return the number of threads, or raise all violations of the shared arguments."""
    service, operation, build_request = called
    check_support(operation)
    request = build_request(**shared, Body=b"")
    violations = Violations()
    threads = _threads(service, max_in_flight, violations)
    validate(request, limits=service.settings.validation, found=violations)
    return threads


def _threads(service: Service, max_in_flight: object, violations: Violations) -> int:
    connections = max_connections(service.settings)
    if max_in_flight is None:
        return connections
    count: int | None = check_integer(max_in_flight, "max_in_flight", violations)
    if count is not None and not 1 <= count <= connections:
        reason = (
            f"{count} is not between 1 and {connections}, the number of connections that "
            "the service keeps open (max_pool_connections of its configuration)"
        )
        violations.add("max_in_flight", reason)
    return count or connections


def _results(
    call: Call[Result], bodies: Iterator[Blob], threads: int, return_exceptions: bool
) -> Generator[Result | PawsError, None, None]:
    pool = ThreadPoolExecutor(threads, "paws-map")
    try:
        for future in _futures(
            pool, call, bodies, _BUFFERED_CALLS_PER_THREAD * threads
        ):
            result: Result | PawsError
            try:
                result = future.result()
            except ConfigError:
                raise
            except PawsError as error:
                if not return_exceptions:
                    raise
                result = error
            yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _futures(
    pool: ThreadPoolExecutor,
    call: Call[Result],
    bodies: Iterator[Blob],
    max_pending: int,
) -> Iterator[Future[Result]]:
    """Yield the call of each body, in order, while others are pending."""
    pending: deque[Future[Result]] = deque()
    try:
        for body in bodies:
            # Tracers find the span of the caller in a context variable.
            pending.append(pool.submit(copy_context().run, call, body))
            if pending[0].done() or len(pending) == max_pending:
                yield pending.popleft()
    except Exception:  # `bodies` raised it; the caller handles the errors of calls
        yield from pending
        raise
    yield from pending
