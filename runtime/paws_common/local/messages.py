"""Requests and responses of a local endpoint, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Protocol, TypeAlias
from urllib.parse import unquote

from paws_common.header_values import find_control_character

BytesLike: TypeAlias = bytes | bytearray | memoryview

Fields: TypeAlias = tuple[tuple[str, str], ...]  # names and values, in order

# The last segment of a route of SageMaker Runtime, and its operation.
OPERATIONS: Mapping[str, str] = {
    "invocations": "InvokeEndpoint",
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
}


@dataclass(frozen=True, slots=True)
class Headers(Mapping[str, str]):
    """The header fields of a request; names are case-insensitive.

    Parameters
    ----------
    fields : tuple of (str, str)
        Each field, unchanged and in order: the name, and the value without the spaces
        and tabs around it (RFC 9110, section 5.5). Values are decoded as UTF-8 with
        ``surrogateescape``; encoding them the same way returns the exact bytes.

    Notes
    -----
    ``headers[name]`` joins repeated fields with ``", "`` (RFC 9110, section 5.3).
    """

    fields: Fields

    def get_all(self, name: str) -> tuple[str, ...]:
        """Return the value of each field with this name, in order."""
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
class Request:
    """A request that a local endpoint received.

    Parameters
    ----------
    method : str
        The method, for example ``"POST"``.
    path : str
        The request target, unchanged: percent-encoded, with the query.
    headers : Headers
        The header fields.
    body : bytes
        The body, without transfer coding. In an asynchronous call with an
        ``InputLocation``, the model receives a request whose body is that input.
    """

    method: str
    path: str
    headers: Headers
    body: bytes

    @property
    def operation(self) -> str:
        """The operation of the route, such as ``"InvokeEndpoint"``; else empty."""
        return self._route()[0]

    @property
    def endpoint_name(self) -> str:
        """The name of the endpoint, percent-decoded; empty like `operation`."""
        return self._route()[1]

    @property
    def content_type(self) -> str:
        """The media type of the body; empty if the caller named none."""
        is_async = self.operation == "InvokeEndpointAsync"
        prefix = "X-Amzn-SageMaker-" if is_async else ""
        return self.headers.get(f"{prefix}Content-Type", "")

    @property
    def accept(self) -> str:
        """The media types that the caller accepts; empty if the caller named none."""
        prefix = "" if self.operation == "InvokeEndpoint" else "X-Amzn-SageMaker-"
        return self.headers.get(f"{prefix}Accept", "")

    def _route(self) -> tuple[str, str]:
        match self.path.partition("?")[0].split("/"):
            case ["", "endpoints", name, last] if name and last in OPERATIONS:
                return OPERATIONS[last], unquote(name, errors="surrogateescape")
            case _:
                return "", ""


@dataclass(frozen=True, slots=True)
class Response:
    """The response of a model: a body and its metadata.

    Parameters
    ----------
    body : bytes or iterable of bytes
        The body. Each item of an iterable is one part of a stream.
    content_type : str, optional
        The media type. By default the accepted one if the caller names a single type,
        else that of the request. With ``""`` the response has no Content-Type.
    custom_attributes : str, optional
        ``CustomAttributes`` of the response.
    new_session_id : str, optional
        ``NewSessionId``: the id of a new stateful session, with its expiration.
    closed_session_id : str, optional
        ``ClosedSessionId``: the id of a session that the model closed.

    Raises
    ------
    TypeError
        A value other than the body is not text.
    ValueError
        A value contains a character that a header field cannot carry: a control character
        or a lone surrogate.
    """

    body: BytesLike | Iterable[BytesLike]
    content_type: str | None = None
    custom_attributes: str | None = None
    new_session_id: str | None = None
    closed_session_id: str | None = None

    def __post_init__(self) -> None:
        _, *texts = fields(self)
        for name in (text.name for text in texts):
            value: object = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, str):
                raise TypeError(
                    f"Response: {name} must be str, not {type(value).__name__}"
                )
            if find_control_character(value):
                raise ValueError(f"Response: {name} contains a control character")
            try:
                value.encode("utf-8", "surrogateescape")  # as `Headers` decodes it
            except UnicodeEncodeError:
                surrogate = f"Response: {name} contains a lone surrogate"
                raise ValueError(surrogate) from None


class Stream(Protocol):
    """A body that is sent chunk by chunk, and closed in any case."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the chunks; none is empty."""
        ...

    def close(self) -> None:
        """Release the source of the chunks."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP response."""

    status: int
    fields: Fields  # without those that frame the message
    body: bytes | Stream  # a stream is sent in chunks (RFC 9112, section 7.1)


def json_reply(
    status: int, members: Mapping[str, object], *fields: tuple[str, str]
) -> Reply:
    """Return a response with a JSON object."""
    content_type = ("Content-Type", "application/json")
    return Reply(status, (content_type, *fields), json.dumps(members).encode())


def error_reply(
    status: int, code: str, members: Mapping[str, object], *fields: tuple[str, str]
) -> Reply:
    """Return the response for an error in the protocol of SageMaker Runtime."""
    return json_reply(status, members, ("x-amzn-ErrorType", code), *fields)
