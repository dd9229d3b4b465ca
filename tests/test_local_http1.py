"""A local endpoint sees requests exactly as they were on the wire."""

import re
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_http import INVOKE, connect, cut, echo, post, read_answer
from paws_common.local import LocalEndpoint


@pytest.fixture(scope="module")
def recorder() -> Iterator[LocalEndpoint]:
    with LocalEndpoint(echo) as local:
        yield local


values = st.binary(max_size=60).map(
    lambda value: re.sub(rb"[\r\n\0]", b"", value).strip(b" \t")
)
padding = st.text(" \t", max_size=3).map(str.encode)


@given(values, padding, padding)
def test_the_value_of_a_header_is_exactly_what_was_sent(recorder, value, before, after):
    with connect(recorder) as connection:
        connection.sendall(post(fields=[b"X-Value:" + before + value + after]))
        assert read_answer(connection).status == 200
    seen = recorder.requests[-1].headers["x-value"]
    assert seen.encode("utf-8", "surrogateescape") == value


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("é 日本 🙂".encode(), "é 日本 🙂"),
        (b"a\tb  c", "a\tb  c"),
        (b"", ""),
        (b"\xe9\xff", "\udce9\udcff"),
        (b"\x0bx\x0c", "\x0bx\x0c"),
        (b"line\x0bline\x0cline\xc2\x85line", "line\x0bline\x0cline\x85line"),
    ],
)
def test_the_value_of_a_header_is_its_text(recorder, value, seen):
    with connect(recorder) as connection:
        connection.sendall(post(fields=[b"X-Value: " + value]))
        read_answer(connection)
    assert recorder.requests[-1].headers["X-Value"] == seen


def test_headers_keep_order_case_and_repetition_and_are_found_in_any_case(recorder):
    with connect(recorder) as connection:
        connection.sendall(post(fields=[b"x-TWO: 2", b"X-One: 1", b"X-Two: zwei"]))
        read_answer(connection)
    headers = recorder.requests[-1].headers
    assert headers.fields == (
        ("Host", "here"),
        ("x-TWO", "2"),
        ("X-One", "1"),
        ("X-Two", "zwei"),
        ("Content-Length", "0"),
    )
    assert list(headers) == ["Host", "x-TWO", "X-One", "Content-Length"]
    assert len(headers) == 4
    assert headers.get_all("X-TWO") == ("2", "zwei")
    assert headers["x-two"] == "2, zwei"
    assert "x-three" not in headers


@given(st.binary(max_size=300), st.lists(st.integers(min_value=0), max_size=5))
def test_a_body_is_exactly_what_was_sent_with_a_length_or_in_chunks(
    recorder, body, places
):
    chunks = (chunk for chunk in cut(body, places) if chunk)
    coded = b"".join(b"%X;note=1\r\n%b\r\n" % (len(c), c) for c in chunks)
    head = f"POST {INVOKE} HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked = head.encode() + coded + b"0\r\nTrailer: ignored\r\n\r\n"
    with connect(recorder) as connection:
        for request in (chunked, post(body)):
            for piece in cut(request, places):
                connection.sendall(piece)
            assert read_answer(connection).body == body
    assert [request.body for request in recorder.requests[-2:]] == [body, body]


@pytest.mark.parametrize(
    ("path", "operation", "name"),
    [
        ("/endpoints/a%20b%2Fc/invocations", "InvokeEndpoint", "a b/c"),
        ("/endpoints/%C3%A9/async-invocations?x=1", "InvokeEndpointAsync", "é"),
        ("/endpoints/../invocations", "InvokeEndpoint", ".."),
        (
            "/endpoints/%ff/invocations-response-stream",
            "InvokeEndpointWithResponseStream",
            "\udcff",
        ),
        ("//endpoints/a/invocations", "", ""),
        ("/endpoints//invocations", "", ""),
        ("/endpoints/a/b/invocations", "", ""),
    ],
)
def test_a_path_is_kept_raw_and_names_the_operation_and_the_endpoint(
    recorder, path, operation, name
):
    with connect(recorder) as connection:
        connection.sendall(post(path=path))
        read_answer(connection)
    seen = recorder.requests[-1]
    assert (seen.method, seen.path) == ("POST", path)
    assert (seen.operation, seen.endpoint_name) == (operation, name)


LINE = b"POST /endpoints/demo/invocations HTTP/1.1\r\n"
HEAD = LINE + b"Host: here\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status", "said"),
    [
        (b"POST /a b HTTP/1.1\r\n\r\n", 400, "is no request line"),
        (b"POST /\xe9 HTTP/1.1\r\n\r\n", 400, "is no request line"),
        (b"POST / HTTP/1.0\r\n\r\n", 505, "HTTP/1.0 is not spoken"),
        (LINE + b"\r\n", 400, "the header field Host"),
        (HEAD + b"Host: there\r\n\r\n", 400, "the header field Host"),
        (HEAD + b"X-A: b\r\n folded\r\n\r\n", 400, "is no header field"),
        (HEAD + b"X-A : b\r\n\r\n", 400, "is no header field"),
        (HEAD + b"X-A: b\rc\r\n\r\n", 400, "CR, LF or NUL"),
        (HEAD + b"X-A: b\n\r\n", 400, "CR, LF or NUL"),
        (HEAD + b"X-A: \0\r\n\r\n", 400, "CR, LF or NUL"),
        (HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431, "more than 65536 bytes"),
        (HEAD + b"X: a\r\n" * 300 + b"\r\n", 431, "more than 256 header fields"),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400, "'-1' is not a number"),
        (
            HEAD + b"Content-Length: 1\r\n" * 1 + b"Content-Length: 2\r\n\r\n",
            400,
            "1, 2",
        ),
        (
            HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
            "not both",
        ),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501, "'gzip' is unknown"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400, "length of a chunk"),
        (
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            400,
            "longer than the 1 bytes",
        ),
    ],
)
def test_what_is_no_request_is_refused_and_not_recorded(request_bytes, status, said):
    with LocalEndpoint(echo) as local, connect(local) as connection:
        connection.sendall(request_bytes)
        answer = read_answer(connection)
        assert connection.recv(1) == b""
        assert local.requests == ()
    assert answer.status == status
    assert said in answer.body.decode()


def test_a_client_that_is_refused_while_it_sends_can_read_why(recorder):
    with connect(recorder) as connection:
        connection.sendall(b"nonsense\r\n" + bytes(32 * 1024 * 1024))
        connection.shutdown(socket.SHUT_WR)
        assert read_answer(connection).status == 400


def test_a_client_that_waits_for_100_continue_is_told_to_send_its_body(recorder):
    head, body = post(b"late", [b"Expect: 100-continue"])[:-4], b"late"
    with connect(recorder) as connection:
        connection.sendall(head)
        expected = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert connection.recv(len(expected), socket.MSG_WAITALL) == expected
        connection.sendall(body)
        assert read_answer(connection).body == body


def test_a_connection_answers_one_request_after_the_other():
    bodies = [b"%d" % number for number in range(5)]
    with LocalEndpoint(echo) as local, connect(local) as connection:
        for body in bodies:
            connection.sendall(post(body))
            answer = read_answer(connection)
            assert answer.body == body
            assert answer.headers["Connection"] == "keep-alive"
        assert [request.body for request in local.requests] == bodies


def test_requests_sent_ahead_are_answered_in_order_until_one_closes(recorder):
    closing = post(b"second", [b"Connection: TE, Close"])
    with connect(recorder) as connection, connection.makefile("rb") as file:
        connection.sendall(post(b"first") + closing + post(b"third"))
        answers = file.read().split(b"HTTP/1.1 200 OK\r\n")
    assert [answer.rpartition(b"\r\n")[2] for answer in answers[1:]] == [
        b"first",
        b"second",
    ]
    assert b"\r\nConnection: close\r\n" in answers[2]
    assert recorder.requests[-1].body == b"second"
