"""Calls that have to end in time and to close their connections, whatever is sent back."""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from traceback import clear_frames
from typing import Any

import paws
from paws_common import PawsError
from paws_common.client.error_origins import causes
from paws_common.local.server import client_config
from support.servers import OK, PATIENCE_SECONDS, Response, ScriptedServer, scripted

METHODS = (
    "invoke_endpoint",
    "invoke_endpoint_async",
    "invoke_endpoint_with_response_stream",
)
READ_TIMEOUT = 0.3  # seconds that the client waits for a byte


class Calls:
    """A server, and a service that calls it without retries."""

    def __init__(self, server: ScriptedServer, service: Any) -> None:
        self.server = server
        self.service = service

    def outcome(self, method: str = "invoke_endpoint", **arguments: Any) -> Any:
        """Return the result or the error of a call, which ends in time."""
        # The oldest botocore does not support Body for this method.
        asynchronous = method == "invoke_endpoint_async"
        defaults = {"InputLocation": "s3://b/k"} if asynchronous else {"Body": b"1,2"}
        values = {"EndpointName": "demo", **defaults, **arguments}
        return in_time(lambda: getattr(self.service, method)(**values))


def in_time(call: Callable[[], Any]) -> Any:
    """Return the result of a function or the `PawsError` that it raises, in time."""
    outcomes: list[Any] = []

    def run() -> None:
        try:
            outcomes.append(call())
        except PawsError as error:
            # Frames refer to connections, which nothing else does any longer.
            for one in causes(error):
                clear_frames(one.__traceback__)
            outcomes.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    assert outcomes, "the call hangs"
    return outcomes[0]


@contextmanager
def calls(response: Response = OK, **config: Any) -> Iterator[Calls]:
    """Yield calls of a server; in the end, no connection may be open."""
    options = {"read_timeout": READ_TIMEOUT, "max_retries": 0, **config}
    gc.freeze()  # objects that exist already are not leaks of the calls, and are many
    try:
        with scripted(response) as server:
            service = paws.sagemakerruntime(options, **client_config(server.url))
            with closing(service.client):
                yield Calls(server, service)
            # Errors of urllib3 refer to their pool, in cycles; a leaked socket warns here.
            gc.collect()
            server.wait_until_closed()
    finally:
        gc.unfreeze()
