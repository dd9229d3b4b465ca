"""Hostile arguments are refused before sending, or sent literally."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import botocore.session
import pytest

from paws_common import EndpointConnectionError, ParameterError, PawsError
from support.checked_calls import Calls, calls
from support.servers import Request, response

MODEL = botocore.session.get_session().get_service_model("sagemaker-runtime")
METHODS = {
    "invoke_endpoint": "InvokeEndpoint",
    "invoke_endpoint_async": "InvokeEndpointAsync",
    "invoke_endpoint_with_response_stream": "InvokeEndpointWithResponseStream",
}
# Of a method and a parameter to the header that it is sent in.
HEADERS = {
    (method, name): member.serialization["name"]
    for method, operation in METHODS.items()
    for name, member in MODEL.operation_model(operation).input_shape.members.items()
    if member.serialization.get("location") == "header" and member.type_name == "string"
}
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


# --- Headers

INJECTIONS = {
    "CR": "a\rX-Evil: b",
    "LF": "a\nX-Evil: b",
    "CRLF": "a\r\nX-Evil: b",
    "a second request": "a\r\n\r\nPOST /endpoints/evil/invocations HTTP/1.1\r\n\r\n",
    "obs-fold": "a\r\n b",
    "obs-fold with a tab": "a\n\tb",
    "NUL": "a\0b",
    "ESC": "a\x1b[31mb",
    "DEL": "a\x7fb",
    "lone high surrogate": "a\ud800b",
    "lone low surrogate": "a\udc80b",
    "at the end": "a\n",
    "at the beginning": "\na",
}


def test_headers_are_those_of_all_three_operations() -> None:
    names = {
        method: [name for other, name in HEADERS if other == method]
        for method in METHODS
    }
    common = {"ContentType", "Accept", "CustomAttributes", "InferenceId"}
    assert all(common < set(each) for each in names.values())
    assert "SessionId" in names["invoke_endpoint"]
    assert "InputLocation" in names["invoke_endpoint_async"]


@validations
@pytest.mark.parametrize(("method", "name"), HEADERS, ids=map("-".join, HEADERS))
def test_nothing_breaks_out_of_a_header(services, method, name, validation) -> None:
    for value in INJECTIONS.values():
        said = refused(services[validation], method, **{name: value})
        assert f"{name}: contains " in said
        assert "Evil" not in said


@pytest.mark.parametrize(("method", "name"), HEADERS, ids=map("-".join, HEADERS))
def test_megabyte_header_is_refused_by_default(services, method, name) -> None:
    value = "s3://" + "a" * 2**20
    arguments = {name: value}
    # The model sets no pattern and no bound that is shorter than an error's excerpt.
    assert len(refused(services["on"], method, **arguments)) < 1000
    request = received(services["off"], method, **arguments)
    assert request.values(HEADERS[method, name]) == [value]


# --- Paths

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


# --- Bodies


CONTENT = bytes(range(256)) * 400
EVIL = b"POST /endpoints/evil/invocations HTTP/1.1\r\nHost: evil\r\n\r\n"


def changed_when_signed(
    served: Calls, path: Path, change: Callable[[Path], object]
) -> Any:
    """Return what a call comes to whose file changes between signing and sending."""

    def signed(**_: object) -> None:
        change(path)

    events = served.service.client.meta.events
    events.register_first("before-send", signed)
    path.write_bytes(CONTENT)
    try:
        with path.open("rb") as file:
            return served.outcome(Body=file)
    finally:
        events.unregister("before-send", signed)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(EVIL)


@validations
def test_growing_file_is_sent_with_its_first_size(
    services, tmp_path, validation
) -> None:
    served = services[validation]
    before = len(served.server.requests)
    outcome = changed_when_signed(served, tmp_path / "file", append)
    assert isinstance(outcome, dict)
    # A second request on the same connection comes behind all that the first one sent.
    received(served)
    first, second = served.server.requests[before:]
    assert first.values("Content-Length") == [str(len(CONTENT))]
    assert (first.body, second.body) == (CONTENT, b"1,2")


@validations
def test_shrinking_file_is_an_error_and_not_sent(
    services, tmp_path, validation
) -> None:
    served = services[validation]
    error = changed_when_signed(
        served, tmp_path / "file", lambda path: os.truncate(path, 50_000)
    )
    assert type(error) is EndpointConnectionError
    assert "truncated while it was sent: 52400 of 102400 bytes" in str(error)
    assert received(served).body == b"1,2"


def test_file_shrunk_before_signing_is_not_sent(services, tmp_path) -> None:
    served, path = services["on"], tmp_path / "file"
    before = len(served.server.requests)
    path.write_bytes(CONTENT)

    def checked(**_: object) -> None:
        os.truncate(path, 0)

    events = served.service.client.meta.events
    events.register_first("before-call", checked)
    try:
        with path.open("rb") as file:
            error = served.outcome(Body=file)
    finally:
        events.unregister("before-call", checked)
    assert type(error) is PawsError
    assert "the file was truncated" in str(error)
    assert len(served.server.requests) == before


@pytest.mark.parametrize("make", [bytes, lambda size: io.BytesIO(bytes(size))])
def test_body_over_six_mebibytes_is_refused(services, make) -> None:
    assert len(received(services["on"], Body=make(MOST)).body) == MOST
    said = refused(services["on"], Body=make(MOST + 1))
    assert "Body: 6291457 bytes are more than 6291456" in said
    assert len(received(services["off"], Body=make(MOST + 1)).body) == MOST + 1


@validations
def test_file_is_sent_from_its_position(services, validation) -> None:
    file = io.BytesIO(b"head1,2")
    file.seek(4)
    assert received(services[validation], Body=file).body == b"1,2"


@validations
def test_fifo_is_sent_whole(services, tmp_path, validation) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    # Open for both, the end that reads does not wait for the one that writes.
    writing = os.open(path, os.O_RDWR)
    with path.open("rb") as fifo:
        os.write(writing, b"1,2,3")
        os.close(writing)
        assert received(services[validation], Body=fifo).body == b"1,2,3"


class Endless(io.RawIOBase):
    """A reader that has no end."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= MOST
        return bytes(size)


class Device(Endless):
    """An endless reader whose size is 0, like /dev/zero."""

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return 0


@pytest.mark.parametrize("reader", [Endless, Device])
def test_reader_without_an_end_is_refused(services, reader) -> None:
    assert "bytes are more than 6291456" in refused(services["on"], Body=reader())


def closed() -> io.BytesIO:
    with io.BytesIO(b"1,2") as file:
        return file


@validations
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (closed, "is a closed file"),
        (lambda: io.StringIO("1,2"), "is a file in text mode"),
        (lambda: (part for part in [b"1,2"]), "a value of type generator is not bytes"),
        (lambda: iter([b"1,2"]), "a value of type list_iterator is not bytes"),
        (lambda: {"secret": "horse"}, "a value of type dict is not bytes"),
        (lambda: "horse\ud800", "contains a lone surrogate"),
    ],
    ids=["closed", "text mode", "generator", "iterator", "dict", "surrogate"],
)
def test_invalid_body_is_refused_and_not_shown(
    services, make, said, validation
) -> None:
    error = refused(services[validation], Body=make())
    assert f"Body: {said}" in error
    assert "horse" not in error


@validations
def test_empty_pipe_is_not_sent_as_an_empty_body(services, validation) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with open(reading, "rb", buffering=0) as pipe, open(writing, "wb"):
        said = refused(services[validation], Body=pipe)
    assert "Body: is a file whose read() does not return bytes" in said
