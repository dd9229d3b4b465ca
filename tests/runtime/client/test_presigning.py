"""`Service.generate_presigned_url` signs like botocore, and validates arguments."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore import xform_name
from botocore.exceptions import BotoCoreError, NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from paws_common import ConfigError, ParameterError, PawsError, Service
from support import model_arguments
from support.generated_services import REGION, Generated, Services, several
from support.hypothesis_settings import examples

# At least one of each protocol, and the operations that users presign.
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "cloudwatch": ("DescribeAlarms",),
    "cloudwatchomni": ("ListAccessGrants",),
    "dynamodb": ("GetItem",),
    "ec2": ("CopySnapshot", "DescribeInstances"),
    "lambda": ("Invoke",),
    "lexv2-runtime": ("StartConversation",),
    "polly": ("SynthesizeSpeech",),
    "route53": ("ChangeResourceRecordSets", "ListHostedZones"),
    "s3": (
        "DeleteObject",
        "GetObject",
        "HeadObject",
        "PutBucketTagging",
        "PutObject",
        "UploadPart",
    ),
    "sts": ("GetCallerIdentity",),
}
RAW_BODIES = {"Invoke": "Payload", "PutObject": "Body", "UploadPart": "Body"}
OBJECT = {"Bucket": "my-bucket", "Key": "a b/c.txt"}
SECONDS_OF_7_DAYS = 604_800
TAGS = {"Bucket": "my-bucket", "Tagging": {"TagSet": []}}
IN_BODY = "is sent in the body of a request, which a URL cannot contain"
SEND = "omit it, and send it as the body"
UNKNOWN = "not an operation of S3"
V4 = {"signature_version": "v4"}
versions = pytest.mark.parametrize("version", [{}, V4], ids=["default", "v4"])


@pytest.fixture(scope="module")
def services(tmp_path_factory) -> Iterator[Services]:
    with several(OPERATIONS, tmp_path_factory) as services:
        yield services


@pytest.fixture(scope="module")
def presigning(services) -> Callable[[str], Service]:
    """Return services whose URLs express every argument."""

    @cache
    def configure(name):
        version = V4 if name == "s3" else {}
        return services(name).configured(validation="off", **version)

    return configure


@pytest.fixture
def s3(services) -> Generated:
    return services("s3")


def violations_of(service: Any, *arguments: Any, **keywords: Any) -> dict[str, str]:
    """Return the violations of a call, by path."""
    with pytest.raises(ParameterError) as caught:
        service.generate_presigned_url(*arguments, **keywords)
    return {violation.path: violation.reason for violation in caught.value.violations}


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        (name, operation)
        for name, operations in OPERATIONS.items()
        for operation in operations
        if name != "lexv2-runtime" and name in model_arguments.files()
    ],
)
@examples(10)
@given(st.data())
def test_url_is_that_of_botocore(services, presigning, name, operation, data) -> None:
    made, ours = services(name), presigning(name)
    arguments = data.draw(model_arguments.arguments(name, operation))
    arguments.pop(RAW_BODIES.get(operation, ""), None)
    expires_in = data.draw(st.integers(1, SECONDS_OF_7_DAYS))
    http_method = data.draw(st.none() | st.sampled_from(["GET", "POST", "PUT"]))
    renamed = {made.names(operation)[key]: value for key, value in arguments.items()}
    method = xform_name(operation)
    expected: object
    try:
        # botocore raises ValueError and TypeError for a body that is not a JSON object.
        expected = ours.client.generate_presigned_url(
            method, dict(arguments), expires_in, http_method
        )
    except (BotoCoreError, TypeError, ValueError) as error:
        expected = type(error)
    try:
        url: object = ours.generate_presigned_url(
            method, renamed, expires_in, http_method
        )
    except PawsError as error:
        url = type(error.__cause__)
    assert url == expected


def test_url_of_s3_is_that_of_a_plain_client(s3) -> None:
    url = s3.strict.generate_presigned_url("get_object", OBJECT, 60)
    assert url == s3.plain.generate_presigned_url("get_object", OBJECT, 60)
    assert "X-Amz-Expires" not in url


@pytest.mark.parametrize(
    "form",
    [
        lambda s3: "get_object",
        lambda s3: s3.package.s3_get_object,
        lambda s3: s3.strict.get_object,
        lambda s3: s3.strict.with_options(read_timeout=5).get_object,
    ],
    ids=["name", "function", "method", "method of a view"],
)
def test_operation_is_a_name_a_function_or_a_method(s3, form) -> None:
    url = s3.strict.generate_presigned_url(form(s3), OBJECT)
    assert url == s3.strict.client.generate_presigned_url("get_object", OBJECT)


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_defaults_are_those_of_r(s3) -> None:
    service = s3.configured(**V4)
    query = query_of(service.generate_presigned_url("get_object", OBJECT))
    assert query["X-Amz-Expires"] == ["3600"]
    named = service.generate_presigned_url(
        "get_object", params=OBJECT, http_method=None
    )
    assert query_of(named) == query


def test_operation_without_parameters_needs_none(services) -> None:
    service = services("sts").strict
    url = service.generate_presigned_url("get_caller_identity", http_method="GET")
    assert query_of(url)["Action"] == ["GetCallerIdentity"]


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("get_objct", f"'get_objct' is {UNKNOWN}; did you mean 'get_object'?"),
        ("GetObject", f"'GetObject' is {UNKNOWN}; did you mean 'get_object'?"),
        ("client", f"'client' is {UNKNOWN}"),
        ("", f"'' is {UNKNOWN}"),
        (print, "print is not a function or a method of S3"),
        (None, "a NoneType is not a function or a method of S3"),
    ],
)
def test_unknown_operation_is_a_violation(s3, method, reason) -> None:
    assert violations_of(s3.strict, method, OBJECT) == {"client_method": reason}


def test_operation_of_another_service_is_a_violation(s3, services) -> None:
    other = services("dynamodb").package.dynamodb_get_item
    assert list(violations_of(s3.strict, other)) == ["client_method"]


def test_every_violation_is_reported(s3) -> None:
    arguments = {"Bucket": "my-bucket", "Kee": "k", "PartNumber": "one"}
    methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert violations_of(s3.strict, "get_object", arguments, 0, "FETCH") == {
        "expires_in": "0 is less than 1 second",
        "http_method": f"'FETCH' is not one of {methods}",
        "params['Kee']": "is not a parameter of s3_get_object; did you mean Key?",
        "params.Key": "is required",
        "params.PartNumber": "'one' is not an integer",
    }


PAYER = {**OBJECT, "RequestPayer": "nobody"}


@pytest.mark.parametrize(
    ("params", "seconds", "path"),
    [
        (OBJECT, None, "expires_in"),
        (OBJECT, True, "expires_in"),
        (OBJECT, 1.5, "expires_in"),
        (OBJECT, float("nan"), "expires_in"),
        (OBJECT, "60", "expires_in"),
        (OBJECT, -1, "expires_in"),
        (None, 60, "params"),
        ([("Bucket", "b")], 60, "params"),
        ("Bucket", 60, "params"),
        (PAYER, 60, "params.RequestPayer"),
    ],
)
def test_invalid_argument_is_a_violation(s3, params, seconds, path) -> None:
    assert list(violations_of(s3.strict, "get_object", params, seconds)) == [path]


def test_omitted_params_are_none(s3) -> None:
    url = s3.strict.generate_presigned_url("get_object", {**OBJECT, "VersionId": None})
    assert "versionId" not in url


def test_limits_are_lifted_without_validation(s3) -> None:
    assert "nobody" in s3.ours.generate_presigned_url("get_object", PAYER)


def test_seven_days_are_the_limit_of_version_4(s3) -> None:
    service = s3.configured(**V4)
    service.generate_presigned_url("get_object", OBJECT, SECONDS_OF_7_DAYS)
    assert violations_of(service, "get_object", OBJECT, SECONDS_OF_7_DAYS + 1) == {
        "expires_in": "604801 is more than 604800 seconds (7 days)"
    }
    # Signature Version 2 states when the URL expires, without a limit.
    s3.strict.generate_presigned_url("get_object", OBJECT, SECONDS_OF_7_DAYS + 1)


def test_header_that_version_2_drops_is_a_violation(s3) -> None:
    arguments = {**OBJECT, "Range": "bytes=0-9", "RequestPayer": "requester"}
    found = violations_of(s3.strict, "get_object", arguments)
    assert list(found) == ["params.Range"]
    assert "Signature Version 2" in found["params.Range"]
    newer = s3.configured(**V4)
    assert "range" in newer.generate_presigned_url("get_object", arguments)


def test_event_stream_cannot_be_presigned(services) -> None:
    service = services("lexv2-runtime").strict
    with pytest.raises(NotImplementedError, match="event stream"):
        service.generate_presigned_url("start_conversation", {})


@pytest.mark.parametrize(
    "body",
    [
        *(b"\x80", b"{", b'{"a": 1}', rb'{"a": "\ud800"}', b"[" * 100_000),
        io.BytesIO(b"{}"),
    ],
    ids=["bytes", "text", "object", "surrogate", "nested", "file"],
)
def test_raw_body_is_a_violation(services, body) -> None:
    """botocore moves the members of bytes that are a JSON object into the URL."""
    arguments = {"FunctionName": "f", "Payload": body}
    found = violations_of(services("lambda").strict, "invoke", arguments)
    assert found == {
        "params.Payload": f"{IN_BODY}; omit it, or call lambda_invoke instead"
    }


def test_required_body_is_a_violation(services) -> None:
    method = "change_resource_record_sets"
    arguments = {"HostedZoneId": "Z", "ChangeBatch": {"Changes": []}}
    service = services("route53").configured(validation="off")
    reason = f"{IN_BODY}; call route53_{method} instead"
    found = violations_of(service, method, arguments)
    assert found == {"params.ChangeBatch": reason}


@versions
@pytest.mark.parametrize(
    ("method", "arguments", "name", "remedy"),
    [
        ("put_object", {**OBJECT, "Body": b"a"}, "Body", SEND),
        ("put_object", {**OBJECT, "Body": b'{"a": 1}'}, "Body", SEND),
        ("put_bucket_tagging", TAGS, "Tagging", "call s3_put_bucket_tagging instead"),
    ],
)
def test_body_of_s3_is_refused(s3, version, method, arguments, name, remedy) -> None:
    """Signature Version 2 omits XML without an error, which botocore does not report."""
    found = violations_of(s3.configured(**version), method, arguments)
    assert list(found) == [f"params.{name}"]
    assert remedy in found[f"params.{name}"]


@versions
def test_empty_body_is_not_a_violation(s3, version) -> None:
    service = s3.configured(**version)
    url = service.generate_presigned_url("put_object", {**OBJECT, "Body": b""})
    assert "Signature=" in url


@pytest.mark.skipif(
    "cloudwatchomni" not in model_arguments.files(), reason="botocore 1.44 has added it"
)
def test_request_that_always_has_a_body_is_refused(services) -> None:
    service = services("cloudwatchomni").strict
    with pytest.raises(PawsError) as caught:
        service.generate_presigned_url("list_access_grants")
    assert str(caught.value) == (
        "cloudwatchomni_generate_presigned_url: ListAccessGrants cannot be presigned, "
        "because its requests have a body (smithy-rpc-v2-cbor); "
        "call cloudwatchomni_list_access_grants instead"
    )


@pytest.mark.parametrize("event", ["before-parameter-build", "before-sign"])
@pytest.mark.parametrize("error", [ValueError("own"), NoCredentialsError()])
def test_exception_of_a_handler_is_not_translated(s3, event, error) -> None:
    def fail(**_):
        raise error

    service = s3.configured()
    service.client.meta.events.register(f"{event}.s3", fail)
    with pytest.raises(type(error)) as caught:
        service.generate_presigned_url("get_object", OBJECT)
    assert caught.value is error


def test_missing_credentials_are_a_config_error(s3) -> None:
    service = s3.package.s3(region=REGION)
    with pytest.raises(ConfigError, match="no credentials"):
        service.generate_presigned_url("get_object", OBJECT)


def test_anonymous_url_has_no_signature(s3) -> None:
    service = s3.package.s3(credentials={"anonymous": True}, region=REGION)
    url = service.generate_presigned_url("get_object", OBJECT)
    assert query_of(url) == {}


def test_secrets_of_the_url_are_not_logged(s3, caplog) -> None:
    with caplog.at_level(logging.DEBUG, "paws"):
        s3.strict.generate_presigned_url("get_object", OBJECT)
    assert [record for record in caplog.records if record.name == "paws"] == []
