"""The peers: ways to call a SageMaker endpoint from Python.

A function creates a peer, and imports its packages, so that a start can be measured too.
`configure` sets the environment variables that all peers read. A peer takes the
parameters of InvokeEndpoint by their names in AWS's API, and returns the body, or the
number of bytes of a stream.
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
    """Set the address, and credentials, for the peers of this process and its children."""
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
    """Return a call of a service of paws."""
    import paws

    service = paws.sagemakerruntime()
    return lambda **arguments: service.invoke_endpoint(**arguments)["Body"]


def botocore() -> Invoke:
    """Return a call of botocore's client."""
    from botocore.session import get_session

    client = get_session().create_client("sagemaker-runtime")
    return lambda **arguments: client.invoke_endpoint(**arguments)["Body"].read()


def boto3() -> Invoke:
    """Return a call of boto3's client."""
    import boto3

    client = boto3.client("sagemaker-runtime")
    return lambda **arguments: client.invoke_endpoint(**arguments)["Body"].read()


def sagemaker_core() -> Invoke:
    """Return a call of sagemaker-core's resource, which has other parameter names."""
    from boto3 import Session
    from sagemaker.core.resources import Endpoint

    session = Session()  # a client of its own: each benchmark has another server

    def invoke(
        *, EndpointName: str, Body: bytes, ContentType: str, Accept: str
    ) -> bytes:
        response = Endpoint(endpoint_name=EndpointName).invoke(
            body=Body, content_type=ContentType, accept=Accept, session=session
        )
        content: bytes = response.body.read()
        return content

    return invoke


def signed_urllib3() -> Invoke:
    """Return a call that botocore signs and urllib3 sends, without a client."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from urllib3 import PoolManager

    pool = PoolManager()
    keys = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    signer = SigV4Auth(Credentials(*keys), "sagemaker", _REGION)
    server = os.environ["AWS_ENDPOINT_URL"]

    def invoke(*, EndpointName: str, Body: bytes, **parameters: str) -> bytes:
        url = f"{server}/endpoints/{EndpointName}/invocations"
        request = AWSRequest("POST", url, _headers(parameters), Body)
        signer.add_auth(request)
        headers = dict(request.headers.items())
        return pool.request("POST", url, body=Body, headers=headers).data

    return invoke


def http_client() -> Invoke:
    """Return a call of the standard library without a signature: AWS would reject it."""
    connection = _connection()

    def invoke(*, EndpointName: str, Body: bytes, **parameters: str) -> bytes:
        path = f"/endpoints/{EndpointName}/invocations"
        connection.request("POST", path, Body, _headers(parameters))
        return connection.getresponse().read()

    return invoke


def _headers(parameters: Mapping[str, str]) -> dict[str, str]:
    return {_HEADERS[name]: value for name, value in parameters.items()}


def paws_stream() -> Stream:
    """Return a call that reads a stream of paws."""
    import paws

    invoke = paws.sagemakerruntime().invoke_endpoint_with_response_stream
    return lambda **arguments: _bytes(invoke(**arguments))


def botocore_stream() -> Stream:
    """Return a call that reads a stream of botocore."""
    from botocore.session import get_session

    client = get_session().create_client("sagemaker-runtime")
    invoke = client.invoke_endpoint_with_response_stream
    return lambda **arguments: _bytes(invoke(**arguments))


def boto3_stream() -> Stream:
    """Return a call that reads a stream of boto3."""
    import boto3

    invoke = boto3.client("sagemaker-runtime").invoke_endpoint_with_response_stream
    return lambda **arguments: _bytes(invoke(**arguments))


def http_client_stream() -> Stream:
    """Return a call that reads the bytes of a stream without parsing its events."""
    connection = _connection()

    def invoke(*, EndpointName: str, Body: bytes, **parameters: str) -> int:
        path = f"/endpoints/{EndpointName}/invocations-response-stream"
        connection.request("POST", path, Body, _headers(parameters))
        return len(connection.getresponse().read())

    return invoke


def _bytes(response: Mapping[str, Any]) -> int:
    return sum(len(event["PayloadPart"]["Bytes"]) for event in response["Body"])


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
    """Return the names of the peers whose packages are installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        version("sagemaker-core")
    except PackageNotFoundError:
        return [name for name in PEERS if name != "sagemaker-core"]
    return list(PEERS)
