"""botocore's sessions: where a region and credentials are found, and who shares them."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session

import paws
from paws_common import ConfigError, Service
from paws_common.client.service_client import connect
from paws_common.client.sessions import find_session
from paws_common.service import default_service
from paws_common.settings import Settings, settings
from support.servers import response, scripted


def region_of(**config: Any) -> str:
    """Return the region of a client with a configuration."""
    with closing(connect(paws.sagemakerruntime().api, settings(config))) as client:
        region: str = client.client.meta.region_name
        return region


@pytest.fixture
def profiles(tmp_path, monkeypatch) -> Path:
    """Return the file of the profiles."""
    keys = {"Version": 1, "AccessKeyId": "PROGRAM", "SecretAccessKey": "secret"}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    path = tmp_path / "config"
    path.write_text(
        "[default]\nregion = eu-west-1\naws_access_key_id = DEFAULT\n"
        "aws_secret_access_key = secret\n"
        "[profile work]\nregion = ap-south-1\naws_access_key_id = WORK\n"
        "aws_secret_access_key = secret\n"
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/reader\n"
        "source_profile = work\nregion = sa-east-1\n"
        "[profile single]\nsso_start_url = https://sso.local/start\n"
        "sso_region = eu-west-1\nsso_account_id = 123456789012\n"
        "sso_role_name = reader\n"
        f"[profile program]\ncredential_process = cat {tmp_path / 'keys.json'}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


DEFAULT, REGION = {"AWS_DEFAULT_REGION": "us-east-1"}, {"AWS_REGION": "us-east-2"}


@pytest.mark.parametrize(
    ("environment", "keys", "expected"),
    [
        (DEFAULT, {}, "us-east-1"),
        (REGION, {}, "us-east-2"),
        ({**DEFAULT, **REGION}, {}, "us-east-1"),
        ({"AWS_DEFAULT_REGION": "", **REGION}, {}, "us-east-2"),
        (REGION, {"region": "us-west-1"}, "us-west-1"),
        (REGION, {"credentials": {"profile": "work"}}, "us-east-2"),
        ({}, {"credentials": {"profile": "work"}}, "ap-south-1"),
        ({"AWS_PROFILE": "work"}, {}, "ap-south-1"),
        ({}, {}, "eu-west-1"),
        ({}, {"botocore": Config(region_name="us-west-2")}, "us-west-2"),
    ],
)
@pytest.mark.usefixtures("profiles")
def test_region_is_found_in_order(monkeypatch, environment, keys, expected) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert region_of(**keys) == expected


KEYS = {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.mark.parametrize(
    ("environment", "profile", "method", "key"),
    [
        (KEYS, None, "env", "ENV"),
        ({}, None, "config-file", "DEFAULT"),
        ({"AWS_PROFILE": "work"}, None, "config-file", "WORK"),
        ({"AWS_PROFILE": "role"}, "work", "config-file", "WORK"),
        (KEYS, "work", "config-file", "WORK"),
        ({}, "program", "custom-process", "PROGRAM"),
        ({}, "role", "role_arn", None),
        ({}, "single", "SSO", None),
    ],
)
@pytest.mark.usefixtures("profiles")
def test_credentials_are_botocores(
    monkeypatch, environment, profile, method, key
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nothing listens
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with find_session(Settings(profile=profile)).use() as session:
        credentials = session.get_credentials()
    # A role and SSO request keys when they are loaded.
    if key is None:
        with pytest.raises(ConfigError, match=method):
            credentials.get_frozen_credentials()
    else:
        assert credentials.get_frozen_credentials().access_key == key
        assert credentials.method == method


def test_container_credentials_are_fetched(local, monkeypatch) -> None:
    keys = {"AccessKeyId": "CONTAINER", "SecretAccessKey": "secret", "Token": "t"}
    body = json.dumps({**keys, "Expiration": "2999-01-01T00:00:00Z"}).encode()
    with (
        scripted(response(200, body)) as server,
        paws.sagemakerruntime(endpoint=local.url, region="eu-west-1") as service,
    ):
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        service.invoke_endpoint("demo", b"1")
    assert "Credential=CONTAINER/" in local.requests[0].headers["Authorization"]


def session_of(**given: Any) -> Session:
    with find_session(Settings(**given)).use() as session:
        return session


@pytest.mark.usefixtures("profiles")
def test_client_settings_leave_the_session_shared() -> None:
    shared = session_of()
    assert session_of(region="eu-west-1", endpoint="http://a") is shared
    assert session_of(access_key_id="A", secret_access_key="S") is shared
    assert session_of(connect_timeout=1.0, anonymous=True) is shared
    assert session_of(profile="work") is session_of(profile="work", region="r")


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    "given",
    [{"profile": "work"}, {"sts_regional_endpoint": "legacy"}, {"access_token": "T"}],
)
def test_session_of_other_settings_is_another(given) -> None:
    assert session_of(**given) is not session_of()


def test_changed_environment_is_another_session(monkeypatch) -> None:
    before = session_of()
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert session_of() is not before
    monkeypatch.delenv("AWS_REGION")
    assert session_of() is before


def test_reset_reloads_profiles(profiles) -> None:
    assert region_of() == "eu-west-1"
    profiles.write_text("[default]\nregion = us-east-1\n")
    assert region_of() == "eu-west-1"
    paws.paws_reset_cache()
    assert region_of() == "us-east-1"


def test_reset_makes_functions_reread_the_environment(local, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local.url)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    services: list[Service] = []
    for key, reset in (("FIRST", False), ("SECOND", False), ("THIRD", True)):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        if reset:
            paws.paws_reset_cache()
        paws.sagemakerruntime_invoke_endpoint("demo", b"1")
        services.append(default_service(paws.sagemakerruntime().api))
    for service in services:
        service.client.close()
    headers = [request.headers["Authorization"] for request in local.requests]
    signers = [re.findall("Credential=(.*?)/", header)[0] for header in headers]
    assert signers == ["FIRST", "FIRST", "THIRD"]
