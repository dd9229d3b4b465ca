"""`wait_until` and `list_waiters`, over real HTTP with a scripted server."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest

from paws_common import (
    EndpointConnectionError,
    ParameterError,
    ServiceError,
    Waiter,
    WaiterError,
    WaiterTimeoutError,
    list_waiters,
    wait_until,
)
from support.generated_services import Services, serving, several
from support.servers import error_response, responding, response, serve
from support.services import CREDENTIALS, use_by_default

OPERATIONS = {
    "lambda": ("GetFunction", "GetFunctionConfiguration", "ListFunctions"),
    "s3": ("GetObject", "HeadBucket", "HeadObject"),
    "sts": ("GetCallerIdentity",),
}
OBJECT = {"Bucket": "my-bucket", "Key": "my-key"}
NOT_FOUND = response(404)
MISSING = error_response(404, "ResourceNotFoundException")


def state(value: str) -> bytes:
    """Return the response of Lambda's GetFunction for a function in a state."""
    return response(200, json.dumps({"Configuration": {"State": value}}).encode())


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with several(OPERATIONS, tmp_path_factory) as services:
        yield services


@pytest.fixture
def start(services: Services) -> Callable[..., Any]:
    """Return a function that creates a service and the server that it calls."""
    return lambda name, *responses: serving(services(name), *responses)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the pauses between two calls, and do not wait for them."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    return pauses


def violations_of(*arguments: Any, **keywords: Any) -> dict[str, str]:
    """Return the violations of a call, by path."""
    with pytest.raises(ParameterError) as caught:
        wait_until(*arguments, **keywords)
    assert not any(violation.limit for violation in caught.value.violations)
    return {violation.path: violation.reason for violation in caught.value.violations}


# --- Waiting


def test_success_returns_the_last_result(start, pauses) -> None:
    found = response(200, headers={"ETag": "tag"})
    with start("s3", NOT_FOUND, NOT_FOUND, found) as (s3, server):
        result = wait_until(s3.head_object, "object_exists", **OBJECT)
        assert result is not None
        assert (result["ETag"], result["ContentType"]) == ("tag", None)
        targets = [request.target for request in server.requests]
    assert targets == ["/my-bucket/my-key"] * 3
    assert pauses == [5, 5]


def test_expected_error_returns_none(start, pauses) -> None:
    with start("s3", response(200), NOT_FOUND) as (s3, _):
        result = wait_until(s3.head_object, "object_not_exists", "my-bucket", Key="k")
    assert result is None
    assert pauses == [5]


def test_limits_of_the_call_have_precedence(start, pauses) -> None:
    with (
        start("s3", NOT_FOUND) as (s3, server),
        pytest.raises(WaiterTimeoutError, match=r"after 3 attempts, 0\.5 s apart"),
    ):
        wait_until(s3.head_object, "object_exists", **OBJECT, Delay=0.5, MaxAttempts=3)
    assert len(server.requests) == 3
    assert pauses == [0.5, 0.5]


def test_plain_function_calls_the_default_service(
    services, monkeypatch, pauses
) -> None:
    function = services("s3").package.s3_head_bucket
    with serve(responding(NOT_FOUND, response(200))) as server:
        use_by_default(server.url, monkeypatch)
        wait_until(function, "bucket_exists", "my-bucket")
        assert len(server.requests) == 2


def test_signal_interrupts_the_pause(start, monkeypatch) -> None:
    monkeypatch.setattr("time.sleep", mock.Mock(side_effect=KeyboardInterrupt))
    with start("s3", NOT_FOUND) as (s3, server), pytest.raises(KeyboardInterrupt):
        wait_until(s3.head_object, "object_exists", **OBJECT)
    assert len(server.requests) == 1


# --- Errors


def test_timeout_states_condition_and_last_state(start, pauses) -> None:
    with (
        start("lambda", state("Inactive"), state("Pending")) as (svc, _),
        pytest.raises(WaiterTimeoutError) as caught,
    ):
        wait_until(svc.get_function, "function_active_v2", "f", MaxAttempts=2)
    error = caught.value
    assert str(error) == (
        "lambda_get_function: the waiter function_active_v2 was not successful after 2 "
        "attempts, 1 s apart: Configuration.State is 'Pending' (success: "
        "Configuration.State is 'Active'); call wait_until again, or increase "
        "MaxAttempts or Delay"
    )
    assert error.response["Configuration"]["State"] == "Pending"
    assert error.response["Code"] is None
    assert error.function == "lambda_get_function"
    assert (error.waiter, error.attempts) == ("function_active_v2", 2)


def test_timeout_after_error_has_it_as_cause(start) -> None:
    said = (
        r"after 1 attempt, 1 s apart: the error is ResourceNotFoundException \(no\) "
        r"\(success: no error\)"
    )
    with (
        start("lambda", MISSING) as (svc, _),
        pytest.raises(WaiterTimeoutError, match=said) as caught,
    ):
        wait_until(svc.get_function, "function_exists", "f", MaxAttempts=1)
    assert caught.value.__cause__.code == "ResourceNotFoundException"
    assert caught.value.response is None


def test_final_state_ends_the_wait_at_once(start, pauses) -> None:
    with (
        start("lambda", state("Pending"), state("Failed")) as (svc, server),
        pytest.raises(WaiterError) as caught,
    ):
        wait_until(svc.get_function, "function_active_v2", "f")
    assert not isinstance(caught.value, WaiterTimeoutError)
    assert str(caught.value) == (
        "lambda_get_function: the waiter function_active_v2 failed at attempt 2: "
        "Configuration.State is 'Failed'; waiting longer does not help, see "
        "error.response"
    )
    assert len(server.requests) == 2


def test_unexpected_error_is_the_services_own(start) -> None:
    with (
        start("lambda", error_response(403, "AccessDeniedException")) as (svc, server),
        pytest.raises(ServiceError) as caught,
    ):
        wait_until(svc.get_function, "function_active_v2", "f")
    assert caught.value.code == "AccessDeniedException"
    assert caught.value.__notes__ == [
        "The waiter function_active_v2 does not expect this error (attempt 1 of 300)."
    ]
    assert len(server.requests) == 1


def test_refused_connection_is_not_a_state(services) -> None:
    url = "http://127.0.0.1:1"
    s3 = services("s3").package.s3({"max_retries": 0}, CREDENTIALS, url, "us-east-1")
    with pytest.raises(EndpointConnectionError, match="nothing was sent"):
        wait_until(s3.head_object, "object_exists", **OBJECT)


# --- Arguments


def test_all_violations_are_found_before_sending(start) -> None:
    with start("s3", NOT_FOUND) as (s3, server):
        arguments = {"Bucket": "my-bucket", "Key": 7, "Delay": -1, "MaxAttempts": 0}
        violations = violations_of(s3.head_object, "object_exist", **arguments)
        assert not server.requests
    assert violations == {
        "waiter": "'object_exist' is not the name of a waiter; did you mean "
        "'object_exists', which polls head_object?; the waiters of head_object: "
        "object_exists, object_not_exists",
        "Delay": "-1 is not between 0 and 2,147,483 seconds",
        "MaxAttempts": "0 is less than 1",
        "Key": violations["Key"],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("Delay", value) for value in ["1", True, math.nan, math.inf, 3_000_000]),
        *(("MaxAttempts", value) for value in ["1", True, 1.5, -1]),
    ],
)
def test_invalid_limit_is_a_violation(services, name, value) -> None:
    s3 = services("s3").strict
    arguments = {**OBJECT, name: value}
    assert [*violations_of(s3.head_object, "object_exists", **arguments)] == [name]


def test_waiter_of_another_function_names_it(services) -> None:
    s3 = services("s3").strict
    assert violations_of(s3.get_object, "object_exists", **OBJECT) == {
        "waiter": "'object_exists' polls head_object, not get_object; the waiters of "
        "get_object: none"
    }
    function = services("s3").package.s3_head_bucket
    assert violations_of(function, "object_exists", "my-bucket") == {
        "waiter": "'object_exists' polls s3_head_object, not s3_head_bucket; the waiters "
        "of s3_head_bucket: bucket_exists, bucket_not_exists"
    }


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("ObjectExists", ["object_exists"]),
        ("object_not_exist", ["object_not_exists"]),
        ("bucket_exist", ["bucket_exists"]),
        ("xyz", []),
        (None, []),
    ],
)
def test_misspelt_waiter_suggests_the_nearest(services, name, suggested) -> None:
    s3 = services("s3").strict
    reason = violations_of(s3.head_object, name, **OBJECT)["waiter"]
    assert re.findall("did you mean '(.*?)'", reason) == suggested


def test_unknown_argument_is_a_type_error(services) -> None:
    s3 = services("s3").strict
    with pytest.raises(TypeError, match="unexpected keyword argument 'Bukket'"):
        wait_until(s3.head_object, "object_exists", Bukket="b", Key="k")


@pytest.mark.parametrize("function", [None, len, "head_object", Waiter])
def test_other_callables_are_type_errors(function) -> None:
    with pytest.raises(TypeError, match=r"^wait_until takes a function of paws or a"):
        wait_until(function, "object_exists")


# --- Listing


def test_service_without_waiters_lists_none(services) -> None:
    service: Any = services("sts").strict
    assert list_waiters(service) == []
    violations = violations_of(service.get_caller_identity, "caller_exists")
    assert list(violations) == ["waiter"]


def test_waiters_of_other_objects_are_type_errors(services) -> None:
    with pytest.raises(TypeError, match=r"^list_waiters takes a service: .*; not "):
        list_waiters(services("s3").package.s3)
