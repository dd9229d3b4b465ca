"""Fixtures of the tests with real connections."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

from paws.services.sagemakerruntime import SageMakerRuntime
from support.clients import create_boto3_client, create_service
from support.servers import OK, Handler, responding, secure

if TYPE_CHECKING:
    from support.certificates import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    """Return a certificate authority that no client trusts by default."""
    # `tox -e containers` does not install cryptography.
    from support.certificates import Authority

    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def https(authority) -> Handler:
    return secure(authority.server_context(), responding(OK))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch) -> None:
    """Remove the proxies and the CA bundles of the machine."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name == "REQUESTS_CA_BUNDLE":
            monkeypatch.delenv(name)


@pytest.fixture
def any_host(monkeypatch) -> None:
    """Resolve each name to the loopback interface."""
    resolve = socket.getaddrinfo

    def resolve_any(_host: str, *args: Any, **kwargs: Any) -> Any:
        return resolve("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr("socket.getaddrinfo", resolve_any)


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Return the seconds between attempts, which are not waited for."""
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


@pytest.fixture
def create(local) -> Iterator[Callable[..., SageMakerRuntime]]:
    """Create services for the local endpoint with more keys of the configuration."""
    with ExitStack() as services:

        def create(**config: Any) -> SageMakerRuntime:
            service = create_service(local.url, **config)
            services.callback(service.close)
            return service

        yield create


@pytest.fixture
def service(create) -> SageMakerRuntime:
    return create()


@pytest.fixture
def boto3_client(local) -> Iterator[Any]:
    with closing(create_boto3_client(local.url)) as client:
        yield client
