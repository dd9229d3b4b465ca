"""Connections that send a small request at once, and read the head of an answer fast.

urllib3 2 sends the head and the body of a request apart: a server that the one wakes has
to be woken again by the other. And `http.client` reads the head of an answer by the
parser of e-mails, which knows much that HTTP has not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import client
from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import BufferedReader

    class _Connection:
        """What `OneSend` stands before."""

        request: Callable[..., None]
        send: Callable[..., None]

else:
    _Connection = object

_SMALL = 65536  # bytes of a body that is copied behind its head

# RFC 9112, section 5, but for what is no character; `http.client` takes 100 fields.
_HEAD = re.compile(rb"(?:[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*\r\n){0,99}\r\n")


class OneSend(_Connection):
    """Sends a head and a small body together; it stands before a connection of urllib3."""

    _held: bytearray | None = None

    def request(
        self,
        method: str,
        url: str,
        body: object = None,
        headers: Mapping[str, Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        # botocore waits between the two for what the server says to an `Expect`.
        if (
            isinstance(body, bytes)
            and len(body) <= _SMALL
            and "Expect" not in (headers or {})
        ):
            self._held = bytearray()
        super().request(method, url, body, headers, *args, **kwargs)
        whole, self._held = self._held, None
        if whole:
            self.send(whole)

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)
        else:
            self._held += data


def read_headers(
    stream: BufferedReader, _class: type[client.HTTPMessage] = client.HTTPMessage
) -> client.HTTPMessage:
    """Return the headers at which a stream stands, as `http.client.parse_headers` does.

    That one is asked for whatever is not plain, or not there yet.
    """
    head = _HEAD.match(stream.peek())
    if head is None:
        return client.parse_headers(stream, _class)
    stream.read(head.end())
    message = _class()
    message.set_payload("")
    for line in head[0].decode("iso-8859-1").split("\r\n")[:-2]:
        name, _, value = line.partition(":")
        message[name] = value.lstrip(" \t")
    return message


# The method of `http.client` itself, which finds our reader by the name of its own.
_begin = FunctionType(
    client.HTTPResponse.begin.__code__, {**vars(client), "parse_headers": read_headers}
)


class Response(client.HTTPResponse):
    """An answer whose head is read by `read_headers`."""

    def begin(self) -> None:
        _begin(self)
