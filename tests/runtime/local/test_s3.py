"""The objects of a local endpoint, read and written by botocore's client of S3."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from paws_common.local import LocalEndpoint
from paws_common.local.store import MAX_BYTES
from support.http_client import connect, read_response, send


@pytest.fixture(scope="module")
def client(local: LocalEndpoint) -> Iterator[Any]:
    made = botocore.session.Session().create_client(
        "s3",
        endpoint_url=local.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    yield made
    made.close()


KEYS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
).filter(lambda key: key not in (".", "..") and "./" not in key and "/." not in key)


@given(KEYS, st.binary(max_size=100))
def test_uploaded_object_is_returned(client: Any, key: str, content: bytes) -> None:
    client.put_object(Bucket="bucket", Key=key, Body=content)

    read = client.get_object(Bucket="bucket", Key=key)
    assert read["Body"].read() == content
    head = client.head_object(Bucket="bucket", Key=key)
    assert head["ContentLength"] == len(content)
    assert head["ETag"] == read["ETag"] == f'"{md5(content).hexdigest()}"'


def test_put_object_is_an_object_of_s3(local: LocalEndpoint, client: Any) -> None:
    local.put_object("s3://inputs/a b/ä", b"content")
    read = client.get_object(Bucket="inputs", Key="a b/ä")
    assert read["Body"].read() == b"content"


@pytest.mark.parametrize("location", ["bucket/key", "s3://bucket", "s3://bucket/"])
def test_put_object_rejects_other_locations(
    local: LocalEndpoint, location: str
) -> None:
    with pytest.raises(
        ValueError, match=f"location: '{location}' is not of the form s3://"
    ):
        local.put_object(location, b"")


def test_key_is_case_sensitive(local: LocalEndpoint, client: Any) -> None:
    local.put_object("s3://inputs/a", b"lower case")
    local.put_object("s3://inputs/A", b"upper case")
    read = client.get_object(Bucket="inputs", Key="a")
    assert read["Body"].read() == b"lower case"


def test_missing_object_raises_no_such_key(client: Any) -> None:
    with pytest.raises(client.exceptions.NoSuchKey):
        client.get_object(Bucket="bucket", Key="missing")
    with pytest.raises(ClientError, match="404"):
        client.head_object(Bucket="bucket", Key="missing")


@pytest.mark.parametrize(
    "arguments",
    [{"Range": "bytes=0-1"}, {"CopySource": "bucket/other"}],
    ids=lambda arguments: next(iter(arguments)),
)
def test_other_features_are_not_implemented(
    client: Any, arguments: dict[str, str]
) -> None:
    call = client.copy_object if "CopySource" in arguments else client.get_object
    with pytest.raises(ClientError, match="NotImplemented"):
        call(Bucket="bucket", Key="key", **arguments)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/bucket"), ("GET", "/"), ("DELETE", "/bucket/key")]
)
def test_other_routes_are_unknown(local: LocalEndpoint, method: str, path: str) -> None:
    assert send(local, path, method=method).status == 404


def test_object_over_64_mb_is_rejected_unread(local: LocalEndpoint) -> None:
    with connect(local) as connection:
        length = f"Content-Length: {MAX_BYTES + 1}".encode()
        connection.sendall(
            b"PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\n" + length + b"\r\n\r\n"
        )
        assert read_response(connection).status == 413
