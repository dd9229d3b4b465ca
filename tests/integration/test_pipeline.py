"""The pipeline alongside botocore's own sender: requests, events and results are the same.

Both send for clients with the same handlers. Only what contains the time or a random
number is left out of comparisons.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError
from botocore.model import OperationModel, ServiceModel

from paws_common.client.transport import Transport
from support.servers import (
    NO_RESPONSE,
    OK,
    Handler,
    Request,
    error_response,
    responding,
    responding_once,
    response,
    secure,
    serve,
    tunnel,
)
from support.services import client_of
from support.streams import CHUNKED, LAST_CHUNK, MODEL_STREAM_ERROR, chunk, part

GZIP = b"\x1f\x8b"  # RFC 1952, section 2.3.1
DATE = {"Date": "Sat, 28 Nov 2026 12:00:00 GMT"}
# With the time, or a random number.
VARIABLE = {
    *("amz-sdk-invocation-id", "authorization", "client_config", "invocation-id"),
    *("signing", "timestamp", "x-amz-date"),
}

Call = Callable[[Any], object]


def call_of(method: str, **arguments: Any) -> Call:
    """Return a function that calls a method of a client, and reads the body."""

    def call(client: Any) -> object:
        result = getattr(client, method)(**arguments)
        return {**result, "Body": result["Body"].read()} if "Body" in result else result

    return call


invoke = call_of("invoke_endpoint", EndpointName="demo", Body=b"1")


def stream(client: Any) -> object:
    result = client.invoke_endpoint_with_response_stream(EndpointName="demo", Body=b"1")
    with closing(result["Body"]) as events:
        return list(events)


def readable(value: Any) -> Any:
    """Return a value of an event in a form that can be compared."""
    match value:
        case AWSRequest() | AWSPreparedRequest():
            headers = {name.lower(): text for name, text in value.headers.items()}
            url = readable(value.url)
            return value.method, url, readable(headers), readable(value.body)
        case AWSResponse():
            return value.status_code, readable(dict(value.headers))
        case OperationModel() | ServiceModel():
            return str(value)
        case Mapping():
            return {
                name: readable(item)
                for name, item in value.items()
                if str(name).lower() not in VARIABLE
            }
        case list() | tuple():
            return [readable(item) for item in value]
        case Exception():
            return type(value).__name__
        case bytes() if value.startswith(GZIP):
            return gzip.decompress(value)  # the time is in its header
        case str():
            return re.sub(r"127\.0\.0\.1:\d+", "HOST", value)
        case bytes() | int() | float() | None:
            return value
        case _:
            return type(value).__module__.partition(".")[0]


@dataclass(frozen=True)
class Result:
    """A call's result or error, its events, and the received requests."""

    outcome: Any
    events: list[tuple[str, Any]]
    requests: list[Request]


def run(
    service: str, handler: Handler, call: Call, *, pipeline: bool, **config: Any
) -> Result:
    events: list[tuple[str, Any]] = []

    def record(event_name: str, **arguments: Any) -> None:
        events.append((event_name, readable(arguments)))

    with (
        serve(handler) as server,
        client_of(service, server.url, pipeline=pipeline, **config) as client,
    ):
        client.meta.events.register_first("*", record)
        try:
            outcome: Any = call(client)
        except (BotoCoreError, ClientError, ZeroDivisionError) as error:
            facts = getattr(error, "response", None) or getattr(error, "kwargs", {})
            outcome = type(error).__name__, facts
    requests = [
        replace(
            request,
            fields=sorted(
                (name, readable(value))
                for name, value in request.fields
                if name not in VARIABLE
            ),
            body=readable(request.body),
        )
        for request in server.requests
    ]
    return Result(readable(outcome), events, requests)


def compare(service: str, handler: Handler, call: Call, **config: Any) -> Result:
    """Run a call with the pipeline and with botocore's sender, and return the first."""
    ours = run(service, handler, call, pipeline=True, **config)
    theirs = run(service, handler, call, pipeline=False, **config)
    assert ours.outcome == theirs.outcome
    assert ours.requests == theirs.requests
    assert ours.events == theirs.events
    return ours


@pytest.fixture(autouse=True)
def _no_waits(waits) -> None:
    """Skip the pauses between attempts."""


DONE = response(200, b"3", DATE)
HANDLERS: dict[str, Handler] = {
    "success": responding(DONE),
    "retried": responding(error_response(503, **DATE), DONE),
    "throttled": responding(error_response(429, "ThrottlingException"), DONE),
    "modelled error": responding(
        response(
            424,
            b'{"Message": "no", "OriginalStatusCode": 500, "LogStreamArn": "arn"}',
            {"x-amzn-ErrorType": "ModelError", **DATE},
        )
    ),
    "other error": responding(error_response(400, "ValidationError", **DATE)),
    "all attempts fail": responding(error_response(503, **DATE)),
    "lost response": responding_once(),
    "response of HTTP/1.0": responding_once(b"HTTP/1.0 200 OK\r\n\r\n3"),
    "timeout": responding(NO_RESPONSE),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_events_have_the_arguments_of_botocore(name) -> None:
    config = {"read_timeout": 0.1} if name == "timeout" else {}
    result = compare("sagemaker-runtime", HANDLERS[name], invoke, **config)
    assert len(result.events) > 8


STREAMS = {
    "events": [CHUNKED, chunk(part(b"a")), chunk(part(b"b")), LAST_CHUNK],
    "error": [CHUNKED, chunk(part(b"a")), chunk(MODEL_STREAM_ERROR), LAST_CHUNK],
    "refused": [error_response(400, "ValidationError")],
}


@pytest.mark.parametrize("name", STREAMS)
def test_stream_has_the_events_of_botocore(name) -> None:
    """The body of an event stream is another object."""
    handler = responding_once(*STREAMS[name])
    ours = run("sagemaker-runtime", handler, stream, pipeline=True)
    theirs = run("sagemaker-runtime", handler, stream, pipeline=False)
    assert ours.requests == theirs.requests
    assert [name for name, _ in ours.events] == [name for name, _ in theirs.events]
    if name == "events":
        assert ours.outcome == theirs.outcome
    else:  # botocore drops the members of an error
        (kind, facts), (other_kind, other_facts) = ours.outcome, theirs.outcome
        assert kind == other_kind
        assert facts["Error"]["Code"] == other_facts["Error"]["Code"]


@pytest.mark.parametrize("event", ["before-call", "request-created", "before-send"])
def test_handler_exception_emits_botocores_events(event) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    def call(client: Any) -> None:
        client.meta.events.register(f"{event}.sagemaker-runtime", fail)
        invoke(client)

    result = compare("sagemaker-runtime", responding(OK), call)
    assert result.outcome[0] == "ZeroDivisionError"
    assert result.requests == []


@pytest.mark.parametrize("date", [DATE, {}, {"Date": "soon"}])
def test_header_of_attempts_equals_that_of_botocore(date) -> None:
    handler = responding(error_response(503, **date), error_response(500), DONE)
    result = compare("sagemaker-runtime", handler, invoke, read_timeout=40)
    headers = [request.headers["amz-sdk-request"] for request in result.requests]
    ttl = "ttl=20261128T120040Z; " if date == DATE else ""
    assert headers == [
        "attempt=1; max=4",
        f"{ttl}attempt=2; max=4",
        f"{ttl}attempt=3; max=4",
    ]


def test_all_attempts_have_the_same_invocation_id() -> None:
    def set_id(context: dict[str, Any], **_: object) -> None:
        context["retries"] = {"invocation-id": "own"}

    with (
        serve(responding(error_response(503), DONE)) as server,
        client_of("sagemaker-runtime", server.url) as client,
    ):
        invoke(client)
        invoke(client)
        client.meta.events.register("before-call.sagemaker-runtime", set_id)
        invoke(client)
    ids = [request.headers["amz-sdk-invocation-id"] for request in server.requests]
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] == "own"


OBJECT = {"Bucket": "bucket", "Key": "a b"}
LIST_OF_BUCKETS = b"""<?xml version="1.0"?><ListAllMyBucketsResult>\
<Buckets><Bucket><Name>a</Name></Bucket></Buckets></ListAllMyBucketsResult>"""
XML_ERROR = b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"
QUERY_ERROR = b"""<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
<Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>"""
JSON_ERROR = b'{"__type": "com.amazonaws#ResourceNotFoundException", "message": "no"}'
USERS = b"<R><ListUsersResult><Users/></ListUsersResult></R>"

put = call_of("put_object", **OBJECT, Body=b"content")
get = call_of("get_object", **OBJECT)
head = call_of("head_object", **OBJECT)
delete = call_of("delete_objects", Bucket="a", Delete={"Objects": [{"Key": "a"}]})
copy = call_of("copy_object", **OBJECT, CopySource="c/d")
describe_table = call_of("describe_table", TableName="a")
get_user = call_of("get_user", UserName="a")


def with_checksum(content: bytes) -> bytes:
    """Return the response of S3 with an object, and the checksum of a content."""
    checksum = b64encode(crc32(content).to_bytes(4, "big")).decode()
    return response(200, b"abc", {"x-amz-checksum-crc32": checksum})


SERVICES: dict[str, tuple[str, bytes, Call]] = {
    "upload of bytes": ("s3", response(200, b"", DATE), put),
    "download": ("s3", with_checksum(b"abc"), get),
    "download without a checksum": ("s3", response(200, b"abc"), get),
    "list of buckets": ("s3", response(200, LIST_OF_BUCKETS), call_of("list_buckets")),
    "checksum of a request": ("s3", response(200, b"<DeleteResult/>"), delete),
    "head": ("s3", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", head),
    "missing object": ("s3", response(404, XML_ERROR), get),
    "error of HEAD": ("s3", b"HTTP/1.1 404 Not Found\r\n\r\n", head),
    "error with HTTP 200": ("s3", response(200, XML_ERROR), copy),
    "JSON": ("dynamodb", response(200, b'{"TableNames": []}'), call_of("list_tables")),
    "error in JSON": ("dynamodb", response(400, JSON_ERROR), describe_table),
    "query": ("iam", response(200, USERS), call_of("list_users")),
    "error in XML": ("iam", response(404, QUERY_ERROR), get_user),
}


@pytest.mark.parametrize(("service", "said", "call"), SERVICES.values(), ids=SERVICES)
def test_other_services_are_called_as_by_botocore(service, said, call) -> None:
    assert compare(service, responding(said), call).requests


def test_large_request_is_compressed() -> None:
    metrics = [{"MetricName": "b" * 255}] * 100
    call = call_of("put_metric_data", Namespace="a", MetricData=metrics)
    # Older releases of botocore use the query protocol; newer ones use JSON, whose
    # parser reads no body for an operation without output.
    said = response(200, b"<PutMetricDataResponse/>")
    (request,) = compare("cloudwatch", responding(said), call).requests
    assert request.headers["content-encoding"] == "gzip"
    assert int(request.headers["content-length"]) < len(request.body) // 10


def test_wrong_checksum_is_an_error() -> None:
    outcome = compare("s3", responding(with_checksum(b"abd")), get).outcome
    assert outcome[0] == FlexibleChecksumError.__name__


def test_upload_that_expects_100_is_sent_by_botocore(monkeypatch) -> None:
    """botocore's connections wait for ``100 Continue``."""
    monkeypatch.setattr(Transport, "send", None)
    put_file = call_of("put_object", **OBJECT, Body=io.BytesIO(b"content"))
    (request,) = run("s3", responding(response()), put_file, pipeline=True).requests
    assert request.headers["expect"] == "100-continue"
    assert b"content" in request.body


@pytest.mark.slow
def test_adaptive_mode_has_the_events_of_botocore() -> None:
    config = Config(retries={"mode": "adaptive"})
    handler = responding(error_response(429, "ThrottlingException"), DONE)
    compare("sagemaker-runtime", handler, invoke, botocore=config)


def test_redirect_to_the_bucket_region_is_followed() -> None:
    redirect = response(
        301,
        b"<Error><Code>PermanentRedirect</Code></Error>",
        {"x-amz-bucket-region": "eu-west-1"},
    )
    handler = responding(redirect, response(200, b"abc"))
    with serve(handler) as server, client_of("s3", server.url) as client:
        assert client.get_object(Bucket="bucket", Key="a")["Body"].read() == b"abc"
    scopes = [
        re.findall(r"/\d{8}/([\w-]+)/s3/", request.headers["authorization"])
        for request in server.requests
    ]
    assert scopes == [["us-east-1"], ["eu-west-1"]]


@pytest.mark.parametrize("pipeline", [True, False])
def test_endpoint_is_discovered(authority, pipeline) -> None:
    """The operation `DescribeEndpoints` is called first."""
    query = "query.timestream.us-east-1.amazonaws.com"
    endpoints = {"Endpoints": [{"Address": "cell.example", "CachePeriodInMinutes": 9}]}
    handler = secure(
        authority.server_context(query, "cell.example"),
        responding(
            response(200, json.dumps(endpoints).encode()),
            response(200, b'{"QueryId": "1", "Rows": [], "ColumnInfo": []}'),
        ),
    )
    with serve(tunnel(handler)) as proxy:
        config = {
            "botocore": Config(proxies={"https": proxy.url}),
            "ca_bundle": str(authority.bundle),
        }
        with client_of("timestream-query", None, pipeline=pipeline, **config) as client:
            client.query(QueryString="SELECT 1")
    hosts = [request.headers["host"] for request in proxy.requests]
    assert hosts == [query, "cell.example"]
