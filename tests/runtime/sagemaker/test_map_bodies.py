"""Many calls of one endpoint: order, limits, errors and cancellation."""

from __future__ import annotations

import contextvars
import itertools
import threading
from collections.abc import Iterator
from contextlib import closing
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
    PawsError,
    map_bodies,
    operation,
)
from paws_common import Request as OperationRequest
from paws_common.local import Request
from paws_common.shapes import String
from support import requirements as needs
from support.example_services import taking
from support.hypothesis_settings import examples

GO = taking(String())
THREADS = 4
PATIENCE_SECONDS = 20

in_flight = st.integers(1, THREADS)
numbers = st.lists(st.integers(0, 99), max_size=30)


@operation
def example_go(value: str) -> OperationRequest[Any]:
    return GO.request({"Value": value})


class Model:
    """Records how many calls run at the same time; fails for bodies of `failing`."""

    def __init__(self) -> None:
        self.failing: set[bytes] = set()
        self.running: list[bytes] = []
        self.peaks: list[int] = []

    def __call__(self, body: bytes, request: Request) -> bytes:
        self.running.append(body)
        self.peaks.append(len(self.running))
        try:
            if body in self.failing:
                raise ValueError(body.decode())
            return b"<" + body + b">"
        finally:
            self.running.remove(body)


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def service(model) -> Iterator[Any]:
    with (
        LocalEndpoint(model) as local,
        paws.sagemakerruntime(
            {**local.config(), "max_pool_connections": THREADS, "max_retries": 0}
        ) as made,
    ):
        yield made


def encoded(values: list[int]) -> list[bytes]:
    return [b"%d" % value for value in values]


@given(values=numbers, failing=st.sets(st.integers(0, 99)), count=in_flight)
def test_results_are_in_order_with_errors_in_place(
    service, model, values, failing, count
) -> None:
    model.failing = set(encoded(list(failing)))
    model.peaks.clear()

    results = map_bodies(
        service.invoke_endpoint,
        "demo",
        encoded(values),
        max_in_flight=count,
        return_exceptions=True,
    )

    found = list(results)
    for value, result in zip(values, found, strict=True):
        if value in failing:
            assert isinstance(result, ModelError)
            assert result.OriginalMessage is not None
            assert str(value) in result.OriginalMessage
        else:
            assert isinstance(result, dict)
            assert result["Body"] == b"<%d>" % value
    assert max(model.peaks, default=0) <= count


@given(values=numbers.filter(len), count=in_flight, data=st.data())
def test_first_error_is_raised_after_its_results(
    service, model, values, count, data
) -> None:
    failing = data.draw(st.sampled_from(values))
    model.failing = {b"%d" % failing}
    results = map_bodies(
        service.invoke_endpoint, "demo", encoded(values), max_in_flight=count
    )

    found = []
    with pytest.raises(ModelError):
        found += (result["Body"] for result in results)

    assert found == [b"<%d>" % value for value in values[: values.index(failing)]]
    assert list(results) == []


@given(values=numbers, count=in_flight)
def test_error_of_the_bodies_follows_their_results(
    service, model, values, count
) -> None:
    model.failing = set()

    def bodies():
        yield from encoded(values)
        raise LookupError("no more rows")

    results = map_bodies(service.invoke_endpoint, "demo", bodies(), max_in_flight=count)
    found = []
    with pytest.raises(LookupError, match="no more rows"):
        found += (result["Body"] for result in results)

    assert found == [b"<%d>" % value for value in values]


@examples(20)
@given(count=in_flight, wanted=st.integers(0, 40))
def test_infinite_bodies_are_read_when_needed(service, model, count, wanted) -> None:
    model.failing = set()
    read = 0

    def bodies():
        nonlocal read
        for read in itertools.count(1):
            yield b"%d" % read

    results = map_bodies(service.invoke_endpoint, "demo", bodies(), max_in_flight=count)
    with closing(results):
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
    made = Gate()
    yield made
    made.first.set()
    made.opened.set()


def test_all_threads_call_at_the_same_time(gate) -> None:
    with LocalEndpoint(gate) as local:
        with paws.sagemakerruntime(**local.config()) as service:
            results = map_bodies(service.invoke_endpoint, "demo", [b""] * 20)
            reader = threading.Thread(target=list, args=(results,))
            reader.start()
            for _ in range(10):  # as many as the service keeps connections
                assert gate.started.acquire(timeout=PATIENCE_SECONDS)
            assert not gate.started.acquire(blocking=False)
            gate.opened.set()
            reader.join(PATIENCE_SECONDS)
        assert len(local.requests) == 20


def test_closing_cancels_calls_that_have_not_started(gate) -> None:
    def bodies():
        yield from [b"first", b"held", b"held"]
        gate.first.set()  # the first result is yielded when four calls are pending
        yield b"never"

    with LocalEndpoint(gate) as local:
        with paws.sagemakerruntime(**local.config()) as service:
            results = map_bodies(
                service.invoke_endpoint, "demo", bodies(), max_in_flight=2
            )
            assert next(results)["Body"] == b"first"
            for _ in range(3):
                assert gate.started.acquire(timeout=PATIENCE_SECONDS)

            results.close()

            threads = [
                each for each in threading.enumerate() if "paws-map" in each.name
            ]
            gate.opened.set()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)
        called = sorted(request.body for request in local.requests)
    assert called == [b"first", b"held", b"held"]
    assert list(results) == []


def test_calls_see_the_context_variables(service, model) -> None:
    model.failing = set()
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    seen = []

    def record(**_):
        seen.append(variable.get())

    events = service.client.meta.events
    events.register("before-send", record)
    variable.set("caller")
    try:
        list(map_bodies(service.invoke_endpoint, "demo", [b"", b""]))
    finally:
        events.unregister("before-send", record)

    assert seen == ["caller", "caller"]


@needs.inline_body
def test_arguments_are_those_of_each_call(local) -> None:
    with paws.sagemakerruntime(**local.config()) as service:
        jobs = list(
            map_bodies(
                service.invoke_endpoint_async,
                "demo",
                ["a", b"b"],
                ContentType="text/csv",
            )
        )

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
    with pytest.raises(
        TypeError, match="takes invoke_endpoint or invoke_endpoint_async"
    ):
        map_bodies(function(service), "demo", [b""])


@pytest.mark.parametrize("bodies", ["a", b"a", bytearray(), memoryview(b"")])
def test_one_body_is_not_an_iterable_of_bodies(service, bodies) -> None:
    with pytest.raises(TypeError, match="takes an iterable of bodies"):
        map_bodies(service.invoke_endpoint, "demo", bodies)


@pytest.mark.parametrize("count", [0, -1, THREADS + 1, "2", 1.5, True])
def test_all_invalid_arguments_are_reported_at_once(service, count) -> None:
    with pytest.raises(ParameterError) as caught:
        map_bodies(
            service.invoke_endpoint, "a_b", [], max_in_flight=count, SessionId="a b"
        )
    paths = {violation.path for violation in caught.value.violations}
    assert paths == {"max_in_flight", "EndpointName", "SessionId"}


@pytest.mark.parametrize("arguments", [{"Acept": "text/csv"}, {"Body": b""}])
def test_unknown_argument_is_refused(service, arguments) -> None:
    with pytest.raises(TypeError):
        map_bodies(service.invoke_endpoint, "demo", [], **arguments)


def test_invalid_body_is_the_error_of_its_record(service, model) -> None:
    model.failing = set()
    bodies: list[Any] = [b"1", 7, b"2"]

    first, error, last = map_bodies(
        service.invoke_endpoint, "demo", bodies, return_exceptions=True
    )

    assert isinstance(error, ParameterError)
    assert not isinstance(first, PawsError)
    assert not isinstance(last, PawsError)


def test_missing_region_is_raised_not_returned() -> None:
    service = paws.sagemakerruntime()

    results = map_bodies(service.invoke_endpoint, "demo", [b""], return_exceptions=True)

    with pytest.raises(ConfigError):
        next(results)
