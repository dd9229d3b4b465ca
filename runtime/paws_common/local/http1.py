"""
Requests and responses as bytes of an HTTP/1.1 connection (RFC 9112).

The standard library reads header fields with its parser for e-mail, which
decodes them as Latin-1, folds lines, and ends a value at characters that HTTP
does not end it at. A test of a client has to see what the client sent, so fields
are read here, byte by byte; what RFC 9112 calls malformed is refused, not repaired.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import BinaryIO, Protocol

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_MAX_LINE_BYTES = 64 * 1024
_MAX_FIELDS = 256
# A length that a client declares reserves no memory; what arrives does.
_READ_BYTES = 256 * 1024

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE = re.compile(rb"(%s) ([\x21-\x7e]+) HTTP/([0-9]\.[0-9])" % _TOKEN)
_FIELD_LINE = re.compile(rb"(%s):(.*)" % _TOKEN, re.DOTALL)
_CONTENT_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)


class MalformedRequestError(Exception):
    """
    Bytes that are no request of HTTP/1.1.

    Parameters
    ----------
    status : HTTPStatus
        The status to answer with; the connection cannot be used after it.
    message : str
        What is wrong, for the person who wrote the client.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Headers(Mapping[str, str]):
    """
    The header fields of a request, found by name in any case.

    Parameters
    ----------
    fields : tuple of (str, str)
        Every field as it was sent, in its order: the name, and the value less the
        spaces and tabs around it (RFC 9110, section 5.5). Values are decoded as
        UTF-8 with ``surrogateescape``; the same encoding gives their exact bytes.

    Notes
    -----
    ``headers[name]`` joins a field that is repeated with ``", "``, as RFC 9110,
    section 5.3 has it. `get_all` tells repeated fields apart.
    """

    fields: tuple[tuple[str, str], ...]

    def get_all(self, name: str) -> tuple[str, ...]:
        """
        Give the value of each field of a name.

        Parameters
        ----------
        name : str
            The name, in any case.

        Returns
        -------
        tuple of str
            One value for each field, in their order; empty if there is none.
        """
        return tuple(v for n, v in self.fields if n.lower() == name.lower())

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        names: dict[str, str] = {}
        for name, _ in self.fields:
            names.setdefault(name.lower(), name)
        return iter(names.values())

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self.fields})


@dataclass(frozen=True, slots=True)
class Head:
    """
    A request without its body.

    Parameters
    ----------
    method : str
        The method, for example ``"POST"``.
    path : str
        The request target as it was sent: percent-encoded, with any query.
    headers : Headers
        The header fields.
    """

    method: str
    path: str
    headers: Headers

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for `CONTINUE` before it sends the body."""
        return self.headers.get("Expect", "").lower() == "100-continue"

    @property
    def closes(self) -> bool:
        """Whether the client wants the connection closed after the response."""
        options = self.headers.get("Connection", "").lower().split(",")
        return "close" in (option.strip() for option in options)


class Stream(Protocol):
    """A body that is sent chunk by chunk, and closed whatever becomes of it."""

    def __iter__(self) -> Iterator[bytes]:
        """Give the chunks, none of them empty."""
        ...

    def close(self) -> None:
        """Release what makes the chunks."""
        ...


@dataclass(frozen=True, slots=True)
class Response:
    """
    An answer to a request.

    Parameters
    ----------
    status : HTTPStatus
        The status.
    fields : tuple of (str, str)
        The header fields but for those that frame the message.
    body : bytes or Stream
        The body; a `Stream` goes out in chunks (RFC 9112, section 7.1).
    """

    status: HTTPStatus
    fields: tuple[tuple[str, str], ...]
    body: bytes | Stream


def read_head(file: BinaryIO) -> Head:
    """
    Read the request line and the header fields of the next request.

    Parameters
    ----------
    file : BinaryIO
        The bytes that the client sends.

    Returns
    -------
    Head
        The request without its body.

    Raises
    ------
    MalformedRequestError
        Where the bytes are no request of HTTP/1.1.
    EOFError
        Where the client has closed the connection.
    """
    line = _read_line(file)
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise _bad(f"{_shown(line)} is no request line: METHOD TARGET HTTP/1.1")
    method, path, version = (part.decode("ascii") for part in match.groups())
    if version != "1.1":
        raise MalformedRequestError(
            HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
            f"HTTP/{version} is not spoken here, HTTP/1.1 is",
        )
    headers = Headers(_read_fields(file))
    if len(headers.get_all("Host")) != 1:
        raise _bad("a request needs the header field Host, once (RFC 9112, 3.2)")
    return Head(method, path, headers)


def read_body(file: BinaryIO, headers: Headers) -> bytes:
    """
    Read the body that belongs to a head.

    Parameters
    ----------
    file : BinaryIO
        The bytes that the client sends.
    headers : Headers
        The header fields of the request.

    Returns
    -------
    bytes
        The body without its transfer coding; empty if the request has none.

    Raises
    ------
    MalformedRequestError
        Where the length of the body cannot be told (RFC 9112, section 6.3).
    EOFError
        Where the client closes the connection before the body is complete.
    """
    coding = headers.get("Transfer-Encoding")
    if coding is None:
        length = headers.get("Content-Length", "0")
        if not _CONTENT_LENGTH.fullmatch(length):
            raise _bad(f"Content-Length: {length!a} is not a number of bytes")
        return _read_exactly(file, int(length))
    if "Content-Length" in headers:
        raise _bad("a request has Content-Length or Transfer-Encoding, not both")
    if coding.lower() != "chunked":
        raise MalformedRequestError(
            HTTPStatus.NOT_IMPLEMENTED,
            f"transfer coding {coding!a} is unknown here, only chunked is known",
        )
    return _read_chunks(file)


def encode_head(response: Response, *, close: bool) -> bytes:
    """
    Encode the status line and the header fields of a response.

    Parameters
    ----------
    response : Response
        The response; its body is not encoded.
    close : bool
        Whether the connection ends after this response.

    Returns
    -------
    bytes
        The head, up to and with its empty line.
    """
    framing = (
        ("Content-Length", str(len(response.body)))
        if isinstance(response.body, bytes)
        else ("Transfer-Encoding", "chunked")
    )
    fields = (
        ("Date", formatdate(usegmt=True)),
        *response.fields,
        framing,
        ("Connection", "close" if close else "keep-alive"),
    )
    lines = (
        f"HTTP/1.1 {response.status.value} {response.status.phrase}",
        *(f"{name}: {value}" for name, value in fields),
        "",
        "",
    )
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def encode_chunk(chunk: bytes) -> bytes:
    """
    Encode one chunk of a body (RFC 9112, section 7.1).

    Parameters
    ----------
    chunk : bytes
        The chunk; the empty one ends the body.

    Returns
    -------
    bytes
        The chunk with its length.
    """
    return b"%x\r\n%b\r\n" % (len(chunk), chunk)


def _read_line(file: BinaryIO) -> bytes:
    line = file.readline(_MAX_LINE_BYTES)
    if not line.endswith(b"\n"):
        if len(line) < _MAX_LINE_BYTES:
            raise EOFError("the client closed the connection")
        raise MalformedRequestError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"a line has more than {_MAX_LINE_BYTES} bytes",
        )
    content = line.removesuffix(b"\r\n")
    # RFC 9112, section 2.2, allows to repair these; that would hide them from a test.
    if any(byte in content for byte in b"\r\n\0"):
        raise _bad(f"{_shown(line)} has a CR, LF or NUL that is not the end of a line")
    return content


def _read_fields(file: BinaryIO) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    while line := _read_line(file):
        if len(fields) == _MAX_FIELDS:
            raise MalformedRequestError(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                f"a request has more than {_MAX_FIELDS} header fields",
            )
        match = _FIELD_LINE.fullmatch(line)
        if match is None:
            raise _bad(f"{_shown(line)} is no header field: NAME: VALUE")
        name, value = match.groups()
        fields.append(
            (name.decode("ascii"), value.strip(b" \t").decode(errors="surrogateescape"))
        )
    return tuple(fields)


def _read_chunks(file: BinaryIO) -> bytes:
    body = bytearray()
    while size := _chunk_size(_read_line(file)):
        body += _read_exactly(file, size)
        if _read_line(file):
            raise _bad(f"a chunk is longer than the {size} bytes that it declares")
    _read_fields(file)
    return bytes(body)


def _chunk_size(line: bytes) -> int:
    match = _CHUNK_LINE.fullmatch(line)
    if match is None:
        raise _bad(f"{_shown(line)} is not the hexadecimal length of a chunk")
    return int(match[1], 16)


def _read_exactly(file: BinaryIO, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        part = file.read(min(size - len(content), _READ_BYTES))
        if not part:
            raise EOFError(f"the client closed after {len(content)} of {size} bytes")
        content += part
    return bytes(content)


def _bad(message: str) -> MalformedRequestError:
    return MalformedRequestError(HTTPStatus.BAD_REQUEST, message)


def _shown(line: bytes) -> str:
    return repr(line[:60]).removeprefix("b")
