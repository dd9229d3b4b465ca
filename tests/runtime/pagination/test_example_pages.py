"""Results in pages that moto has not: of operations made by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from paws_common import Api, PawsError, Request, Violation, paginate
from paws_common.service import Service, method, operation
from paws_common.shapes import Integer, List, Member, String, Structure
from support.example_services import operation_of
from support.moto_pages import KEY, REGION, refused
from support.servers import ScriptedServer, response, scripted

SCALARS = {"Text": String(), "Number": Integer(min=1, max=60)}
LIST_USER_POOLS = operation_of(
    {
        "Input": Structure({"MaxResults": Member("Number", required=True)}),
        **SCALARS,
    },
    service="cognito-idp",
    name="ListUserPools",
    renamed={"MaxResults": "max_results"},
)
GET_APIS = operation_of(
    {
        "Input": Structure({"MaxResults": Member("Text", location="querystring")}),
        **SCALARS,
    },
    service="apigatewayv2",
    name="GetApis",
    renamed={"MaxResults": "max_results"},
)
GET_QUERY_RESULTS = operation_of(
    {
        "Input": Structure(
            {"QueryExecutionId": Member("Text"), "NextToken": Member("Text")}
        ),
        "Output": Structure(
            {"ResultSet": Member("ResultSet"), "NextToken": Member("Text")}
        ),
        "ResultSet": Structure({"Rows": Member("Rows")}),
        "Rows": List("Row"),
        "Row": Structure({"Data": Member("Data")}),
        "Data": List("Datum"),
        "Datum": Structure({"VarCharValue": Member("Text")}),
        **SCALARS,
    },
    output="Output",
    service="athena",
    name="GetQueryResults",
    renamed={"QueryExecutionId": "query", "NextToken": "token"},
)


@operation
def hand_list_user_pools(max_results: int) -> Request[Any]:
    return LIST_USER_POOLS.request({"MaxResults": max_results})


@operation
def hand_get_apis(*, max_results: str | None = None) -> Request[Any]:
    return GET_APIS.request({"MaxResults": max_results})


@operation
def hand_get_query_results(query: str, *, token: str | None = None) -> Request[Any]:
    return GET_QUERY_RESULTS.request({"QueryExecutionId": query, "NextToken": token})


class Hand(Service):
    list_user_pools = method(hand_list_user_pools)
    get_apis = method(hand_get_apis)
    get_query_results = method(hand_get_query_results)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted() as made:
        yield made


@pytest.fixture
def hand(server: ScriptedServer) -> Iterator[Callable[..., Hand]]:
    """Return a function that creates a service whose responses are all the same."""
    with ExitStack() as stack:

        def make(api: Api, answer: object) -> Hand:
            server.respond(response(200, json.dumps(answer).encode()))
            keys = {"creds": KEY}
            return stack.enter_context(Hand(api, None, keys, server.url, REGION))

        yield make


def test_page_size_fills_a_required_parameter(hand, server) -> None:
    service = hand(LIST_USER_POOLS.api, {"UserPools": []})
    list(paginate(service.list_user_pools, PageSize=7))
    assert json.loads(server.requests[0].body) == {"MaxResults": 7}
    with pytest.raises(TypeError, match=r"missing 1 required .* 'max_results'"):
        paginate(service.list_user_pools)


def test_page_size_of_a_string_type_is_sent_as_text(hand, server) -> None:
    service = hand(GET_APIS.api, {"items": []})
    list(paginate(service.get_apis, PageSize=7))
    assert server.requests[0].target == "/v2/apis?maxResults=7"


def test_result_key_may_be_a_path(hand) -> None:
    rows = [{"Data": [{"VarCharValue": text}]} for text in "ab"]
    service = hand(GET_QUERY_RESULTS.api, {"ResultSet": {"Rows": rows}})
    pages = paginate(service.get_query_results, "id", MaxItems=1)
    assert pages.result_keys == ("ResultSet.Rows",)
    assert list(pages.items("ResultSet.Rows")) == rows[:1]
    rest = paginate(service.get_query_results, "id", StartingToken=pages.resume_token)
    assert list(rest.items()) == rows[1:]


def test_page_without_its_structure_is_empty(hand) -> None:
    service = hand(GET_QUERY_RESULTS.api, {})
    token = base64.b64encode(b'{"NextToken": "x", "boto_truncate_amount": 1}').decode()
    for begin in (None, "x", token):
        pages = paginate(service.get_query_results, "id", StartingToken=begin)
        assert list(pages.items()) == []


@pytest.mark.parametrize("stop", [False, True])
def test_repeated_token_is_an_error_or_the_end(hand, stop) -> None:
    service = hand(GET_QUERY_RESULTS.api, {"NextToken": "again"})
    pages = paginate(service.get_query_results, "id", StopOnSameToken=stop)
    assert [next(pages)["NextToken"], next(pages)["NextToken"]] == ["again", "again"]
    if stop:
        assert list(pages) == []
    else:
        said = "^athena_getqueryresults: .*same next token was received twice"
        with pytest.raises(PawsError, match=said):
            next(pages)


def test_page_size_is_refused_if_not_supported(hand) -> None:
    service = hand(GET_QUERY_RESULTS.api, {})
    reason = "is not supported: the operation has no parameter for it"
    assert refused(service.get_query_results, "id", PageSize=1) == (
        Violation("PageSize", reason, False),
    )
