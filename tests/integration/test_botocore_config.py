"""Options of `botocore.config.Config`, which have the effect that they have in boto3."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config

import paws
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
    "region_name": "eu-west-1",
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


@pytest.mark.parametrize("option", OPTIONS)
def test_option_is_that_of_boto3(option) -> None:
    config = Config(**{option: OPTIONS[option]})
    region = None if option == "region_name" else REGION
    service = paws.sagemakerruntime(
        {"botocore": config}, region=region, credentials={"creds": KEYS}
    )
    with (
        service,
        closing(boto3.client("sagemaker-runtime", region, config=config)) as other,
    ):
        client = service.client
        ours, theirs = client.meta.config, other.meta.config
        assert getattr(ours, option) == getattr(theirs, option)
        assert client.meta.endpoint_url == other.meta.endpoint_url
        assert client.meta.region_name == other.meta.region_name


@pytest.mark.parametrize("is_ignored", [True, False])
def test_configured_endpoint_is_ignored_on_request(monkeypatch, is_ignored) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "http://127.0.0.1:1")
    options: dict[str, Any] = {"ignore_configured_endpoint_urls": is_ignored}
    config = Config(**options)
    service = paws.sagemakerruntime({"botocore": config}, region=REGION)
    with service:
        is_configured = service.client.meta.endpoint_url == "http://127.0.0.1:1"
    assert is_configured is not is_ignored


@pytest.mark.parametrize(
    ("options", "pattern"),
    [
        ({"user_agent": "own/1"}, r"own/1 paws-py/\S+"),
        ({"user_agent_extra": "own/1"}, r"Botocore/.* own/1 paws-py/\S+"),
        ({"user_agent_appid": "own"}, r"Botocore/.* app/own paws-py/\S+"),
    ],
)
def test_user_agent_contains_the_option(local, options, pattern) -> None:
    service = paws.sagemakerruntime({"botocore": Config(**options)}, **local.config())
    with service:
        service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert re.fullmatch(pattern, request.headers["User-Agent"])


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
    service = paws.sagemakerruntime(
        {"botocore": Config(retries=retries)}, **local.config()
    )
    with service:
        service.invoke_endpoint("demo", b"a")
    (request,) = local.requests
    assert request.headers["amz-sdk-request"] == "attempt=1; max=3"
