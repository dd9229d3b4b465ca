"""Options of `botocore.config.Config`, which have the effect that they have in boto3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config

import paws
from paws_common import LocalEndpoint
from support.clients import KEYS, REGION

OPTIONS: dict[str, Any] = {
    "account_id_endpoint_mode": "disabled",
    "client_cert": "/certificate.pem",
    "client_context_params": {"name": "value"},
    "connect_timeout": 3,
    "defaults_mode": "in-region",
    "disable_request_compression": True,
    "inject_host_prefix": False,
    "max_pool_connections": 7,
    "proxies": {"http": "http://proxy.example:1"},
    "proxies_config": {"proxy_use_forwarding_for_https": True},
    "read_timeout": 4,
    "request_checksum_calculation": "when_required",
    "request_min_compression_size_bytes": 5,
    "response_checksum_validation": "when_required",
    "s3": {"addressing_style": "path"},
    "signature_version": "v4a",
    "sigv4a_signing_region_set": "*",
    "tcp_keepalive": True,
    "use_dualstack_endpoint": True,
    "use_fips_endpoint": True,
}


@pytest.mark.parametrize(
    ("region", "options"),
    [
        *((REGION, {name: value}) for name, value in OPTIONS.items()),
        (None, {"region_name": "eu-west-1"}),
        ("cn-north-1", {}),
        ("us-gov-west-1", {"use_fips_endpoint": True}),
    ],
    ids=str,
)
def test_options_have_the_effect_of_boto3(region, options) -> None:
    config = Config(**options)
    credentials: Any = {"creds": KEYS}
    service = paws.sagemakerruntime({"botocore": config}, credentials, region=region)
    with (
        service,
        closing(boto3.client("sagemaker-runtime", region, config=config)) as other,
    ):
        ours, theirs = service.client.meta, other.meta
        for name in options:
            assert getattr(ours.config, name) == getattr(theirs.config, name)
        assert ours.endpoint_url == theirs.endpoint_url
        assert ours.region_name == theirs.region_name


@pytest.mark.parametrize("is_ignored", [True, False])
def test_configured_endpoint_is_ignored_on_request(monkeypatch, is_ignored) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "http://127.0.0.1:1")
    options: dict[str, Any] = {"ignore_configured_endpoint_urls": is_ignored}
    config = Config(**options)
    service = paws.sagemakerruntime({"botocore": config}, region=REGION)
    with service:
        is_configured = service.client.meta.endpoint_url == "http://127.0.0.1:1"
    assert is_configured is not is_ignored


def headers_of_call(local: LocalEndpoint, **options: Any) -> Mapping[str, str]:
    """Return the headers of a request with options of botocore."""
    config = {"botocore": Config(**options)}
    with paws.sagemakerruntime(config, **local.config()) as service:
        service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    return request.headers


@pytest.mark.parametrize(
    ("options", "pattern"),
    [
        ({}, r"Botocore/[0-9.]+ .*Python/3[0-9.]+ .*paws-py/[0-9.]+\S*"),
        ({"user_agent": "a/1", "user_agent_extra": "b/2"}, r"a/1 b/2 paws-py/\S+"),
        ({"user_agent_extra": "own/1"}, r"Botocore/.* own/1 paws-py/\S+"),
        ({"user_agent_appid": "my app/é"}, r"Botocore/.* app/my-app-- paws-py/\S+"),
    ],
)
def test_user_agent_contains_the_option(local, options, pattern) -> None:
    assert re.fullmatch(pattern, headers_of_call(local, **options)["User-Agent"])


def test_user_agent_names_the_application_of_a_variable(local, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", "own")
    assert " app/own " in headers_of_call(local)["User-Agent"]


@pytest.mark.parametrize(
    "retries",
    [
        {"total_max_attempts": 3},
        {"max_attempts": 2},
        {"max_attempts": 2, "mode": "adaptive"},
        {"max_attempts": 2, "mode": "legacy"},
    ],
)
def test_number_of_attempts_is_that_of_the_option(local, retries) -> None:
    headers = headers_of_call(local, retries=retries)
    assert headers["amz-sdk-request"] == "attempt=1; max=3"
