"""Clients of paws and of boto3 for the same endpoint."""

from typing import Any

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import ServiceError
from paws_common.local import Request

KEYS = {"access_key_id": "key", "secret_access_key": "secret"}
REGION = "us-east-1"


def create_service(url: str, **config: Any) -> SageMakerRuntime:
    """Return a service that nothing distinguishes from a user's own."""
    return paws.sagemakerruntime(
        config, endpoint=url, region=REGION, credentials={"creds": KEYS}
    )


def create_boto3_client(url: str, **options: Any) -> Any:
    """Return a client of boto3 with the same settings."""
    import boto3

    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=KEYS["access_key_id"],
        aws_secret_access_key=KEYS["secret_access_key"],
        **options,
    )


def throttle_first_attempts(body: bytes, request: Request) -> bytes:
    """A model that refuses the first attempt of each call."""
    if request.headers["amz-sdk-request"].startswith("attempt=1"):
        raise ServiceError("predict", "ThrottlingException", "slow down")
    return body
