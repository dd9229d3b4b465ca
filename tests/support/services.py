"""Services that call a server of a test, and botocore's clients for the same."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from unittest import mock

import pytest
from botocore.config import Config
from botocore.session import Session

import paws
from paws_common import Api, Credentials, PawsError, Service
from paws_common.client import sender

# Not those of `LocalEndpoint`, with which proxies are ignored.
CREDENTIALS: Credentials = {
    "creds": {"access_key_id": "AKID", "secret_access_key": "SECRET"}
}


def environment_of(url: str) -> dict[str, str]:
    """Return the environment with which the plain functions call a server."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKID",
        "AWS_SECRET_ACCESS_KEY": "SECRET",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def use_by_default(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the plain functions of this process call a server."""
    for name, value in environment_of(url).items():
        monkeypatch.setenv(name, value)


@contextmanager
def runtime(
    url: str,
    config: Mapping[str, Any] | None = None,
    credentials: Credentials | None = CREDENTIALS,
) -> Iterator[Any]:
    """Create a service of SageMaker Runtime, and close its connections in the end."""
    service = paws.sagemakerruntime(
        config, endpoint=url, region="us-east-1", credentials=credentials
    )
    with closing(service.client):
        yield service


def invoke(url: str, **config: Any) -> bytes:
    """Call an endpoint, and return the body of the response."""
    with runtime(url, config) as service:
        body: bytes = service.invoke_endpoint("demo", b"1")["Body"]
        return body


def error_of_call(url: str, **config: Any) -> PawsError:
    """Call an endpoint, and return the error."""
    with pytest.raises(PawsError) as caught:
        invoke(url, **config)
    return caught.value


@contextmanager
def client_of(
    service: str, url: str | None, *, pipeline: bool = True, **config: Any
) -> Iterator[Any]:
    """Create the client of any service, and close its connections in the end.

    The requests are sent by the pipeline, or by botocore itself.
    """
    names = {"name": service, "service": service}
    api = Api(**names, version="", protocol="", shapes={}, errors={})
    created = Service(api, config, CREDENTIALS, url, "us-east-1")
    with mock.patch.object(sender, "is_pipeline_supported", return_value=pipeline):
        client = created.client
    with closing(client):
        yield client


@contextmanager
def botocore_client(
    url: str, service: str = "sagemaker-runtime", **config: Any
) -> Iterator[Any]:
    """Create a client of botocore that makes a single attempt, and close it in the end."""
    client = Session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="AKID",
        aws_secret_access_key="SECRET",
        config=Config(retries={"total_max_attempts": 1}, **config),
    )
    with closing(client):
        yield client
