"""A signal handler may call the same service while the main thread is in a call.

The handler runs before one line after another of the modules that have locks and state.
A lock that its own thread holds would never be released.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import PawsError, paws_reset_cache
from paws_common.local.server import client_config
from support import moments
from support.clients import KEYS
from support.programs import run_program
from support.servers import NO_RESPONSE, PATIENCE_SECONDS, scripted

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


def in_time(function: Callable[[], object]) -> None:
    """Run a function in another thread, and fail if it does not end."""
    done = threading.Event()

    def run() -> None:
        function()
        done.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive(), "the call does not end"
    assert done.is_set()


def new_keys() -> dict[str, Any]:
    return {**KEYS, "expiration": datetime.now(UTC) + timedelta(hours=1)}


# Those of a function are refreshed.
CREDENTIALS: dict[str, Any] = {
    "environment": None,
    "keys": {"creds": KEYS},
    "function": {"creds": new_keys},
}


@pytest.fixture
def create(local, monkeypatch) -> Callable[[str], SageMakerRuntime]:
    """Return a function that creates a service whose session is new."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    def create(name: str) -> SageMakerRuntime:
        paws_reset_cache()
        return paws.sagemakerruntime(
            endpoint=local.url, region="us-east-1", credentials=CREDENTIALS[name]
        )

    return create


@pytest.mark.slow
@pytest.mark.parametrize("name", ["environment", "function"])
def test_first_call_may_be_interrupted_by_a_call(create, name) -> None:
    with create(name) as service:
        lines = moments.run(lambda: invoke(service), files=CREATION)
    assert lines > 50
    for moment in range(1, lines + 1, 4):  # a lock is held for many lines
        with create(name) as service:
            in_time(
                lambda service=service, moment=moment: moments.run(
                    lambda: invoke(service), moment, lambda: invoke(service), CREATION
                )
            )


@pytest.mark.parametrize("name", ["keys", "function"])
def test_later_call_may_be_interrupted_by_a_call(create, name) -> None:
    with create(name) as service:
        invoke(service)
        lines = moments.run(lambda: invoke(service), files=CALL)
        assert lines > 50
        for moment in range(1, lines + 1):
            in_time(
                lambda moment=moment: moments.run(
                    lambda: invoke(service), moment, lambda: invoke(service), CALL
                )
            )


def test_refresh_of_keys_may_be_interrupted_by_a_call(local) -> None:
    """botocore holds a lock while it refreshes keys."""
    calls = 0

    def provide() -> dict[str, Any]:
        nonlocal calls
        calls += 1
        if calls == 1:
            invoke(service)  # as a signal handler would
        return new_keys()

    service = paws.sagemakerruntime(
        endpoint=local.url, region="us-east-1", credentials={"creds": provide}
    )
    with service:
        in_time(lambda: invoke(service))
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

    with create("keys") as service:
        before = signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.003)
        try:
            while handled < 20:
                invoke(service)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


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

    def __call__(self, *_: object) -> None:
        raise self.error

    def handle(self, *_: object) -> None:
        raise self.error


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
    before = signal.signal(signal.SIGALRM, handler)
    try:
        with (
            scripted(NO_RESPONSE) as server,
            paws.sagemakerruntime(
                {**client_config(server.url), "retry_timeouts": True}
            ) as service,
        ):
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(Exception, match=r"\Amine\Z") as caught:
                service.invoke_endpoint("demo", b"1")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
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
