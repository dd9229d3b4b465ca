"""Arguments that a pagination refuses before sending, and errors of the service."""

from __future__ import annotations

import pytest

from paws_common import ServiceError, Violation, paginate
from support.moto_pages import REGION, refused

NO_TOKEN = "is not a token of this operation; pass the resume_token of its pages"
SENT_TWICE = "is sent as {}, which is also passed; omit one of them"


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


@pytest.mark.parametrize(
    ("method", "arguments", "violations"),
    [
        (
            "list_objects_v2",
            {"Bucket": "b", "PageSize": "2", "MaxItems": -1, "StartingToken": 7},
            [
                Violation("PageSize", "'2' is not an integer", False),
                Violation("MaxItems", "-1 is less than 0", False),
                Violation("StartingToken", NO_TOKEN, False),
            ],
        ),
        (
            "list_objects_v2",
            {"Bucket": 7, "MaxItems": 1, "Prefix": b""},
            [
                Violation("Bucket", "7 is not a string", False),
                Violation("Prefix", "a value of type bytes is not a string", False),
            ],
        ),
        (
            "list_objects",
            {"MaxKeys": 3, "PageSize": 3, "Marker": "key", "StartingToken": "key"},
            [
                Violation("PageSize", SENT_TWICE.format("MaxKeys"), False),
                Violation("StartingToken", SENT_TWICE.format("Marker"), False),
            ],
        ),
    ],
)
def test_all_violations_are_reported_before_sending(
    services, moto, method, arguments, violations
) -> None:
    moto.requests.clear()
    function = getattr(services["s3"], method)
    assert [*refused(function, **{"Bucket": "bucket-1", **arguments})] == violations
    assert moto.requests == []


@pytest.mark.parametrize("value", ["ten", 1.5, True, b"1", [], 0, -1])
def test_size_of_a_page_is_a_positive_integer(services, value) -> None:
    (violation,) = refused(services["s3"].list_objects_v2, "bucket-1", PageSize=value)
    assert (violation.path, violation.limit) == ("PageSize", False)


def test_page_size_has_the_limits_of_its_parameter(services, generated) -> None:
    (violation,) = refused(services["iam"].list_roles, PageSize=1001)
    assert violation == Violation("PageSize", "1001 is more than 1000", True)
    free = generated.iam({"validation": "off"}, region=REGION)
    assert paginate(free.list_roles, PageSize=1001).result_keys == ("Roles",)


def test_max_items_shadows_the_operations_parameter(services, moto) -> None:
    moto.requests.clear()
    pages = paginate(services["iam"].list_roles, PathPrefix="/path5/", MaxItems=2)
    assert len(list(pages.items())) == 2
    assert "MaxItems" not in moto.requests[0]


# A page of one begins at a map, a page of the other at two texts.
@pytest.mark.parametrize(
    ("service", "method", "arguments"),
    [
        ("dynamodb", "scan", {"TableName": "table-1"}),
        ("s3", "list_object_versions", {"Bucket": "bucket-1"}),
    ],
)
@pytest.mark.parametrize("token", ["", "abc", "eyJhIjogMX0=", 7, b"abc"])
def test_invalid_token_is_refused(services, service, method, arguments, token) -> None:
    function = getattr(services[service], method)
    (violation,) = refused(function, **arguments, StartingToken=token)
    assert (violation.path, violation.limit) == ("StartingToken", False)


def test_token_of_another_operation_is_refused(services) -> None:
    pages = paginate(services["s3"].list_objects, Bucket="bucket-3", MaxItems=1)
    list(pages)
    function, token = services["s3"].list_objects_v2, pages.resume_token
    (violation,) = refused(function, "bucket-3", StartingToken=token)
    assert violation.path == "StartingToken"


def test_token_within_a_page_requires_its_page_size(services) -> None:
    function = services["s3"].list_objects_v2
    pages = paginate(function, "bucket-5", PageSize=5, MaxItems=4)
    list(pages)
    (violation,) = refused(
        function, "bucket-5", PageSize=3, StartingToken=pages.resume_token
    )
    reason = (
        "3 is less than in the pagination that returned the StartingToken; pass the same "
        "PageSize"
    )
    assert violation == Violation("PageSize", reason, False)


def test_service_error_is_raised_by_its_page(services) -> None:
    pages = paginate(services["s3"].list_objects_v2, Bucket="no-such-bucket")
    with pytest.raises(ServiceError, match=r"^s3_list_objects_v2: NoSuchBucket"):
        next(pages)
