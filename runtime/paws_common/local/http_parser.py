"""Parse HTTP/1.1 requests strictly (RFC 9112), and reject those of web pages.

``http.server`` parses header fields as e-mail: it decodes them as Latin-1, unfolds lines,
starts a new field at a bare CR and ends the head at a line without a colon. A test of a
client must see the exact bytes, and a server must not guess where a request ends. So
malformed requests are rejected here, not repaired.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from io import BufferedIOBase

from paws_common.header_values import TOKEN
from paws_common.local.messages import Fields, Headers, Request
from paws_common.loopback import is_loopback

MAX_HEAD_BYTES = 64 * 1024
_READ_BYTES = 256 * 1024  # a declared length allocates nothing; received bytes do

_TOKEN = TOKEN.encode()
_REQUEST_LINE = re.compile(rb"(%s) (/[\x21-\x7e]*) HTTP/([0-9]\.[0-9])" % _TOKEN)
_FIELD_LINE = re.compile(rb"(%s):[ \t]*(.*?)[ \t]*" % _TOKEN, re.DOTALL)
_CONTENT_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z.-]+))(?::[0-9]{1,5})?")


class RejectedRequestError(Exception):
    """A request that is not processed; the connection is closed after the response."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


def parse_head(request_line: bytes, file: BufferedIOBase) -> Request:
    """Parse the request line and read the header fields; the body of the result is empty.

    Raises
    ------
    RejectedRequestError
        The bytes are not a request of HTTP/1.1.
    EOFError
        The client closed the connection.
    """
    line = _content(request_line)
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise _bad_request(
            f"{_shown(line)} is not a request line: METHOD /PATH HTTP/1.1"
        )
    method, path, version = (part.decode("ascii") for part in match.groups())
    if version != "1.1":
        raise RejectedRequestError(
            HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
            f"HTTP/{version} is not supported; use HTTP/1.1",
        )
    return Request(method, path, Headers(_read_fields(file)), b"")


def check_sender(headers: Headers) -> None:
    """Reject a request that a web page may have sent.

    A page that the developer visits can send requests to the loopback interface, and
    under DNS rebinding read the responses. Browsers state the page's origin; a page that
    rebinds its own name sends that name as Host.

    Raises
    ------
    RejectedRequestError
        Host is missing, repeated, or not on the loopback interface; or a browser sent the
        request for a page (WHATWG Fetch: Origin; W3C Fetch Metadata: Sec-Fetch-Site).
    """
    hosts = headers.get_all("Host")
    if len(hosts) != 1:
        raise _bad_request("a request must have one Host field (RFC 9112, section 3.2)")
    match = _HOST.fullmatch(hosts[0])
    if match is None or not is_loopback(match[1] or match[2]):
        raise _forbidden(f"Host: {hosts[0]!a} is not on the loopback interface")
    if "Origin" in headers or headers.get("Sec-Fetch-Site", "none") != "none":
        raise _forbidden("requests of web pages (Origin, Sec-Fetch-Site) are rejected")


def read_body(file: BufferedIOBase, headers: Headers, max_bytes: int) -> bytes:
    """Read the body of a request, and return it without its transfer coding.

    A body of more than `max_bytes` is rejected before it is read.

    Raises
    ------
    RejectedRequestError
        The body is too long, or its length is invalid (RFC 9112, section 6.3).
    EOFError
        The client closed the connection before the body was complete.
    """
    check_body_length(headers, max_bytes)
    if "Transfer-Encoding" in headers:
        return _read_chunks(file, max_bytes)
    return _read_exactly(file, int(headers.get("Content-Length", "0")))


def check_body_length(headers: Headers, max_bytes: int) -> None:
    """Reject a request whose header fields declare an invalid or too long body."""
    length = headers.get("Content-Length", "0")
    if not _CONTENT_LENGTH.fullmatch(length):
        raise _bad_request(f"Content-Length: {length!a} is not a number of bytes")
    if int(length) > max_bytes:
        raise _too_large(max_bytes)
    coding = headers.get("Transfer-Encoding")
    if coding is None:
        return
    if "Content-Length" in headers:
        raise _bad_request("Content-Length and Transfer-Encoding exclude each other")
    if coding.lower() != "chunked":
        raise RejectedRequestError(
            HTTPStatus.NOT_IMPLEMENTED,
            f"Transfer-Encoding: {coding!a} is not supported; use chunked",
        )


def _read_fields(file: BufferedIOBase) -> Fields:
    fields: list[tuple[str, str]] = []
    left = MAX_HEAD_BYTES
    while line := _read_line(file, left):
        left -= len(line) + 2
        match = _FIELD_LINE.fullmatch(line)
        if match is None:
            raise _bad_request(f"{_shown(line)} is not a header field: NAME: VALUE")
        name, value = match.groups()
        fields.append((name.decode("ascii"), value.decode(errors="surrogateescape")))
    return tuple(fields)


def _read_line(file: BufferedIOBase, max_bytes: int) -> bytes:
    line = file.readline(max_bytes + 2)
    if len(line) == max_bytes + 2 and not line.endswith(b"\n"):
        raise RejectedRequestError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"the header fields exceed {MAX_HEAD_BYTES} bytes",
        )
    return _content(line)


def _content(line: bytes) -> bytes:
    """Return a line without its CRLF."""
    if not line.endswith(b"\n"):
        raise EOFError("the client closed the connection")
    content = line.removesuffix(b"\r\n")
    # RFC 9112, section 2.2, permits a recipient to repair these. Two recipients that
    # repair them differently disagree on where a request ends.
    if any(byte in content for byte in b"\r\n\0"):
        raise _bad_request(f"{_shown(line)} contains a CR, LF or NUL inside the line")
    return content


def _read_chunks(file: BufferedIOBase, max_bytes: int) -> bytes:
    body = bytearray()
    while size := _chunk_size(_read_line(file, MAX_HEAD_BYTES)):
        if len(body) + size > max_bytes:
            raise _too_large(max_bytes)
        body += _read_exactly(file, size)
        if _read_line(file, MAX_HEAD_BYTES):
            raise _bad_request(f"a chunk is longer than the declared {size} bytes")
    _read_fields(file)  # the trailer
    return bytes(body)


def _chunk_size(line: bytes) -> int:
    match = _CHUNK_LINE.fullmatch(line)
    if match is None:
        raise _bad_request(f"{_shown(line)} is not the hexadecimal length of a chunk")
    return int(match[1], 16)


def _read_exactly(file: BufferedIOBase, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        part = file.read(min(size - len(content), _READ_BYTES))
        if not part:
            raise EOFError(f"the client closed after {len(content)} of {size} bytes")
        content += part
    return bytes(content)


def _bad_request(message: str) -> RejectedRequestError:
    return RejectedRequestError(HTTPStatus.BAD_REQUEST, message)


def _forbidden(message: str) -> RejectedRequestError:
    return RejectedRequestError(HTTPStatus.FORBIDDEN, message)


def _too_large(max_bytes: int) -> RejectedRequestError:
    return RejectedRequestError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body exceeds {max_bytes} bytes"
    )


def _shown(line: bytes) -> str:
    return repr(line[:60]).removeprefix("b")
