"""Many calls of one endpoint: order, limits, errors and cancellation."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws.services.sagemakerruntime import ModelError
from paws_common import (
    ConfigError,
    LocalEndpoint,
    ParameterError,
    map_bodies,
    operation,
)
from paws_common import Request as OperationRequest
from paws_common.local import Request
from paws_common.shapes import String
from support import requirements as needs
from support.example_services import taking
from support.hypothesis_settings import examples
from support.servers import PATIENCE_SECONDS

GO = taking(String())
THREADS = 4

in_flight = st.integers(1, THREADS)
numbers = st.lists(st.integers(0, 99), max_size=30)


@operation
def example_go(value: str) -> OperationRequest[Any]:
    return GO.request({"Value": value})


class Model:
    """Records how many calls run at the same time; fails for bodies that begin with !."""

    def __init__(self) -> None:
        self.running: list[bytes] = []
        self.peaks: list[int] = []

    def __call__(self, body: bytes, request: Request) -> bytes:
        self.running.append(body)
        self.peaks.append(len(self.running))
        try:
            if body.startswith(b"!"):
                raise ValueError(body.decode())
            return b"<" + body + b">"
        finally:
            self.running.remove(body)


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def service(model) -> Iterator[Any]:
    config = {"max_pool_connections": THREADS, "max_retries": 0}
    with (
        LocalEndpoint(model) as local,
        paws.sagemakerruntime({**local.config(), **config}) as service,
    ):
        yield service


@pytest.fixture(scope="module")
def invoke_all(service) -> Callable[..., Any]:
    return partial(map_bodies, service.invoke_endpoint, "demo")


def encoded(values: Iterable[int]) -> list[bytes]:
    return [b"%d" % value for value in values]


def results_of(values: Iterable[int]) -> list[bytes]:
    return [b"<%d>" % value for value in values]


@given(values=numbers, failing=st.sets(st.integers(0, 99)), count=in_flight)
def test_results_are_in_order(invoke_all, model, values, failing, count) -> None:
    model.peaks.clear()
    bodies = [b"!%d" % value if value in failing else b"%d" % value for value in values]
    results = list(invoke_all(bodies, max_in_flight=count, return_exceptions=True))
    for value, result in zip(values, results, strict=True):
        if value in failing:
            assert isinstance(result, ModelError)
            assert result.OriginalMessage == f"!{value}"
        else:
            assert result["Body"] == b"<%d>" % value
    assert max(model.peaks, default=0) <= count


@given(before=numbers, after=numbers, count=in_flight)
def test_first_error_is_raised_after_results(invoke_all, before, after, count) -> None:
    bodies = [*encoded(before), b"!", *encoded(after)]
    results = invoke_all(bodies, max_in_flight=count)
    found: list[bytes] = []
    with pytest.raises(ModelError):
        found += (result["Body"] for result in results)
    assert found == results_of(before)
    assert list(results) == []


@given(values=numbers, count=in_flight)
def test_error_of_the_bodies_follows_their_results(invoke_all, values, count) -> None:
    def bodies():
        yield from encoded(values)
        raise LookupError("no more rows")

    results = invoke_all(bodies(), max_in_flight=count)
    found: list[bytes] = []
    with pytest.raises(LookupError, match="no more rows"):
        found += (result["Body"] for result in results)
    assert found == results_of(values)


@examples(20)
@given(count=in_flight, wanted=st.integers(0, 40))
def test_infinite_bodies_are_read_when_needed(invoke_all, count, wanted) -> None:
    read = 0

    def bodies():
        nonlocal read
        for read in itertools.count(1):
            yield b"%d" % read

    with closing(invoke_all(bodies(), max_in_flight=count)) as results:
        assert read == 0
        for number, result in enumerate(itertools.islice(results, wanted), 1):
            assert result["Body"] == b"<%d>" % number
            assert read <= number + 2 * count - 1


class Gate:
    """A model whose calls wait until the gate is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.first = threading.Event()
        self.started = threading.Semaphore(0)

    def __call__(self, body: bytes, request: Request) -> bytes:
        self.started.release()
        gate = self.first if body == b"first" else self.opened
        assert gate.wait(PATIENCE_SECONDS)
        return body


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.first.set()
    gate.opened.set()


@pytest.fixture
def gated(gate) -> Iterator[LocalEndpoint]:
    with LocalEndpoint(gate) as local:
        yield local


def test_all_threads_call_at_the_same_time(gate, gated) -> None:
    with paws.sagemakerruntime(**gated.config()) as service:
        results = map_bodies(service.invoke_endpoint, "demo", [b""] * 20)
        reader = threading.Thread(target=list, args=(results,))
        reader.start()
        for _ in range(10):  # as many as the service keeps connections
            assert gate.started.acquire(timeout=PATIENCE_SECONDS)
        assert not gate.started.acquire(blocking=False)
        gate.opened.set()
        reader.join(PATIENCE_SECONDS)
    assert len(gated.requests) == 20


def test_closing_cancels_calls_that_have_not_started(gate, gated) -> None:
    def bodies():
        yield from [b"first", b"held", b"held"]
        gate.first.set()  # the first result is yielded when four calls are pending
        yield b"never"

    with paws.sagemakerruntime(**gated.config()) as service:
        results = map_bodies(service.invoke_endpoint, "demo", bodies(), max_in_flight=2)
        assert next(results)["Body"] == b"first"
        for _ in range(3):
            assert gate.started.acquire(timeout=PATIENCE_SECONDS)
        results.close()
        threads = [each for each in threading.enumerate() if "paws-map" in each.name]
        gate.opened.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
    called = sorted(request.body for request in gated.requests)
    assert called == [b"first", b"held", b"held"]
    assert list(results) == []


def test_calls_see_the_context_variables(local) -> None:
    variable: ContextVar[str] = ContextVar("variable")
    seen = []
    with paws.sagemakerruntime(**local.config()) as service:
        service.client.meta.events.register(
            "before-send", lambda **_: seen.append(variable.get())
        )
        variable.set("caller")
        list(map_bodies(service.invoke_endpoint, "demo", [b"", b""]))
    assert seen == ["caller", "caller"]


@needs.inline_body
def test_arguments_are_those_of_each_call(local) -> None:
    with paws.sagemakerruntime(**local.config()) as service:
        function = service.invoke_endpoint_async
        jobs = list(map_bodies(function, "demo", ["a", b"b"], ContentType="text/csv"))
    assert all(job["OutputLocation"] for job in jobs)
    assert sorted(request.body for request in local.requests) == [b"a", b"b"]
    assert {request.content_type for request in local.requests} == {"text/csv"}


def test_plain_function_uses_the_default_service(local, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local.url)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    results = map_bodies(paws.sagemakerruntime_invoke_endpoint, "demo", ["a"])
    assert [result["Body"] for result in results] == [b"A"]


@pytest.mark.parametrize(
    "function",
    [
        lambda svc: svc.invoke_endpoint_with_response_stream,
        lambda svc: svc.aio.invoke_endpoint,
        lambda svc: svc.with_options,
        lambda svc: example_go,
        lambda svc: print,
        lambda svc: None,
    ],
    ids=["stream", "coroutine", "option", "other", "builtin", "None"],
)
def test_other_functions_are_refused(service, function) -> None:
    text = "takes invoke_endpoint or invoke_endpoint_async"
    with pytest.raises(TypeError, match=text):
        map_bodies(function(service), "demo", [b""])


@pytest.mark.parametrize("bodies", ["a", b"a", bytearray(), memoryview(b"")])
def test_one_body_is_not_an_iterable_of_bodies(invoke_all, bodies) -> None:
    with pytest.raises(TypeError, match="takes an iterable of bodies"):
        invoke_all(bodies)


@pytest.mark.parametrize("count", [0, -1, THREADS + 1, "2", 1.5, True])
def test_all_invalid_arguments_are_reported_at_once(service, count) -> None:
    function, options = service.invoke_endpoint, {"max_in_flight": count}
    with pytest.raises(ParameterError) as caught:
        map_bodies(function, "my_endpoint", [], SessionId="a b", **options)
    paths = {violation.path for violation in caught.value.violations}
    assert paths == {"max_in_flight", "EndpointName", "SessionId"}


@pytest.mark.parametrize("name", ["Acept", "Body"])
def test_unknown_argument_is_refused(invoke_all, name) -> None:
    with pytest.raises(TypeError):
        invoke_all([], **{name: b""})


def test_invalid_body_is_the_error_of_its_record(invoke_all) -> None:
    first, error, last = invoke_all([b"1", 7, b"2"], return_exceptions=True)
    assert isinstance(error, ParameterError)
    assert [first["Body"], last["Body"]] == [b"<1>", b"<2>"]


def test_missing_region_is_raised_not_returned() -> None:
    function = paws.sagemakerruntime().invoke_endpoint
    results = map_bodies(function, "demo", [b""], return_exceptions=True)
    with pytest.raises(ConfigError):
        next(results)
