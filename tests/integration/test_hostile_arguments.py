"""Hostile arguments are refused before sending, or sent literally."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from paws_common import EndpointConnectionError, ParameterError, PawsError
from support.checked_calls import METHODS, Calls, calls
from support.servers import Request, response

NO_HEADERS = {"EndpointName", "Body", "RequestTTLSeconds", "InvocationTimeoutSeconds"}
INJECTIONS = (
    *("a\rX-Evil: b", "a\nX-Evil: b", "a\r\nX-Evil: b"),
    "a\r\n\r\nPOST /endpoints/evil/invocations HTTP/1.1\r\n\r\n",
    *("a\r\n b", "a\n\tb"),  # obsolete line folding
    *("a\0b", "a\x1b[31mb", "a\x7fb", "a\ud800b", "a\udc80b", "a\n", "\na"),
)
MOST = 6 * 1024 * 1024  # bytes of a body that the model allows
validations = pytest.mark.parametrize("validation", ["on", "off"])


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, Calls]]:
    """Give a service that checks limits and one that does not, each with a server."""
    with (
        calls(response(), validation="on") as strict,
        calls(response(), validation="off") as lenient,
    ):
        yield {"on": strict, "off": lenient}


def refused(served: Calls, method: str = "invoke_endpoint", **arguments: Any) -> str:
    """Return the error for arguments, after checking that nothing was sent."""
    before = len(served.server.requests)
    error = served.outcome(method, **arguments)
    assert type(error) is ParameterError
    assert len(served.server.requests) == before
    return str(error)


def received(
    served: Calls, method: str = "invoke_endpoint", **arguments: Any
) -> Request:
    """Return the one request that a call comes to."""
    before = len(served.server.requests)
    outcome = served.outcome(method, **arguments)
    assert isinstance(outcome, dict), outcome
    (request,) = served.server.requests[before:]
    return request


@validations
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", INJECTIONS, ids=ascii)
def test_nothing_breaks_out_of_a_header(services, method, value, validation) -> None:
    served = services[validation]
    names = signature(getattr(served.service, method)).parameters.keys() - NO_HEADERS
    assert {"ContentType", "Accept", "CustomAttributes", "InferenceId"} < names
    error = refused(served, method, **dict.fromkeys(names, value))
    assert [name for name in names if f"{name}: contains " not in error] == []
    assert "Evil" not in error


@pytest.mark.parametrize("method", METHODS)
def test_megabyte_header_is_refused_by_default(services, method) -> None:
    value = "a" * 2**20
    arguments = {"CustomAttributes": value}
    assert len(refused(services["on"], method, **arguments)) < 1000
    request = received(services["off"], method, **arguments)
    assert request.values("X-Amzn-SageMaker-Custom-Attributes") == [value]


# From an endpoint's name to its path segment; None if no option allows to send it.
NAMES = {
    "": None,
    ".": None,
    "..": None,
    "\ud800": None,
    "...": b"...",
    "%2e%2e": b"%252e%252e",
    "%2f": b"%252f",
    "/": b"%2F",
    "//": b"%2F%2F",
    "../../admin": b"..%2F..%2Fadmin",
    "a/b": b"a%2Fb",
    "//evil.example/": b"%2F%2Fevil.example%2F",
    "@evil.example": b"%40evil.example",
    "http://evil.example": b"http%3A%2F%2Fevil.example",
    "a?b=c": b"a%3Fb%3Dc",
    "a#b": b"a%23b",
    "a;b=c": b"a%3Bb%3Dc",
    "a\\..\\b": b"a%5C..%5Cb",
    "a b": b"a%20b",
    "a+b": b"a%2Bb",
    "a\0b": b"a%00b",
    "a\r\nX-Evil: b": b"a%0D%0AX-Evil%3A%20b",
    "\uff0e\uff0e": b"%EF%BC%8E%EF%BC%8E",  # fullwidth full stops
    "\u2024\u2024": b"%E2%80%A4%E2%80%A4",  # one dot leaders
    "\uff0f": b"%EF%BC%8F",  # fullwidth solidus
    "\u2215": b"%E2%88%95",  # division slash
    "\u202e": b"%E2%80%AE",  # right-to-left override
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_endpoint_name_is_refused_or_one_path_segment(services, method, name) -> None:
    assert "EndpointName: " in refused(services["on"], method, EndpointName=name)
    segment = NAMES[name]
    if segment is None:
        assert "EndpointName: " in refused(services["off"], method, EndpointName=name)
        return
    request = received(services["off"], method, EndpointName=name)
    harmless = received(services["off"], method, EndpointName="demo")
    assert request.target == harmless.target.replace("demo", segment.decode())
    assert unquote_to_bytes(segment) == name.encode()
    assert request.values("Host") == harmless.values("Host")


CONTENT = bytes(range(256)) * 400
EVIL = b"POST /endpoints/evil/invocations HTTP/1.1\r\nHost: evil\r\n\r\n"


def call_with_changed_file(
    served: Calls, event: str, path: Path, change: Callable[[Path], object]
) -> Any:
    """Return the outcome of a call whose file changes at an event of botocore."""

    def handle(**_: object) -> None:
        change(path)

    events = served.service.client.meta.events
    events.register_first(event, handle)
    path.write_bytes(CONTENT)
    try:
        with path.open("rb") as file:
            return served.outcome(Body=file)
    finally:
        events.unregister(event, handle)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(EVIL)


def truncate(path: Path) -> None:
    os.truncate(path, 50_000)


@validations
def test_growing_file_is_sent_with_its_first_size(
    services, tmp_path, validation
) -> None:
    served = services[validation]
    before = len(served.server.requests)
    path = tmp_path / "file"
    outcome = call_with_changed_file(served, "before-send", path, append)
    assert isinstance(outcome, dict)
    # A second request on the same connection comes behind all that the first one sent.
    received(served)
    first, second = served.server.requests[before:]
    assert first.values("Content-Length") == [str(len(CONTENT))]
    assert (first.body, second.body) == (CONTENT, b"1,2")


@validations
@pytest.mark.parametrize(
    ("event", "error", "text"),
    [
        (
            "before-send",
            EndpointConnectionError,
            "truncated while it was sent: 52400 of 102400 bytes",
        ),
        ("before-call", PawsError, "the file was truncated"),
    ],
)
def test_shrinking_file_is_an_error_and_not_sent(
    services, tmp_path, validation, event, error, text
) -> None:
    served, path = services[validation], tmp_path / "file"
    before = len(served.server.requests)
    outcome = call_with_changed_file(served, event, path, truncate)
    assert type(outcome) is error
    assert text in str(outcome)
    assert len(served.server.requests) == before
    assert received(served).body == b"1,2"


@pytest.mark.parametrize("make", [bytes, lambda size: io.BytesIO(bytes(size))])
def test_body_over_six_mebibytes_is_refused(services, make) -> None:
    assert len(received(services["on"], Body=make(MOST)).body) == MOST
    said = refused(services["on"], Body=make(MOST + 1))
    assert "Body: 6291457 bytes are more than 6291456" in said
    assert len(received(services["off"], Body=make(MOST + 1)).body) == MOST + 1


@validations
def test_empty_pipe_is_not_sent_as_an_empty_body(services, validation) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with open(reading, "rb", buffering=0) as pipe, open(writing, "wb"):
        said = refused(services[validation], Body=pipe)
    assert "Body: is a file whose read() does not return bytes" in said
