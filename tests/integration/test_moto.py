"""moto: in the process of the test, and as a server.

Requests that are not mocked are sent to a proxy that refuses connections.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

import paws
from paws_common import ConfigError, paws_reset_cache, wait_for_result
from paws_common.service import resolve_operation
from support.clients import KEYS, REGION, create_service
from support.programs import run_program

pytest.importorskip("moto", reason="moto cannot be installed on this Python")

from moto import mock_aws
from moto.core import patch_client
from moto.server import ThreadedMotoServer

REFUSED = "http://127.0.0.1:1"
BODY_OF_MOTO = b"body"

# Prints the bodies, or the errors, of calls in a mock whose library is imported before or
# after the first call.
IMPORT_ORDER = """
import os, sys
import paws
from paws_common import EndpointConnectionError

os.environ |= {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "AWS_MAX_ATTEMPTS": "1",
}

def invoke(function):
    try:
        return function("demo", b"a")["Body"].decode()
    except EndpointConnectionError as error:
        return type(error).__name__

plain = paws.sagemakerruntime_invoke_endpoint
used, unused = paws.sagemakerruntime(), paws.sagemakerruntime()
if sys.argv[1] == "before":
    import moto
print(invoke(plain), invoke(used.invoke_endpoint))
from moto import mock_aws
for mocked in True, False:
    with mock_aws(config={"core": {"mock_credentials": mocked}}):
        new = paws.sagemakerruntime()
        functions = plain, used.invoke_endpoint, unused.invoke_endpoint, new.invoke_endpoint
        print(*map(invoke, functions))
    print(invoke(plain), invoke(used.invoke_endpoint))
"""


@pytest.mark.parametrize(
    ("imported", "used"), [("before", "body"), ("after", "EndpointConnectionError")]
)
def test_import_of_moto_may_follow_the_first_call(imported, used) -> None:
    """A service that was called before the import is not mocked, as a client of boto3."""
    outside = "EndpointConnectionError EndpointConnectionError"
    both = [f"body {used} body body", outside] * 2  # with credentials of moto, and own
    assert run_program(IMPORT_ORDER, imported).splitlines() == [outside, *both]


@pytest.fixture
def no_network(monkeypatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, REFUSED)
        monkeypatch.setenv(name.lower(), REFUSED)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def plain() -> Iterator[Callable[..., Any]]:
    """Return a plain function, without a default service of the process."""
    paws_reset_cache()
    yield paws.sagemakerruntime_invoke_endpoint
    bound = resolve_operation(paws.sagemakerruntime_invoke_endpoint)
    assert bound is not None
    bound.service.close()
    paws_reset_cache()


@pytest.mark.usefixtures("no_network")
def test_patched_client_is_mocked() -> None:
    config, credentials = {"max_retries": 0}, {"creds": KEYS}
    with paws.sagemakerruntime(config, credentials) as service, mock_aws():
        patch_client(service.client)
        assert service.invoke_endpoint("demo", b"a")["Body"] == BODY_OF_MOTO


@pytest.mark.usefixtures("no_network")
def test_asynchronous_result_is_read_from_the_mock() -> None:
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(Bucket="bucket")
        client.put_object(Bucket="bucket", Key="result", Body=b"0.93")
        response = {"OutputLocation": "s3://bucket/result", "FailureLocation": None}
        assert wait_for_result(response, timeout=0) == b"0.93"


@pytest.mark.usefixtures("no_network")
def test_plain_function_without_credentials_is_mocked(plain) -> None:
    """Credentials that were missing before the mock are looked for again."""
    with pytest.raises(ConfigError, match="there are no credentials"):
        plain("demo", b"a")
    with mock_aws():
        assert plain("demo", b"a")["Body"] == BODY_OF_MOTO


@pytest.mark.usefixtures("no_network")
def test_reset_discards_the_credentials_of_the_mock(plain, local, monkeypatch) -> None:
    with mock_aws():
        plain("demo", b"a")
    paws_reset_cache()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", local.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    plain("demo", b"a")
    (request,) = local.requests
    assert " Credential=own/" in request.headers["Authorization"]


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def set_next_result(url: str, name: str, result: dict[str, object]) -> None:
    """Set what moto returns for the next call."""
    body = json.dumps({"results": [result]}).encode()
    request = urllib.request.Request(f"{url}/moto-api/static/sagemaker/{name}", body)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as response:
        assert response.status == 201


def test_server_of_moto_returns_results(url) -> None:
    members: Any = {
        "ContentType": "text/csv",
        "InvokedProductionVariant": "prod",
        "CustomAttributes": "trace=1",
    }
    set_next_result(url, "endpoint-results", {"Body": "3.14", **members})
    set_next_result(url, "async-endpoint-results", {"data": "{}"})
    with create_service(url) as service:
        result = service.invoke_endpoint("endpoint", b"1,2", ContentType="text/csv")
        later = service.invoke_endpoint_async("endpoint", InputLocation="s3://a/b")
    assert members.items() <= result.items()
    assert (result["Body"], result["NewSessionId"]) == (b"3.14", None)
    assert later["InferenceId"]
    assert str(later["OutputLocation"]).startswith("s3://")
