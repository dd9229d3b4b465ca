"""A service whose server answers with what a test says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

import paws
from parrot import Parrot, parrot
from paws_common import PawsError, ServiceError
from paws_common.local.server import client_config

BODY = b"1,2"
FUNCTION = "sagemakerruntime_invoke_endpoint"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"


class Answers:
    """A service that is asked but once."""

    def __init__(self, server: Parrot, **config: Any) -> None:
        self.server = server
        self.host = server.url.removeprefix("http://")
        self.service = paws.sagemakerruntime(
            {**client_config(server.url), "max_retries": 0, **config}
        )
        self.client = self.service.client

    def raised(self, answer: bytes) -> PawsError:
        """Return the error that the bytes of an answer are raised as."""
        self.server.answer = answer
        with pytest.raises(PawsError) as caught:
            self.service.invoke_endpoint("demo", BODY)
        return caught.value

    def error(self, status: int, code: str | None, body: bytes) -> ServiceError:
        """Return the error that an answer of the service is raised as."""
        lines = [
            f"HTTP/1.1 {status} Status",
            f"x-amzn-RequestId: {REQUEST_ID}",
            f"Content-Length: {len(body)}",
            *([f"x-amzn-ErrorType: {code}"] if code else []),
        ]
        error = self.raised("\r\n".join([*lines, "", ""]).encode() + body)
        assert isinstance(error, ServiceError)
        return error


@contextmanager
def answering_server() -> Iterator[Answers]:
    """Give such a service, and stop its server."""
    with parrot() as server:
        made = Answers(server)
        with closing(made.client):
            yield made
