"""Invalid and hostile responses have a defined result, and do not affect other calls."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import exceptions as raised
from hypothesis import given
from hypothesis import strategies as st

from paws.services.sagemakerruntime import ValidationError
from paws_common import (
    EndpointConnectionError,
    PawsError,
    ResponseTimeoutError,
    Service,
    ServiceError,
)
from paws_common.local.server import client_config
from support.checked_calls import METHODS, calls
from support.error_responses import REQUEST_ID, ScriptedService, scripted_service
from support.example_services import operation_of
from support.servers import (
    HANG_UP,
    NO_RESPONSE,
    OK,
    RESET,
    End,
    Script,
    ScriptedServer,
    response,
    scripted,
    truncated,
)

BODY = b"body of a request that is nobody's business"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
BOMB = gzip.compress(bytes(10**8))
GZIP = b"Content-Encoding: gzip"
# Without it, the client may send the next request before it sees the end.
CLOSE = b"Connection: close"


def answer(body: bytes = b"ok", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, *fields, length, b"", body])


def promise(length: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\n\r\nok" % length


# The outcome of each response: the body of the result, or the class of the error.
OUTCOMES: dict[bytes | type[PawsError], dict[str, bytes | Script]] = {
    EndpointConnectionError: {
        "1 GB and the end": truncated(promise(b"1" + b"0" * 9)),
        "1 EB and the end": truncated(promise(b"1" + b"0" * 18)),
        "a length that is no number": truncated(promise(b"two")),
        "a length below zero": truncated(promise(b"-5")),
        "two lengths": answer(b"ok", b"Content-Length: 3"),
        "half a body and the end": truncated(OK[:-1]),
        "half a body and a reset": Script([OK[:-1]], End.RESET),
        "a chunk of 16 EB": truncated(CHUNKED + b"f" * 16 + b"\r\nok"),
        "a chunk below zero": truncated(CHUNKED + b"-2\r\nok\r\n0\r\n\r\n"),
        "a chunk without a length": CHUNKED + b"two\r\nok\r\n0\r\n\r\n",
        "half a chunk": truncated(CHUNKED + b"5\r\nok"),
        "no last chunk": truncated(CHUNKED + b"2\r\nok\r\n"),
        "nothing and the end": HANG_UP,
        "nothing and a reset": RESET,
        "a status and the end": truncated(b"HTTP/1.1 200 OK\r\n"),
        "half a header and the end": truncated(b"HTTP/1.1 200 OK\r\nConte"),
        "headers and the end": truncated(b"HTTP/1.1 200 OK\r\nX-A: b\r\n"),
        "10,000 headers": answer(b"ok", *(b"X-%d: a" % n for n in range(10_000))),
        "a header of 1 MB": answer(b"ok", b"X-A: " + b"a" * 2**20),
        "a status line of 1 MB": b"HTTP/1.1 200 " + b"a" * 2**20 + b"\r\n\r\n",
        "no HTTP": b"hello\r\n\r\n",
        "no text": b"\0\xff\xfe\r\n\r\n",
        "HTTP/2": b"HTTP/2 200 OK\r\n\r\n",
        "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
        "a status of five digits": b"HTTP/1.1 99999 OK\r\n\r\n",
        "100 and the end": truncated(CONTINUE),
        "204 with a body": answer(EVIL, status=b"204 No Content"),
    },
    ResponseTimeoutError: {
        "1 GB and nothing": promise(b"1" + b"0" * 9),
        "no length and nothing": b"HTTP/1.1 200 OK\r\n\r\nok",
        "half a body and nothing": OK[:-1],
        "nothing": NO_RESPONSE,
        "half a head": OK[:30],
        "a line that is no header": answer(b"ok", b"no"),
        "100 and nothing": CONTINUE,
    },
    ServiceError: {
        "304 with a body": answer(EVIL, status=b"304 Not Modified"),
        "a refusal before the request was read": Script(
            [answer(b"{}", CLOSE, status=b"413 Content Too Large")],
            End.SHUT_DOWN,
            receives=False,
        ),
        "an error in gzip": answer(BOMB, GZIP, status=b"400 Bad Request"),
    },
    b"ok": {
        "more than the length": answer() + EVIL,
        "a header without a name": answer(b"ok", b": b"),
        "a header that is no UTF-8": answer(
            b"ok", b"X-Amzn-SageMaker-Custom-Attributes: \xff"
        ),
        "before the request was read": Script(
            [answer(b"ok", CLOSE)], End.SHUT_DOWN, receives=False
        ),
    },
    # No encoding was requested, and the body is returned unchanged.
    b"plain": {"gzip that is none": answer(b"plain", GZIP)},
    BOMB: {"gzip that is a bomb": answer(BOMB, GZIP)},
}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(said, expected, id=name)
        for expected, responses in OUTCOMES.items()
        for name, said in responses.items()
    ],
)
def test_hostile_response_leaves_the_next_call_intact(said, expected, caplog) -> None:
    # urllib3's log records of malformed headers would refer to its pool.
    caplog.set_level("ERROR", logger="urllib3")
    with calls(said) as served:
        outcome = served.outcome(Body=BODY)
        if isinstance(expected, bytes):
            assert outcome["Body"] == expected
        else:
            assert type(outcome) is expected
            assert BODY.decode() not in f"{outcome} {outcome!r}"
            assert len(str(outcome)) < 3000
            del outcome  # errors of urllib3 refer to the pool, and keep it open
        # Unread bytes of a hostile response would be the response to the next request.
        served.server.respond(OK)
        assert served.outcome()["Body"] == b"ok"
        (encoding,) = served.server.requests[-1].values("accept-encoding")
        assert encoding == "identity"


@pytest.mark.parametrize("method", METHODS)
def test_other_protocol_is_an_error(method) -> None:
    with calls(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + EVIL) as served:
        outcome = served.outcome(method)
        assert type(outcome) is EndpointConnectionError
        assert "HTTP 101 is not a final response" in str(outcome)
        served.server.respond(OK)
        assert served.outcome()["Body"] == b"ok"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ScriptedServer]:
    with scripted(OK) as server:
        yield server


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_error_and_is_not_followed(elsewhere, method, status) -> None:
    location = {"Location": f"{elsewhere.url}/stolen"}
    with calls(response(status, b"", location)) as served:
        outcome = served.outcome(method)
        assert type(outcome) is ServiceError
        assert outcome.status_code == status
        assert len(served.server.requests) == 1
    assert elsewhere.connections == 0


@pytest.fixture(scope="module")
def responses() -> Iterator[ScriptedService]:
    with scripted_service() as made:
        yield made


ODD = [
    b"<html><body>502 Bad Gateway</body></html>",
    b"<!DOCTYPE html><html>",
    b"not here",
    b"[]",
    b"5",
    b"null",
    b'"text"',
    b'{"message": "cut off',
    b'{"__type": 5}',
    b'{"__type": {"a": 1}}',
    b'{"Message": %b}' % (b"9" * 10_000),  # more digits than Python converts
    b"interdit\xe9",
    b"\xff\x00" * 700,
    b"[" * 100_000,
    b'{"a":' * 100_000,
]


@pytest.mark.parametrize("body", ODD, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize("status", [400, 502])
def test_invalid_json_error_is_kept(responses, status, body) -> None:
    error = responses.error(status, None, body)
    assert type(error) is ServiceError
    assert (error.code, error.status_code) == (str(status), status)
    assert error.request_id == REQUEST_ID
    assert error.content == body[:1000]
    assert body[:1000].decode(errors="replace") in error.message
    assert len(error.message) < 1300
    assert isinstance(error.__cause__, raised.ClientError)


@given(body=st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_any_error_response_is_a_service_error(responses, body) -> None:
    error = responses.error(400, "ValidationError", body)
    assert type(error) is ValidationError
    assert error.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
KEYS = ("message", "Message", "code", "Code", "__type", "OriginalStatusCode")


@given(body=st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_an_error_of_the_service(responses, body) -> None:
    error = responses.error(424, None, json.dumps(body).encode())
    assert (type(error.code), type(error.message)) == (str, str)
    assert error.code
    assert error.message


def test_html_page_instead_of_a_document_is_an_error() -> None:
    page = b"<html>log in first</html>"
    with calls(response(200, page)) as served:
        error = served.outcome("invoke_endpoint_async")
        assert type(error) is ServiceError
        assert (error.status_code, error.content) == (200, page)
        assert "log in first" in str(error)
        assert served.outcome()["Body"] == page


def call(service: str, name: str, said: bytes) -> Any:
    """Return the result or the error of a call of any service."""
    operation = operation_of({}, service=service, name=name)
    with scripted(said) as server:
        config = {**client_config(server.url), "max_retries": 0}
        with Service(operation.api, config) as made:
            try:
                return made.send(operation.request({}))
            except PawsError as error:
                return error


@pytest.mark.parametrize("body", [b'{"TableNames": 5, "x', b'{"a": NaN}', b"{}"])
def test_unreadable_document_is_not_a_botocore_error(body) -> None:
    result = call("dynamodb", "ListTables", response(200, body))
    assert "ResponseMetadata" in result


@pytest.mark.parametrize(
    ("service", "name", "body"),
    [
        ("dynamodb", "ListTables", b'{"TableNames": 5}'),
        ("sts", "GetCallerIdentity", b"<a>"),
    ],
)
def test_document_of_another_type_is_an_error(service, name, body) -> None:
    error = call(service, name, response(200, body))
    assert isinstance(error, PawsError)
    assert "the response is not in the protocol of the service" in str(error)


@pytest.mark.parametrize("status", [400, 502])
@pytest.mark.parametrize("body", [b"<html><body>no", b"<html/>", b"no", b"[]", b"\xff"])
@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("sts", "GetCallerIdentity"),
        ("ec2", "DescribeRegions"),
        ("s3", "ListBuckets"),
        ("dynamodb", "ListTables"),
        ("cloudwatch", "ListDashboards"),
    ],
)
def test_every_protocol_keeps_what_is_not_its_own(service, name, body, status) -> None:
    error = call(service, name, response(status, body))
    assert type(error) is ServiceError
    assert (error.status_code, error.content) == (status, body)
