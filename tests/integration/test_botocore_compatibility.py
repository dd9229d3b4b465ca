"""Features of botocore that faster calls must keep."""

from __future__ import annotations

import json
import platform
import re
import sys
from contextlib import closing
from typing import Any

import botocore
import pytest
from botocore.config import Config

import paws
from paws_common import LocalEndpoint

# --- Credentials and endpoints


def test_expired_credentials_are_refreshed(local, tmp_path, monkeypatch) -> None:
    # Each time that it runs, the program gives another key, which expires in a minute.
    program = tmp_path / "program.py"
    program.write_text(
        "import datetime, json, pathlib, uuid\n"
        "now = datetime.datetime.now(datetime.timezone.utc)\n"
        "expires = (now + datetime.timedelta(minutes=1)).isoformat()\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': uuid.uuid4().hex,\n"
        "    'SecretAccessKey': 'secret', 'Expiration': expires}))\n"
    )
    profile = tmp_path / "config"
    profile.write_text(
        f"[default]\ncredential_process = {json.dumps(sys.executable)} {program}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profile))
    service = paws.sagemakerruntime(endpoint=local.url, region="us-east-1")
    with closing(service.client):
        for _ in range(2):
            service.invoke_endpoint("demo", b"a")
    used = [
        request.headers["Authorization"].split("/")[0] for request in local.requests
    ]
    assert len(set(used)) == 2


@pytest.mark.parametrize(
    ("region", "config", "host"),
    [
        ("eu-west-1", {}, "runtime.sagemaker.eu-west-1.amazonaws.com"),
        ("cn-north-1", {}, "runtime.sagemaker.cn-north-1.amazonaws.com.cn"),
        (
            "us-gov-west-1",
            {"use_fips_endpoint": True},
            "runtime.sagemaker.us-gov-west-1.amazonaws.com",
        ),
        (
            "us-east-1",
            {"use_fips_endpoint": True},
            "runtime-fips.sagemaker.us-east-1.amazonaws.com",
        ),
        (
            "eu-west-1",
            {"use_dualstack_endpoint": True},
            "runtime.sagemaker.eu-west-1.api.aws",
        ),
    ],
)
def test_endpoint_is_by_botocore_s_rules(region, config, host) -> None:
    service = paws.sagemakerruntime({"botocore": Config(**config)}, region=region)
    with closing(service.client) as client:
        assert client.meta.endpoint_url == f"https://{host}"


# --- The user agent


def user_agent(local: LocalEndpoint, **config: Any) -> str:
    given = local.config()
    service = paws.sagemakerruntime({**given.pop("config", {}), **config}, **given)
    with closing(service.client):
        service.invoke_endpoint("demo", b"a")
    return local.requests[-1].headers["User-Agent"]


def test_user_agent_names_package_botocore_and_python(local) -> None:
    names = user_agent(local).split()
    assert f"Botocore/{botocore.__version__}" in names
    assert f"Python/{platform.python_version()}" in names
    assert re.fullmatch(r"paws-py/[0-9.]+\S*", names[-1])


def test_custom_user_agent_is_kept(local) -> None:
    own = Config(user_agent="mine/1", user_agent_extra="more/2")
    assert re.fullmatch(r"mine/1 more/2 paws-py/\S+", user_agent(local, botocore=own))


@pytest.mark.parametrize("how", ["environment", "configuration"])
def test_user_agent_names_the_application(local, how, monkeypatch) -> None:
    given: dict[str, Any] = {}
    if how == "environment":
        monkeypatch.setenv("AWS_SDK_UA_APP_ID", "my app/é")
    else:
        options: dict[str, Any] = {"user_agent_appid": "my app/é"}
        given["botocore"] = Config(**options)
    assert " app/my-app-- " in user_agent(local, **given)
