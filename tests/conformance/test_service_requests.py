"""Requests of single features of the protocols, compared with botocore's client.

`test_every_protocol` compares random arguments in every location and protocol.
"""

import base64
import gzip
import io
import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSResponse

from paws_common import ParameterError, Violation
from support.generated_services import (
    REGION,
    TOKEN,
    Refused,
    Sent,
    asked,
    catch,
    catching,
    like,
    same,
    serving,
    several,
)
from support.servers import response


class Call(NamedTuple):
    """A call; `notes` are parts of its request, or the name of an argument."""

    service: str
    operation: str
    values: dict[str, Any]
    notes: tuple[str, ...]


def call(operation: str, values: dict[str, Any], *notes: str) -> Call:
    """Return a call of an operation, which is named with its service."""
    service, name = operation.split(".")
    return Call(service, name, values, notes)


def every(calls: list[Call]) -> pytest.MarkDecorator:
    ids = [f"{each.service}.{each.operation}" for each in calls]
    return pytest.mark.parametrize("call", calls, ids=ids)


def text(sent: Sent) -> str:
    """Return a request as text."""
    fields = "".join(f"{name}: {value}\n" for name, value in sent.headers.items())
    return f"{sent.method} {sent.url}\n{fields}\n{sent.body.decode()}"


RECURSIVE: dict[str, Any] = {"N": "1"}
for _ in range(30):
    RECURSIVE = {"L": [{"M": {"a": RECURSIVE, "b": {"NULL": True}}}]}
ARN = "arn:aws:rds:eu-west-1:123456789012:db:source"
DOCUMENT = {"a": [1, 2.5, None, {"b": "é", "c": []}], "d": True}
COMPACT = json.dumps(DOCUMENT, separators=(",", ":"))
LEX = {"botName": "n", "botAlias": "a", "userId": "uu", "contentType": "text/plain"}
OBJECT = {"Bucket": "b", "Key": "k"}
FEATURES = [
    call(
        "dynamodb.PutItem",
        {"TableName": "ttt", "Item": {"k": RECURSIVE}},
        json.dumps({"k": RECURSIVE}),
    ),
    call(
        "bedrock-runtime.Converse",
        {"modelId": "m", "additionalModelRequestFields": DOCUMENT},
        json.dumps(DOCUMENT),
    ),
    call(
        "lex-runtime.PostContent",
        {**LEX, "inputStream": b"hello", "sessionAttributes": DOCUMENT},
        base64.b64encode(COMPACT.encode()).decode(),
        "\nx-amz-content-sha256: UNSIGNED-PAYLOAD\n",
        "\ncontent-type: text/plain\n",
        "\naccept: application/json\n",
    ),
    call(
        "s3.DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "k\r"}]}},
        "\nx-amz-checksum-crc32: ",
    ),
    call(
        "s3.PutObject",
        {**OBJECT, "Body": b"1", "ChecksumAlgorithm": "SHA1"},
        "\nx-amz-trailer: x-amz-checksum-sha1\n",
    ),
    call("sts.GetCallerIdentity", {}, "\nauthorization: AWS4-HMAC-SHA256 "),
]
UNSIGNED = [
    call(
        "sts.AssumeRoleWithWebIdentity",
        {"RoleArn": "r" * 20, "RoleSessionName": "ss", "WebIdentityToken": "tttt"},
    ),
    call(
        "cognito-idp.InitiateAuth",
        {"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "c"},
    ),
]
R_DEFAULTS = [
    call("lambda.Invoke", {"FunctionName": "f", "Payload": b"{}"}),
    call("iot-data.Publish", {"topic": "t", "payload": b"1"}),
]
# The note is the name of the argument with the body.
BODIES = [
    call("s3.PutObject", OBJECT, "Body"),
    call("glacier.UploadArchive", {"vaultName": "v", "accountId": "-"}, "body"),
    call("lex-runtime.PostContent", LEX, "inputStream"),
    call("lambda.Invoke", {"FunctionName": "f"}, "Payload"),
]
# Idempotency tokens: required in JSON, and optional in a form and in a header.
TOKENS = [
    call("athena.StopQueryExecution", {}, "QueryExecutionId"),
    call("ec2.CreateNatGateway", {"SubnetId": "s"}, "ClientToken"),
    call("mediaconvert.CreateJob", {"Role": "r", "Settings": {}}, "ClientRequestToken"),
]
# SourceRegion and PreSignedUrl are parameters of botocore's `service-2.sdk-extras.json`.
CROSS_REGION = [
    call("docdb.CreateDBCluster", {"DBClusterIdentifier": "copy", "Engine": "docdb"}),
    call(
        "neptune.CopyDBClusterSnapshot",
        {
            "SourceDBClusterSnapshotIdentifier": ARN,
            "TargetDBClusterSnapshotIdentifier": "copy",
        },
    ),
    call(
        "rds.CopyDBSnapshot",
        {"SourceDBSnapshotIdentifier": ARN, "TargetDBSnapshotIdentifier": "copy"},
    ),
]
CALLS = [
    *(*FEATURES, *UNSIGNED, *R_DEFAULTS, *BODIES, *TOKENS, *CROSS_REGION),
    call("apigatewayv2.ExportApi", {}),
    call("braket.CreateQuantumTask", {}),
    call("cloudwatch.PutMetricData", {}),
    call("neptune-graph.GetQuery", {}),
    call("s3.GetObject", {}),
    call("timestream-query.CancelQuery", {}),
]


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    operations: dict[str, set[str]] = {}
    for each in CALLS:
        operations.setdefault(each.service, set()).add(each.operation)
    with several(operations, tmp_path_factory) as services:
        yield services


@every(FEATURES)
def test_request_is_that_of_botocore(services, call):
    sent = text(same(services(call.service), call.operation, **call.values))
    assert [part for part in call.notes if part not in sent] == []


@pytest.mark.parametrize("key", ["a/b c/é", "a//b", "/a", "a/../b", "a+b?c=d&e#f%2F"])
def test_greedy_label_keeps_its_slashes(services, key):
    sent = same(services("s3"), "GetObject", Bucket="bucket", Key=key)
    assert urlsplit(sent.url).path.count("/") == key.count("/") + 1


def test_missing_host_label_is_always_refused(services):
    made = services("neptune-graph")
    with pytest.raises(ParameterError) as caught:
        made.call(made.ours, "GetQuery", {"queryId": "q"})
    reason = "is required: it is a part of the host name"
    assert caught.value.violations == (Violation("graphIdentifier", reason, False),)


@pytest.mark.parametrize("label", ["a/b", "a b", "é", "a@b", ""])
def test_invalid_host_label_is_refused(services, label):
    made = services("neptune-graph")
    values = {"graphIdentifier": label, "queryId": "q"}
    theirs = made.expected("GetQuery", values)
    assert isinstance(theirs, Refused)
    assert made.call(made.strict, "GetQuery", values) == theirs


def test_large_request_is_compressed(services):
    data = [{"MetricName": f"metric-{number}", "Value": 1} for number in range(1000)]
    made = services("cloudwatch")
    sent = same(made, "PutMetricData", Namespace="n", MetricData=data)
    assert sent.headers["content-encoding"] == "gzip"
    assert b"metric-999" in gzip.decompress(sent.body)
    sent = same(made, "PutMetricData", Namespace="n", MetricData=data[:1])
    assert "content-encoding" not in sent.headers


def test_discovered_endpoint_is_used(services):
    made = services("timestream-query")
    sent = same(made, "CancelQuery", QueryId="q")
    assert sent.headers["x-amz-target"].endswith(".DescribeEndpoints")

    def respond(request: Any, **_: object) -> AWSResponse:
        endpoint = {"Address": "cell1.example.com", "CachePeriodInMinutes": 1}
        content = json.dumps({"Endpoints": [endpoint]}).encode()
        raw = SimpleNamespace(stream=lambda: iter([content]))  # as urllib3's response
        return AWSResponse(request.url, 200, {}, raw)

    for client in (made.theirs, made.strict.client):
        events = client.meta.events
        events.unregister("before-send", catch)
        events.register("before-send.*.DescribeEndpoints", respond)
        events.register("before-send.*.CancelQuery", catch)
    sent = same(made, "CancelQuery", QueryId="q")
    assert sent.url == "https://cell1.example.com"


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("addressing_style = path", "https://s3.amazonaws.com/bbb/k"),
        ("use_accelerate_endpoint = true", "https://bbb.s3-accelerate.amazonaws.com/k"),
        ("use_dualstack_endpoint = true", "https://bbb.s3.dualstack."),
    ],
)
def test_s3_options_of_the_profile_apply(services, setting, url, tmp_path, monkeypatch):
    profile = tmp_path / "config"
    profile.write_text(f"[default]\ns3 =\n  {setting}\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profile))
    made = services("s3")
    values = {"Bucket": "bbb", "Key": "k"}
    sent = made.call(made.configured(validation="on"), "GetObject", values)
    assert sent == asked(made.plain, "GetObject", values)
    assert sent.url.startswith(url)


@every(UNSIGNED)
def test_unsigned_operation_needs_no_credentials(services, call):
    made = services(call.service)
    theirs = same(made, call.operation, **call.values)
    assert "authorization" not in theirs.headers
    create = getattr(made.package, made.described.constructor)
    unknown = create(region=REGION)
    catching(unknown.client)
    sent = made.call(unknown, call.operation, call.values)
    assert (sent.url, sent.body) == (theirs.url, theirs.body)


@every(R_DEFAULTS)
def test_only_defaults_of_r_differ_from_botocore(services, call):
    made = services(call.service)
    plain = asked(made.plain, call.operation, call.values)
    ours = made.call(made.strict, call.operation, call.values)
    assert (ours.method, ours.url, ours.body) == (plain.method, plain.url, plain.body)
    defaults = {"accept": "application/json", "content-type": "application/json"}
    signature = {"authorization": ours.headers["authorization"]}
    assert ours.headers == {**defaults, **plain.headers, **signature}


@pytest.mark.parametrize("payload", [None, b""])
def test_request_without_a_body_equals_botocores(services, payload):
    made, values = services("lambda"), {"FunctionName": "f"}
    ours = made.call(made.strict, "Invoke", {**values, "Payload": payload})
    assert ours == asked(made.plain, "Invoke", values)


@pytest.mark.parametrize(("action", "is_wrong"), [({"a": 1}, True), ("{}", False)])
def test_json_in_a_body_is_a_text(services, action, is_wrong):
    found = services("braket").violations("CreateQuantumTask", {"action": action})
    assert (("action", False) in found) == is_wrong


def test_export_api_has_the_values_that_r_shows(services):
    """The only members of botocore 1.44 with constraints."""
    (operation,) = services("apigatewayv2").described.operations
    values = {"ApiId": "a", "OutputType": "XML", "Specification": "OAS30"}
    assert 'OutputType="YAML"|"JSON",' in operation.request_syntax
    assert 'Specification="OAS30",' in operation.request_syntax
    found = services("apigatewayv2").violations("ExportApi", values)
    assert found == [("OutputType", True)]


CONTENT = "a+/é".encode() * 3
TYPES = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "text": bytes.decode,
    "file": io.BytesIO,
}


@pytest.mark.parametrize("kind", TYPES)
@every(BODIES)
def test_body_is_sent_unchanged(services, call, kind):
    (name,) = call.notes
    ours = {**call.values, name: TYPES[kind](CONTENT)}
    # botocore's handlers do not support a bytearray or text everywhere.
    blob = io.BytesIO(CONTENT) if kind == "file" else CONTENT
    theirs = {**call.values, name: blob}
    sent = like(services(call.service), call.operation, ours, theirs)
    assert CONTENT in sent.body


@every(TOKENS)
def test_idempotency_token_is_botocores_or_the_callers(services, call):
    (name,) = call.notes
    made, values = services(call.service), call.values
    sent = like(made, call.operation, {**values, name: None}, values)
    invocation = sent.headers["amz-sdk-invocation-id"]
    assert invocation == str(TOKEN)
    assert text(sent).count(str(TOKEN)) == 2
    own = {**values, name: "token-of-the-caller-" + "0" * 20}
    assert text(same(made, call.operation, **own)).count(str(TOKEN)) == 1


@every(CROSS_REGION)
def test_source_region_becomes_a_presigned_url(services, call):
    """botocore replaces SourceRegion with a URL that is signed for that region."""
    made, values = services(call.service), {**call.values, "SourceRegion": "eu-west-1"}
    sent = parse_qs(same(made, call.operation, **values).body.decode())
    (url,) = sent["PreSignedUrl"]
    query = parse_qs(urlsplit(url).query)
    assert "SourceRegion" not in sent
    assert query["Action"] == [call.operation]
    assert "eu-west-1" in query["X-Amz-Credential"][0].split("/")

    own = "https://rds.eu-west-1.amazonaws.com/?Action=Copy"
    sent = same(made, call.operation, **values, PreSignedUrl=own)
    sent = parse_qs(sent.body.decode())
    assert (sent["PreSignedUrl"], "SourceRegion" in sent) == ([own], False)


HTTP_DATE = "Thu, 02 Jan 2020 03:04:05 GMT"
MOMENT = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (HTTP_DATE, HTTP_DATE),
        ("2020-01-02T03:04:05+01:00", "2020-01-02T03:04:05+01:00"),
        (MOMENT, MOMENT),
        (1577934245.678, 1577934245.678),
        (date(2020, 1, 2), datetime(2020, 1, 2, tzinfo=UTC)),
    ],
    ids=str,
)
def test_expires_of_s3_is_a_timestamp(services, ours, theirs):
    """A parameter of botocore's extras, whose shape in the model is a string."""
    values = {**OBJECT, "Expires": ours}, {**OBJECT, "Expires": theirs}
    sent = like(services("s3"), "PutObject", *values)
    assert sent.headers["expires"].endswith(" GMT")


def test_invalid_expires_is_refused(services):
    found = services("s3").violations("PutObject", {**OBJECT, "Expires": "no time"})
    assert found == [("Expires", False)]


@pytest.mark.parametrize(
    ("expires", "found"),
    [
        (HTTP_DATE, MOMENT),
        ("tomorrow", None),  # botocore drops it with a warning: handle_expires_header
    ],
)
def test_expires_in_a_result_is_a_datetime(services, expires, found):
    headed = response(200, b"", {"Expires": expires})
    with serving(services("s3"), headed) as (s3, _):
        assert s3.get_object(**OBJECT)["Expires"] == found


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"Metadata": {"a:b": "c"}}, "Metadata", "'a:b' is not the name of a header: "),
    ({"Metadata": {"a b": "c"}}, "Metadata", "'a b' is not the name of a header: "),
    ({"Metadata": {"": "c"}}, "Metadata", "'' is not the name of a header: "),
    ({"Metadata": {"é": "c"}}, "Metadata", "'é' is not the name of a header: "),
    ({"Metadata": {"A": "1", "a": "2"}}, "Metadata", "'a' is there twice"),
    # Rules of botocore that are not in the model.
    ({"Metadata": {"a": "é"}}, "arguments", "Non ascii characters found in S3 "),
    ({"Bucket": "Not valid"}, "arguments", 'Invalid bucket name "Not valid": '),
]


@pytest.mark.parametrize(("arguments", "path", "reason"), REFUSED)
def test_object_that_s3_would_change_is_refused(services, arguments, path, reason):
    """boto3 sends the header ``x-amz-meta-a`` for "a:b", and one of "A" and "a"."""
    with pytest.raises(ParameterError) as caught:
        services("s3").ours.put_object(**{**OBJECT, **arguments})
    (violation,) = caught.value.violations
    assert (violation.path, violation.limit) == (path, False)
    assert violation.reason.startswith(reason)
