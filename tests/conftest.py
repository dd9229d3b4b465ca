"""Fixtures of all tests: no AWS account, no configuration, no network but loopback."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from paws_common import LocalEndpoint, service

# Runs are the same on every machine; only the profile `search` is random.
quick = settings(deadline=None, derandomize=True, max_examples=20)
quick = settings(quick, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", quick)
settings.register_profile("thorough", quick, max_examples=50)
# For a mutant it matters whether a test fails, not the smallest example.
settings.register_profile("mutation", quick, phases=[Phase.explicit, Phase.generate])
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# They need other dependencies: `tox -e package`, `tox -e docs`, `tox -e types`.
collect_ignore = ["package", "site", "typing"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite the files in expected/ instead of comparing with them",
    )
    parser.addoption(
        "--sender",
        choices=["pipeline", "botocore"],
        default="pipeline",
        help="what sends requests: botocore does if it lacks what the pipeline calls",
    )


@pytest.fixture(autouse=True)
def no_aws_configuration(monkeypatch, tmp_path_factory):
    """Remove the machine's configuration of AWS, and the services created from it.

    Generated services are not cached in the user's folder.
    """
    # Always the same: a session is kept for an environment, and takes long to make.
    nowhere = tmp_path_factory.getbasetemp() / "nowhere"
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("PAWS_CACHE_DIR", str(nowhere.with_name("cache")))
    monkeypatch.setattr(service, "_defaults", {})


@pytest.fixture
def local():
    """Return a local endpoint whose model returns the body in capitals."""
    with LocalEndpoint(lambda body, request: body.upper()) as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def sender(request, monkeypatch):
    """Make botocore send all requests of this process if ``--sender`` states it."""
    if request.config.getoption("--sender") == "botocore":
        if request.node.get_closest_marker("pipeline"):
            pytest.skip("botocore's own sender behaves differently")
        name = "paws_common.client.sender.is_pipeline_supported"
        monkeypatch.setattr(name, lambda: False)
