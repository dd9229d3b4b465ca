"""A server, a clock and a configuration for every test of asynchronous calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import LocalEndpoint
from paws_common.local import Request
from paws_common.sagemaker import asynchronous
from paws_common.sagemaker.s3 import locate
from support.moto_s3 import BUCKET, KEY, REGION, Moto, Time


@pytest.fixture(scope="module")
def running() -> Iterator[Moto]:
    server = Moto()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def client(running) -> Iterator[Any]:
    """Return botocore's own client of S3, which sees what has come there."""
    made = botocore.session.Session().create_client(
        "s3",
        endpoint_url=running.url,
        region_name=REGION,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    yield made
    made.close()


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
    service = paws.sagemakerruntime(**local.config())
    yield service
    service.client.close()


@pytest.fixture
def delivery(time, local, client, moto) -> None:
    """Let what the service would write to S3 come there, a little later."""

    def deliver():
        for location, content in local.outputs.items():
            place = locate(location)
            assert place
            client.put_object(Bucket=place.bucket, Key=place.key, Body=content)
        moto.asked.clear()

    time.at(2, deliver)
