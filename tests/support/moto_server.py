"""moto's server on loopback, whose requests are recorded and responses replaced."""

import io
import threading
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from support.servers import PATIENCE_SECONDS

Answer = tuple[str, list[tuple[str, str]], bytes]
"""Status, header fields and body."""


class MotoServer:
    """A server that listens from the beginning until it is stopped.

    A subclass has what its `_instead` needs before it begins.
    """

    def __init__(self) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(PATIENCE_SECONDS)
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self._instead(environ, body)
        if answer is None:
            whole = {**environ, "wsgi.input": io.BytesIO(body)}
            return self._app(whole, start_response)
        status, headers, content = answer
        start_response(status, [*headers, ("Content-Length", str(len(content)))])
        return [content]

    def _instead(self, environ: dict[str, Any], body: bytes) -> Answer | None:
        """Return a response that replaces moto's, or None."""
        raise NotImplementedError
