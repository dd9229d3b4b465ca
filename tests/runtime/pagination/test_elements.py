"""Any number of elements in pages of any size, from wherever a pagination begins."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common import paginate
from support.moto_pages import (
    MOST,
    call,
    counts,
    elements,
    every_case,
    sizes,
    some_examples,
)

# --- Any number of elements, pages of any size


@every_case
@some_examples
@given(count=counts, size=sizes, most=st.none() | counts)
@example(count=MOST, size=2, most=None)
@example(count=MOST, size=2, most=3)
def test_pages_are_requested_lazily_and_in_order(
    services, moto, case, count, size, most
) -> None:
    expected = elements(services, case, count)
    arguments = {**case.arguments(count), "PageSize": size, "MaxItems": most}
    found, token = [], None
    for _ in range(count + 1):
        moto.requests.clear()
        pages = paginate(call(services, case), **arguments, StartingToken=token)
        assert moto.requests == []
        part = []
        for number, page in enumerate(pages, 1):
            assert len(moto.requests) == number
            assert page["ResponseMetadata"]["HTTPStatusCode"] == 200
            assert len(page[case.key] or []) <= (size or MOST)
            part += page[case.key] or []
        for request in moto.requests:
            asked = re.findall(case.size, request)
            assert asked == ([] if size is None else [str(size)])
        found += part
        token = pages.resume_token
        if token is None or most == 0:
            break
        assert len(part) == most
    assert found == (expected if most != 0 else [])
    assert token is None or most == 0


@every_case
@some_examples
@given(count=counts, size=sizes, most=st.integers(1, MOST))
@example(count=MOST, size=2, most=3)
def test_pages_equal_botocores_paginator(
    services, clients, case, count, size, most
) -> None:
    client, arguments = clients[case.service], case.arguments(count)
    paginator = client.get_paginator(case.method)

    def both(most: int | None, ours: Any, theirs: Any) -> tuple[Any, ...]:
        config = {"MaxItems": most, "PageSize": size, "StartingToken": theirs}
        expected = paginator.paginate(**arguments, PaginationConfig=config)
        limits = {"MaxItems": most, "PageSize": size, "StartingToken": ours}
        pages = paginate(call(services, case), **arguments, **limits)
        return (
            [identities(page.get(case.key)) for page in expected],
            [identities(page[case.key]) for page in pages],
            expected.resume_token,
            pages.resume_token,
        )

    expected, found, theirs, ours = both(most, None, None)
    assert found == expected
    assert (ours is None) == (theirs is None)
    # Each goes on from where the other was cut.
    expected, found, _, _ = both(None, theirs, ours)
    assert found == expected


def identities(page: list[Any] | None) -> list[Any]:
    """Return the identifier of an element; ours have more members."""
    return [
        each.get("Key") or each.get("RoleName") or each["id"]["B"]
        for each in page or []
    ]


# --- Where a pagination begins


def keys_of(pages: Any) -> list[str]:
    return [each["Key"] for each in pages.items("Contents")]


@some_examples
@given(size=sizes, most=st.integers(1, MOST), first=st.integers(0, MOST - 1))
@example(size=3, most=1, first=2)
def test_pagination_starts_at_an_operations_token(services, size, most, first) -> None:
    place = {"Bucket": f"bucket-{MOST}", "PageSize": size}
    list_objects = services["s3"].list_objects
    every = keys_of(paginate(list_objects, **place))
    pages = paginate(list_objects, **place, Marker=every[first], MaxItems=most)
    found = keys_of(pages)
    if pages.resume_token:
        rest = paginate(list_objects, **place, StartingToken=pages.resume_token)
        found += keys_of(rest)
    assert found == every[first + 1 :]


def test_token_of_the_service_is_a_starting_token(services) -> None:
    place = {"Bucket": f"bucket-{MOST}", "StartingToken": "key-3"}
    pages = paginate(services["s3"].list_objects, **place)
    assert keys_of(pages) == ["key-4", "key-5"]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_cut_pagination_loses_no_element_of_other_keys(services, most) -> None:
    s3, bucket = services["s3"], f"versions-{most}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    for number in range(4):
        s3.put_object(Bucket=bucket, Key=f"{number}", Body=b"")
        s3.delete_object(Bucket=bucket, Key=f"{number}")
    whole = s3.list_object_versions(Bucket=bucket)
    found: dict[str, list[Any]] = {"Versions": [], "DeleteMarkers": []}
    arguments = {"Bucket": bucket, "PageSize": 4, "MaxItems": most}
    token = None
    while True:
        pages = paginate(s3.list_object_versions, **arguments, StartingToken=token)
        for page in pages:
            for key, items in found.items():
                items += page[key] or []
        token = pages.resume_token
        if token is None:
            break
    assert found == {key: whole[key] for key in found}
