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
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from zlib import crc32

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError
from botocore.model import OperationModel, ServiceModel

from paws_common.client.transport import Transport
from support.certificates import Authority
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


def invoke(client: Any) -> object:
    result = client.invoke_endpoint(EndpointName="demo", Body=b"1")
    return {**result, "Body": result["Body"].read()}


def stream(client: Any) -> object:
    result = client.invoke_endpoint_with_response_stream(EndpointName="demo", Body=b"1")
    with closing(result["Body"]) as events:
        return list(events)


# --- What is compared


def readable(value: Any) -> Any:
    """Return a value of an event in a form that can be compared."""
    match value:
        case AWSRequest() | AWSPreparedRequest():
            headers = {
                name.lower(): text
                for name, text in value.headers.items()
                if name.lower() not in VARIABLE
            }
            return value.method, value.url, headers, readable(value.body)
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
        case str() | bytes() | int() | float() | None:
            return value
        case _:
            return type(value).__module__.partition(".")[0]


@dataclass
class Recorder:
    """Records the events of a client with their arguments."""

    events: list[tuple[str, Any]] = field(default_factory=list)

    def register(self, client: Any) -> None:
        client.meta.events.register_first("*", self._record)

    def _record(self, event_name: str, **arguments: Any) -> None:
        self.events.append((event_name, readable(arguments)))


@dataclass(frozen=True)
class Result:
    """A call's result or error, its events, and the received requests."""

    outcome: Any
    events: list[tuple[str, Any]]
    requests: list[Request]


def run(
    service: str, handler: Handler, call: Call, *, pipeline: bool, **config: Any
) -> Result:
    recorder = Recorder()
    with (
        serve(handler) as server,
        client_of(service, server.url, pipeline=pipeline, **config) as client,
    ):
        recorder.register(client)
        try:
            outcome: Any = call(client)
        except (BotoCoreError, ClientError, ZeroDivisionError) as error:
            facts = getattr(error, "response", None) or getattr(error, "kwargs", {})
            outcome = type(error).__name__, facts
        port = str(server.port)
    plain = partial(_without, port=port)
    return Result(
        plain(readable(outcome)),
        [(name, plain(arguments)) for name, arguments in recorder.events],
        [
            Request(
                request.method,
                request.target,
                sorted(
                    (name, plain(value))
                    for name, value in request.fields
                    if name not in VARIABLE
                ),
                readable(request.body),
            )
            for request in server.requests
        ],
    )


def _without(value: Any, port: str) -> Any:
    match value:
        case str():
            return value.replace(port, "PORT")
        case bytes():
            return value.replace(port.encode(), b"PORT")
        case dict():
            return {name: _without(item, port) for name, item in value.items()}
        case list() | tuple():
            return [_without(item, port) for item in value]
        case _:
            return value


def compare(service: str, handler: Handler, call: Call, **config: Any) -> Result:
    """Run a call with the pipeline and with botocore's sender, and return the first."""
    ours = run(service, handler, call, pipeline=True, **config)
    theirs = run(service, handler, call, pipeline=False, **config)
    assert ours.outcome == theirs.outcome
    assert ours.requests == theirs.requests
    assert [name for name, _ in ours.events] == [name for name, _ in theirs.events]
    for mine, other in zip(ours.events, theirs.events, strict=True):
        assert mine == other
    return ours


@pytest.fixture(autouse=True)
def _no_waits(waits: list[float]) -> None:
    """Skip the pauses between attempts."""


# --- Events


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
}


@pytest.mark.parametrize("name", HANDLERS)
def test_events_have_the_arguments_of_botocore(name: str) -> None:
    result = compare("sagemaker-runtime", HANDLERS[name], invoke)
    assert len(result.events) > 8


def test_timeout_has_the_events_of_botocore() -> None:
    def call(client: Any) -> None:
        client.invoke_endpoint(EndpointName="demo", Body=b"1")

    compare("sagemaker-runtime", responding(NO_RESPONSE), call, read_timeout=0.1)


STREAMS = {
    "events": [CHUNKED, chunk(part(b"a")), chunk(part(b"b")), LAST_CHUNK],
    "error": [CHUNKED, chunk(part(b"a")), chunk(MODEL_STREAM_ERROR), LAST_CHUNK],
    "refused": [error_response(400, "ValidationError")],
}


@pytest.mark.parametrize("name", STREAMS)
def test_stream_has_the_events_of_botocore(name: str) -> None:
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
def test_handler_exception_emits_botocores_events(event: str) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    def call(client: Any) -> None:
        client.meta.events.register(f"{event}.sagemaker-runtime", fail)
        invoke(client)

    result = compare("sagemaker-runtime", responding(OK), call)
    assert result.outcome[0] == "ZeroDivisionError"
    assert result.requests == []


def test_attribute_of_a_users_exception_is_kept() -> None:
    class OwnError(Exception):
        attempts = "own"

    error = OwnError()

    def fail(**_: object) -> None:
        raise error

    def call(client: Any) -> None:
        client.meta.events.register("before-send.sagemaker-runtime", fail)
        with suppress(OwnError):
            invoke(client)

    run("sagemaker-runtime", responding(OK), call, pipeline=True)
    assert vars(error) == {}


def test_exception_that_is_its_own_cause_is_raised() -> None:
    """``raise error from error`` is a circle of causes."""

    def fail(**_: object) -> None:
        error = ZeroDivisionError()
        raise error from error

    def call(client: Any) -> None:
        client.meta.events.register("before-send.sagemaker-runtime", fail)
        invoke(client)

    result = run("sagemaker-runtime", responding(OK), call, pipeline=True)
    assert result.outcome[0] == "ZeroDivisionError"


# --- Headers of botocore


@pytest.mark.parametrize("date", [DATE, {}, {"Date": "soon"}])
def test_header_of_attempts_equals_that_of_botocore(date: dict[str, str]) -> None:
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
    with (
        serve(responding(error_response(503), DONE)) as server,
        client_of("sagemaker-runtime", server.url) as client,
    ):
        invoke(client)
        invoke(client)
    ids = [request.headers["amz-sdk-invocation-id"] for request in server.requests]
    assert ids[0] == ids[1] != ids[2]


def test_invocation_id_of_a_handler_is_kept() -> None:
    def set_id(context: dict[str, Any], **_: object) -> None:
        context["retries"] = {"invocation-id": "own"}

    with (
        serve(responding(DONE)) as server,
        client_of("sagemaker-runtime", server.url) as client,
    ):
        client.meta.events.register("before-call.sagemaker-runtime", set_id)
        invoke(client)
    (request,) = server.requests
    assert request.headers["amz-sdk-invocation-id"] == "own"


# --- Other services


def put_bytes(client: Any) -> object:
    return client.put_object(Bucket="bucket", Key="a b", Body=b"content")


def put_file(client: Any) -> object:
    return client.put_object(Bucket="bucket", Key="a b", Body=io.BytesIO(b"content"))


def get(client: Any) -> object:
    result = client.get_object(Bucket="bucket", Key="a b")
    return {**result, "Body": result["Body"].read()}


def checksum(content: bytes) -> dict[str, str]:
    return {
        "x-amz-checksum-crc32": b64encode(crc32(content).to_bytes(4, "big")).decode()
    }


LIST_OF_BUCKETS = b"""<?xml version="1.0"?><ListAllMyBucketsResult>\
<Buckets><Bucket><Name>a</Name></Bucket></Buckets></ListAllMyBucketsResult>"""
XML_ERROR = b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"
QUERY_ERROR = b"""<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
<Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>"""
JSON_ERROR = b'{"__type": "com.amazonaws#ResourceNotFoundException", "message": "no"}'

SERVICES: dict[str, tuple[str, bytes, Call]] = {
    "upload of bytes": ("s3", response(200, b"", DATE), put_bytes),
    "download": ("s3", response(200, b"abc", checksum(b"abc")), get),
    "download without a checksum": ("s3", response(200, b"abc"), get),
    "wrong checksum": ("s3", response(200, b"abc", checksum(b"abd")), get),
    "list of buckets": (
        "s3",
        response(200, LIST_OF_BUCKETS),
        lambda client: client.list_buckets(),
    ),
    "checksum of a request": (
        "s3",
        response(200, b"<DeleteResult/>"),
        lambda client: client.delete_objects(
            Bucket="bucket", Delete={"Objects": [{"Key": "a"}]}
        ),
    ),
    "head": (
        "s3",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n",
        lambda client: client.head_object(Bucket="bucket", Key="a"),
    ),
    "missing object": ("s3", response(404, XML_ERROR), get),
    "error of HEAD": (
        "s3",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        lambda client: client.head_object(Bucket="bucket", Key="a"),
    ),
    "error with HTTP 200": (
        "s3",
        response(200, b"<Error><Code>InternalError</Code></Error>"),
        lambda client: client.copy_object(Bucket="b", Key="a", CopySource="c/d"),
    ),
    "JSON": (
        "dynamodb",
        response(200, b'{"TableNames": ["a"]}'),
        lambda client: client.list_tables(),
    ),
    "error in JSON": (
        "dynamodb",
        response(400, JSON_ERROR),
        lambda client: client.describe_table(TableName="a"),
    ),
    "query": (
        "iam",
        response(200, b"<R><ListUsersResult><Users/></ListUsersResult></R>"),
        lambda client: client.list_users(),
    ),
    "error in XML": (
        "iam",
        response(404, QUERY_ERROR),
        lambda client: client.get_user(UserName="a"),
    ),
    "compression": (
        "cloudwatch",
        # Older releases of botocore use the query protocol; newer ones use JSON, whose
        # parser reads no body for an operation without output.
        response(200, b"<PutMetricDataResponse/>"),
        lambda client: client.put_metric_data(
            Namespace="a", MetricData=[{"MetricName": "b" * 255}] * 100
        ),
    ),
}


@pytest.mark.parametrize("name", SERVICES)
def test_other_services_are_called_as_by_botocore(name: str) -> None:
    service, said, call = SERVICES[name]
    result = compare(service, responding(said), call)
    assert result.requests


def test_large_request_is_compressed() -> None:
    service, said, call = SERVICES["compression"]
    (request,) = run(service, responding(said), call, pipeline=True).requests
    assert request.headers["content-encoding"] == "gzip"
    assert int(request.headers["content-length"]) < len(request.body) // 10


def test_wrong_checksum_is_an_error() -> None:
    service, said, call = SERVICES["wrong checksum"]
    outcome = run(service, responding(said), call, pipeline=True).outcome
    assert outcome[0] == FlexibleChecksumError.__name__


def test_upload_that_expects_100_is_sent_by_botocore(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """botocore's connections wait for ``100 Continue``."""
    monkeypatch.setattr(Transport, "send", None)
    upload = run("s3", responding(response()), put_file, pipeline=True)
    (request,) = upload.requests
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
def test_endpoint_is_discovered(authority: Authority, pipeline: bool) -> None:
    """The operation `DescribeEndpoints` is called first."""
    hosts = ["discovery.timestream.us-east-1.amazonaws.com", "cell.example"]
    hosts.append("query.timestream.us-east-1.amazonaws.com")
    endpoints = {"Endpoints": [{"Address": "cell.example", "CachePeriodInMinutes": 9}]}
    handler = secure(
        authority.server_context(*hosts),
        responding(
            response(200, json.dumps(endpoints).encode()),
            response(200, b'{"QueryId": "1", "Rows": [], "ColumnInfo": []}'),
        ),
    )
    with serve(tunnel(handler)) as proxy:
        config = Config(proxies={"https": proxy.url})
        with client_of(
            "timestream-query",
            None,
            pipeline=pipeline,
            botocore=config,
            ca_bundle=str(authority.bundle),
        ) as client:
            client.query(QueryString="SELECT 1")
    assert [request.headers["host"] for request in proxy.requests] == [
        "query.timestream.us-east-1.amazonaws.com",
        "cell.example",
    ]
