"""The encoding of single values, compared with botocore's client."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs

import pytest

from support.generated_services import (
    NOW,
    Sent,
    Services,
    asked,
    like,
    same,
    several,
)

OPERATIONS = {
    "amplify": ["StartJob"],
    "application-signals": ["GetService"],
    "autoscaling": ["DescribeScheduledActions"],
    "bedrock": ["ListCustomModels"],
    "bedrock-agent-runtime": ["PutInvocationStep"],
    "bedrock-runtime": ["Converse", "InvokeModel"],
    "braket": ["CreateQuantumTask"],
    "cloudwatch": ["DescribeAlarmHistory"],
    "dynamodb": ["PutItem"],
    "ec2": ["CreateFleet", "ImportKeyPair"],
    "glacier": ["UploadArchive"],
    "iot-data": ["Publish"],
    "kinesis": ["GetShardIterator", "PutRecord"],
    "lambda": ["CreateFunction", "Invoke"],
    "lex-runtime": ["PostContent"],
    "s3": [
        "CopyObject",
        "DeleteObject",
        "GetObject",
        "PutObject",
        "WriteGetObjectResponse",
    ],
    "ses": ["SendRawEmail"],
    "supplychain": ["SendDataIntegrationEvent"],
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with several(OPERATIONS, tmp_path_factory) as made:
        yield made


# --- R's header defaults: the one difference


@pytest.mark.parametrize(
    ("service", "operation", "values"),
    [
        ("lambda", "Invoke", {"FunctionName": "f", "Payload": b"{}"}),
        ("bedrock-runtime", "InvokeModel", {"modelId": "m", "body": b"{}"}),
        ("iot-data", "Publish", {"topic": "t", "payload": b"1"}),
    ],
)
def test_only_defaults_of_r_differ_from_botocore(
    services: Services, service: str, operation: str, values: dict[str, Any]
) -> None:
    made = services(service)
    plain = asked(made.plain, operation, values)
    ours = made.call(made.strict, operation, values)
    assert isinstance(plain, Sent)
    assert isinstance(ours, Sent)
    assert (ours.method, ours.url, ours.body) == (plain.method, plain.url, plain.body)
    defaults = {"accept": "application/json", "content-type": "application/json"}
    signature = {"authorization": ours.headers["authorization"]}
    assert ours.headers == {**defaults, **plain.headers, **signature}


@pytest.mark.parametrize(
    "values", [{"FunctionName": "f"}, {"FunctionName": "f", "Payload": b""}]
)
def test_request_without_a_body_equals_botocores(
    services: Services, values: dict[str, Any]
) -> None:
    made = services("lambda")
    ours = made.call(made.strict, "Invoke", values)
    assert ours == asked(made.plain, "Invoke", values)


# --- Timestamps: every place and format

PLACES: Mapping[str, tuple[str, str, str, dict[str, Any]]] = {
    "json": (
        *("kinesis", "GetShardIterator", "Timestamp"),
        {"ShardId": "s", "ShardIteratorType": "AT_TIMESTAMP", "StreamName": "s"},
    ),
    "json-or-cbor": ("cloudwatch", "DescribeAlarmHistory", "StartDate", {}),
    "query": ("autoscaling", "DescribeScheduledActions", "StartTime", {}),
    "ec2": (
        *("ec2", "CreateFleet", "ValidFrom"),
        {
            "LaunchTemplateConfigs": [],
            "TargetCapacitySpecification": {"TotalTargetCapacity": 1},
        },
    ),
    "rest-json": (
        *("amplify", "StartJob", "commitTime"),
        {"appId": "a", "branchName": "b", "jobType": "RELEASE"},
    ),
    "rest-json-iso8601": (
        *("bedrock-agent-runtime", "PutInvocationStep", "invocationStepTime"),
        {
            "invocationIdentifier": "i",
            "payload": {"contentBlocks": [{"text": "t"}]},
            "sessionIdentifier": "s",
        },
    ),
    "rest-json-unix": (
        *("supplychain", "SendDataIntegrationEvent", "eventTimestamp"),
        {
            "instanceId": "i" * 36,
            "eventType": "scn.data.forecast",
            "data": "d",
            "eventGroupId": "g",
        },
    ),
    "querystring": (
        *("application-signals", "GetService", "StartTime"),
        {"EndTime": NOW, "KeyAttributes": {"Type": "Service"}},
    ),
    "querystring-iso8601": ("bedrock", "ListCustomModels", "creationTimeBefore", {}),
    "querystring-rfc822": (
        *("s3", "GetObject", "ResponseExpires"),
        {"Bucket": "b", "Key": "k"},
    ),
    "header": (
        *("s3", "CopyObject", "CopySourceIfModifiedSince"),
        {"Bucket": "b", "CopySource": "b/k", "Key": "k"},
    ),
    "header-iso8601": (
        *("s3", "PutObject", "ObjectLockRetainUntilDate"),
        {"Bucket": "b", "Key": "k"},
    ),
    "header-rfc822": (
        *("s3", "DeleteObject", "IfMatchLastModifiedTime"),
        {"Bucket": "b", "Key": "k"},
    ),
}
MOMENTS: Mapping[str, Any] = {
    "naive": datetime(2020, 1, 2, 3, 4, 5),
    "microseconds": datetime(2020, 1, 2, 3, 4, 5, 678901),
    "utc": datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
    "east": datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=9))),
    "text": "2020-01-02T03:04:05+01:00",
    "day": "2020-01-02",
    "seconds": 1577934245,
    "milliseconds": 1577934245.678,
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("place", PLACES)
def test_timestamp_is_written_as_its_place_wants_it(
    services: Services, place: str, moment: Any
) -> None:
    service, operation, name, values = PLACES[place]
    same(services(service), operation, **values, **{name: moment})


@pytest.mark.parametrize("place", PLACES)
def test_day_is_its_midnight_in_utc(services: Services, place: str) -> None:
    service, operation, name, values = PLACES[place]
    midnight = datetime(2020, 1, 2, tzinfo=UTC)
    like(
        services(service),
        operation,
        {**values, name: date(2020, 1, 2)},
        {**values, name: midnight},
    )


# --- Blobs inside of a request

KINDS: Mapping[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "text": bytes.decode,
    "file": io.BytesIO,
}
BLOBS: Mapping[str, Callable[[Any], tuple[str, str, dict[str, Any]]]] = {
    "json": lambda blob: (
        "kinesis",
        "PutRecord",
        {"StreamName": "s", "Data": blob, "PartitionKey": "p"},
    ),
    "json-nested": lambda blob: (
        "dynamodb",
        "PutItem",
        {"TableName": "ttt", "Item": {"a": {"BS": [blob]}, "b": {"B": b""}}},
    ),
    "query": lambda blob: ("ses", "SendRawEmail", {"RawMessage": {"Data": blob}}),
    "ec2": lambda blob: (
        "ec2",
        "ImportKeyPair",
        {"KeyName": "k", "PublicKeyMaterial": blob},
    ),
    "rest-json": lambda blob: (
        "lambda",
        "CreateFunction",
        {"FunctionName": "f", "Role": "r", "Code": {"ZipFile": blob}},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", BLOBS)
def test_nested_blob_is_sent_as_base64(
    services: Services, place: str, kind: str
) -> None:
    content = "a+/é".encode() * 3
    service, operation, values = BLOBS[place](KINDS[kind](content))
    _, _, plain = BLOBS[place](content)
    sent = like(services(service), operation, values, plain)
    text = sent.body.decode()
    if b"=" in sent.body.partition(b"&")[0]:
        text = "".join(value for (value,) in parse_qs(text).values())
    assert base64.b64encode(content).decode() in text


# --- Streaming bodies

BODIES: Mapping[str, tuple[str, str, str, dict[str, Any]]] = {
    "s3": ("s3", "PutObject", "Body", {"Bucket": "b", "Key": "k"}),
    "s3-host": (
        *("s3", "WriteGetObjectResponse", "Body"),
        {"RequestRoute": "r", "RequestToken": "t"},
    ),
    "glacier": (
        *("glacier", "UploadArchive", "body"),
        {"vaultName": "v", "accountId": "-"},
    ),
    "lex-runtime": (
        *("lex-runtime", "PostContent", "inputStream"),
        {"botName": "n", "botAlias": "a", "userId": "uu", "contentType": "text/plain"},
    ),
    "lambda": ("lambda", "Invoke", "Payload", {"FunctionName": "f"}),
    "bedrock-runtime": ("bedrock-runtime", "InvokeModel", "body", {"modelId": "m"}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", BODIES)
def test_body_is_sent_unchanged(services: Services, place: str, kind: str) -> None:
    service, operation, name, values = BODIES[place]
    content = "a+/é".encode() * 3
    # Not all of botocore's own handlers know a bytearray, or text.
    theirs = io.BytesIO(content) if kind == "file" else content
    sent = like(
        services(service),
        operation,
        {**values, name: KINDS[kind](content)},
        {**values, name: theirs},
    )
    assert content in sent.body


def test_unsigned_body_is_not_signed(services: Services) -> None:
    service, operation, name, values = BODIES["lex-runtime"]
    sent = same(services(service), operation, **values, **{name: b"hello"})
    assert sent.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
    assert sent.headers["content-type"] == "text/plain"
    assert sent.headers["accept"] == "application/json"


# --- JSON in a header, as text in a body, and documents


def test_json_in_a_header_is_sent_as_base64(services: Services) -> None:
    value = {"a": [1, None, "é"], "b": {"c": True}}
    service, operation, name, values = BODIES["lex-runtime"]
    sent = same(
        services(service),
        operation,
        **values,
        sessionAttributes=value,
        **{name: b"hello"},
    )
    header = sent.headers["x-amz-lex-session-attributes"]
    assert json.loads(base64.b64decode(header)) == value


def test_json_in_a_body_is_text(services: Services) -> None:
    made = services("braket")
    values = {
        "clientToken": "c",
        "deviceArn": "d",
        "outputS3Bucket": "bbb",
        "outputS3KeyPrefix": "k",
        "shots": 1,
    }
    sent = same(made, "CreateQuantumTask", **values, action='{"a": 1}')
    assert json.loads(sent.body)["action"] == '{"a": 1}'
    nested = {**values, "action": {"a": 1}}
    assert made.violations("CreateQuantumTask", nested) == [("action", False)]


def test_document_is_sent_as_json(services: Services) -> None:
    document = {"a": [1, 2.5, None, {"b": "é", "c": []}], "d": True}
    sent = same(
        services("bedrock-runtime"),
        "Converse",
        modelId="m",
        additionalModelRequestFields=document,
    )
    assert json.loads(sent.body)["additionalModelRequestFields"] == document
