"""Arguments that a pagination refuses before sending, and errors of the service."""

from __future__ import annotations

import pytest

from paws_common import ServiceError, Violation, paginate
from support.moto_pages import REGION, refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, r"missing 1 required positional argument: 'Bucket'"),
        ({"Bucket": "bucket-1", "Buckt": 1}, "unexpected keyword argument 'Buckt'"),
    ],
)
def test_missing_or_unknown_argument_raises_type_error(
    services, arguments, said
) -> None:
    with pytest.raises(TypeError, match=rf"^s3_list_objects_v2\(\) .*{said}") as caught:
        paginate(services["s3"].list_objects_v2, **arguments)
    assert caught.type is TypeError


def test_all_violations_are_reported_before_sending(services, moto) -> None:
    moto.requests.clear()
    s3 = services["s3"]
    token = "is not a token of this operation; pass the resume_token of its pages"
    assert refused(
        s3.list_objects_v2, "bucket-1", PageSize="2", MaxItems=-1, StartingToken=7
    ) == (
        Violation("PageSize", "'2' is not an integer", False),
        Violation("MaxItems", "-1 is less than 0", False),
        Violation("StartingToken", token, False),
    )
    assert refused(s3.list_objects_v2, 7, MaxItems=1, Prefix=b"") == (
        Violation("Bucket", "7 is not a string", False),
        Violation("Prefix", "a value of type bytes is not a string", False),
    )
    assert moto.requests == []


@pytest.mark.parametrize("value", ["ten", 1.5, True, b"1", [], 0, -1])
def test_size_of_a_page_is_a_positive_integer(services, value) -> None:
    (violation,) = refused(services["s3"].list_objects_v2, "bucket-1", PageSize=value)
    assert violation.path == "PageSize"
    assert not violation.limit


def test_page_size_has_the_limits_of_its_parameter(services, generated) -> None:
    (violation,) = refused(services["iam"].list_roles, PageSize=1001)
    assert violation == Violation("PageSize", "1001 is more than 1000", True)
    free = generated.iam({"validation": "off"}, region=REGION)
    assert paginate(free.list_roles, PageSize=1001).result_keys == ("Roles",)


def test_parameters_of_the_paginator_are_refused(services) -> None:
    reason = "is sent as {}, which is also passed; omit one of them"
    assert refused(
        services["s3"].list_objects,
        Bucket="bucket-1",
        MaxKeys=3,
        PageSize=3,
        Marker="key",
        StartingToken="key",
    ) == (
        Violation("PageSize", reason.format("MaxKeys"), False),
        Violation("StartingToken", reason.format("Marker"), False),
    )


def test_max_items_shadows_the_operations_parameter(services, moto) -> None:
    moto.requests.clear()
    pages = paginate(services["iam"].list_roles, PathPrefix="/path5/", MaxItems=2)
    assert len(list(pages.items())) == 2
    assert "MaxItems" not in moto.requests[0]


@pytest.mark.parametrize("token", ["", "abc", "eyJhIjogMX0=", 7, b"abc"])
def test_token_of_another_operation_is_refused(services, token) -> None:
    # One begins at a map, the other at two texts.
    for function, arguments in (
        (services["dynamodb"].scan, {"TableName": "table-1"}),
        (services["s3"].list_object_versions, {"Bucket": "bucket-1"}),
    ):
        (violation,) = refused(function, **arguments, StartingToken=token)
        assert violation.path == "StartingToken"
        assert not violation.limit


def test_the_token_of_another_operation_is_refused(services) -> None:
    pages = paginate(services["s3"].list_objects, Bucket="bucket-3", MaxItems=1)
    list(pages)
    (violation,) = refused(
        services["s3"].list_objects_v2, "bucket-3", StartingToken=pages.resume_token
    )
    assert violation.path == "StartingToken"


def test_token_within_a_page_requires_its_page_size(services) -> None:
    pages = paginate(services["s3"].list_objects_v2, "bucket-5", PageSize=5, MaxItems=4)
    list(pages)
    reason = (
        "3 is less than in the pagination that returned the StartingToken; pass the same "
        "PageSize"
    )
    assert refused(
        services["s3"].list_objects_v2,
        "bucket-5",
        PageSize=3,
        StartingToken=pages.resume_token,
    ) == (Violation("PageSize", reason, False),)


def test_service_error_is_raised_by_its_page(services) -> None:
    pages = paginate(services["s3"].list_objects_v2, Bucket="no-such-bucket")
    with pytest.raises(ServiceError, match=r"^s3_list_objects_v2: NoSuchBucket"):
        next(pages)
