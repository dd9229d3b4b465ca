"""Responses of S3 other than a result, and the credentials of its client."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

import pytest

import paws
from paws_common import (
    EndpointConnectionError,
    ResultTimeoutError,
    ServiceError,
    wait_for_result,
)
from paws_common.client import service_client
from support.moto_s3 import (
    KEY,
    OTHER_KEY,
    OUTPUT,
    REGION,
    RESPONSE,
    Answer,
    denial,
    error,
)


def test_access_denied_is_polled_like_a_missing_object(
    client, moto, time, config
) -> None:
    said = iter(["Access Denied", "u is not authorized to perform: s3:ListBucket on b"])

    def deny(environ):
        message = next(said, None) if "output" in environ["PATH_INFO"] else None
        return None if message is None else denial(message)

    moto.interfere = deny
    time.at(9, lambda: client.put_object(**OUTPUT, Body=b"result"))

    assert wait_for_result(RESPONSE, config=config) == b"result"
    assert len(time.slept) > 2


@pytest.mark.parametrize("is_lasting", [True, False])
def test_lasting_denial_is_reported_at_the_timeout(
    moto, time, config, is_lasting
) -> None:
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
def test_what_does_not_get_better_is_an_error_at_once(
    moto, time, config, answer
) -> None:
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


def test_client_of_s3_is_closed_whatever_happens(
    client, time, config, monkeypatch
) -> None:
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
