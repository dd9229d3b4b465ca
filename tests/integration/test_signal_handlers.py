"""A signal handler may call the same service while the main thread is in a call.

The handler runs before one line after another of the modules that have locks and state.
A lock that its own thread holds would never be released.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import PawsError, paws_reset_cache
from paws_common.local.server import client_config
from support import moments
from support.checked_calls import in_time
from support.clients import KEYS
from support.programs import run_program
from support.servers import NO_RESPONSE, scripted
from support.services import use_by_default

CREATION = (
    "paws_common/client/credentials.py",
    "paws_common/client/service_client.py",
    "paws_common/client/sessions.py",
    "paws_common/service.py",
)
CALL = (
    "paws_common/client/connections.py",
    "paws_common/client/credentials.py",
    "paws_common/client/pipeline.py",
    "paws_common/client/transport.py",
    "urllib3/connectionpool.py",
    "/queue.py",
)


def invoke(service: SageMakerRuntime) -> None:
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"


def interrupt(service: SageMakerRuntime, moment: int, files: tuple[str, ...]) -> None:
    """Call a service, and call it before a line of that call."""

    def run() -> None:
        moments.run(lambda: invoke(service), moment, lambda: invoke(service), files)

    assert in_time(run) is None


@contextmanager
def alarm(handler: Any, seconds: float, interval: float = 0) -> Iterator[None]:
    """Call a handler of signals after a time, and then in an interval."""
    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, seconds, interval)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def new_keys() -> dict[str, Any]:
    return {**KEYS, "expiration": datetime.now(UTC) + timedelta(hours=1)}


@pytest.fixture
def create(local, monkeypatch) -> Callable[[Any], SageMakerRuntime]:
    """Return a function that creates a service whose session is new."""
    use_by_default(local.url, monkeypatch)

    def create(credentials: Any) -> SageMakerRuntime:
        paws_reset_cache()
        return paws.sagemakerruntime(credentials=credentials)

    return create


# The keys of a function are refreshed.
@pytest.mark.slow
@pytest.mark.parametrize(
    "credentials", [None, {"creds": new_keys}], ids=["environment", "function"]
)
def test_first_call_may_be_interrupted_by_a_call(create, credentials) -> None:
    with create(credentials) as service:
        lines = moments.run(lambda: invoke(service), files=CREATION)
    assert lines > 50
    for moment in range(1, lines + 1, 4):  # a lock is held for many lines
        with create(credentials) as service:
            interrupt(service, moment, CREATION)


@pytest.mark.parametrize(
    "credentials", [{"creds": KEYS}, {"creds": new_keys}], ids=["keys", "function"]
)
def test_later_call_may_be_interrupted_by_a_call(create, credentials) -> None:
    with create(credentials) as service:
        invoke(service)
        lines = moments.run(lambda: invoke(service), files=CALL)
        assert lines > 50
        for moment in range(1, lines + 1):
            interrupt(service, moment, CALL)


def test_refresh_of_keys_may_be_interrupted_by_a_call(create, local) -> None:
    """botocore holds a lock while it refreshes keys."""
    calls = 0

    def provide() -> dict[str, Any]:
        nonlocal calls
        calls += 1
        if calls == 1:
            invoke(service)  # as a signal handler would
        return new_keys()

    with create({"creds": provide}) as service:
        assert in_time(lambda: invoke(service)) is None
    assert len(local.requests) == 2


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no signals")
def test_real_signals_interrupt_calls(create) -> None:
    is_handling = False
    handled = 0

    def handle(*_: object) -> None:
        nonlocal is_handling, handled
        if not is_handling:
            is_handling = True
            invoke(service)
            is_handling = False
            handled += 1

    with create({"creds": KEYS}) as service, alarm(handle, 0.001, 0.003):
        while handled < 20:
            invoke(service)


class DeadlineError(TimeoutError):
    """An exception of a user's handler, whose class looks like an error of the network."""


def raise_connection_error(*_: object) -> None:
    try:
        raise OSError("caught")
    except OSError as error:
        raise ConnectionResetError("mine") from error


class Alarm:
    """A handler with the name of the exception that it raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def handle(self, *_: object) -> None:
        raise self.error

    __call__ = handle


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no signals")
@pytest.mark.parametrize(
    "handler",
    [
        raise_connection_error,
        partial(raise_connection_error),
        Alarm(TimeoutError("mine")),
        Alarm(DeadlineError("mine")).handle,
        Alarm(ValueError("mine")).handle,
    ],
    ids=["function", "partial", "object", "own class", "ValueError"],
)
def test_exception_of_a_signal_handler_is_raised(handler) -> None:
    with scripted(NO_RESPONSE) as server:
        config = {**client_config(server.url), "retry_timeouts": True}
        with (
            paws.sagemakerruntime(config) as service,
            alarm(handler, 0.2),
            pytest.raises(Exception, match=r"\Amine\Z") as caught,
        ):
            service.invoke_endpoint("demo", b"1")
    assert not isinstance(caught.value, PawsError)
    assert len(server.requests) == 1


def test_call_within_the_first_import_is_an_error(local) -> None:
    """The handler runs whenever the first call is about to import another module."""
    program = f"""if True:
        import sys
        import paws
        from paws_common import PawsError
        from paws_common.local.server import client_config

        service = paws.sagemakerruntime(client_config({local.url!r}))
        errors = set()

        class Interrupt:
            def find_spec(self, name, *_):
                if name.startswith(("botocore", "paws_common.client", "urllib3")):
                    try:
                        service.invoke_endpoint("demo", b"b")
                    except PawsError as error:
                        errors.add(str(error))

        sys.meta_path.insert(0, Interrupt())
        assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"
        print(*errors)
    """
    assert "call its method `connect` before" in run_program(program)
