"""Any number of elements in pages of any size, from wherever a pagination begins."""

from __future__ import annotations

import functools
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
def test_pages_are_requested_lazily_and_in_order(
    services, moto, case, count, size, most
) -> None:
    expected = elements(services, case, count)[:most]
    moto.requests.clear()
    pages = paginate(
        call(services, case), **case.arguments(count), PageSize=size, MaxItems=most
    )
    assert moto.requests == []

    found = []
    for number, page in enumerate(pages, 1):
        assert len(moto.requests) == number
        assert page["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert len(page[case.key] or []) <= (size or MOST)
        found += page[case.key] or []

    assert found == expected
    for request in moto.requests:
        asked = re.findall(case.size, request)
        assert asked == ([] if size is None else [str(size)])


@every_case
@some_examples
@given(count=counts, size=sizes, most=st.integers(1, MOST))
@example(count=MOST, size=2, most=3)
def test_pagination_resumes_where_it_was_cut(services, case, count, size, most) -> None:
    arguments = {**case.arguments(count), "PageSize": size, "MaxItems": most}
    found, token = [], None
    for _ in range(count + 1):
        pages = paginate(call(services, case), **arguments, StartingToken=token)
        part = list(pages.items(case.key))
        found += part
        token = pages.resume_token
        if token is None:
            break
        assert len(part) == most
    assert token is None
    assert found == elements(services, case, count)


@every_case
@some_examples
@given(count=counts, size=sizes, most=st.integers(1, MOST))
@example(count=MOST, size=2, most=3)
def test_pages_equal_botocores_paginator(
    services, clients, case, count, size, most
) -> None:
    client, arguments = clients[case.service], case.arguments(count)
    paginator = client.get_paginator(case.method)

    def both(
        most: int | None, ours: str | None, theirs: str | None
    ) -> tuple[Any, Any, Any, Any]:
        config = {"MaxItems": most, "PageSize": size, "StartingToken": theirs}
        expected = paginator.paginate(**arguments, PaginationConfig=config)
        pages = paginate(
            call(services, case),
            **arguments,
            MaxItems=most,
            PageSize=size,
            StartingToken=ours,
        )
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


@some_examples
@given(size=sizes, most=st.integers(1, MOST), first=st.integers(0, MOST - 1))
@example(size=3, most=1, first=2)
def test_pagination_starts_at_an_operations_token(services, size, most, first) -> None:
    place = {"Bucket": f"bucket-{MOST}"}
    every = [each["Key"] for each in services["s3"].list_objects(**place)["Contents"]]
    call = functools.partial(
        paginate, services["s3"].list_objects, **place, PageSize=size
    )
    pages = call(Marker=every[first], MaxItems=most)
    found = [each["Key"] for each in pages.items("Contents")]
    if pages.resume_token:
        rest = call(StartingToken=pages.resume_token)
        found += [each["Key"] for each in rest.items("Contents")]
    assert found == every[first + 1 :]


def test_token_of_the_service_is_a_starting_token(services) -> None:
    pages = paginate(
        services["s3"].list_objects, Bucket=f"bucket-{MOST}", StartingToken="key-3"
    )
    assert [each["Key"] for each in pages.items("Contents")] == ["key-4", "key-5"]


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
    token = None
    while True:
        pages = paginate(
            s3.list_object_versions,
            Bucket=bucket,
            PageSize=4,
            MaxItems=most,
            StartingToken=token,
        )
        for page in pages:
            for key, items in found.items():
                items += page[key] or []
        token = pages.resume_token
        if token is None:
            break
    assert found == {key: whole[key] for key in found}
