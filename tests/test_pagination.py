"""Results in pages: from moto's S3, DynamoDB and IAM, and from services made by hand."""

from __future__ import annotations

import base64
import functools
import importlib
import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import botocore.session
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

import paws_common
from hand_made import operation_of
from make_paws import emit, naming, render, spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from parrot import Parrot, parrot
from paws_common import (
    Api,
    Fault,
    PaginationError,
    ParameterError,
    PawsError,
    ServiceError,
    list_paginators,
    paginate,
)
from paws_common.service import Service, method, operation
from paws_common.shapes import Integer, List, Member, String, Structure
from profiles import examples

PACKAGE = "paginated_paws"
SERVICES = ("dynamodb", "iam", "s3")
KEY = {"access_key_id": "key", "secret_access_key": "secret"}
REGION = "us-east-1"
MOST = 6  # elements of the longest result
PATIENCE = 20  # seconds until a test that hangs is a test that fails


class Case(NamedTuple):
    """An operation, how it is asked for `count` elements, and how it says a page's size."""

    service: str
    method: str
    operation: str
    arguments: Callable[[int], dict[str, Any]]
    key: str
    size: str


CASES = [
    Case(
        "s3",
        "list_objects_v2",
        "ListObjectsV2",
        lambda count: {"Bucket": f"bucket-{count}"},
        "Contents",
        "max-keys=([0-9]+)",
    ),
    Case(
        "dynamodb",
        "scan",
        "Scan",
        lambda count: {"TableName": f"table-{count}"},
        "Items",
        '"Limit": ([0-9]+)',
    ),
    Case(
        "iam",
        "list_roles",
        "ListRoles",
        lambda count: {"PathPrefix": f"/path{count}/"},
        "Roles",
        "MaxItems=([0-9]+)",
    ),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.service)
some_examples = examples(20)  # each is many requests
counts = st.integers(0, MOST)
sizes = st.none() | st.integers(1, MOST + 1)


class Moto:
    """moto's server, which tells what it was asked."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.requests.append(f"{environ['QUERY_STRING']} {body.decode()}")
        return self._app({**environ, "wsgi.input": io.BytesIO(body)}, start_response)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(PATIENCE)
        self._server.server_close()


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    server = Moto()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a package of the three services, of which plain functions can be called."""
    folder = tmp_path_factory.mktemp("paginated")
    described = [parse(spec.load(name), Overrides()) for name in SERVICES]
    exports = {each.constructor: render.functions(each) for each in described}
    files = dict(render.package(exports, PACKAGE))
    for each in described:
        files.update(render.service(each, PACKAGE))
    emit.write(files, folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def services(generated: Any, moto: Moto) -> Iterator[dict[str, Any]]:
    """Return the services, filled with results of every length up to `MOST`."""
    made = {
        name: getattr(generated, name)(
            endpoint=moto.url, region=REGION, credentials={"creds": KEY}
        )
        for name in SERVICES
    }
    for count in range(MOST + 1):
        made["s3"].create_bucket(Bucket=f"bucket-{count}")
        # A key of bytes: JSON, and so a token, has no such thing.
        made["dynamodb"].create_table(
            TableName=f"table-{count}",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(count):
            made["s3"].put_object(
                Bucket=f"bucket-{count}", Key=f"key-{number}", Body=b""
            )
            made["dynamodb"].put_item(
                TableName=f"table-{count}", Item={"id": {"B": b"\xff%d" % number}}
            )
            made["iam"].create_role(
                Path=f"/path{count}/",
                RoleName=f"role-{count}-{number}",
                AssumeRolePolicyDocument="{}",
            )
    yield made
    for service in made.values():
        service.client.close()


@pytest.fixture(scope="module")
def clients(moto: Moto) -> Iterator[dict[str, Any]]:
    """Return botocore's own clients of the same server."""
    session = botocore.session.Session()
    made = {
        name: session.create_client(
            name,
            endpoint_url=moto.url,
            region_name=REGION,
            aws_access_key_id=KEY["access_key_id"],
            aws_secret_access_key=KEY["secret_access_key"],
        )
        for name in SERVICES
    }
    yield made
    for client in made.values():
        client.close()


def call(services: dict[str, Any], case: Case) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(services[case.service], case.method)
    return found


def elements(services: dict[str, Any], case: Case, count: int) -> list[Any]:
    """Return all elements, which the server gives in one page when it is not paginated."""
    found = call(services, case)(**case.arguments(count))[case.key] or []
    assert len(found) == count
    return list(found)


# --- Any number of elements, pages of any size


@every_case
@some_examples
@given(count=counts, size=sizes, most=st.none() | counts)
@example(count=MOST, size=2, most=None)
def test_the_pages_hold_the_first_elements_in_order_and_each_is_asked_for_when_wanted(
    services: dict[str, Any],
    moto: Moto,
    case: Case,
    count: int,
    size: int | None,
    most: int | None,
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
def test_a_pagination_goes_on_where_the_one_before_was_cut(
    services: dict[str, Any], case: Case, count: int, size: int | None, most: int
) -> None:
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
def test_the_pages_are_those_of_botocores_paginator_and_so_is_the_rest(
    services: dict[str, Any],
    clients: dict[str, Any],
    case: Case,
    count: int,
    size: int | None,
    most: int,
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
    """Return what tells an element from the others; ours have more members."""
    return [
        each.get("Key") or each.get("RoleName") or each["id"]["B"]
        for each in page or []
    ]


# --- Where a pagination begins


@some_examples
@given(size=sizes, most=st.integers(1, MOST), first=st.integers(0, MOST - 1))
@example(size=3, most=1, first=2)
def test_what_begins_at_a_token_of_the_operation_goes_on_from_there(
    services: dict[str, Any], size: int | None, most: int, first: int
) -> None:
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


def test_a_token_of_the_service_is_a_token_to_start_with(
    services: dict[str, Any],
) -> None:
    pages = paginate(
        services["s3"].list_objects, Bucket=f"bucket-{MOST}", StartingToken="key-3"
    )
    assert [each["Key"] for each in pages.items("Contents")] == ["key-4", "key-5"]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_element_of_another_key_is_lost_where_a_pagination_is_cut(
    services: dict[str, Any], most: int
) -> None:
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


# --- What there is besides the pages


def test_elements_can_be_had_one_by_one_and_ask_for_pages_when_they_must(
    services: dict[str, Any], moto: Moto
) -> None:
    moto.requests.clear()
    pages = paginate(
        services["s3"].list_objects_v2, Bucket=f"bucket-{MOST}", PageSize=2
    )
    keys = (each["Key"] for each in pages.items("Contents"))
    assert list(islice(keys, 3)) == ["key-0", "key-1", "key-2"]
    assert len(moto.requests) == 2
    # What is taken from the one is gone from the other.
    assert [each["Key"] for each in next(pages)["Contents"]] == ["key-4", "key-5"]
    assert list(keys) == ["key-3"]


def test_what_is_no_list_is_one_element_a_page(services: dict[str, Any]) -> None:
    pages = paginate(services["dynamodb"].scan, TableName="table-5", PageSize=2)
    assert pages.result_keys == ("Items", "Count", "ScannedCount")
    assert sum(pages.items("Count")) == 5


def test_the_only_result_key_goes_without_saying(services: dict[str, Any]) -> None:
    pages = paginate(services["iam"].list_roles, PathPrefix="/path2/", PageSize=1)
    assert pages.result_keys == ("Roles",)
    assert {role["RoleName"] for role in pages.items()} == {"role-2-0", "role-2-1"}


@pytest.mark.parametrize("name", ["Content", "ResponseMetadata", "", None])
def test_a_key_that_is_none_is_an_error_that_names_those_there_are(
    services: dict[str, Any], name: str | None
) -> None:
    pages = paginate(services["s3"].list_objects_v2, Bucket="bucket-0")
    said = r"^s3_list_objects_v2: .*result keys; name one of Contents, CommonPrefixes$"
    with pytest.raises(PaginationError, match=said) as caught:
        pages.items(name)
    assert name is None or repr(name) in str(caught.value)


def test_what_the_first_page_says_of_the_whole_is_kept(
    services: dict[str, Any],
) -> None:
    pages = paginate(services["s3"].list_objects_v2, Bucket="bucket-3", Prefix="key-")
    assert pages.non_aggregate_part == {}
    assert len(list(pages.items("Contents"))) == 3
    assert pages.non_aggregate_part["Prefix"] == "key-"


@every_case
def test_the_plain_functions_are_paginated_too(
    generated: Any,
    services: dict[str, Any],
    moto: Moto,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    function = getattr(generated, f"{case.service}_{case.method}")
    pages = generated.paginate(function, **case.arguments(MOST), PageSize=4)
    assert [len(page[case.key]) for page in pages] == [4, MOST - 4]


# --- What cannot be paginated


@every_case
def test_the_methods_with_a_paginator_are_those_of_botocore(
    services: dict[str, Any], clients: dict[str, Any], case: Case
) -> None:
    client, service = clients[case.service], services[case.service]
    names = client.meta.method_to_api_mapping.items()
    expected = [
        naming.snake_case(api) for name, api in names if client.can_paginate(name)
    ]
    assert list_paginators(service) == sorted(expected)


def test_an_operation_without_pages_is_an_error_that_names_the_nearest_that_has_some(
    generated: Any, services: dict[str, Any]
) -> None:
    others = len(list_paginators(services["iam"])) - 10
    for function, names in (
        (services["iam"].get_instance_profile, "list_instance_profiles, "),
        (generated.iam_get_instance_profile, "iam_list_instance_profiles, "),
    ):
        said = f"^iam_get_instance_profile cannot be paginated; these can: {names}"
        with pytest.raises(PaginationError, match=said) as caught:
            paginate(function, "name")
        assert str(caught.value).endswith(f" and {others} more")
        assert isinstance(caught.value, PawsError)
        assert isinstance(caught.value, ValueError)


def test_a_service_without_pages_says_so() -> None:
    import paws

    service = paws.sagemakerruntime()
    assert list_paginators(service) == []
    said = "^sagemakerruntime_invoke_endpoint cannot be paginated; nothing of it can$"
    with pytest.raises(PaginationError, match=said):
        paginate(service.invoke_endpoint, "demo", b"")


def test_what_is_no_function_of_paws_is_a_type_error_in_one_line(
    services: dict[str, Any], clients: dict[str, Any]
) -> None:
    s3 = services["s3"]

    @functools.wraps(s3.list_objects_v2)
    def wrapped(**arguments: Any) -> Any:
        return s3.list_objects_v2(**arguments)

    neither: list[Any] = [
        wrapped,
        lambda: None,
        clients["s3"].list_objects_v2,
        type(s3).list_objects_v2,
        functools.partial(s3.list_objects_v2, Bucket="bucket-1"),
        s3.send,
        {"Body": "secret"},
        None,
    ]
    for function in neither:
        with pytest.raises(TypeError, match=r"^paginate takes a function of") as caught:
            paginate(function)
        assert "secret" not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("svc", [None, "s3", Service, print])
def test_paginators_are_listed_of_a_service_only(svc: Any) -> None:
    with pytest.raises(TypeError, match=r"^list_paginators takes a service: .*; not "):
        list_paginators(svc)


# --- What cannot be sent


def refused(*args: Any, **kwargs: Any) -> tuple[Fault, ...]:
    with pytest.raises(ParameterError) as caught:
        paginate(*args, **kwargs)
    assert caught.value.__cause__ is caught.value.__context__ is None
    return caught.value.faults


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


# --- What moto has not: operations made by hand, and an answer that is always the same

SCALARS = {"Text": String(), "Number": Integer(min=1, max=60)}
LIST_USER_POOLS = operation_of(
    {
        "Input": Structure({"MaxResults": Member("Number", required=True)}),
        **SCALARS,
    },
    service="cognito-idp",
    name="ListUserPools",
)
GET_APIS = operation_of(
    {
        "Input": Structure({"MaxResults": Member("Text", location="querystring")}),
        **SCALARS,
    },
    service="apigatewayv2",
    name="GetApis",
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
)


@operation
def hand_list_user_pools(max_results: int) -> Any:
    return LIST_USER_POOLS.request({"MaxResults": max_results})


@operation
def hand_get_apis(*, max_results: str | None = None) -> Any:
    return GET_APIS.request({"MaxResults": max_results})


@operation
def hand_get_query_results(query: str, *, token: str | None = None) -> Any:
    return GET_QUERY_RESULTS.request({"QueryExecutionId": query, "NextToken": token})


class Hand(Service):
    list_user_pools = method(hand_list_user_pools)
    get_apis = method(hand_get_apis)
    get_query_results = method(hand_get_query_results)


@pytest.fixture
def server() -> Iterator[Parrot]:
    with parrot() as made:
        yield made


@pytest.fixture
def hand(server: Parrot) -> Iterator[Callable[..., Hand]]:
    """Return what makes a service whose every answer is the same."""
    made = []

    def make(api: Api, answer: object) -> Hand:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
        server.answer = head.encode() + body
        made.append(
            Hand(api, endpoint=server.url, region=REGION, credentials={"creds": KEY})
        )
        return made[-1]

    yield make
    for service in made:
        service.client.close()


def sent_by(service: Service) -> list[Any]:
    """Return a list that botocore's requests come into."""
    requests: list[Any] = []
    service.client.meta.events.register(
        "before-send", lambda request, **_: requests.append(request)
    )
    return requests


def test_a_parameter_that_is_required_is_given_by_the_size_of_a_page(
    hand: Callable[..., Hand],
) -> None:
    service = hand(LIST_USER_POOLS.api, {"UserPools": []})
    requests = sent_by(service)
    list(paginate(service.list_user_pools, PageSize=7))
    assert json.loads(requests[0].body) == {"MaxResults": 7}
    with pytest.raises(TypeError, match=r"missing 1 required .* 'max_results'"):
        paginate(service.list_user_pools)


def test_the_size_of_a_page_is_sent_as_text_where_the_service_wants_text(
    hand: Callable[..., Hand],
) -> None:
    service = hand(GET_APIS.api, {"items": []})
    requests = sent_by(service)
    list(paginate(service.get_apis, PageSize=7))
    assert requests[0].url.endswith("/v2/apis?maxResults=7")


def test_a_result_key_may_be_a_path(hand: Callable[..., Hand]) -> None:
    rows = [{"Data": [{"VarCharValue": text}]} for text in "ab"]
    service = hand(GET_QUERY_RESULTS.api, {"ResultSet": {"Rows": rows}})
    pages = paginate(service.get_query_results, "id", MaxItems=1)
    assert pages.result_keys == ("ResultSet.Rows",)
    assert list(pages.items("ResultSet.Rows")) == rows[:1]
    rest = paginate(service.get_query_results, "id", StartingToken=pages.resume_token)
    assert list(rest.items()) == rows[1:]


def test_pages_without_the_structure_that_holds_their_elements_are_empty(
    hand: Callable[..., Hand],
) -> None:
    service = hand(GET_QUERY_RESULTS.api, {})
    token = base64.b64encode(b'{"NextToken": "x", "boto_truncate_amount": 1}').decode()
    for begin in (None, "x", token):
        pages = paginate(service.get_query_results, "id", StartingToken=begin)
        assert list(pages.items()) == []


@pytest.mark.parametrize("stop", [False, True])
def test_the_same_token_twice_in_a_row_is_an_error_or_the_end(
    hand: Callable[..., Hand], stop: bool
) -> None:
    service = hand(GET_QUERY_RESULTS.api, {"NextToken": "again"})
    pages = paginate(service.get_query_results, "id", StopOnSameToken=stop)
    assert [next(pages)["NextToken"], next(pages)["NextToken"]] == ["again", "again"]
    if stop:
        assert list(pages) == []
    else:
        said = "^athena_getqueryresults: .*same next token was received twice"
        with pytest.raises(PawsError, match=said):
            next(pages)


def test_an_operation_that_has_no_size_of_a_page_says_so(
    hand: Callable[..., Hand],
) -> None:
    service = hand(GET_QUERY_RESULTS.api, {})
    reason = "cannot be chosen: the operation has no parameter for it"
    assert refused(service.get_query_results, "id", PageSize=1) == (
        Fault("PageSize", reason, False),
    )


# --- The package


def test_nothing_of_it_loads_botocore_before_the_first_call() -> None:
    program = (
        "import sys, paws, paws_common.pagination\n"
        "paws.paginate, paws.list_paginators\n"
        "print(sorted({'botocore', 'urllib3'} & sys.modules.keys()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert ran.stdout == "[]\n"


def test_the_package_has_the_names_of_the_run_time_and_lists_them(
    generated: Any,
) -> None:
    for name in naming.RUNTIME:
        assert getattr(generated, name) is getattr(paws_common, name)
    assert set(naming.RUNTIME) <= set(dir(generated))


@pytest.mark.parametrize("name", naming.RUNTIME)
def test_a_service_of_such_a_name_gets_another(name: str) -> None:
    wish = name.replace("_", "")
    expected = f"{name}_" if wish == name else wish
    assert naming.constructor(wish) == expected
