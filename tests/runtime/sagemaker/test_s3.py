"""Where an object is: URIs and URLs of S3."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common.sagemaker.s3 import Location, locate

buckets = st.from_regex(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", fullmatch=True)
keys = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)
regions = st.sampled_from(["us-east-1", "eu-west-3", "us-gov-west-1", "cn-north-1"])


@given(bucket=buckets, key=keys)
def test_uri_is_split_into_bucket_and_key(bucket, key) -> None:
    assert locate(f"s3://{bucket}/{key}") == (bucket, key)
    assert locate(str(Location(bucket, key))) == (bucket, key)


@given(bucket=buckets, key=keys, region=regions)
@example(bucket="a.s3.eu-west-1", key="k", region="eu-west-1")
@example(bucket="a.s3", key="b%20c?d#e+f", region="eu-west-1")
def test_url_has_the_bucket_in_host_or_path(bucket, key, region) -> None:
    hosts = [
        "s3.amazonaws.com",
        f"s3.{region}.amazonaws.com",
        f"s3-{region}.amazonaws.com",
        f"s3.dualstack.{region}.amazonaws.com",
        f"s3-fips.{region}.amazonaws.com",
        f"s3.{region}.amazonaws.com.cn",
    ]
    for host in hosts:
        assert locate(f"https://{bucket}.{host}/{quote(key)}") == (bucket, key)
        assert locate(f"https://{host}/{bucket}/{quote(key)}") == (bucket, key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bucket/key",
        "s3:///key",
        "s3://",
        "S3://bucket/key",
        "http://bucket.s3.amazonaws.com/key",
        "https://s3.amazonaws.com/",
        "https://example.com/bucket/key",
        "https://bucket.s3.amazonaws.com.example.com/key",
        "https://bucket.s3.amazonaws.com/key?versionId=1",
        "https://bucket.s3.amazonaws.com/key#part",
        None,
        b"s3://bucket/key",
    ],
)
def test_other_text_is_not_a_location(text) -> None:
    assert locate(text) is None
