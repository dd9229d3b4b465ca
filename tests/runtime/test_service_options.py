"""Views of a service with other options, and how a service is closed."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config

import paws
from paws_common import (
    ConfigError,
    EndpointConnectionError,
    ParameterError,
    ResponseTimeoutError,
)
from paws_common.local.server import client_config
from support.servers import NO_RESPONSE, OK, ScriptedServer, scripted


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted(OK) as server:
        yield server


def service(server: ScriptedServer, **config: Any) -> Any:
    return paws.sagemakerruntime({**client_config(server.url), **config})


# --- Views


def test_view_is_cached(server) -> None:
    with service(server) as svc:
        view = svc.with_options(read_timeout=5, max_retries=0)
        assert svc.with_options(max_retries=0, read_timeout=5) is view
        assert svc.with_options(max_retries=1, read_timeout=5) is not view
        assert type(view) is type(svc)


def test_view_changes_only_its_options(server) -> None:
    with service(server, max_retries=2, retry_timeouts=True) as svc:
        view = svc.with_options(timeout=5, retry_timeouts=False).settings
        assert (view.connect_timeout, view.retry_timeouts) == (5.0, False)
        assert (view.max_retries, view.endpoint) == (2, server.url)
        assert svc.settings.retry_timeouts


def test_view_of_a_view_has_the_options_of_both(server) -> None:
    with service(server) as svc:
        view = svc.with_options(max_retries=0).with_options(read_timeout=5)
        assert (view.settings.max_retries, view.settings.read_timeout) == (0, 5.0)


@pytest.mark.parametrize(
    ("options", "connections"),
    [
        ({"read_timeout": 5, "max_retries": 0, "validation": "off"}, 1),
        ({"connect_timeout": 5}, 1),
        ({"ca_bundle": False}, 2),
        ({"botocore": Config(tcp_keepalive=True)}, 2),
    ],
)
@pytest.mark.pipeline
def test_view_shares_connections_if_options_allow(server, options, connections) -> None:
    with service(server) as svc:
        svc.invoke_endpoint("demo", b"1")
        svc.with_options(**options).invoke_endpoint("demo", b"2")
        assert (len(server.requests), server.connections) == (2, connections)


def test_read_timeout_of_a_view_is_its_own(server) -> None:
    server.respond(NO_RESPONSE)
    with (
        service(server, read_timeout=30, max_retries=0) as svc,
        pytest.raises(ResponseTimeoutError),
    ):
        svc.with_options(read_timeout=0.1).invoke_endpoint("demo", b"1")


def test_validation_of_a_view_is_its_own(server) -> None:
    with service(server) as svc:
        svc.with_options(validation="off").invoke_endpoint("not_valid", b"1")
        with pytest.raises(ParameterError):
            svc.invoke_endpoint("not_valid", b"1")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"read_timeot": 5}, "config.read_timeot: unknown key; did you mean read_time"),
        ({"read_timeout": 0}, "config.read_timeout must be more than 0"),
        ({"credentials": {"anonymous": True}}, "credentials cannot be changed"),
        ({"session": object()}, "session cannot be changed"),
    ],
)
def test_invalid_option_of_a_view_is_an_error(server, options, message) -> None:
    with service(server) as svc, pytest.raises(ConfigError, match=message):
        svc.with_options(**options)


def test_view_can_be_pickled(server) -> None:
    with service(server) as svc:
        view = svc.with_options(read_timeout=5)
        copy = pickle.loads(pickle.dumps(view))
    assert copy.settings == view.settings


# --- Closing


def test_context_manager_closes_connections() -> None:
    with scripted(OK) as server:
        with service(server) as svc:
            svc.invoke_endpoint("demo", b"1")
            assert not server.closed.acquire(blocking=False)
        server.wait_until_closed()
        assert server.connections == 1


def test_close_closes_connections_of_views(server) -> None:
    with service(server) as svc:
        for count in range(1, 20):  # more views than are cached
            view = svc.with_options(max_pool_connections=count)
            view.invoke_endpoint("demo", b"1")
            view.with_options(max_pool_connections=99).invoke_endpoint("demo", b"1")
    server.wait_until_closed()
    assert server.connections == 38


def test_close_ends_the_threads_of_views() -> None:
    svc = paws.sagemakerruntime()
    executor = svc.with_options(max_pool_connections=2).executor()
    svc.close()
    with pytest.raises(RuntimeError, match="shutdown"):
        executor.submit(print)


def test_view_option_none_counts_as_omitted() -> None:
    svc = paws.sagemakerruntime({"read_timeout": 1})
    assert svc.with_options(read_timeout=None).settings.read_timeout == 1
    assert svc.with_options(region="", read_timeout=None).settings == svc.settings


def test_view_of_equal_value_of_other_type_is_checked() -> None:
    svc = paws.sagemakerruntime()
    svc.with_options(max_retries=1)
    invalid: Any = True
    with pytest.raises(ConfigError, match="max_retries"):
        svc.with_options(max_retries=invalid)


def test_closed_service_opens_new_connections() -> None:
    with scripted(OK) as server, service(server) as svc:
        svc.invoke_endpoint("demo", b"1")
        svc.close()
        svc.invoke_endpoint("demo", b"2")
    assert server.connections == 2


def test_service_is_closed_after_an_error() -> None:
    with scripted(b"not HTTP\r\n") as server:
        with (
            pytest.raises(EndpointConnectionError),
            service(server, max_retries=0) as svc,
        ):
            svc.invoke_endpoint("demo", b"1")
        server.wait_until_closed()
        assert server.connections == 1


def test_unused_service_can_be_closed() -> None:
    with paws.sagemakerruntime() as svc:
        svc.close()
