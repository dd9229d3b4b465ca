"""The generated functions, and the services whose methods they are."""

from __future__ import annotations

import inspect
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore
import pytest

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import (
    ConfigError,
    ParameterError,
    Service,
    Violation,
    first_call,
)
from paws_common.local import LocalEndpoint
from paws_common.service import default_service
from paws_common.shapes import Blob, List, Map, Member, String, Structure
from support.example_services import operation_of
from support.programs import run_program
from support.services import use_by_default

THREADS = 8
PATIENCE_SECONDS = 20  # seconds until a test that hangs is a test that fails


@pytest.fixture
def service(local: LocalEndpoint) -> Iterator[Service]:
    made = paws.sagemakerruntime(**local.config())
    yield made
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


def test_unbound_method_has_self_and_the_signature() -> None:
    function = paws.sagemakerruntime_invoke_endpoint
    unbound = SageMakerRuntime.invoke_endpoint
    this, *others = inspect.signature(unbound).parameters.values()
    assert (this.name, this.kind) == ("self", this.POSITIONAL_ONLY)
    assert others == [*inspect.signature(function).parameters.values()]
    assert (unbound.__name__, unbound.__doc__) == ("invoke_endpoint", function.__doc__)


@pytest.mark.parametrize("form", ["function", "method"])
@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        ((), {}, "missing 2 .* 'EndpointName' and 'Body'"),
        (("demo",), {}, "missing 1 required .* 'Body'"),
        (("demo", b""), {"Bdy": 1}, "unexpected keyword .* 'Bdy'"),
        (("demo", b"", "text/csv"), {}, "takes 2 positional"),
        (("demo", b""), {"Body": b""}, "multiple values .* 'Body'"),
    ],
)
def test_missing_or_unknown_argument_is_a_type_error(form, args, kwargs, said) -> None:
    function = paws.sagemakerruntime_invoke_endpoint
    call = function if form == "function" else paws.sagemakerruntime().invoke_endpoint
    with pytest.raises(TypeError, match=said) as caught:
        call(*args, **kwargs)
    assert caught.type is TypeError


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


def test_plain_functions_share_one_service(monkeypatch, local) -> None:
    use_by_default(local.url, monkeypatch)
    api = paws.sagemakerruntime().api

    services = at_once(lambda number: default_service(api))
    results = [paws.sagemakerruntime_invoke_endpoint("demo", b"1") for _ in range(2)]

    assert all(each is services[0] for each in services)
    assert services[0] is default_service(api)
    assert [result["Body"] for result in results] == [b"1", b"1"]
    for request in local.requests:
        assert "Credential=AKID/" in request.headers["Authorization"]
        assert "/us-east-1/sagemaker/" in request.headers["Authorization"]
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


REGION = {"region": "eu-west-1"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, ["no region", "region=", "AWS_DEFAULT_REGION", "~/.aws/config"]),
        (REGION, ["no credentials", "credentials=", "~/.aws/credentials"]),
        (REGION, ["AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"]),
        (
            {**REGION, "credentials": {"profile": "wrok"}},
            ["profile (wrok) could not be found", "~/.aws/config", "AWS_PROFILE"],
        ),
        ({**REGION, "endpoint": "localhost"}, ["Invalid endpoint: localhost"]),
    ],
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
    service = paws.sagemakerruntime(**REGION)
    with pytest.raises(ConfigError, match="AWS_SECRET_ACCESS_KEY"):
        service.invoke_endpoint("demo", b"1,2")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"SECRET\n", "line 1 must be a section"),
        (b"\xef\xbb\xbf[default]\n", "line 1 must be a section"),
        (b"[a]\nb = 1\nSECRET\n", "line 3 is neither a section nor KEY = VALUE"),
        (b"[a]\n[a]\n", "line 2 begins a section that is there already"),
        (b"[a]\nb = 1\nb = SECRET\n", "line 3 sets a key that is there already"),
        (b"[a]\nb =\n  SECRET\n", "KEY = VALUE is expected in each indented line"),
        (b"[a]\nb = \xff\n", "it is not text in utf-8 (byte 8)"),
    ],
)
def test_unreadable_profiles_are_located(monkeypatch, tmp_path, text, reason) -> None:
    path = tmp_path / "config"
    path.write_bytes(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    with pytest.raises(ConfigError) as caught:
        paws.sagemakerruntime(**REGION).invoke_endpoint("demo", b"1,2")
    assert f"{path} cannot be read: {reason}" in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_anonymous_request_is_unsigned(local) -> None:
    credentials = {"anonymous": True}
    arguments = {**REGION, "credentials": credentials, "endpoint": local.url}
    with paws.sagemakerruntime(**arguments) as service:
        service.invoke_endpoint("demo", b"1,2")
    assert "Authorization" not in local.requests[0].headers


# --- A botocore that is older than the functions


def send(
    local: LocalEndpoint,
    arguments: dict[str, Any],
    service: str = "sagemaker-runtime",
    name: str = "InvokeEndpoint",
) -> None:
    """Call an operation that has a member more than the real one."""
    structure = Structure(
        {
            "EndpointName": Member("Text", required=True, location="uri"),
            "Body": Member("Blob"),
            "FutureId": Member("Text", location="header"),
        },
        payload="Body",
    )
    shapes = {"Input": structure, "Text": String(), "Blob": Blob()}
    future = operation_of(shapes, service=service, name=name)
    with Service(future.api, **local.config()) as made:
        made.send(future.request({"EndpointName": "demo", **arguments}))


def test_member_unknown_to_botocore_raises(local) -> None:
    send(local, {"Body": b"1", "FutureId": None})
    assert len(local.requests) == 1
    with pytest.raises(ParameterError) as caught:
        send(local, {"Body": b"1", "FutureId": "7"})
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


@pytest.mark.parametrize(
    ("unknown", "said"),
    [
        (
            {"name": "FutureOperation"},
            f"not supported by botocore {botocore.__version__}",
        ),
        ({"service": "future-service"}, "does not have the service future-service"),
    ],
    ids=["operation", "service"],
)
def test_operation_unknown_to_botocore_raises(local, unknown, said) -> None:
    with pytest.raises(ConfigError, match=f"{said}; install a newer"):
        send(local, {}, **unknown)
    assert not local.requests


# --- The headers that R sends where the caller gives none


def file_at(position: int) -> io.BytesIO:
    file = io.BytesIO(b"1,2")
    file.seek(position)
    return file


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("1,2", b"1,2"),
        (file_at(0), b"1,2"),
        (file_at(2), b"2"),
        (b"", b""),
        ("", b""),
        (file_at(3), b""),
    ],
    ids=["text", "file", "rest of a file", "no bytes", "no text", "read file"],
)
def test_json_is_the_default_content_type_of_a_body(local, service, body, sent) -> None:
    service.invoke_endpoint("demo", body)
    (request,) = local.requests
    assert request.body == sent
    for field in ("Content-Type", "Accept"):
        expected = ("application/json",) if sent else ()
        assert request.headers.get_all(field) == expected


# --- The package


@pytest.mark.parametrize(
    "program",
    [
        "import paws",
        "import paws_common",
        "import paws; dir(paws), paws.sagemakerruntime(region='eu-west-1')",
        "import paws; paws.sagemakerruntime_invoke_endpoint.__doc__",
        "import paws_common; [getattr(paws_common, n) for n in dir(paws_common)]",
        "import paws, paws_common.pagination; paws.paginate, paws.list_paginators",
    ],
)
def test_botocore_is_not_loaded_before_the_first_call(program) -> None:
    check = "import sys; print({'botocore', 'urllib3'} & sys.modules.keys())"
    assert run_program(f"{program}; {check}") == "set()"
