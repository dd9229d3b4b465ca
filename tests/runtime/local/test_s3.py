"""The objects of a local endpoint, read and written by botocore's client of S3."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from paws_common.local.store import MAX_BYTES
from support.http_client import connect, read_response, send
from support.services import botocore_client


@pytest.fixture(scope="module")
def client(local) -> Iterator[Any]:
    with botocore_client(local.url, "s3") as client:
        yield client


KEYS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
).filter(lambda key: key not in (".", "..") and "./" not in key and "/." not in key)


@given(KEYS, st.binary(max_size=100))
def test_uploaded_object_is_returned(client, key, content) -> None:
    client.put_object(Bucket="bucket", Key=key, Body=content)
    read = client.get_object(Bucket="bucket", Key=key)
    assert read["Body"].read() == content
    head = client.head_object(Bucket="bucket", Key=key)
    assert head["ContentLength"] == len(content)
    assert head["ETag"] == read["ETag"] == f'"{md5(content).hexdigest()}"'


def test_put_object_is_an_object_of_s3(local, client) -> None:
    local.put_object("s3://inputs/a b/ä", b"lower case")
    local.put_object("s3://inputs/A b/ä", b"upper case")
    read = client.get_object(Bucket="inputs", Key="a b/ä")
    assert read["Body"].read() == b"lower case"


@pytest.mark.parametrize("location", ["bucket/key", "s3://bucket", "s3://bucket/"])
def test_put_object_rejects_other_locations(local, location) -> None:
    with pytest.raises(
        ValueError, match=f"location: '{location}' is not of the form s3://"
    ):
        local.put_object(location, b"")


def test_missing_object_raises_no_such_key(client) -> None:
    with pytest.raises(client.exceptions.NoSuchKey):
        client.get_object(Bucket="bucket", Key="missing")
    with pytest.raises(ClientError, match="404"):
        client.head_object(Bucket="bucket", Key="missing")


@pytest.mark.parametrize(
    ("requested", "content", "content_range"),
    [
        ("bytes=0-1", b"01", "bytes 0-1/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=5-4", b"0123456789", None),
        ("bytes=-", b"0123456789", None),
        ("bytes=0-1,3-4", b"0123456789", None),
        ("lines=0-1", b"0123456789", None),
    ],
)
def test_range_of_an_object_is_returned(
    local, client, requested, content, content_range
) -> None:
    local.put_object("s3://bucket/digits", b"0123456789")
    read = client.get_object(Bucket="bucket", Key="digits", Range=requested)
    assert read["Body"].read() == content
    assert read.get("ContentRange") == content_range
    status = read["ResponseMetadata"]["HTTPStatusCode"]
    assert status == (206 if content_range else 200)


@pytest.mark.parametrize("requested", ["bytes=10-", "bytes=10-11", "bytes=-0"])
def test_range_after_the_end_is_416(local, client, requested) -> None:
    local.put_object("s3://bucket/digits", b"0123456789")
    with pytest.raises(ClientError, match="InvalidRange") as caught:
        client.get_object(Bucket="bucket", Key="digits", Range=requested)
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-range"] == "bytes */10"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("copy_object", {"Key": "k", "CopySource": "bucket/other"}),
        ("create_multipart_upload", {"Key": "a&b"}),
        ("delete_object", {"Key": "k"}),
        ("get_object_tagging", {"Key": "k"}),
        ("list_objects_v2", {}),
        ("put_object_acl", {"Key": "k", "ACL": "private"}),
        ("upload_part", {"Key": "k", "PartNumber": 1, "UploadId": "u"}),
    ],
)
def test_other_operation_is_not_supported(local, client, operation, arguments) -> None:
    local.put_object("s3://bucket/k", b"content")
    count = len(local.requests)
    with pytest.raises(ClientError, match=r"NotImplemented.* no multipart uploads"):
        getattr(client, operation)(Bucket="bucket", **arguments)
    assert client.get_object(Bucket="bucket", Key="k")["Body"].read() == b"content"
    assert len(local.requests) == count


@pytest.mark.parametrize("content", [5, True, [1, 2], "text", None])
def test_put_object_requires_bytes(local, content) -> None:
    with pytest.raises(TypeError, match="content must be bytes, not "):
        local.put_object("s3://bucket/key", content)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/bucket"), ("GET", "/"), ("DELETE", "/bucket/key")]
)
def test_other_routes_are_unknown(local, method, path) -> None:
    assert send(local, path, method=method).status == 404


def test_object_over_64_mb_is_rejected_unread(local) -> None:
    with connect(local) as connection:
        length = f"Content-Length: {MAX_BYTES + 1}".encode()
        connection.sendall(
            b"PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\n" + length + b"\r\n\r\n"
        )
        assert read_response(connection).status == 413
