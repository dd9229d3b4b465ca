"""A plugin of pytest: a local endpoint for each test that asks for one.

pytest finds it by its entry point and loads it at every start, wherever this package is
installed. So nothing else of the package is loaded before a test uses the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from paws_common.local import LocalEndpoint, Request

# What the machine knows of AWS, as far as it would lead a call elsewhere or fail it.
_IN_THE_WAY = (
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known to ``--strict-markers`` and ``--markers``."""
    config.addinivalue_line(
        "markers",
        "local_endpoint(predict=function): what the fixture local_endpoint answers with, "
        "predict(body, request)",
    )


@pytest.fixture
def local_endpoint(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalEndpoint]:
    """Answer SageMaker Runtime on this machine; a call gives back its own body.

    Whatever takes endpoint, region and credentials from the environment calls it until
    the test ends: the plain functions, and services and clients that are made or first
    used meanwhile. ``local_endpoint.config()`` has what else needs them.

    Another answer is given by ``@pytest.mark.local_endpoint(predict=function)``, or in
    the test by ``local_endpoint.predict = function``. ``local_endpoint.requests`` has
    what arrived.
    """
    from paws_common.local import LocalEndpoint
    from paws_common.service import paws_reset_cache

    marker = request.node.get_closest_marker("local_endpoint")
    made = (
        LocalEndpoint(*marker.args, **marker.kwargs) if marker else LocalEndpoint(_echo)
    )
    with made as local:
        for name in _IN_THE_WAY:
            monkeypatch.delenv(name, raising=False)
        for name, value in _environment(local).items():
            monkeypatch.setenv(name, value)
        paws_reset_cache()
        yield local
        paws_reset_cache()


def _echo(body: bytes, request: Request) -> bytes:
    return body


def _environment(local: LocalEndpoint) -> dict[str, str]:
    """Return the environment of those who call a local endpoint, and nothing else."""
    from paws_common.local.server import KEY

    config = local.config()
    own = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    return {
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": config["endpoint"],
        "AWS_REGION": config["region"],
        "AWS_DEFAULT_REGION": config["region"],
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "no_proxy": ",".join(filter(None, ("127.0.0.1", own))),
    }
