"""Results in pages that moto has not: of a server whose responses are all the same."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from paws_common import PawsError, Violation, paginate
from support.generated_services import serving, several
from support.moto_pages import refused
from support.servers import Server, response

OPERATIONS = {
    "cognito-idp": ["ListUserPools"],
    "apigatewayv2": ["GetApis"],
    "athena": ["GetQueryResults"],
    "cloudformation": ["DescribeStacks"],
}
Start = Callable[..., AbstractContextManager[tuple[Any, Server]]]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Return a function that creates a service and the server that it calls."""
    with several(OPERATIONS, tmp_path_factory) as services:
        yield lambda name, content: serving(
            services(name), response(200, json.dumps(content).encode())
        )


def test_page_size_fills_a_required_parameter(start) -> None:
    with start("cognito-idp", {"UserPools": []}) as (service, server):
        list(paginate(service.list_user_pools, PageSize=7))
        with pytest.raises(TypeError, match=r"missing 1 required .* 'MaxResults'"):
            paginate(service.list_user_pools)
    assert json.loads(server.requests[0].body) == {"MaxResults": 7}


def test_page_size_of_a_string_type_is_sent_as_text(start) -> None:
    with start("apigatewayv2", {"items": []}) as (service, server):
        list(paginate(service.get_apis, PageSize=7))
    assert server.requests[0].target == "/v2/apis?maxResults=7"


def test_result_key_may_be_a_path(start) -> None:
    rows = [{"Data": [{"VarCharValue": text}]} for text in "ab"]
    with start("athena", {"ResultSet": {"Rows": rows}}) as (service, _):
        pages = paginate(service.get_query_results, "id", MaxItems=1)
        assert pages.result_keys == ("ResultSet.Rows",)
        assert list(pages.items("ResultSet.Rows")) == rows[:1]
        token = pages.resume_token
        rest = paginate(service.get_query_results, "id", StartingToken=token)
        assert list(rest.items()) == rows[1:]


def test_page_without_its_structure_is_empty(start) -> None:
    token = base64.b64encode(b'{"NextToken": "x", "boto_truncate_amount": 1}').decode()
    with start("athena", {}) as (service, _):
        for begin in (None, "x", token):
            pages = paginate(service.get_query_results, "id", StartingToken=begin)
            assert list(pages.items()) == []


@pytest.mark.parametrize("stop", [False, True])
def test_repeated_token_is_an_error_or_the_end(start, stop) -> None:
    with start("athena", {"NextToken": "again"}) as (service, _):
        pages = paginate(service.get_query_results, "id", StopOnSameToken=stop)
        assert [next(pages)["NextToken"], next(pages)["NextToken"]] == ["again"] * 2
        if stop:
            assert list(pages) == []
        else:
            said = "^athena_get_query_results: .*same next token was received twice"
            with pytest.raises(PawsError, match=said):
                next(pages)


def test_page_size_is_refused_if_not_supported(start) -> None:
    reason = "is not supported: the operation has no parameter for it"
    with start("cloudformation", {}) as (service, _):
        (violation,) = refused(service.describe_stacks, PageSize=1)
    assert violation == Violation("PageSize", reason, False)
