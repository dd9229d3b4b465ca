"""A server that none of us wrote, moto's, understands what is sent."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

import paws
from paws.services.sagemakerruntime import SageMakerRuntime


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def service(url: str) -> Iterator[SageMakerRuntime]:
    made = paws.sagemakerruntime(
        endpoint=url,
        region="us-east-1",
        credentials={"creds": {"access_key_id": "key", "secret_access_key": "secret"}},
    )
    yield made
    made.client.close()


def answer_next(url: str, kind: str, answer: dict[str, object]) -> None:
    """Tell moto what the next call is answered with."""
    body = json.dumps({"results": [answer]}).encode()
    request = urllib.request.Request(f"{url}/moto-api/static/sagemaker/{kind}", body)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as response:
        assert response.status == 201


def test_moto_answers_invoke_endpoint(url: str, service: SageMakerRuntime) -> None:
    answer_next(
        url,
        "endpoint-results",
        {
            "Body": "3.14",
            "ContentType": "text/csv",
            "InvokedProductionVariant": "prod",
            "CustomAttributes": "trace=1",
        },
    )

    result = service.invoke_endpoint("endpoint", b"1,2", ContentType="text/csv")

    assert result["Body"] == b"3.14"
    assert result["ContentType"] == "text/csv"
    assert result["InvokedProductionVariant"] == "prod"
    assert result["CustomAttributes"] == "trace=1"
    assert result["NewSessionId"] is None


def test_moto_answers_invoke_endpoint_async(
    url: str, service: SageMakerRuntime
) -> None:
    answer_next(url, "async-endpoint-results", {"data": json.dumps({"value": 3})})

    result = service.invoke_endpoint_async("endpoint", InputLocation="s3://bucket/in")

    assert result["InferenceId"]
    assert str(result["OutputLocation"]).startswith("s3://")
