"""Find the code that raised an exception.

Exceptions of a user's event handlers and credential providers are raised unchanged. The
class of an exception does not show its origin, because they may raise any error of botocore
or urllib3. The frames that the exception passed show it.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from http.client import HTTPException
from itertools import islice, pairwise
from types import CodeType, FrameType, TracebackType

from urllib3 import exceptions as urllib3_errors

# The modules that call event handlers, and credential providers.
_CALLERS = ("botocore.hooks", "botocore.credentials", "paws_common.client.credentials")
# Their own handlers and providers raise errors of botocore for this call, such as a missing
# signing key.
_BUILT_IN = ("boto3", "botocore", "paws_common")
# Packages that botocore calls, such as json and subprocess for `credential_process`. A mock of
# unittest is a user's own handler or provider.
_LIBRARIES = (sys.stdlib_module_names | {"awscrt", "dateutil", "gevent"}) - {"unittest"}
_NETWORK_PACKAGES = ("botocore", "paws_common", "urllib3")


def is_raised_by_user_code(error: BaseException) -> bool:
    """Return whether an exception left an event handler or a provider that is not built in.

    It may have raised the exception itself, or called other code that did. The exception
    must be the one that is being handled.
    """
    modules = (
        module
        for module in _modules(error.__traceback__)
        if _package(module) not in _LIBRARIES
    )
    return any(
        caller in _CALLERS and _package(called) not in _BUILT_IN
        for caller, called in pairwise(modules)
    )


def has_passed(error: BaseException, module: str) -> bool:
    """Return whether a function of a module raised an exception, or called one that did."""
    return module in _modules(error.__traceback__)


def _package(module: str) -> str:
    return module.partition(".")[0]


def foreign_cause(error: BaseException) -> Exception | None:
    """Return the exception of a mock or a signal handler that a sender wrapped, or None.

    A mock may simulate an error of the network. An exception of a mock is returned if its
    class is not defined by Python, urllib3 or botocore, and is not derived from an error of
    the network.
    """
    interrupts = [
        each
        for each in causes(error)
        if isinstance(each, Exception) and _left_signal_handler(each)
    ]
    if interrupts:
        return interrupts[-1]  # urllib3 raises its own with the traceback of the cause
    cause = getattr(error, "kwargs", {}).get("error")
    network = OSError, HTTPException, urllib3_errors.HTTPError
    if not isinstance(cause, Exception) or isinstance(cause, network):
        return None
    package = _package(type(cause).__module__)
    is_network = package in sys.stdlib_module_names or package in _NETWORK_PACKAGES
    return None if is_network else cause


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and the errors that caused it.

    `__context__` is not followed: it may be an exception that the caller is handling.
    botocore and urllib3 pass the cause to some errors as an argument.
    """
    cause: BaseException | None = error
    seen: set[int] = set()  # `raise error from error` is a cycle
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        arguments = (*cause.args, *getattr(cause, "kwargs", {}).values())
        cause = cause.__cause__ or next(
            (value for value in arguments if isinstance(value, BaseException)), None
        )


def _left_signal_handler(error: BaseException) -> bool:
    # An error that a handler caught itself has no frame outside of the handler.
    frames = islice(_frames(error.__traceback__), 1, None)
    return not _signal_handlers().isdisjoint(frame.f_code for frame in frames)


def _signal_handlers() -> set[CodeType]:
    """Return the code of the signal handlers: functions, methods and callable objects."""
    handlers = filter(callable, map(signal.getsignal, signal.valid_signals()))
    functions = (getattr(each, "func", each) for each in handlers)  # functools.partial
    codes = (
        getattr(each, "__code__", getattr(type(each).__call__, "__code__", None))
        for each in functions
    )
    return {code for code in codes if code is not None}


def _modules(traceback: TracebackType | None) -> Iterator[str]:
    """Yield the modules of the frames that an exception passed, the outermost first."""
    for frame in _frames(traceback):
        yield str(frame.f_globals.get("__name__"))


def _frames(traceback: TracebackType | None) -> Iterator[FrameType]:
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next
