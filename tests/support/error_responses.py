"""A service and a server, whose response a test sets."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

import paws
from paws_common import PawsError, ServiceError
from paws_common.local.server import client_config
from support.servers import Response, ScriptedServer, last_response, response, scripted

BODY = b"1,2"
FUNCTION = "sagemakerruntime_invoke_endpoint"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"


class ScriptedService:
    """A service without retries."""

    def __init__(self, server: ScriptedServer, **config: Any) -> None:
        self.server = server
        self.host = server.host
        self.service = paws.sagemakerruntime(
            {**client_config(server.url), "max_retries": 0, **config}
        )
        self.client = self.service.client

    def raised(self, sent: Response) -> PawsError:
        """Return the error of a call whose response is this, after which it ends."""
        self.server.respond(last_response(sent) if isinstance(sent, bytes) else sent)
        with pytest.raises(PawsError) as caught:
            self.service.invoke_endpoint("demo", BODY)
        return caught.value

    def error(self, status: int, code: str | None, body: bytes) -> ServiceError:
        """Return the error of a call whose response has this status, code and body."""
        headers = {"x-amzn-RequestId": REQUEST_ID}
        headers |= {"x-amzn-ErrorType": code} if code else {}
        error = self.raised(response(status, body, headers))
        assert isinstance(error, ServiceError)
        return error


@contextmanager
def scripted_service() -> Iterator[ScriptedService]:
    """Start the server, and close both in the end."""
    with scripted() as server:
        made = ScriptedService(server)
        with closing(made.client):
            yield made
