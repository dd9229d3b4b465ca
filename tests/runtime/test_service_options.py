"""Views of a service with other options, and how a service is closed."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
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


def test_view_is_cached() -> None:
    svc = paws.sagemakerruntime()
    view = svc.with_options(read_timeout=5, max_retries=1)
    assert svc.with_options(max_retries=1, read_timeout=5) is view
    assert svc.with_options(max_retries=0, read_timeout=5) is not view
    assert type(view) is type(svc)
    # Values that are equal and of other types have no common view.
    with pytest.raises(ConfigError, match="max_retries"):
        svc.with_options(max_retries=True, read_timeout=5)


def test_view_changes_only_its_options() -> None:
    svc = paws.sagemakerruntime({"retry_timeouts": True, "max_pool_connections": 2})
    view = svc.with_options(max_retries=0, region="").with_options(
        timeout=5, retry_timeouts=False, read_timeout=None
    )
    options = {"max_retries": 0, "connect_timeout": 5.0, "retry_timeouts": False}
    assert view.settings == replace(svc.settings, **options)
    assert svc.settings.retry_timeouts
    assert pickle.loads(pickle.dumps(view)).settings == view.settings


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
def test_invalid_option_of_a_view_is_an_error(options, message) -> None:
    with pytest.raises(ConfigError, match=message):
        paws.sagemakerruntime().with_options(**options)


# --- Closing


def test_context_manager_closes_connections(server) -> None:
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


def test_closed_service_opens_new_connections(server) -> None:
    with service(server) as svc:
        svc.close()
        svc.invoke_endpoint("demo", b"1")
        svc.close()
        svc.invoke_endpoint("demo", b"2")
    assert server.connections == 2


def test_service_is_closed_after_an_error(server) -> None:
    server.respond(b"not HTTP\r\n")
    with (
        pytest.raises(EndpointConnectionError),
        service(server, max_retries=0) as svc,
    ):
        svc.invoke_endpoint("demo", b"1")
    server.wait_until_closed()
    assert server.connections == 1
