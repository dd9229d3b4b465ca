"""What users of botocore rely on, and what a faster call must not take from them."""

from __future__ import annotations

import io
import json
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.response import StreamingBody
from botocore.stub import Stubber
from moto import mock_aws

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import LocalEndpoint

KEY = {"access_key_id": "key", "secret_access_key": "secret"}


@pytest.fixture
def local() -> Iterator[LocalEndpoint]:
    with LocalEndpoint(lambda body, request: body.upper()) as endpoint:
        yield endpoint


@pytest.fixture
def svc(local: LocalEndpoint) -> Iterator[SageMakerRuntime]:
    service = paws.sagemakerruntime(**local.config())
    with closing(service.client):
        yield service


# --- Hooks


def test_a_handler_sees_every_event_of_a_call(svc: SageMakerRuntime) -> None:
    names: list[str] = []
    svc.client.meta.events.register(
        "*.sagemaker-runtime", lambda event_name, **_: names.append(event_name)
    )
    svc.invoke_endpoint("demo", b"a")
    assert [name.split(".")[0] for name in names] == [
        "provide-client-params",
        "before-parameter-build",
        "before-endpoint-resolution",
        "before-call",
        "request-created",
        "choose-signer",
        "before-sign",
        "before-send",
        "before-parse",
        "response-received",
        "needs-retry",
        "after-call",
    ]


def test_a_handler_changes_what_is_sent(
    svc: SageMakerRuntime, local: LocalEndpoint
) -> None:
    def add(params: dict[str, Any], **_: object) -> None:
        params["headers"]["X-Trace"] = "1"

    svc.client.meta.events.register("before-call.sagemaker-runtime", add)
    svc.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert request.headers["X-Trace"] == "1"
    assert ";x-trace," in request.headers["Authorization"]


def test_a_handler_answers_and_nothing_is_sent(
    svc: SageMakerRuntime, local: LocalEndpoint
) -> None:
    class Raw(io.BytesIO):
        def stream(self, *_: object, **__: object) -> Iterator[bytes]:
            yield self.read()

    def answer(request: Any, **_: object) -> AWSResponse:
        return AWSResponse(
            request.url, 200, {"Content-Type": "text/plain"}, Raw(b"mine")
        )

    svc.client.meta.events.register("before-send.sagemaker-runtime", answer)
    assert svc.invoke_endpoint("demo", b"a")["Body"] == b"mine"
    assert local.requests == ()


# --- Test doubles of others


def test_moto_answers_in_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        service = paws.sagemakerruntime(region="us-east-1", credentials={"creds": KEY})
        with closing(service.client):
            result = service.invoke_endpoint("demo", b"a", ContentType="text/csv")
    assert result["Body"] == b"body"
    assert result["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_botocore_s_stubber_answers_what_it_was_told(
    svc: SageMakerRuntime, local: LocalEndpoint
) -> None:
    with Stubber(svc.client) as stubber:
        stubber.add_response(
            "invoke_endpoint",
            {"Body": StreamingBody(io.BytesIO(b"stub"), 4), "ContentType": "text/csv"},
            {"EndpointName": "demo", "Body": b"a"},
        )
        stubber.add_client_error("invoke_endpoint", "ModelError", "no", 424)
        result = svc.invoke_endpoint("demo", b"a")
        with pytest.raises(paws.services.sagemakerruntime.ModelError, match="no"):
            svc.invoke_endpoint("demo", b"a")
        stubber.assert_no_pending_responses()
    assert (result["Body"], result["ContentType"]) == (b"stub", "text/csv")
    assert local.requests == ()


# --- Credentials and endpoints


def test_credentials_that_expire_are_had_anew(
    local: LocalEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
def test_the_endpoint_is_by_botocore_s_rules(
    region: str, config: dict[str, Any], host: str
) -> None:
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


def test_the_user_agent_names_package_botocore_and_python(local: LocalEndpoint) -> None:
    names = user_agent(local).split()
    assert f"Botocore/{botocore.__version__}" in names
    assert f"Python/{platform.python_version()}" in names
    assert re.fullmatch(r"paws-py/[0-9.]+\S*", names[-1])


def test_who_has_a_user_agent_of_their_own_keeps_it(local: LocalEndpoint) -> None:
    own = Config(user_agent="mine/1", user_agent_extra="more/2")
    assert re.fullmatch(r"mine/1 more/2 paws-py/\S+", user_agent(local, botocore=own))


@pytest.mark.parametrize("how", ["environment", "configuration"])
def test_the_user_agent_names_the_application(
    local: LocalEndpoint, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    if how == "environment":
        monkeypatch.setenv("AWS_SDK_UA_APP_ID", "my app/é")
    else:
        given["botocore"] = Config(user_agent_appid="my app/é")
    assert " app/my-app-- " in user_agent(local, **given)
