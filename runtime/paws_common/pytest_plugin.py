"""A pytest plugin: a local endpoint for each test that requests one.

An entry point refers to the plugin, and pytest imports it at every start, in every
environment with this package. So it does not import other modules of the package before a
test uses the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from paws_common.local import LocalEndpoint, Request

# AWS configuration that would send a call to another endpoint, or make it fail.
_CLEARED = (
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
)

_PORT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, for ``--strict-markers`` and ``--markers``."""
    config.addinivalue_line(
        "markers",
        "local_endpoint(predict=function, container=url): the model of the fixture "
        "local_endpoint, predict(body, request)",
    )


@pytest.fixture
def local_endpoint(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalEndpoint]:
    """Serve SageMaker Runtime on this machine; by default a call returns its own body.

    Until the test ends, environment variables configure the endpoint for the plain
    functions, and for services and clients that are created or first used during the test.
    Those of S3 also call it, because it stores the results of asynchronous calls.
    ``local_endpoint.config()`` returns the arguments of a service that calls it.

    ``@pytest.mark.local_endpoint(predict=function)`` sets the model, and so does
    ``local_endpoint.predict = function`` in the test. ``local_endpoint.requests`` are the
    requests that arrived.
    """
    from paws_common.service import paws_reset_cache

    marker = request.node.get_closest_marker("local_endpoint")
    args, kwargs = (marker.args, marker.kwargs) if marker else ((), {})
    if not args and kwargs.keys().isdisjoint(("predict", "container")):
        args = (_echo,)
    local = _start(request.config, args, kwargs)
    try:
        for name in _CLEARED:
            monkeypatch.delenv(name, raising=False)
        for name, value in _environment(local).items():
            monkeypatch.setenv(name, value)
        paws_reset_cache()
        yield local
        paws_reset_cache()
    finally:
        local.stop()


def _start(
    config: pytest.Config, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> LocalEndpoint:
    """Start an endpoint, on the port of the previous test if that is free.

    A service that an earlier test used, such as a global variable of a module, has a client
    for that port.
    """
    from paws_common.local import LocalEndpoint

    options = {"port": config.stash.get(_PORT, 0), **kwargs}
    local = LocalEndpoint(*args, **options)
    try:
        local.start()
    except OSError:  # another process took the port
        local = LocalEndpoint(*args, **kwargs)
        local.start()
    config.stash[_PORT] = int(local.url.rpartition(":")[2])
    return local


def _echo(body: bytes, request: Request) -> bytes:
    return body


def _environment(local: LocalEndpoint) -> dict[str, str]:
    """Return the environment variables that make clients call a local endpoint."""
    from paws_common.settings import LOCAL_ACCESS_KEY

    config = local.config()
    exceptions = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    return {
        "AWS_ENDPOINT_URL_S3": config["endpoint"],
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": config["endpoint"],
        "AWS_REGION": config["region"],
        "AWS_DEFAULT_REGION": config["region"],
        "AWS_ACCESS_KEY_ID": LOCAL_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": LOCAL_ACCESS_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "no_proxy": ",".join(filter(None, ("127.0.0.1", exceptions))),
    }
