"""What a pagination is refused for, before anything is sent, and by the service."""

from __future__ import annotations

from typing import Any

import pytest
from moto_pages import REGION, Moto, refused

from paws_common import Fault, ServiceError, paginate


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, r"missing 1 required positional argument: 'Bucket'"),
        ({"Bucket": "bucket-1", "Buckt": 1}, "unexpected keyword argument 'Buckt'"),
    ],
)
def test_a_missing_or_unknown_argument_is_the_type_error_of_python_at_once(
    services: dict[str, Any], arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError, match=rf"^s3_list_objects_v2\(\) .*{said}") as caught:
        paginate(services["s3"].list_objects_v2, **arguments)
    assert caught.type is TypeError


def test_everything_that_is_wrong_is_said_before_anything_is_sent(
    services: dict[str, Any], moto: Moto
) -> None:
    moto.requests.clear()
    s3 = services["s3"]
    token = "is no token of this operation; the resume_token of its pages is one"
    assert refused(
        s3.list_objects_v2, "bucket-1", PageSize="2", MaxItems=-1, StartingToken=7
    ) == (
        Fault("PageSize", "'2' is not an integer", False),
        Fault("MaxItems", "-1 is less than 0", False),
        Fault("StartingToken", token, False),
    )
    assert refused(s3.list_objects_v2, 7, MaxItems=1, Prefix=b"") == (
        Fault("Bucket", "7 is not a string", False),
        Fault("Prefix", "a value of type bytes is not a string", False),
    )
    assert moto.requests == []


@pytest.mark.parametrize("value", ["ten", 1.5, True, b"1", [], 0, -1])
def test_the_size_of_a_page_is_a_positive_integer(
    services: dict[str, Any], value: Any
) -> None:
    (fault,) = refused(services["s3"].list_objects_v2, "bucket-1", PageSize=value)
    assert fault.path == "PageSize"
    assert not fault.limit


def test_the_size_of_a_page_has_the_limits_of_what_it_is_sent_as(
    services: dict[str, Any], generated: Any
) -> None:
    (fault,) = refused(services["iam"].list_roles, PageSize=1001)
    assert fault == Fault("PageSize", "1001 is more than 1000", True)
    free = generated.iam({"validation": "off"}, region=REGION)
    assert paginate(free.list_roles, PageSize=1001).result_keys == ("Roles",)


def test_what_the_paginator_sends_may_not_be_given_twice(
    services: dict[str, Any],
) -> None:
    reason = "is sent as {}, which is given too; give one of them"
    assert refused(
        services["s3"].list_objects,
        Bucket="bucket-1",
        MaxKeys=3,
        PageSize=3,
        Marker="key",
        StartingToken="key",
    ) == (
        Fault("PageSize", reason.format("MaxKeys"), False),
        Fault("StartingToken", reason.format("Marker"), False),
    )


def test_max_items_is_the_paginators_where_the_operation_has_it_too(
    services: dict[str, Any], moto: Moto
) -> None:
    moto.requests.clear()
    pages = paginate(services["iam"].list_roles, PathPrefix="/path5/", MaxItems=2)
    assert len(list(pages.items())) == 2
    assert "MaxItems" not in moto.requests[0]


@pytest.mark.parametrize("token", ["", "abc", "eyJhIjogMX0=", 7, b"abc"])
def test_a_token_that_none_of_the_operation_is_is_refused(
    services: dict[str, Any], token: Any
) -> None:
    # One begins at a map, the other at two texts.
    for function, arguments in (
        (services["dynamodb"].scan, {"TableName": "table-1"}),
        (services["s3"].list_object_versions, {"Bucket": "bucket-1"}),
    ):
        (fault,) = refused(function, **arguments, StartingToken=token)
        assert fault.path == "StartingToken"
        assert not fault.limit


def test_the_token_of_another_operation_is_refused(services: dict[str, Any]) -> None:
    pages = paginate(services["s3"].list_objects, Bucket="bucket-3", MaxItems=1)
    list(pages)
    (fault,) = refused(
        services["s3"].list_objects_v2, "bucket-3", StartingToken=pages.resume_token
    )
    assert fault.path == "StartingToken"


def test_a_token_from_the_midst_of_a_page_wants_a_page_that_is_as_long(
    services: dict[str, Any],
) -> None:
    pages = paginate(services["s3"].list_objects_v2, "bucket-5", PageSize=5, MaxItems=4)
    list(pages)
    assert refused(
        services["s3"].list_objects_v2,
        "bucket-5",
        PageSize=3,
        StartingToken=pages.resume_token,
    ) == (
        Fault(
            "PageSize", "3 is less than in the pagination that the token is from", False
        ),
    )


def test_an_error_of_the_service_is_raised_by_the_page_that_it_answers(
    services: dict[str, Any],
) -> None:
    pages = paginate(services["s3"].list_objects_v2, Bucket="no-such-bucket")
    with pytest.raises(ServiceError, match=r"^s3_list_objects_v2: NoSuchBucket"):
        next(pages)
