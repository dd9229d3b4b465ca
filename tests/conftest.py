"""What every test stands on: no AWS account, no configuration, no network but loopback."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

# A run must be the same on every machine; a longer search is asked for by name.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("default"), max_examples=20)
# Of a mutant it is asked whether a test fails, not for the smallest example of it.
settings.register_profile(
    "mutation",
    settings.get_profile("quick"),
    phases=[Phase.explicit, Phase.generate],
)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# They need an environment of their own: `tox -e package`, `tox -e docs`, `tox -e types`.
collect_ignore = ["package", "site", "typing"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite what stands in expected/ instead of comparing with it",
    )


@pytest.fixture(autouse=True)
def no_aws_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Take away whatever the machine knows of AWS, and the services made from it."""
    from paws_common import service

    # Always the same: a session is kept for an environment, and takes long to make.
    nowhere = tmp_path_factory.getbasetemp() / "nowhere"
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(service, "_defaults", {})
