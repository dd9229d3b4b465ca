"""boto3 in the same process, which is neither changed nor used."""

from __future__ import annotations

import boto3
import pytest

import paws
from paws_common import ConfigError
from support.clients import KEYS
from support.programs import run_program

# Compares every attribute of the modules and classes below and around botocore, and the
# lengths of their lists, before and after calls.
UNCHANGED = """
import sys
from paws_common import LocalEndpoint
from support.clients import create_boto3_client, create_service

PACKAGES = "boto3", "botocore", "email", "http", "json", "socket", "ssl", "time", "urllib3"

def snapshot(modules):
    found = {}
    for module in modules:
        for name, value in vars(sys.modules[module]).items():
            found[module, name] = id(value)
            if isinstance(value, (dict, list, set)):
                found[module, name] = id(value), len(value)
            if isinstance(value, type) and value.__module__ == module:
                found |= {
                    (module, name, attribute): id(item)
                    for attribute, item in vars(value).items()
                }
    return found

with LocalEndpoint(lambda body, request: body) as local:
    client = create_boto3_client(local.url)
    client.invoke_endpoint(EndpointName="demo", Body=b"a")["Body"].read()
    modules = [name for name in sys.modules if name.split(".")[0] in PACKAGES]
    before = snapshot(modules)
    service = create_service(local.url)
    for _ in range(2):
        service.invoke_endpoint("demo", b"a")
    list(service.invoke_endpoint_with_response_stream("demo", b"a")["Body"])
    after = snapshot(modules)
    service.close()
    client.close()

assert len(before) > 5000, len(before)
# urllib3 replaces it by itself, when a connection is used again.
after["urllib3.util.wait", "wait_for_socket"] = before["urllib3.util.wait", "wait_for_socket"]
print({key for key in before | after if before.get(key) != after.get(key)})
"""


def test_nothing_of_others_is_replaced() -> None:
    assert run_program(UNCHANGED) == "set()"


def test_default_session_of_boto3_is_not_used(monkeypatch) -> None:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    boto3.setup_default_session(region_name="eu-west-1")
    with pytest.raises(ConfigError, match="there is no region"):
        _ = paws.sagemakerruntime(credentials={"creds": KEYS}).client
