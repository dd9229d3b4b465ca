"""Find the code that raised an exception.

Exceptions of a user's event handlers and credential providers are raised unchanged. The
class of an exception does not show its origin, because they may raise any error of botocore
or urllib3. The frames that the exception passed show it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from types import TracebackType

# The modules that call event handlers, and credential providers.
_CALLERS = ("botocore.hooks", "botocore.credentials", "paws_common.client.credentials")
# Their own handlers and providers raise errors of botocore for this call, such as a missing
# signing key.
_BUILT_IN = ("boto3", "botocore", "paws_common")
# Packages that they call, such as json and subprocess for `credential_process`. A mock of
# unittest is a user's own handler or provider.
_LIBRARIES = (sys.stdlib_module_names | {"awscrt", "dateutil", "gevent"}) - {"unittest"}


def is_raised_by_user_code(error: BaseException) -> bool:
    """Return whether an exception left an event handler or a provider that is not built in.

    It may have raised the exception itself, or called other code that did.

    Parameters
    ----------
    error : BaseException
        The exception that is being handled.
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
    """Return whether a function of a module raised an exception, or called one that did.

    Parameters
    ----------
    error : BaseException
        The exception that is being handled.
    module : str
        The full name of the module.
    """
    return module in _modules(error.__traceback__)


def _package(module: str) -> str:
    return module.partition(".")[0]


def _modules(traceback: TracebackType | None) -> Iterator[str]:
    """Yield the modules of the frames that an exception passed, the outermost first."""
    while traceback is not None:
        yield str(traceback.tb_frame.f_globals.get("__name__"))
        traceback = traceback.tb_next
