"""The generated functions, and the services whose methods they are."""

from __future__ import annotations

import inspect
import io
import pickle
import pydoc
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore
import pytest

import paws
from paws_common import (
    ConfigError,
    ParameterError,
    Request,
    Service,
    Violation,
    first_call,
)
from paws_common.local import LocalEndpoint
from paws_common.service import default_service, method, operation
from paws_common.shapes import Blob, List, Map, Member, String, Structure
from support import oracle
from support.example_services import operation_of

THREADS = 8
PATIENCE_SECONDS = 20  # seconds until a test that hangs is a test that fails
METHODS = [
    "invoke_endpoint",
    "invoke_endpoint_async",
    "invoke_endpoint_with_response_stream",
]
every_method = pytest.mark.parametrize("name", METHODS)


def function(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(paws, f"sagemakerruntime_{name}")
    return found


def bound(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(paws.sagemakerruntime(), name)
    return found


@pytest.fixture
def service(local: LocalEndpoint) -> Iterator[Service]:
    made = paws.sagemakerruntime(**local.config())
    yield made
    made.client.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalEndpoint, Service]]:
    with LocalEndpoint(lambda body, request: body) as endpoint:
        made = paws.sagemakerruntime(**endpoint.config())
        yield endpoint, made
        made.client.close()


def at_once(task: Callable[[int], Any]) -> list[Any]:
    """Return what a task gives in several threads that start together."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        barrier.wait(PATIENCE_SECONDS)
        return task(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


# --- Functions and methods


GO = operation_of({"Input": Structure({"Name": Member("Text")}), "Text": String()})


@operation
def example_go(name: str, *, limit: int | None = None) -> Request[Any]:
    """Go there.

    And back again.
    """
    return GO.request({"Name": name, "Limit": limit})


class Example(Service):
    go = method(example_go)


def test_method_has_signature_and_help_of_its_function() -> None:
    go = Example(GO.api).go
    assert inspect.signature(go) == inspect.signature(example_go)
    this, *others = inspect.signature(Example.go).parameters.values()
    assert (this.name, this.kind) == ("self", this.POSITIONAL_ONLY)
    assert others == list(inspect.signature(example_go).parameters.values())
    assert (go.__name__, go.__doc__) == ("go", example_go.__doc__)
    for each in (example_go, go, Example.go):
        shown = pydoc.render_doc(each, renderer=pydoc.plaintext)
        assert re.search(r"Go there\.\n *\n +And back again\.", shown)


@pytest.mark.parametrize("call", [function, bound])
@pytest.mark.parametrize(
    ("name", "args", "kwargs", "said"),
    [
        ("invoke_endpoint", (), {}, "missing 2 .* 'EndpointName' and 'Body'"),
        ("invoke_endpoint", ("demo",), {}, "missing 1 required .* 'Body'"),
        ("invoke_endpoint", ("demo", b""), {"Bdy": 1}, "unexpected keyword .* 'Bdy'"),
        ("invoke_endpoint", ("demo", b"", "text/csv"), {}, "takes 2 positional"),
        ("invoke_endpoint", ("demo", b""), {"Body": b""}, "multiple values .* 'Body'"),
        ("invoke_endpoint_async", (), {"Body": b""}, "missing 1 .* 'EndpointName'"),
    ],
)
def test_missing_or_unknown_argument_raises_type_error(
    call, name, args, kwargs, said
) -> None:
    with pytest.raises(TypeError, match=said) as caught:
        call(name)(*args, **kwargs)
    assert caught.type is TypeError


@every_method
def test_functions_and_methods_are_pickled_by_name(name) -> None:
    assert pickle.loads(pickle.dumps(function(name))) is function(name)
    service = paws.sagemakerruntime()
    rebuild, arguments = getattr(service, name).__reduce__()
    assert rebuild(*arguments) == getattr(service, name)


# --- Services and their clients


def test_client_is_made_once_by_many_threads(monkeypatch, local) -> None:
    made = []

    def connect(*args: Any) -> Any:
        made.append(original(*args))
        return made[-1]

    original = first_call.connect
    monkeypatch.setattr(first_call, "connect", connect)
    service = paws.sagemakerruntime(**local.config())

    clients = at_once(lambda number: service.client)

    assert len(made) == 1
    assert all(each is made[0].client for each in clients)
    made[0].close()


def test_one_service_serves_many_threads(service) -> None:
    bodies = at_once(lambda n: service.invoke_endpoint("demo", b"%d" % n)["Body"])
    assert bodies == [b"%d" % number for number in range(THREADS)]


def test_plain_functions_share_one_service(monkeypatch, local) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    api = paws.sagemakerruntime().api

    services = at_once(lambda number: default_service(api))
    results = [paws.sagemakerruntime_invoke_endpoint("demo", b"1") for _ in range(2)]

    assert all(each is services[0] for each in services)
    assert services[0] is default_service(api)
    assert [result["Body"] for result in results] == [b"1", b"1"]
    for request in local.requests:
        assert "Credential=AKID/" in request.headers["Authorization"]
        assert "/eu-west-1/sagemaker/" in request.headers["Authorization"]
    services[0].client.close()


def test_services_with_different_endpoints_do_not_mix() -> None:
    with (
        LocalEndpoint(lambda body, request: b"a" + body) as a,
        LocalEndpoint(lambda body, request: b"b" + body) as b,
    ):
        services = [paws.sagemakerruntime(**local.config()) for local in (a, b)]
        bodies = at_once(
            lambda n: services[n % 2].invoke_endpoint("demo", b"%d" % n)["Body"]
        )
        for each in services:
            each.client.close()
    assert bodies == [b"%c%d" % ("ab"[n % 2].encode(), n) for n in range(THREADS)]


# --- What is missing


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, ["no region", "region=", "AWS_DEFAULT_REGION", "~/.aws/config"]),
        (
            {"region": "eu-west-1"},
            [
                "no credentials",
                "credentials=",
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                "~/.aws/credentials",
            ],
        ),
        (
            {"region": "eu-west-1", "credentials": {"profile": "wrok"}},
            ["profile (wrok) could not be found", "~/.aws/config", "AWS_PROFILE"],
        ),
        (
            {"region": "eu-west-1", "endpoint": "localhost"},
            ["Invalid endpoint: localhost"],
        ),
    ],
    ids=["region", "credentials", "profile", "endpoint"],
)
def test_configuration_error_names_key_and_source(arguments, said) -> None:
    service = paws.sagemakerruntime(**arguments)
    with pytest.raises(ConfigError) as caught:
        service.invoke_endpoint("demo", b"1,2")
    for words in said:
        assert words in str(caught.value)
    assert caught.value.__cause__ is not None


def test_half_a_key_pair_in_the_environment_is_named(monkeypatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    service = paws.sagemakerruntime(region="eu-west-1")
    with pytest.raises(ConfigError, match="AWS_SECRET_ACCESS_KEY"):
        service.invoke_endpoint("demo", b"1,2")


def test_anonymous_request_is_unsigned(local) -> None:
    credentials = {"anonymous": True}
    service = paws.sagemakerruntime(
        credentials=credentials, region="eu-west-1", endpoint=local.url
    )
    service.invoke_endpoint("demo", b"1,2")
    assert "Authorization" not in local.requests[0].headers
    service.client.close()


# --- A botocore that is older than the functions


@pytest.fixture
def newer(local: LocalEndpoint) -> Iterator[Callable[..., Any]]:
    """Return a call of an operation that has a member more than the real one."""
    structure = Structure(
        {
            "EndpointName": Member("Text", required=True, location="uri"),
            "Body": Member("Blob"),
            "FutureId": Member("Text", location="header"),
        },
        payload="Body",
    )
    shapes = {"Input": structure, "Text": String(), "Blob": Blob()}
    services = []

    def call(name: str, **arguments: Any) -> Any:
        future = operation_of(shapes, service="sagemaker-runtime", name=name)
        services.append(Service(future.api, **local.config()))
        return services[-1].send(future.request(arguments))

    yield call
    for service in services:
        service.client.close()


def test_member_unknown_to_botocore_raises(newer, local) -> None:
    newer("InvokeEndpoint", EndpointName="demo", Body=b"1", FutureId=None)
    assert len(local.requests) == 1
    with pytest.raises(ParameterError) as caught:
        newer("InvokeEndpoint", EndpointName="demo", Body=b"1", FutureId="7")
    reason = (
        f"is not supported by botocore {botocore.__version__}; install a newer one, or "
        "omit it"
    )
    assert caught.value.violations == (Violation("FutureId", reason, False),)
    assert len(local.requests) == 1


def test_nested_member_unknown_to_botocore_has_a_path() -> None:
    shapes = {
        "Input": Structure({"Item": Member("Item"), "Future": Member("Text")}),
        "Item": Map("Text", "Value"),
        "Value": Structure(
            {"S": Member("Text"), "L": Member("List"), "Future": Member("Text")}
        ),
        "List": List("Value"),
        "Text": String(),
    }
    put = operation_of(shapes, service="dynamodb", name="PutItem")
    service = Service(put.api, region="us-east-1")
    values = {"S": "1", "L": [{"S": "2"}, {"Future": "3"}], "Future": None}
    with pytest.raises(ParameterError) as caught:
        service.send(put.request({"Item": {"a": values}, "Future": "4"}))
    paths = [violation.path for violation in caught.value.violations]
    assert paths == ["Item['a'].L[1].Future", "Future"]


def test_operation_unknown_to_botocore_raises(newer, local) -> None:
    said = f"not supported by botocore {botocore.__version__}; install a newer one"
    with pytest.raises(ConfigError, match=said):
        newer("FutureOperation", EndpointName="demo")
    assert not local.requests


def test_service_unknown_to_botocore_raises(local) -> None:
    future = operation_of({}, service="future-service")
    service = Service(future.api, **local.config())
    said = "does not have the service future-service; install a newer"
    with pytest.raises(ConfigError, match=said):
        service.send(future.request({}))


# --- The headers that R sends where the caller gives none

JSON = "application/json"
# Where an operation sends its ContentType and its Accept.
FIELDS = {
    "invoke_endpoint": ("Content-Type", "Accept"),
    "invoke_endpoint_async": (
        "X-Amzn-SageMaker-Content-Type",
        "X-Amzn-SageMaker-Accept",
    ),
    "invoke_endpoint_with_response_stream": (
        "Content-Type",
        "X-Amzn-SageMaker-Accept",
    ),
}


def file_at(position: int) -> io.BytesIO:
    file = io.BytesIO(b"1,2")
    file.seek(position)
    return file


# botocore learnt of the Body of InvokeEndpointAsync with 1.43.29.
@pytest.mark.parametrize(
    "name",
    [
        name
        for name, operation in zip(FIELDS, oracle.operations(), strict=True)
        if "Body" in oracle.members(operation)
    ],
)
@pytest.mark.parametrize("given", [{}, {"ContentType": "a/b", "Accept": "c/d"}])
@pytest.mark.parametrize(
    ("make", "sent"),
    [
        (lambda: b"1,2", b"1,2"),
        (lambda: "1,2", b"1,2"),
        (lambda: file_at(0), b"1,2"),
        (lambda: file_at(2), b"2"),
        (lambda: b"", b""),
        (lambda: "", b""),
        (lambda: file_at(3), b""),
    ],
    ids=["bytes", "text", "file", "rest of a file", "no bytes", "no text", "read file"],
)
def test_json_is_the_default_content_type_of_a_body(
    shared, name, given, make, sent
) -> None:
    local, service = shared
    result = getattr(service, name)(EndpointName="demo", Body=make(), **given)
    if name == "invoke_endpoint_with_response_stream":
        list(result["Body"])

    request = local.requests[-1]
    assert request.body == sent
    default = {"Content-Type": JSON, "Accept": JSON} if sent else {}
    own = dict(zip(FIELDS[name], given.values(), strict=False))
    for field in {*default, *FIELDS[name]}:
        expected = {**default, **own}.get(field)
        assert request.headers.get_all(field) == ((expected,) if expected else ())


def test_request_without_a_body_has_no_content_type(local, service) -> None:
    service.invoke_endpoint_async("demo", InputLocation="s3://bucket/key")
    (request,) = local.requests
    assert not {"content-type", "accept"} & {name.lower() for name in request.headers}


# --- The package


@pytest.mark.parametrize(
    "program",
    [
        "import paws",
        "import paws_common",
        "import paws; dir(paws), paws.sagemakerruntime(region='eu-west-1')",
        "import paws; paws.sagemakerruntime_invoke_endpoint.__doc__",
        "import paws_common; [getattr(paws_common, n) for n in dir(paws_common)]",
    ],
)
def test_botocore_is_not_loaded_before_the_first_call(program) -> None:
    check = "import sys; print(sorted({'botocore', 'urllib3'} & sys.modules.keys()))"
    ran = subprocess.run(
        [sys.executable, "-c", f"{program}; {check}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.stdout == "[]\n"


def test_package_lists_functions_and_constructor() -> None:
    listed = {name for name in dir(paws) if not name.startswith("_")}
    names = {"sagemakerruntime", *(f"sagemakerruntime_{name}" for name in METHODS)}
    assert names <= listed
    for name in names:
        assert callable(getattr(paws, name))


@pytest.mark.parametrize("name", ["nonsense", "sagemakerruntime_nonsense", "s3_get"])
def test_missing_name_raises_attribute_error(name) -> None:
    said = f"module 'paws' has no attribute '{name}'"
    with pytest.raises(AttributeError, match=said) as caught:
        getattr(paws, name)
    assert caught.value.name == name
    assert name not in dir(paws)
