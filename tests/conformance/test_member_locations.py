"""Where values go, each place by its name: where botocore's client puts them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse

from paws_common import ParameterError, Violation
from support.generated_services import (
    NOW,
    Refused,
    Sent,
    Services,
    asked,
    catch,
    catching,
    same,
    several,
)


def queried(sent: Sent) -> Mapping[str, list[str]]:
    """Return the parameters of the query of a request."""
    return parse_qs(urlsplit(sent.url).query, keep_blank_values=True)


OPERATIONS = {
    "amp": ["ListScrapers"],
    "apigateway": ["GetExport"],
    "bedrock-runtime": [],
    "cloudwatch": ["PutMetricData"],
    "cognito-identity": ["GetId"],
    "cognito-idp": ["InitiateAuth"],
    "dataexchange": ["SendApiAsset"],
    "dynamodb": ["PutItem"],
    "lambda": ["CreateFunction", "UntagResource"],
    "neptune-graph": ["GetQuery"],
    "route53": ["ChangeResourceRecordSets"],
    "s3": [
        "DeleteObjects",
        "GetObject",
        "PutBucketAcl",
        "PutBucketLifecycleConfiguration",
        "PutObject",
        "WriteGetObjectResponse",
    ],
    "s3control": ["GetAccessPoint", "AssociateAccessGrantsIdentityCenter"],
    "sdb": ["PutAttributes"],
    "sqs": ["CreateQueue"],
    "sts": ["AssumeRoleWithWebIdentity", "GetCallerIdentity"],
    "timestream-query": ["CancelQuery"],
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with several(OPERATIONS, tmp_path_factory) as made:
        yield made


# --- Maps, lists, and shapes that hold themselves


def test_map_is_written_as_its_protocol_wants_it(services: Services) -> None:
    queue = {"VisibilityTimeout": "1", "DelaySeconds": "2"}
    sent = same(services("sqs"), "CreateQueue", QueueName="q", Attributes=queue)
    assert json.loads(sent.body)["Attributes"] == queue
    values = {"FunctionName": "f", "Role": "r", "Code": {}}
    same(
        services("lambda"),
        "CreateFunction",
        **values,
        Environment={"Variables": {"a": "é", "b": ""}},
    )


def test_recursive_shape_is_sent_to_its_depth(services: Services) -> None:
    value: dict[str, Any] = {"N": "1"}
    for _ in range(30):
        value = {"L": [{"M": {"a": value, "b": {"NULL": True}}}]}
    sent = same(services("dynamodb"), "PutItem", TableName="ttt", Item={"k": value})
    assert json.loads(sent.body)["Item"] == {"k": value}


def test_flattened_list_has_no_wrapper_element(services: Services) -> None:
    attributes = [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}]
    sent = same(
        services("sdb"),
        "PutAttributes",
        DomainName="d",
        ItemName="i",
        Attributes=attributes,
    )
    fields = parse_qs(sent.body.decode())
    assert fields["Attribute.2.Name"] == ["b"]
    assert "Attributes.member.2.Name" not in fields


# --- XML


def test_attribute_of_xml_is_one(services: Services) -> None:
    grantee = {"ID": "1", "Type": "CanonicalUser"}
    sent = same(
        services("s3"),
        "PutBucketAcl",
        Bucket="b",
        AccessControlPolicy={"Grants": [{"Grantee": grantee, "Permission": "READ"}]},
    )
    assert b'xsi:type="CanonicalUser"' in sent.body
    assert b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' in sent.body


def test_xml_has_its_namespace(services: Services) -> None:
    record = {"Name": "a.", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "<&"}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
    sent = same(
        services("route53"),
        "ChangeResourceRecordSets",
        HostedZoneId="/hostedzone/Z1",
        ChangeBatch={"Changes": changes},
    )
    assert b'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"' in sent.body
    assert b"&lt;&amp;" in sent.body
    assert sent.url.endswith("/hostedzone/Z1/rrset/")


# --- The path, the query and the host


@pytest.mark.parametrize("key", ["a/b c/é", "a//b", "/a", "a/../b", "a+b?c=d&e#f%2F"])
def test_greedy_label_keeps_its_slashes(services: Services, key: str) -> None:
    sent = same(services("s3"), "GetObject", Bucket="bucket", Key=key)
    path = urlsplit(sent.url).path
    assert path.count("/") == key.count("/") + 1


def test_label_that_is_not_greedy_loses_its_slashes(services: Services) -> None:
    tags = ["a", "b&c"]
    sent = same(services("lambda"), "UntagResource", Resource="a/b", TagKeys=tags)
    assert urlsplit(sent.url).path == "/2017-03-31/tags/a%2Fb"
    assert queried(sent) == {"tagKeys": tags}


def test_map_in_the_query_is_a_parameter_each(services: Services) -> None:
    parameters = {"extensions": "integrations,é", "a b": "&"}
    sent = same(
        services("apigateway"),
        "GetExport",
        restApiId="r",
        stageName="s",
        exportType="oas30",
        parameters=parameters,
        accepts="application/yaml",
    )
    assert queried(sent) == {name: [value] for name, value in parameters.items()}


def test_query_map_of_lists_repeats_the_parameter(
    services: Services,
) -> None:
    filters = {"name": ["a", "b"], "status": ["ACTIVE"]}
    sent = same(services("amp"), "ListScrapers", filters=filters, maxResults=1)
    assert queried(sent) == {**filters, "maxResults": ["1"]}


def test_host_label_leads_the_host(services: Services) -> None:
    graph = {"graphIdentifier": "g-1", "queryId": "q"}
    sent = same(services("neptune-graph"), "GetQuery", **graph)
    assert urlsplit(sent.url).netloc.startswith("g-1.")
    account = {"AccountId": "123456789012", "Name": "nnn"}
    sent = same(services("s3control"), "GetAccessPoint", **account)
    assert urlsplit(sent.url).netloc.startswith("123456789012.s3-control.")
    assert sent.headers["x-amz-account-id"] == "123456789012"
    route = {"RequestRoute": "io-1", "RequestToken": "t"}
    sent = same(services("s3"), "WriteGetObjectResponse", **route)
    assert urlsplit(sent.url).netloc.startswith("io-1.")


def test_missing_host_label_is_always_refused(
    services: Services,
) -> None:
    made = services("neptune-graph")
    with pytest.raises(ParameterError) as caught:
        made.call(made.ours, "GetQuery", {"queryId": "q"})
    reason = "is required: it is a part of the host name"
    assert caught.value.violations == (Violation("graphIdentifier", reason, False),)


@pytest.mark.parametrize("label", ["a/b", "a b", "é", "a@b", ""])
def test_invalid_host_label_is_refused(services: Services, label: str) -> None:
    made = services("neptune-graph")
    values = {"graphIdentifier": label, "queryId": "q"}
    theirs = made.expected("GetQuery", values)
    assert isinstance(theirs, Refused)
    assert made.call(made.strict, "GetQuery", values) == theirs


# --- Headers


def test_map_of_headers_is_a_header_each(services: Services) -> None:
    metadata = {"a": "1", "b-c": "x y"}
    sent = same(
        services("s3"), "PutObject", Bucket="b", Key="k", Body=b"", Metadata=metadata
    )
    assert sent.headers["x-amz-meta-b-c"] == "x y"
    sent = same(
        services("dataexchange"),
        "SendApiAsset",
        AssetId="a",
        DataSetId="d",
        RevisionId="r",
        Body="text",
        RequestHeaders=metadata,
        QueryStringParameters={"q": "é"},
    )
    assert sent.headers["x-amzn-dataexchange-header-b-c"] == "x y"
    assert sent.body == b"text"


# --- What botocore adds: checksums, compression, discovery, no signature


@pytest.mark.parametrize(
    ("operation", "values", "header"),
    [
        (
            "DeleteObjects",
            {"Bucket": "b", "Delete": {"Objects": [{"Key": "k\r"}]}},
            "x-amz-checksum-crc32",
        ),
        (
            "PutBucketLifecycleConfiguration",
            {
                "Bucket": "b",
                "LifecycleConfiguration": {
                    "Rules": [{"Status": "Enabled", "Expiration": {"Date": NOW}}]
                },
                "ChecksumAlgorithm": "SHA256",
            },
            "x-amz-checksum-sha256",
        ),
        (
            "PutObject",
            {"Bucket": "b", "Key": "k", "Body": b"1", "ChecksumAlgorithm": "SHA1"},
            "x-amz-trailer",
        ),
    ],
)
def test_checksum_is_that_of_botocore(
    services: Services, operation: str, values: dict[str, Any], header: str
) -> None:
    assert header in same(services("s3"), operation, **values).headers


def test_required_checksum_is_sent(services: Services) -> None:
    arn = "arn:aws:sso:::instance/ssoins-1234567890"
    values = {"AccountId": "123456789012", "IdentityCenterArn": arn}
    sent = same(services("s3control"), "AssociateAccessGrantsIdentityCenter", **values)
    assert {"content-md5", "x-amz-checksum-crc32"} & sent.headers.keys()


def test_large_request_is_compressed(services: Services) -> None:
    data = [{"MetricName": f"metric-{number}", "Value": 1} for number in range(1000)]
    made = services("cloudwatch")
    sent = same(made, "PutMetricData", Namespace="n", MetricData=data)
    assert sent.headers["content-encoding"] == "gzip"
    assert b"metric-999" in gzip.decompress(sent.body)
    sent = same(made, "PutMetricData", Namespace="n", MetricData=data[:1])
    assert "content-encoding" not in sent.headers


def test_discovered_endpoint_is_used(
    services: Services,
) -> None:
    made = services("timestream-query")
    sent = same(made, "CancelQuery", QueryId="q")
    assert sent.headers["x-amz-target"].endswith(".DescribeEndpoints")

    def tell(request: AWSRequest, **_: object) -> AWSResponse:
        endpoint = {"Address": "cell1.example.com", "CachePeriodInMinutes": 1}
        answer = json.dumps({"Endpoints": [endpoint]}).encode()
        # As urllib3 has it.
        raw = SimpleNamespace(stream=lambda: iter([answer]))
        return AWSResponse(request.url, 200, {}, raw)

    for client in (made.theirs, made.strict.client):
        events = client.meta.events
        events.unregister("before-send", catch)
        events.register("before-send.*.DescribeEndpoints", tell)
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
def test_s3_options_of_the_profile_apply(
    services: Services,
    setting: str,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profile = tmp_path / "config"
    profile.write_text(f"[default]\ns3 =\n  {setting}\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profile))
    made = services("s3")
    values = {"Bucket": "bbb", "Key": "k"}
    sent = made.call(made.configured(validation="on"), "GetObject", values)
    assert sent == asked(made.plain, "GetObject", values)
    assert isinstance(sent, Sent)
    assert sent.url.startswith(url)


@pytest.mark.parametrize(
    ("service", "operation", "values"),
    [
        (
            *("sts", "AssumeRoleWithWebIdentity"),
            {"RoleArn": "r" * 20, "RoleSessionName": "ss", "WebIdentityToken": "tttt"},
        ),
        ("cognito-identity", "GetId", {"IdentityPoolId": "i"}),
        (
            *("cognito-idp", "InitiateAuth"),
            {"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "c"},
        ),
    ],
)
def test_what_wants_no_credentials_is_not_signed(
    services: Services, service: str, operation: str, values: dict[str, Any]
) -> None:
    sent = same(services(service), operation, **values)
    assert "authorization" not in sent.headers
    assert "authorization" in same(services("sts"), "GetCallerIdentity").headers


def test_what_wants_no_credentials_is_sent_without_any(services: Services) -> None:
    made = services("sts")
    unknown = made.package.sts(region="us-east-1")
    catching(unknown.client)
    values = {
        "RoleArn": "r" * 20,
        "RoleSessionName": "ss",
        "WebIdentityToken": "tttt",
    }
    sent = made.call(unknown, "AssumeRoleWithWebIdentity", values)
    theirs = made.expected("AssumeRoleWithWebIdentity", values)
    assert isinstance(sent, Sent)
    assert isinstance(theirs, Sent)
    assert (sent.url, sent.body) == (theirs.url, theirs.body)
