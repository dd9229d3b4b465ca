"""Mocks of botocore's, urllib3's and Python's own functions, as tests of others use them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from operator import attrgetter
from typing import Any
from unittest import mock

import pytest
import urllib3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.response import StreamingBody
from urllib3.exceptions import ProtocolError

from paws.services.sagemakerruntime import ModelError
from paws_common import (
    EndpointConnectionError,
    PawsError,
    ResponseTimeoutError,
    ServiceError,
)
from paws_common.client.pipeline import is_client_mocked, is_sender_replaced
from support.clients import create_service

MAKE_API_CALL = "botocore.client.BaseClient._make_api_call"
SEND = "botocore.httpsession.URLLib3Session.send"
URLOPEN = "urllib3.connectionpool.HTTPConnectionPool.urlopen"
CONNECT = "socket.socket.connect"
UNREACHABLE = "http://127.0.0.1:1"

EVENTS = [
    {"PayloadPart": {"Bytes": b'{"token": "a"}\n'}},
    {"PayloadPart": {"Bytes": b'{"token": "b"}\n'}},
]


class OwnError(Exception):
    """An exception of the code under test, such as that of an alarm."""


def raw_response() -> Any:
    return urllib3.HTTPResponse(
        io.BytesIO(b"mocked"),
        status=200,
        headers={"Content-Type": "text/csv"},
        preload_content=False,
    )


def http_response() -> AWSResponse:
    raw = raw_response()
    return AWSResponse("http://demo/", 200, raw.headers, raw)


def client_error(code: str, operation: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "mocked"}}
    return ClientError(response, operation)


@pytest.mark.parametrize(
    "body",
    [
        StreamingBody(io.BytesIO(b"mocked"), 6),
        io.BytesIO(b"mocked"),
        # It returns the same bytes each time.
        mock.Mock(read=mock.Mock(return_value=b"mocked")),
        mock.Mock(spec=["read"], read=lambda: b"mocked"),
        b"mocked",
    ],
    ids=["streaming", "file", "mock", "function", "bytes"],
)
def test_mocked_body_is_read(service, body) -> None:
    with mock.patch(MAKE_API_CALL, return_value={"Body": body}) as call:
        result = service.invoke_endpoint("demo", b"a")
    assert result["Body"] == b"mocked"
    assert result["ContentType"] is None
    call.assert_called_once_with(
        "InvokeEndpoint", {"EndpointName": "demo", "Body": b"a"}
    )


@pytest.mark.parametrize(
    "iterable", [list, tuple, iter, lambda events: (e for e in events)]
)
def test_mocked_events_are_streamed(service, iterable) -> None:
    with mock.patch(MAKE_API_CALL, return_value={"Body": iterable(EVENTS)}):
        result = service.invoke_endpoint_with_response_stream("demo", b"a")
    assert list(result["Body"].iter_json()) == [{"token": "a"}, {"token": "b"}]


def test_error_in_mocked_events_is_raised(service) -> None:
    def events() -> Iterator[Any]:
        yield EVENTS[0]
        raise client_error("ModelStreamError", "InvokeEndpointWithResponseStream")

    with mock.patch(MAKE_API_CALL, return_value={"Body": events()}):
        stream = service.invoke_endpoint_with_response_stream("demo", b"a")["Body"]
    assert next(stream) == EVENTS[0]
    with pytest.raises(ServiceError, match="ModelStreamError"):
        next(stream)


@pytest.mark.parametrize("operation", ["InvokeEndpoint", "invoke_endpoint"])
def test_mocked_client_error_is_translated(service, operation) -> None:
    error = client_error("ModelError", operation)
    with (
        mock.patch(MAKE_API_CALL, side_effect=error),
        pytest.raises(ModelError, match="mocked") as caught,
    ):
        service.invoke_endpoint("demo", b"a")
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("value", "name"), [(None, "NoneType"), (mock.DEFAULT, "MagicMock"), ("a", "str")]
)
def test_mocked_response_must_be_a_dict(service, value, name) -> None:
    with (
        mock.patch(MAKE_API_CALL, return_value=value),
        pytest.raises(PawsError, match=f"returned a {name}, not a dict; is it mocked"),
    ):
        service.invoke_endpoint("demo", b"a")


@pytest.mark.parametrize("autospec", [None, True])
@pytest.mark.parametrize(
    ("target", "value"),
    [
        (SEND, http_response),
        ("botocore.endpoint.Endpoint._send", http_response),
        (
            "botocore.endpoint.Endpoint.make_request",
            lambda: (http_response(), {"Body": io.BytesIO(b"mocked")}),
        ),
    ],
    ids=["send", "_send", "make_request"],
)
def test_mocked_sender_is_used(service, local, target, value, autospec) -> None:
    """A mock with `autospec` is a function without a module."""
    with mock.patch(target, autospec=autospec, return_value=value()) as send:
        assert service.invoke_endpoint("demo", b"a")["Body"] == b"mocked"
    assert send.call_count == 1
    assert local.requests == ()
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("client._endpoint.http_session", "send"),
        ("client._endpoint", "_send"),
        ("client._endpoint", "make_request"),
        ("client._endpoint", "http_session"),
        ("client", "_endpoint"),
    ],
)
def test_mocked_sender_of_a_client_is_used(service, local, owner, name) -> None:
    target = attrgetter(owner)(service)
    error = OwnError("mocked")
    sender = mock.Mock(side_effect=error)
    sender.send.side_effect = sender.make_request.side_effect = error
    with mock.patch.object(target, name, sender), pytest.raises(OwnError):
        service.invoke_endpoint("demo", b"a")
    assert local.requests == ()
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"


def test_unchanged_sender_is_not_replaced(service) -> None:
    """If botocore decorates a method, its own sender is used for each request."""
    assert not is_sender_replaced()
    assert not is_client_mocked(service.client)
    # A later botocore may rename ``_endpoint``: mocks of it are then not recognized.
    other: Any = object()
    assert not is_client_mocked(other)


@pytest.mark.parametrize("retry_timeouts", [False, True])
@pytest.mark.parametrize(
    ("target", "error", "expected", "attempts"),
    [
        (MAKE_API_CALL, KeyError("mocked"), KeyError, (1, 1)),
        (SEND, ConnectTimeoutError(endpoint_url="a"), EndpointConnectionError, (4, 4)),
        (SEND, ReadTimeoutError(endpoint_url="a"), ResponseTimeoutError, (1, 4)),
        (SEND, OwnError("mocked"), OwnError, (1, 1)),
        (SEND, HTTPClientError(error=OwnError("mocked")), OwnError, (1, 1)),
        (URLOPEN, ProtocolError("mocked"), EndpointConnectionError, (1, 4)),
        (CONNECT, ConnectionRefusedError("mocked"), EndpointConnectionError, (4, 4)),
    ],
    ids=["other", "connect", "read", "own", "wrapped", "urllib3", "socket"],
)
def test_mocked_error_is_raised(
    local, waits, target, error, expected, attempts, retry_timeouts
) -> None:
    """`attempts` are their numbers without and with `retry_timeouts`."""
    with (
        create_service(local.url, retry_timeouts=retry_timeouts) as service,
        mock.patch(target, side_effect=error) as mocked,
        pytest.raises(expected) as caught,
    ):
        service.invoke_endpoint("demo", b"a")
    assert mocked.call_count == attempts[retry_timeouts]
    if isinstance(error, expected):
        assert caught.value is error
    if target == SEND:
        assert "://" not in str(caught.value)


def test_mocked_urlopen_is_used(service, local) -> None:
    with mock.patch(URLOPEN, return_value=raw_response()) as urlopen:
        result = service.invoke_endpoint("demo", b"a")
    assert (result["Body"], result["ContentType"]) == (b"mocked", "text/csv")
    assert urlopen.call_count == 1
    assert local.requests == ()


@pytest.mark.parametrize("when", ["before", "after"])
def test_mocked_sleep_is_called(when) -> None:
    """However often the retry policy was used before."""
    with create_service(UNREACHABLE, max_retries=2) as service:
        if when == "after":
            with mock.patch("time.sleep"), pytest.raises(EndpointConnectionError):
                service.invoke_endpoint("demo", b"a")
        with mock.patch("time.sleep") as sleep, pytest.raises(EndpointConnectionError):
            service.invoke_endpoint("demo", b"a")
    assert sleep.call_count == 2
