"""The effect of each configuration key on botocore's client."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config

import paws
from paws_common import Api, ConfigError
from paws_common.client.clients import client_config
from paws_common.client.service_client import connect
from paws_common.settings import settings
from support.example_services import operation_of
from support.generated_services import asked, catching

CREDS = {"access_key_id": "AKID", "secret_access_key": "SECRET"}
SIGNED = {"credentials": {"creds": CREDS}, "region": "eu-west-1"}


def api_of(service: str, **facts: Any) -> Api:
    made = operation_of({}, service=service).api
    for name, value in facts.items():
        setattr(made, name, value)
    return made


@pytest.fixture
def client() -> Iterator[Callable[..., Any]]:
    """Return a function that creates botocore's clients, which are closed afterwards."""
    with ExitStack() as stack:

        def create(service="sagemaker-runtime", /, *, api=None, **keys):
            created = connect(api or api_of(service), settings({**SIGNED, **keys}))
            return catching(stack.enter_context(closing(created.client)))

        yield create


@pytest.fixture
def service(local) -> Iterator[Callable[..., Any]]:
    """Return a function that creates services for the local endpoint."""
    with ExitStack() as stack:
        yield lambda **keys: stack.enter_context(
            paws.sagemakerruntime({**local.config(), **keys})
        )


@pytest.mark.parametrize(
    ("own", "keys", "expected"),
    [
        (None, {}, 60),
        (70, {}, 70),
        (70, {"read_timeout": 5}, 5),
        (70, {"botocore": Config(read_timeout=6)}, 6),
        (70, {"botocore": Config(read_timeout=6), "read_timeout": 5}, 5),
        (70, {"botocore": Config(connect_timeout=6)}, 70),
    ],
)
def test_read_timeout_has_documented_precedence(client, own, keys, expected) -> None:
    api = api_of("sagemaker-runtime", read_timeout=own)
    assert client(api=api, **keys).meta.config.read_timeout == expected


def test_sagemaker_runtime_times_out_after_70_seconds(service) -> None:
    assert service().client.meta.config.read_timeout == 70


def test_unusable_log_of_tls_keys_is_a_config_error(monkeypatch, tmp_path) -> None:
    """Python opens the file of SSLKEYLOGFILE for each TLS context."""
    path = tmp_path / "missing" / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(path))
    with pytest.raises(ConfigError, match="SSLKEYLOGFILE"):
        _ = paws.sagemakerruntime(region="us-east-1").client


@pytest.mark.parametrize(("close", "header"), [(True, "close"), (False, None)])
def test_connection_close_header_is_unsigned(local, service, close, header) -> None:
    svc = service(close_connection=close)
    for body in (b"0", b"1"):
        assert svc.invoke_endpoint("demo", body)["Body"] == body
    for request in local.requests:
        assert request.headers.get("Connection") == header
        signed = re.findall("SignedHeaders=([^,]*)", request.headers["Authorization"])
        assert "connection" not in signed[0].split(";")


VIRTUAL = Config(s3={"addressing_style": "virtual"})


@pytest.mark.parametrize(
    ("keys", "url"),
    [
        ({"s3_force_path_style": True}, "http://s3.local/bucket/key"),
        ({"s3_virtual_address": True}, "http://bucket.s3.local/key"),
        (
            {"s3_force_path_style": True, "botocore": VIRTUAL},
            "http://s3.local/bucket/key",
        ),
        ({"botocore": VIRTUAL}, "http://bucket.s3.local/key"),
    ],
)
def test_bucket_address_follows_the_configuration(client, keys, url) -> None:
    s3 = client("s3", endpoint="http://s3.local", **keys)
    assert asked(s3, "GetObject", {"Bucket": "bucket", "Key": "key"}).url == url


def test_other_s3_options_are_kept(client) -> None:
    own = Config(s3={"payload_signing_enabled": True})
    s3 = client("s3", botocore=own, s3_force_path_style=True)
    assert s3.meta.config.s3["payload_signing_enabled"] is True
    assert s3.meta.config.s3["addressing_style"] == "path"


@pytest.mark.parametrize(
    ("choice", "url"),
    [
        ("legacy", "https://sts.amazonaws.com/"),
        ("regional", "https://sts.eu-west-1.amazonaws.com/"),
    ],
)
def test_sts_endpoint_of_config_has_precedence(
    client, monkeypatch, choice, url
) -> None:
    other = "legacy" if choice == "regional" else "regional"
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", other)
    sts = client("sts", sts_regional_endpoint=choice)
    assert asked(sts, "GetCallerIdentity", {}).url == url


@pytest.mark.parametrize(
    ("service", "version", "expected"),
    [
        ("s3", "v4", "s3v4"),
        ("s3", "s3v4", "s3v4"),
        ("s3", "v2", "s3"),
        ("s3", "s3", "s3"),
        ("sagemaker-runtime", "v4", "v4"),
        ("sagemaker-runtime", "s3v4", "v4"),
        ("sdb", "s3", "v2"),
        ("sdb", "v2", "v2"),
        ("bedrock-runtime", "v4", "v4"),
    ],
)
def test_signature_version_of_r_is_botocores(
    client, service, version, expected
) -> None:
    made = client(service, signature_version=version)
    assert made.meta.config.signature_version == expected


TOKEN = {"access_token": "TOKEN"}
CONVERSE = "Converse", {"modelId": "m", "messages": []}
INVOKE = "InvokeEndpoint", {"EndpointName": "demo", "Body": b"1"}


@pytest.mark.parametrize(
    ("service", "creds", "call", "signer"),
    [
        ("bedrock-runtime", TOKEN, CONVERSE, "Bearer TOKEN"),
        ("bedrock-runtime", {**CREDS, **TOKEN}, CONVERSE, "Bearer TOKEN"),
        ("sagemaker-runtime", {**CREDS, **TOKEN}, INVOKE, "Credential=AKID/"),
    ],
    ids=["token", "token and key", "not supported"],
)
def test_token_signs_if_it_is_supported(client, service, creds, call, signer) -> None:
    request = asked(client(service, credentials={"creds": creds}), *call)
    assert signer in request.headers["authorization"]


def test_token_is_not_taken_to_another_service(client) -> None:
    client("bedrock-runtime", credentials={"creds": TOKEN})
    request = asked(client("bedrock-runtime"), *CONVERSE)
    assert "Credential=AKID/" in request.headers["authorization"]


def test_token_alone_is_refused_if_not_supported(client) -> None:
    reason = r"sagemaker-runtime: .*does not accept"
    with pytest.raises(ConfigError, match=reason) as caught:
        client(credentials={"creds": TOKEN})
    assert "TOKEN" not in str(caught.value)


def test_expired_credentials_are_not_used(local, service) -> None:
    past = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    svc = service(credentials={"creds": {**CREDS, "expiration": past}})
    with pytest.raises(ConfigError, match=r"expired at 2026-01-02T02:04:05\+00:00"):
        svc.invoke_endpoint("demo", b"1")
    assert not local.requests


def test_named_options_override_botocores_config(client) -> None:
    own = Config(
        connect_timeout=1,
        max_pool_connections=2,
        user_agent_extra="mine/1",
        use_fips_endpoint=True,
        region_name="us-west-2",
    )
    keys = {"timeout": 3, "max_pool_connections": 9, "region": "us-east-1"}
    made = client(botocore=own, **keys)
    config = made.meta.config
    assert (config.connect_timeout, config.max_pool_connections) == (3.0, 9)
    assert made.meta.region_name == "us-east-1"
    assert "runtime-fips.sagemaker.us-east-1" in made.meta.endpoint_url
    assert re.fullmatch(r"mine/1 paws-py/\S+", config.user_agent_extra)


def test_botocore_never_validates_parameters_again() -> None:
    own = Config(parameter_validation=True)
    made = client_config(api_of("s3"), settings({}), own, None, "standard", "")
    assert made.parameter_validation is False
    assert own.parameter_validation is True


def test_botocores_config_can_disable_signing(local, service) -> None:
    svc = service(botocore=Config(signature_version=UNSIGNED))
    copy = pickle.loads(pickle.dumps(svc))
    for each in (svc, copy):
        each.invoke_endpoint("demo", b"1")
        assert "Authorization" not in local.requests[-1].headers
    copy.client.close()
