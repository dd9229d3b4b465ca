"""The result of an asynchronous call is waited for in moto's S3."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import paws
from paws_common import (
    AsyncInferenceError,
    EndpointConnectionError,
    ParameterError,
    ResultTimeoutError,
    ServiceError,
    wait_for_result,
)
from paws_common.client import service_client
from paws_common.sagemaker.polling import MAX_DELAY_SECONDS
from support.moto_s3 import (
    FAILURE,
    KEY,
    OTHER_KEY,
    OUTPUT,
    REGION,
    RESPONSE,
    Answer,
    denial,
    error,
    uploaded,
)


def test_result_that_is_there_is_returned_at_once(client, time, config) -> None:
    client.put_object(**OUTPUT, Body=b"\x00result")
    assert wait_for_result(RESPONSE, config=config) == b"\x00result"
    assert time.slept == []


@pytest.mark.parametrize("seconds", [1, 7, 200])
def test_result_that_appears_is_returned(client, moto, time, config, seconds) -> None:
    time.at(seconds, lambda: client.put_object(**OUTPUT, Body=b"result"))
    assert wait_for_result(RESPONSE, config=config) == b"result"
    assert seconds <= sum(time.slept) <= seconds + MAX_DELAY_SECONDS
    assert uploaded(moto) == ["/local_endpoint/demo/output/id.out"]  # the test's own
    # Both places a round, and in the last one the first of them.
    asked = [path for verb, path in moto.asked if verb == "GET"]
    assert len(asked) == 2 * len(time.slept) + 1


@pytest.mark.parametrize("seconds", [0, 7])
def test_failure_is_raised_with_its_content(client, time, config, seconds) -> None:
    time.at(seconds, lambda: client.put_object(**FAILURE, Body=b"no such row"))
    with pytest.raises(AsyncInferenceError, match="no such row") as caught:
        wait_for_result(RESPONSE, config=config)
    assert isinstance(caught.value, ServiceError)
    assert caught.value.content == b"no such row"
    assert caught.value.location == RESPONSE["FailureLocation"]
    assert RESPONSE["FailureLocation"] in str(caught.value)


@given(content=st.binary(max_size=40) | st.binary(min_size=900, max_size=1200))
@example(content="ä".encode() * 700)
@example(content=b"")
def test_failure_message_is_cut_and_body_kept(content) -> None:
    error = AsyncInferenceError("wait_for_result", "s3://bucket/key", content)
    shown, is_cut = content[:1000].decode(errors="replace"), len(content) > 1000
    assert error.content == content
    assert shown in str(error)
    assert error.message
    assert error.message.startswith(f"{shown}… (") or not is_cut
    assert (f"({len(content)} bytes in all)" in str(error)) is is_cut
    assert len(str(error)) < 1000 + 150


@pytest.mark.parametrize("failure", [None, ""])
def test_only_the_output_is_polled(client, moto, time, config, failure) -> None:
    response = {**RESPONSE, "FailureLocation": failure}
    time.at(3, lambda: client.put_object(**OUTPUT, Body=b"result"))
    assert wait_for_result(response, config=config) == b"result"
    asked = {path for verb, path in moto.asked if verb == "GET"}
    assert asked == {"/local_endpoint/demo/output/id.out"}
    del response["FailureLocation"]
    assert wait_for_result(response, config=config) == b"result"


@pytest.mark.parametrize("timeout", [0, 0.5, 20])
def test_timeout_error_names_both_locations(moto, time, config, timeout) -> None:
    with pytest.raises(ResultTimeoutError) as caught:
        wait_for_result(RESPONSE, timeout=timeout, config=config)
    assert sum(time.slept) == pytest.approx(timeout)
    assert RESPONSE["OutputLocation"] in str(caught.value)
    assert RESPONSE["FailureLocation"] in str(caught.value)
    assert f"after {timeout:g} s" in str(caught.value)
    assert caught.value.output_location == RESPONSE["OutputLocation"]
    assert caught.value.failure_location == RESPONSE["FailureLocation"]
    # The last round is at the deadline.
    assert len(moto.asked) == 2 * (len(time.slept) + 1)


def test_timeout_without_failure_location_is_explained(time, config) -> None:
    response = {"OutputLocation": RESPONSE["OutputLocation"]}
    with pytest.raises(ResultTimeoutError, match="has no FailureLocation"):
        wait_for_result(response, timeout=1, config=config)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"response": {}}, "OutputLocation: "),
        ({"response": {"OutputLocation": "s3://bucket"}}, "OutputLocation: "),
        ({"response": {**RESPONSE, "OutputLocation": None}}, "OutputLocation: "),
        ({"response": {**RESPONSE, "FailureLocation": "x"}}, "FailureLocation: 'x'"),
        ({"timeout": -1}, "timeout: -1"),
        ({"timeout": float("inf")}, "timeout: inf"),
        ({"timeout": float("nan")}, "timeout: nan"),
        ({"timeout": "60"}, "timeout: '60'"),
        ({"timeout": True}, "timeout: True"),
        ({"timeout": 10**400}, "timeout: an integer"),
        ({"timeout": None}, "timeout: a value of type NoneType"),
        ({"poll": 0}, "poll: 0"),
        ({"poll": 0.01}, "poll: 0.01"),
        ({"poll": float("inf")}, "poll: inf"),
    ],
)
def test_invalid_argument_raises_before_polling(moto, config, arguments, named) -> None:
    with pytest.raises(ParameterError, match="wait_for_result: 1 ") as caught:
        wait_for_result(**{"response": RESPONSE, "config": config, **arguments})
    assert named in str(caught.value)
    assert moto.asked == []


def test_invalid_result_is_refused_and_not_shown() -> None:
    response: Any = "s3://secret/key"
    with pytest.raises(TypeError, match="invoke_endpoint_async") as caught:
        wait_for_result(response)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("service", ["svc", {"region": "us-east-1"}, object()])
def test_other_object_than_a_service_is_refused(service) -> None:
    with pytest.raises(TypeError, match=r"service=svc.* not an object of <class"):
        wait_for_result(RESPONSE, service=service)


def test_local_s3_has_no_proxy(svc, client, moto, config, monkeypatch) -> None:
    client.put_object(**OUTPUT, Body=b"result")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert wait_for_result(RESPONSE, service=svc, config=config) == b"result"


@pytest.mark.parametrize("name", ["OutputLocation", "FailureLocation"])
def test_local_location_is_not_read_elsewhere(name) -> None:
    other = dict.fromkeys(RESPONSE, "s3://bucket/key")
    with pytest.raises(ParameterError, match=f"{name}: .* location of a LocalEndpoint"):
        wait_for_result({**other, name: RESPONSE[name]}, config={"region": REGION})


def test_access_denied_is_polled_like_no_object(client, moto, time, config) -> None:
    said = iter(["Access Denied", "u is not authorized to perform: s3:ListBucket on b"])

    def deny(environ):
        message = next(said, None) if "output" in environ["PATH_INFO"] else None
        return None if message is None else denial(message)

    moto.interfere = deny
    time.at(9, lambda: client.put_object(**OUTPUT, Body=b"result"))
    assert wait_for_result(RESPONSE, config=config) == b"result"
    assert len(time.slept) > 2


@pytest.mark.parametrize("is_lasting", [True, False])
def test_lasting_denial_is_reported_in_the_end(moto, time, config, is_lasting) -> None:
    moto.interfere = lambda _: denial("s3:ListBucket is lacking")
    if not is_lasting:
        time.at(5, lambda: setattr(moto, "interfere", lambda _: None))
    with pytest.raises(ResultTimeoutError) as caught:
        wait_for_result(RESPONSE, timeout=60, config=config)
    assert ("s3:ListBucket is lacking" in str(caught.value)) is is_lasting
    code = getattr(caught.value.__cause__, "code", None)
    assert code == ("AccessDenied" if is_lasting else None)


@pytest.mark.parametrize(
    "answer",
    [
        denial("u is not authorized to perform: s3:GetObject on resource: r"),
        denial("u is not authorized to perform: kms:Decrypt on resource: r"),
        error("403 Forbidden", "InvalidAccessKeyId"),
        error("403 Forbidden", "InvalidObjectState"),
        error("400 Bad Request", "ExpiredToken"),
        error("404 Not Found", "NoSuchBucket"),
    ],
)
def test_permanent_error_is_raised_at_once(moto, time, config, answer) -> None:
    moto.interfere = lambda _: answer
    with pytest.raises(ServiceError) as caught:
        wait_for_result(RESPONSE, config=config)
    assert caught.value.code.encode() in answer[2]
    assert time.slept == []
    assert len(moto.asked) == 1


def hang_up(environ: Mapping[str, Any]) -> Answer:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return "200 OK", [], b""


@pytest.mark.parametrize(
    "broken",
    [
        lambda _: error("500 Internal Server Error", "InternalError"),
        lambda _: error("503 Slow Down", "SlowDown"),
        hang_up,
    ],
    ids=["500", "503", "hang_up"],
)
def test_later_errors_are_polled_and_first_ones_raised(
    client, moto, time, config, monkeypatch, broken
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    def mend():
        moto.interfere = lambda _: None
        client.put_object(**OUTPUT, Body=b"result")

    time.at(5, lambda: setattr(moto, "interfere", broken))
    time.at(90, mend)
    assert wait_for_result(RESPONSE, config=config) == b"result"
    moto.interfere = broken
    time.slept.clear()
    with pytest.raises((ServiceError, EndpointConnectionError)):
        wait_for_result(RESPONSE, config=config)
    assert time.slept == []


@pytest.fixture
def stored(client, moto, monkeypatch) -> None:
    """Store the result, and make the server the default endpoint."""
    client.put_object(**OUTPUT, Body=b"result")
    moto.signed.clear()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", moto.url)


OTHER = {"creds": OTHER_KEY}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("config", "signed"),
    [
        (None, "key eu-west-1"),
        ({}, "key eu-west-1"),
        ({"region": "us-west-2"}, "key us-west-2"),
        ({"credentials": OTHER}, "other eu-west-1"),
        ({"credentials": OTHER, "region": "us-west-2"}, "other us-west-2"),
    ],
)
def test_s3_client_has_the_services_settings(moto, config, signed) -> None:
    creds = {**KEY, "session_token": "the token of the first"}
    service = paws.sagemakerruntime(region="eu-west-1", credentials={"creds": creds})
    tokens: list[str | None] = []
    moto.interfere = lambda environ: tokens.append(
        environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    )
    assert wait_for_result(RESPONSE, service=service, config=config) == b"result"
    assert moto.signed == [signed]
    assert tokens == [creds["session_token"] if signed.startswith("key") else None]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("is_connected", [True, False])
def test_credentials_are_loaded_once_for_all_waits(is_connected) -> None:
    calls = []

    def load():
        calls.append(None)
        return {**KEY, "expiration": 2**40}

    service = paws.sagemakerruntime(region=REGION, credentials={"creds": load})
    if is_connected:
        service.connect()
    for _ in range(3):
        wait_for_result(RESPONSE, service=service)
    wait_for_result(RESPONSE, service=service.with_options(read_timeout=5))
    assert len(calls) == 1


@pytest.mark.usefixtures("stored")
def test_region_of_s3_may_be_in_config_alone(moto) -> None:
    service = paws.sagemakerruntime(credentials={"creds": KEY})
    wait_for_result(RESPONSE, service=service, config={"region": "us-west-2"})
    assert moto.signed == ["key us-west-2"]


@pytest.mark.usefixtures("stored")
def test_s3_client_alone_uses_the_environment(moto, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    assert wait_for_result(RESPONSE) == b"result"
    assert moto.signed == ["mine ap-south-1"]


def test_client_of_s3_is_closed_in_the_end(client, time, config, monkeypatch) -> None:
    closed = []

    def connect(*arguments, **options):
        made = original(*arguments, **options)
        close = made.close
        made.close = lambda: closed.append(close())
        return made

    original = service_client.connect
    monkeypatch.setattr(service_client, "connect", connect)
    with pytest.raises(ResultTimeoutError):
        wait_for_result(RESPONSE, timeout=1, config=config)
    client.put_object(**OUTPUT, Body=b"result")
    wait_for_result(RESPONSE, config=config)
    assert len(closed) == 2
