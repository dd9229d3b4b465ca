"""Elements and totals of pages, operations without pages, exported names."""

from __future__ import annotations

from itertools import islice

import pytest

import paws
from make_paws import naming
from paws_common import PaginationError, list_paginators, paginate
from paws_common.service import Service
from support.moto_pages import MOST, every_case
from support.services import use_by_default

# --- What there is besides the pages


def test_elements_are_iterated_across_pages(services, moto) -> None:
    moto.requests.clear()
    pages = paginate(
        services["s3"].list_objects_v2, Bucket=f"bucket-{MOST}", PageSize=2
    )
    keys = (each["Key"] for each in pages.items("Contents"))
    assert list(islice(keys, 3)) == ["key-0", "key-1", "key-2"]
    assert len(moto.requests) == 2
    # Both iterators consume the same pages.
    assert [each["Key"] for each in next(pages)["Contents"]] == ["key-4", "key-5"]
    assert list(keys) == ["key-3"]


def test_result_key_without_a_list_is_one_element(services) -> None:
    pages = paginate(services["dynamodb"].scan, TableName="table-5", PageSize=2)
    assert pages.result_keys == ("Items", "Count", "ScannedCount")
    assert sum(pages.items("Count")) == 5


def test_only_result_key_goes_without_saying(services) -> None:
    pages = paginate(services["iam"].list_roles, PathPrefix="/path2/", PageSize=1)
    assert pages.result_keys == ("Roles",)
    assert {role["RoleName"] for role in pages.items()} == {"role-2-0", "role-2-1"}


@pytest.mark.parametrize("name", ["Content", "ResponseMetadata", "", None])
def test_unknown_result_key_raises_with_the_available(services, name) -> None:
    pages = paginate(services["s3"].list_objects_v2, Bucket="bucket-0")
    said = "^s3_list_objects_v2: .*; pass one of the result keys: Contents, CommonPrefixes$"
    with pytest.raises(PaginationError, match=said) as caught:
        pages.items(name)
    assert name is None or repr(name) in str(caught.value)


def test_totals_of_the_first_page_are_kept(services) -> None:
    pages = paginate(services["s3"].list_objects_v2, Bucket="bucket-3", Prefix="key-")
    assert pages.non_aggregate_part == {}
    assert len(list(pages.items("Contents"))) == 3
    assert pages.non_aggregate_part["Prefix"] == "key-"


@every_case
def test_plain_functions_are_paginated_too(
    generated, services, moto, monkeypatch, case
) -> None:
    use_by_default(moto.url, monkeypatch)
    function = getattr(generated, f"{case.service}_{case.method}")
    pages = generated.paginate(function, **case.arguments(MOST), PageSize=4)
    assert [len(page[case.key]) for page in pages] == [4, MOST - 4]


# --- What cannot be paginated


@every_case
def test_paginated_methods_are_those_of_botocore(services, clients, case) -> None:
    client, service = clients[case.service], services[case.service]
    names = client.meta.method_to_api_mapping.items()
    expected = [
        naming.snake_case(api) for name, api in names if client.can_paginate(name)
    ]
    assert list_paginators(service) == sorted(expected)


@pytest.mark.parametrize("prefix", ["", "iam_"])
def test_unpaginated_operation_raises_with_suggestions(
    generated, services, prefix
) -> None:
    others = len(list_paginators(services["iam"])) - 10
    owner = generated if prefix else services["iam"]
    said = (
        "^iam_get_instance_profile cannot be paginated; operations with pages: "
        f"{prefix}list_instance_profiles, .* and {others} more$"
    )
    with pytest.raises(PaginationError, match=said):
        paginate(getattr(owner, f"{prefix}get_instance_profile"), "name")


def test_service_without_pages_raises() -> None:
    service = paws.sagemakerruntime()
    assert list_paginators(service) == []
    said = "^sagemakerruntime_invoke_endpoint cannot .*; operations with pages: none$"
    with pytest.raises(PaginationError, match=said):
        paginate(service.invoke_endpoint, "demo", b"")


def test_error_of_another_object_does_not_show_it() -> None:
    with pytest.raises(TypeError, match=r"^paginate takes a function of") as caught:
        paginate({"Body": "secret"})
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("svc", [None, "s3", Service, print])
def test_paginators_are_listed_of_a_service_only(svc) -> None:
    with pytest.raises(TypeError, match=r"^list_paginators takes a service: .*; not "):
        list_paginators(svc)
