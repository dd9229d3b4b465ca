"""One service in many threads, in forked and in spawned processes, and in a pickle."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import paws
from paws_common import Service
from paws_common.client.sessions import find_session
from paws_common.service import default_service
from paws_common.settings import Settings
from support.example_services import operation_of
from support.hypothesis_settings import examples
from support.services import use_by_default

THREADS = 32
CALLS = examples(20_000).max_examples
PATIENCE_SECONDS = 60  # seconds until a process that hangs is a test that fails
STARTS = sorted({"fork", "spawn"} & {*multiprocessing.get_all_start_methods()})

# Python 3.12 warns of a fork in a process with threads, which these tests need.
forking = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
needs_fork = pytest.mark.skipif("fork" not in STARTS, reason="there is no fork")


@pytest.fixture
def service(local) -> Iterator[Any]:
    made = paws.sagemakerruntime({**local.config(), "max_pool_connections": THREADS})
    yield made
    made.client.close()


@pytest.fixture
def environment(local, monkeypatch) -> None:
    use_by_default(local.url, monkeypatch)


@pytest.mark.slow
def test_concurrent_callers_get_their_own_responses(service) -> None:
    start = threading.Barrier(THREADS)

    def call(thread: int) -> list[int]:
        start.wait(PATIENCE_SECONDS)
        return [
            number
            for number in range(thread, CALLS, THREADS)
            if service.invoke_endpoint("demo", b"%d" % number)["Body"] != b"%d" % number
        ]

    with ThreadPoolExecutor(THREADS) as pool:
        assert not [wrong for task in pool.map(call, range(THREADS)) for wrong in task]


BODIES = [b"%d" % number for number in range(8)]


def called(functions: list[Callable[..., Any]], start: str) -> list[list[bytes]]:
    """Return the results of calls of each function in other processes."""
    arguments = [("demo", body) for body in BODIES]
    with multiprocessing.get_context(start).Pool(2) as pool:
        pending = [pool.starmap_async(function, arguments) for function in functions]
        results = [each.get(PATIENCE_SECONDS) for each in pending]
        pool.close()
        pool.join()
    return [[result["Body"] for result in each] for each in results]


@forking
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.usefixtures("environment")
def test_functions_and_methods_work_in_other_processes(service, start) -> None:
    function = paws.sagemakerruntime_invoke_endpoint
    # The clients of this process must not be used in the others.
    assert service.invoke_endpoint("demo", b"here")["Body"] == b"HERE"
    assert function("demo", b"here")["Body"] == b"HERE"

    assert called([service.invoke_endpoint, function], start) == [BODIES, BODIES]

    assert service.invoke_endpoint("demo", b"there")["Body"] == b"THERE"
    default_service(service.api).client.close()


def in_a_fork(task: Callable[[], Any]) -> Any:
    """Return what a task gives in a forked process."""
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    process = context.Process(target=lambda: results.put(task()))
    process.start()
    try:
        process.join(PATIENCE_SECONDS)
        assert process.exitcode == 0, "the forked process does not end"
        return results.get()
    finally:
        process.kill()
        results.close()


@forking
@needs_fork
@pytest.mark.usefixtures("environment")
def test_forked_process_creates_separate_clients(service) -> None:
    default = default_service(service.api)
    before = service.client, default.client

    def task() -> tuple[int, bool, bool, bytes]:
        service.invoke_endpoint("demo", b"1")
        body = paws.sagemakerruntime_invoke_endpoint("demo", b"2")["Body"]
        there = default_service(service.api)
        same = service.client is before[0]
        return os.getpid(), same, there is default, body

    process, same, same_default, body = in_a_fork(task)

    assert process != os.getpid()
    assert (same, same_default, body) == (False, True, b"2")
    assert (service.client, default.client) == before
    default.client.close()


@forking
@needs_fork
def test_fork_during_client_creation_does_not_hang(service) -> None:
    # As another thread would, which is not there in the child to release it.
    with find_session(Settings()).use():
        body = in_a_fork(lambda: service.invoke_endpoint("demo", b"1")["Body"])
    assert body == b"1"


def test_unpickled_service_has_its_settings(service) -> None:
    before = service.client
    copy = pickle.loads(pickle.dumps(service))
    assert type(copy) is type(service)
    assert copy.api is service.api
    assert copy.settings == service.settings
    assert copy.client is not before
    assert copy.invoke_endpoint("demo", b"1")["Body"] == b"1"
    copy.client.close()


def test_functions_and_methods_pickle_by_reference(service) -> None:
    function = paws.sagemakerruntime_invoke_endpoint
    assert pickle.loads(pickle.dumps(function)) is function
    copy = pickle.loads(pickle.dumps(service.invoke_endpoint))
    assert copy.__func__ is service.invoke_endpoint.__func__
    assert copy.__self__.settings == service.settings


def test_handwritten_service_cannot_be_pickled() -> None:
    made = Service(operation_of({}).api)
    with pytest.raises(
        TypeError, match=r"<Api example .*>: it is not part of a generated mod"
    ):
        pickle.dumps(made)


def test_cloudpickle_takes_a_service_and_its_methods(service) -> None:
    cloudpickle = pytest.importorskip("cloudpickle")
    for each in (service.invoke_endpoint, paws.sagemakerruntime_invoke_endpoint):
        content = cloudpickle.dumps(each)
        assert len(content) < 2_000
        assert pickle.loads(content).__name__ == each.__name__
    content = cloudpickle.dumps(lambda: service.invoke_endpoint("demo", b"1"))
    assert pickle.loads(content)()["Body"] == b"1"
