"""Who is measured: the ways to call a SageMaker endpoint from Python.

Each peer imports what it needs when it is made, and nothing is imported before, so that
a start can be measured too. All are configured alike, by the environment (`configure`),
and take InvokeEndpoint's parameters by AWS's names. What they give is the body, read; of a
stream, the number of its bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from http.client import HTTPConnection

Invoke = Callable[..., bytes]
Stream = Callable[..., int]

REFERENCE = "boto3"

_REGION = "us-east-1"
_HEADERS = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
    "TargetModel": "X-Amzn-SageMaker-Target-Model",
    "TargetVariant": "X-Amzn-SageMaker-Target-Variant",
    "TargetContainerHostname": "X-Amzn-SageMaker-Target-Container-Hostname",
    "InferenceId": "X-Amzn-SageMaker-Inference-Id",
    "EnableExplanations": "X-Amzn-SageMaker-Enable-Explanations",
    "InferenceComponentName": "X-Amzn-SageMaker-Inference-Component",
    "SessionId": "X-Amzn-SageMaker-Session-Id",
    "PrefixAwareId": "X-Amzn-SageMaker-Prefix-Aware-Id",
}


def configure(url: str) -> None:
    """Have every peer, in this process and in those it starts, call the server."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        AWS_DEFAULT_REGION=_REGION,
        AWS_ENDPOINT_URL=url,
        # Profiles would differ from one machine to the next.
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )


def paws() -> Invoke:
    """Return a method of a service of this package."""
    import paws

    service = paws.sagemakerruntime()
    return lambda **arguments: service.invoke_endpoint(**arguments)["Body"]


def botocore() -> Invoke:
    """Return a method of botocore's client."""
    from botocore.session import get_session

    client = get_session().create_client("sagemaker-runtime")
    return lambda **arguments: client.invoke_endpoint(**arguments)["Body"].read()


def boto3() -> Invoke:
    """Return a method of boto3's client."""
    import boto3

    client = boto3.client("sagemaker-runtime")
    return lambda **arguments: client.invoke_endpoint(**arguments)["Body"].read()


def sagemaker_core() -> Invoke:
    """Return a method of sagemaker-core's resource, which has its own names."""
    from sagemaker.core.resources import Endpoint

    def invoke(*, EndpointName: str, Body: bytes, ContentType: str) -> bytes:
        answer = Endpoint(endpoint_name=EndpointName).invoke(
            body=Body, content_type=ContentType
        )
        content: bytes = answer.body.read()
        return content

    return invoke


def signed_urllib3() -> Invoke:
    """Return what signs as botocore does, and sends it without a client."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from urllib3 import PoolManager

    pool = PoolManager()
    keys = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    signer = SigV4Auth(Credentials(*keys), "sagemaker", _REGION)
    server = os.environ["AWS_ENDPOINT_URL"]

    def invoke(*, EndpointName: str, Body: bytes, **given: str) -> bytes:
        url = f"{server}/endpoints/{EndpointName}/invocations"
        request = AWSRequest("POST", url, _headers(given), Body)
        signer.add_auth(request)
        headers = dict(request.headers.items())
        return pool.request("POST", url, body=Body, headers=headers).data

    return invoke


def http_client() -> Invoke:
    """Return what the standard library sends, unsigned: no service would take it."""
    connection = _connection()

    def invoke(*, EndpointName: str, Body: bytes, **given: str) -> bytes:
        path = f"/endpoints/{EndpointName}/invocations"
        connection.request("POST", path, Body, _headers(given))
        return connection.getresponse().read()

    return invoke


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    return {_HEADERS[name]: value for name, value in given.items()}


def paws_stream() -> Stream:
    """Return what reads the events of a stream of this package."""
    import paws

    invoke = paws.sagemakerruntime().invoke_endpoint_with_response_stream
    return lambda **arguments: _bytes(invoke(**arguments))


def botocore_stream() -> Stream:
    """Return what reads the events of a stream of botocore."""
    from botocore.session import get_session

    client = get_session().create_client("sagemaker-runtime")
    invoke = client.invoke_endpoint_with_response_stream
    return lambda **arguments: _bytes(invoke(**arguments))


def boto3_stream() -> Stream:
    """Return what reads the events of a stream of boto3."""
    import boto3

    invoke = boto3.client("sagemaker-runtime").invoke_endpoint_with_response_stream
    return lambda **arguments: _bytes(invoke(**arguments))


def http_client_stream() -> Stream:
    """Return what reads the bytes of a stream, and does not look at its events."""
    connection = _connection()

    def invoke(*, EndpointName: str, Body: bytes, **given: str) -> int:
        path = f"/endpoints/{EndpointName}/invocations-response-stream"
        connection.request("POST", path, Body, _headers(given))
        return len(connection.getresponse().read())

    return invoke


def _bytes(answer: Mapping[str, Any]) -> int:
    return sum(len(event["PayloadPart"]["Bytes"]) for event in answer["Body"])


def _connection() -> HTTPConnection:
    from http.client import HTTPConnection

    return HTTPConnection(os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"))


PEERS: Mapping[str, Callable[[], Invoke]] = {
    "paws": paws,
    "boto3": boto3,
    "botocore": botocore,
    "sagemaker-core": sagemaker_core,
    "urllib3 + SigV4Auth": signed_urllib3,
    "http.client": http_client,
}

STREAMS: Mapping[str, Callable[[], Stream]] = {
    "paws": paws_stream,
    "boto3": boto3_stream,
    "botocore": botocore_stream,
    "http.client": http_client_stream,
}


def installed() -> list[str]:
    """Return the names of the peers that are there; all but one always are."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        version("sagemaker-core")
    except PackageNotFoundError:
        return [name for name in PEERS if name != "sagemaker-core"]
    return list(PEERS)
