"""`paws_common.aio`: calls and streams in coroutines, with asyncio, uvloop and trio."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from functools import partial
from importlib import import_module
from typing import Any
from unittest import mock

import cloudpickle
import pytest
from botocore.config import Config

import paws
from paws.services.sagemakerruntime.aio import AsyncSageMakerRuntime
from paws_common import ParameterError, ServiceError, StreamError
from paws_common.local.server import client_config
from support.certificates import Authority
from support.programs import run_program
from support.servers import (
    OK,
    PATIENCE_SECONDS,
    Handler,
    Peer,
    Script,
    error_response,
    responding,
    secure,
    serve,
)
from support.services import environment_of, use_by_default
from support.streams import CHUNKED, LAST_CHUNK, chunk, part

Function = Callable[[], Coroutine[Any, Any, Any]]
RUNNERS: dict[str, Callable[[Function], Any]] = {
    "asyncio": lambda function: asyncio.run(function()),
    "uvloop": lambda function: import_module("uvloop").run(function()),
    "trio": lambda function: import_module("trio").run(function),
}


@pytest.fixture(params=RUNNERS)
def run(request: pytest.FixtureRequest) -> Callable[[Function], Any]:
    pytest.importorskip(request.param)
    return RUNNERS[request.param]


def example(url: str, **options: Any) -> AsyncSageMakerRuntime:
    config: Any = options or None
    return paws.sagemakerruntime(config, **client_config(url)).aio


class Holding:
    """A handler that sends parts of a response, and waits until the client leaves."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = parts
        self.received, self.closed = threading.Event(), threading.Event()

    def __call__(self, peer: Peer) -> None:
        peer.receive_request()
        peer.send(*self.parts)
        self.received.set()
        peer.wait_for_close()
        self.closed.set()


async def cancel_when(event: threading.Event, function: Function) -> None:
    """Start a coroutine, and cancel it as soon as an event is set."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_task():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(function)
            await trio.to_thread.run_sync(event.wait, PATIENCE_SECONDS)
            nursery.cancel_scope.cancel()
        return
    task = asyncio.ensure_future(function())
    await asyncio.to_thread(event.wait, PATIENCE_SECONDS)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_call_returns_the_same_result(run) -> None:
    with serve(responding(OK)) as server:
        svc = example(server.url)
        result = run(lambda: svc.invoke_endpoint("demo", b"1"))
        same = svc.service.invoke_endpoint("demo", b"1")
    for each in (result, same):
        each.pop("ResponseMetadata")
    assert result == same
    assert result["Body"] == b"ok"
    first, second = server.requests
    assert (first.target, first.body) == (second.target, second.body)


def test_errors_are_raised_by_await(run) -> None:
    with serve(responding(error_response(424, "ModelError"))) as server:
        svc = example(server.url)
        with pytest.raises(ServiceError, match="424"):
            run(lambda: svc.invoke_endpoint("demo", b"1"))
        with pytest.raises(ParameterError, match="EndpointName"):
            run(lambda: svc.invoke_endpoint("not a name", b"1"))
    assert len(server.requests) == 1


def test_stop_iteration_of_a_mock_is_raised(run) -> None:
    svc = example("http://127.0.0.1:1")
    no_results = mock.Mock(side_effect=StopIteration)
    svc.service.client.meta.events.register("before-call", no_results)
    with pytest.raises(RuntimeError, match="StopIteration"):
        run(lambda: svc.invoke_endpoint("demo", b"1"))


def test_context_variables_are_visible_to_handlers(run) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("trace")
    seen = []

    async def call() -> None:
        variable.set("of the task")
        await svc.invoke_endpoint("demo", b"1")

    with serve(responding(OK)) as server:
        svc = example(server.url)
        svc.service.client.meta.events.register(
            "before-send", lambda **_: seen.append(variable.get())
        )
        run(call)
    assert seen == ["of the task"]


def test_calls_run_at_the_same_time() -> None:
    barrier = threading.Barrier(3)

    def handle(peer: Peer) -> None:
        peer.receive_request()
        barrier.wait(PATIENCE_SECONDS)  # until all three requests have arrived
        peer.send(OK)

    async def call() -> None:
        calls = (svc.invoke_endpoint("demo", b"1") for _ in range(3))
        await asyncio.gather(*calls)

    with serve(handle) as server:
        svc = example(server.url, max_pool_connections=3)
        asyncio.run(call())
    assert server.connections == 3


def test_view_uses_the_threads_of_its_service() -> None:
    svc = paws.sagemakerruntime()
    view = svc.with_options(read_timeout=1)
    assert view.aio.service is view
    assert view.executor() is svc.executor()
    assert svc.with_options(max_pool_connections=2).executor() is not svc.executor()


def test_cancelled_call_closes_its_connection(run) -> None:
    handler = Holding()
    with serve(handler) as server:
        svc = example(server.url, retry_timeouts=True)
        call = partial(svc.invoke_endpoint, "demo", b"1")
        run(lambda: cancel_when(handler.received, call))
        assert handler.closed.wait(PATIENCE_SECONDS)
        svc.service.close()
        assert len(server.requests) == 1


def receive_upload(peer: Peer) -> None:
    peer.receive(1)


@pytest.mark.parametrize("phase", ["upload", "TLS upload", "TLS handshake", "CONNECT"])
def test_cancel_ends_the_connection(phase, tmp_path) -> None:
    authority = Authority(tmp_path)
    steps: dict[str, Handler] = {
        "upload": receive_upload,
        "TLS upload": secure(authority.server_context(), receive_upload),
        "TLS handshake": Peer.receive_hello,
        "CONNECT": Peer.receive_connect,
    }
    reached = threading.Event()

    def handle(peer: Peer) -> None:
        steps[phase](peer)
        reached.set()
        peer.stall()

    with serve(handle) as server:
        url = server.url if phase == "upload" else server.https_url
        proxies = {"https": server.url} if phase == "CONNECT" else {}
        svc = example(
            url,
            ca_bundle=str(authority.bundle),
            botocore=Config(proxies=proxies),
            validation="off",
        )
        call = partial(svc.invoke_endpoint, "demo", bytes(50_000_000))
        asyncio.run(cancel_when(reached, call))
        start = time.monotonic()
        svc.service.executor().shutdown(wait=True)
        assert time.monotonic() - start < PATIENCE_SECONDS / 2
        assert server.connections == 1


def test_cancelled_call_does_not_wait_to_retry() -> None:
    received = threading.Event()

    def handle(peer: Peer) -> None:
        peer.receive_request()
        peer.send(error_response(503, Retry_After="20"))
        received.set()

    with serve(handle) as server:
        svc = example(server.url)
        start = time.monotonic()
        call = partial(svc.invoke_endpoint, "demo", b"1")
        asyncio.run(cancel_when(received, call))
        svc.service.executor().shutdown(wait=True)
        assert time.monotonic() - start < 20
    assert len(server.requests) == 1


def test_call_that_waits_for_a_thread_is_not_sent() -> None:
    handler = Holding()

    async def call() -> None:
        first = asyncio.ensure_future(svc.invoke_endpoint("demo", b"first"))
        await asyncio.to_thread(handler.received.wait, PATIENCE_SECONDS)
        second = asyncio.ensure_future(svc.invoke_endpoint("demo", b"second"))
        await asyncio.wait([second], timeout=0)
        second.cancel()
        first.cancel()
        await asyncio.wait([first, second])

    with serve(handler) as server:
        svc = example(server.url, max_pool_connections=1)
        asyncio.run(call())
        svc.service.executor().shutdown(wait=True)
    assert [request.body for request in server.requests] == [b"first"]


def streaming(*parts: bytes) -> Handler:
    """Return a handler that sends a stream of parts."""
    return responding(b"".join([CHUNKED, *(chunk(part(p)) for p in parts), LAST_CHUNK]))


def test_stream_is_read_with_async_for(run) -> None:
    parts = [b'{"a": 1}\n{"a"', b": 2}"]

    async def read() -> tuple[list[Any], list[Any]]:
        result = await svc.invoke_endpoint_with_response_stream("demo", b"1")
        async with result["Body"] as stream:
            events = [event async for event in stream]
        result = await svc.invoke_endpoint_with_response_stream("demo", b"1")
        return events, [value async for value in result["Body"].aiter_json()]

    with serve(streaming(*parts)) as server:
        svc = example(server.url)
        events, values = run(read)
    assert [event["PayloadPart"]["Bytes"] for event in events] == parts
    assert values == [{"a": 1}, {"a": 2}]


def read_by(svc: AsyncSageMakerRuntime, method: str) -> Function:
    """Return a function that reads a stream by one of its asynchronous iterators."""

    async def read() -> list[Any]:
        result = await svc.invoke_endpoint_with_response_stream("demo", b"1")
        return [item async for item in getattr(result["Body"], method)()]

    return read


@pytest.mark.parametrize(
    ("method", "items"),
    [
        ("aiter_bytes", [b"data: 1\n", b"\ndata: 2\n\n"]),
        ("aiter_text", ["data: 1\n", "\ndata: 2\n\n"]),
        ("aiter_lines", ["data: 1", "", "data: 2", ""]),
        ("aiter_json", [1, 2]),
    ],
)
def test_asynchronous_iterators(method, items) -> None:
    with serve(streaming(b"data: 1\n", b"\ndata: 2\n\n")) as server:
        assert asyncio.run(read_by(example(server.url), method)()) == items


def test_stream_error_is_raised_by_async_for(run) -> None:
    with serve(streaming(b"\xff")) as server:
        svc = example(server.url)
        with pytest.raises(StreamError, match="utf-8"):
            run(read_by(svc, "aiter_text"))


def test_cancelled_stream_closes_its_connection(run) -> None:
    waiting = threading.Event()

    async def read() -> None:
        result = await svc.invoke_endpoint_with_response_stream("demo", b"1")
        async for _ in result["Body"].aiter_bytes():
            waiting.set()

    handler = Holding(CHUNKED, chunk(part(b"1")))
    with serve(handler) as server:
        svc = example(server.url)
        run(lambda: cancel_when(waiting, read))
        assert handler.closed.wait(PATIENCE_SECONDS)


def test_slow_streams_do_not_delay_calls() -> None:
    async def call() -> None:
        slow = example(stalled.url, max_pool_connections=1)
        result = await slow.invoke_endpoint_with_response_stream("demo", b"1")
        stream = result["Body"]
        await anext(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.wait([waiting], timeout=0)
        second = await slow.invoke_endpoint_with_response_stream("demo", b"1")
        waiting.cancel()
        second["Body"].close()

    with serve(responding(Script([CHUNKED, chunk(part(b"1"))]))) as stalled:
        asyncio.run(call())
    assert len(stalled.requests) == 2


def test_help_and_signature_are_those_of_the_function() -> None:
    function = paws.sagemakerruntime_invoke_endpoint
    coroutine = paws.aio.sagemakerruntime_invoke_endpoint
    bound = example("http://127.0.0.1:1").invoke_endpoint
    assert inspect.signature(coroutine) == inspect.signature(function)
    assert inspect.signature(bound) == inspect.signature(function)
    assert bound.__doc__ == coroutine.__doc__ == function.__doc__
    assert bound.__name__ == "invoke_endpoint"
    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.iscoroutinefunction(bound)


def test_service_closes_with_async_with() -> None:
    async def call() -> None:
        async with example(server.url) as svc:
            await svc.invoke_endpoint("demo", b"1")
            before = svc.service.executor()
        assert svc.service.executor() is not before
        assert server.closed.acquire(timeout=PATIENCE_SECONDS)

    with serve(responding(OK)) as server:
        asyncio.run(call())


@pytest.mark.parametrize(
    "function",
    [
        paws.aio.sagemakerruntime_invoke_endpoint,
        AsyncSageMakerRuntime.invoke_endpoint,
    ],
)
@pytest.mark.parametrize("pickler", [pickle, cloudpickle])
def test_coroutine_functions_are_pickled_by_name(function, pickler) -> None:
    assert pickle.loads(pickler.dumps(function)) is function


def test_pickled_service_calls() -> None:
    with serve(responding(OK)) as server:
        svc = pickle.loads(pickle.dumps(example(server.url)))
        result = asyncio.run(svc.invoke_endpoint("demo", b"1"))
    assert result["Body"] == b"ok"


def test_plain_function_uses_the_default_service(run, monkeypatch) -> None:
    with serve(responding(OK)) as server:
        use_by_default(server.url, monkeypatch)
        result = run(lambda: paws.aio.sagemakerruntime_invoke_endpoint("demo", b"1"))
        paws.sagemakerruntime_invoke_endpoint("demo", b"1")
    assert result["Body"] == b"ok"
    assert server.connections == 1


def test_call_at_exit_of_the_interpreter() -> None:
    """Python starts no threads then: the call runs in the thread of the caller."""
    code = """
import asyncio, atexit
import paws
def last():
    call = paws.aio.sagemakerruntime_invoke_endpoint("demo", b"1")
    print(asyncio.run(call)["Body"].decode())
atexit.register(last)
"""
    with serve(responding(OK)) as server:
        assert run_program(code, **environment_of(server.url)) == "ok"


def test_exit_of_the_interpreter_with_a_pending_call() -> None:
    """The task is cancelled by `asyncio.run`, and the thread of the call ends."""
    code = """
import asyncio
import paws
async def leave():
    task = asyncio.ensure_future(paws.aio.sagemakerruntime_invoke_endpoint("demo", b"1"))
    await asyncio.to_thread(input)
    print("left")
asyncio.run(leave())
"""
    handler = Holding()
    with serve(handler) as server:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code],
            env=environment_of(server.url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert handler.received.wait(PATIENCE_SECONDS)
            printed = process.communicate("\n", timeout=PATIENCE_SECONDS)
    assert (*printed, process.returncode) == ("left\n", "", 0)
