"""A server, a clock and a configuration for every test of asynchronous calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import LocalEndpoint, invoke_and_wait
from paws_common.local import Request
from paws_common.sagemaker import asynchronous
from paws_common.sagemaker.s3 import locate
from support.moto_s3 import BUCKET, KEY, OUTPUT, REGION, Moto, Time
from support.services import botocore_client


@pytest.fixture(scope="module")
def running() -> Iterator[Moto]:
    server = Moto()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def client(running) -> Iterator[Any]:
    """Return botocore's own client of S3, for the same objects."""
    with botocore_client(running.url, "s3") as client:
        yield client


@pytest.fixture
def moto(running, client) -> Iterator[Moto]:
    """Return the server with the bucket of the local endpoint, and nothing in it."""
    client.create_bucket(Bucket=BUCKET)
    running.asked.clear()
    running.signed.clear()
    yield running
    running.interfere = lambda _: None
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def time(monkeypatch) -> Time:
    made = Time()
    monkeypatch.setattr(asynchronous, "_CLOCK", made.clock)
    return made


@pytest.fixture
def config(moto) -> dict[str, Any]:
    """Return the configuration of S3."""
    return {"endpoint": moto.url, "region": REGION, "credentials": {"creds": KEY}}


def model(body: bytes, request: Request) -> bytes:
    if body == b"fail":
        raise ValueError("the model has no such row")
    return body.upper()


@pytest.fixture
def local() -> Iterator[LocalEndpoint]:
    with LocalEndpoint(model) as endpoint:
        yield endpoint


@pytest.fixture
def svc(local) -> Iterator[SageMakerRuntime]:
    with paws.sagemakerruntime(**local.config()) as service:
        yield service


@pytest.fixture
def wait(svc, config) -> Callable[..., bytes]:
    """Return a function that calls the service, and waits for the result."""

    def wait(body, function=svc.invoke_endpoint_async, **arguments):
        return invoke_and_wait(function, "demo", body, config=config, **arguments)

    return wait


@pytest.fixture
def upload(wait, local, time, client) -> Callable[..., bytes]:
    """Return a function that waits for the result of a body, which may be uploaded.

    The result appears in S3 two seconds after the upload.
    """

    def respond():
        location = local.requests[-1].headers["X-Amzn-SageMaker-InputLocation"]
        bucket, key = locate(location)
        body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        client.put_object(**OUTPUT, Body=body.upper())

    def upload(body, **arguments):
        time.at(time.now - 1000 + 2, respond)
        given = {"upload_to": "s3://local_endpoint/in/", "InferenceId": "id"}
        return wait(body, **{**given, **arguments})

    return upload


@pytest.fixture
def delivery(time, local, client, moto) -> None:
    """Make the results of the local endpoint appear in S3 after two seconds."""

    def deliver():
        for location, content in local.outputs.items():
            bucket, key = locate(location)
            client.put_object(Bucket=bucket, Key=key, Body=content)
        moto.asked.clear()

    time.at(2, deliver)
