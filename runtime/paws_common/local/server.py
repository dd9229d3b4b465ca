"""
The local endpoint itself: sockets and threads, and nothing about what is said.
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from types import MappingProxyType, TracebackType
from typing import BinaryIO, TypeAlias, TypedDict, final

from paws_common.aliases import Credentials
from paws_common.local import http1
from paws_common.local.http1 import Head, MalformedRequestError, Response
from paws_common.local.routes import Predict, Request, answer, to_request

HOST = "127.0.0.1"
KEY = "local"  # the access key of those who call, and its secret: nobody has them

# A model that is still at work when the server stops is not waited for longer.
_STOP_SECONDS = 1.0
# A client that was refused may still be sending; see `Server._refuse`.
_DRAIN_SECONDS = 1.0
_DRAIN_BYTES = 64 * 1024

Respond: TypeAlias = Callable[[Head, bytes], Response]
"""What a server does with the head and the body of a request."""


class Server:
    """
    An HTTP/1.1 server on the loopback interface, one thread a connection.

    It listens from its construction until `stop`. Its threads are daemons, so a
    server that nobody stops keeps no program from ending.

    Parameters
    ----------
    respond : Respond
        Called for each request, in the thread of its connection.
    port : int
        The port; 0 takes any that is free.

    Raises
    ------
    OSError
        Where the port is in use or is not permitted.
    """

    def __init__(self, respond: Respond, port: int) -> None:
        self._respond = respond
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()
        self._listener = socket.create_server((HOST, port), backlog=128)
        self._listener.setblocking(False)
        self._stop_seen, self._stop_asked = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept_all, daemon=True)
        self._acceptor.start()

    @property
    def url(self) -> str:
        """The URL of the server, without a slash at its end."""
        host, port = self._listener.getsockname()
        return f"http://{host}:{port}"

    def stop(self) -> None:
        """Stop listening and end every connection, whatever it is doing."""
        self._stop_asked.close()
        self._acceptor.join()
        self._listener.close()
        self._stop_seen.close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections.values():
            with suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in connections:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _accept_all(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._stop_seen, selectors.EVENT_READ)
            while all(key.fileobj is self._listener for key, _ in selector.select()):
                with suppress(OSError):  # the client has gone before it was accepted
                    self._accept(self._listener.accept()[0])

    def _accept(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
        with self._lock:
            self._connections[thread] = connection
        thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with (
                connection,
                connection.makefile("rb") as file,
                suppress(EOFError, OSError),  # the client has gone
            ):
                # Some systems hand the listener's mode on to what it accepts.
                connection.setblocking(True)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while self._exchange(connection, file):
                    pass
        finally:
            with self._lock:
                del self._connections[threading.current_thread()]

    def _exchange(self, connection: socket.socket, file: BinaryIO) -> bool:
        """Answer one request; tell whether the connection stays open."""
        try:
            head = http1.read_head(file)
            if head.expects_continue:
                connection.sendall(http1.CONTINUE)
            body = http1.read_body(file, head.headers)
        except MalformedRequestError as error:
            _refuse(connection, error)
            return False
        _send(connection, head, self._respond(head, body))
        return not head.closes


def _send(connection: socket.socket, head: Head, response: Response) -> None:
    start = http1.encode_head(response, close=head.closes)
    if isinstance(response.body, bytes):
        # RFC 9110, section 9.3.2: the answer to HEAD has the fields alone.
        connection.sendall(start if head.method == "HEAD" else start + response.body)
        return
    with closing(response.body) as stream:
        connection.sendall(start)
        for chunk in stream:
            connection.sendall(http1.encode_chunk(chunk))
        connection.sendall(http1.encode_chunk(b""))


def _refuse(connection: socket.socket, error: MalformedRequestError) -> None:
    fields = (("Content-Type", "text/plain; charset=utf-8"),)
    body = f"{error}\n".encode()
    start = http1.encode_head(Response(error.status, fields, body), close=True)
    connection.sendall(start + body)
    # RFC 9112, section 9.6: closed with bytes unread, the connection is reset, and
    # the client may never read why.
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(_DRAIN_SECONDS)
    while connection.recv(_DRAIN_BYTES):
        pass


class ClientConfig(TypedDict):
    """What a service is made with that calls a local endpoint."""

    endpoint: str
    region: str
    credentials: Credentials


def client_config(url: str) -> ClientConfig:
    """
    Give the configuration of a client for a local endpoint, in R's shape.

    Parameters
    ----------
    url : str
        The URL of the endpoint.

    Returns
    -------
    ClientConfig
        ``endpoint``, ``region`` and ``credentials``; nothing is looked up in the
        environment, and no credentials of anybody are sent.
    """
    return {
        "endpoint": url,
        "region": "us-east-1",
        "credentials": {"creds": {"access_key_id": KEY, "secret_access_key": KEY}},
    }


@final
class LocalEndpoint:
    """
    Amazon SageMaker Runtime on this machine, answered by a Python function.

    It answers ``InvokeEndpoint``, ``InvokeEndpointAsync`` and
    ``InvokeEndpointWithResponseStream`` for an endpoint of any name. Use it in a
    ``with`` statement, or call `start` and `stop`.

    Parameters
    ----------
    predict : Predict
        The model: ``predict(body, request)`` gets the body as bytes and the whole
        `Request`, and returns bytes or an iterable of bytes. Each item of an
        iterable is one part of a stream, sent as soon as it is there; the other
        two operations join the items. It is called by several threads at a time.
        What it raises reaches the client as the service would send it: as
        ``ModelError`` with the exception's text, and its ``status_code`` if it
        has one; as ``ModelStreamError`` in a stream that has begun.
    port : int, optional
        The port; 0, the default, takes any that is free.

    Raises
    ------
    TypeError
        Where `predict` cannot be called.

    Notes
    -----
    An asynchronous request with an inline body is answered when its result is in
    `outputs`. With an ``InputLocation`` the model is not called, for there is no
    Amazon S3 here to read the input from; the answer is the same.
    """

    def __init__(self, predict: Predict, *, port: int = 0) -> None:
        self.predict = predict
        self._port = port
        self._server: Server | None = None
        self._requests: list[Request] = []
        self._outputs: dict[str, bytes] = {}

    def __enter__(self) -> "LocalEndpoint":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """
        Listen, from now on and in other threads.

        Raises
        ------
        OSError
            Where the port is in use or is not permitted.
        RuntimeError
            Where the endpoint has been started and not stopped.
        """
        if self._server is not None:
            raise RuntimeError(f"the local endpoint is at {self.url} already")
        self._server = Server(self._respond, self._port)

    def stop(self) -> None:
        """End every connection and listen no longer; once is as good as twice."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def predict(self) -> Predict:
        """The model; another one answers the requests that arrive from then on."""
        return self._predict

    @predict.setter
    def predict(self, predict: Predict) -> None:
        if not callable(predict):
            raise TypeError(
                f"predict is {type(predict).__name__}, it must be a function: "
                "predict(body, request) -> bytes"
            )
        self._predict = predict

    @property
    def url(self) -> str:
        """The URL, ``http://127.0.0.1:PORT``; RuntimeError while it is stopped."""
        if self._server is None:
            raise RuntimeError(
                "the local endpoint is not started: use it in a with statement, "
                "or call start()"
            )
        return self._server.url

    def config(self) -> ClientConfig:
        """
        Give what ``paws.sagemakerruntime`` needs to call this endpoint.

        Returns
        -------
        ClientConfig
            ``endpoint``, ``region`` and ``credentials``, for
            ``paws.sagemakerruntime(**local.config())``.

        Raises
        ------
        RuntimeError
            Where the endpoint is not started.
        """
        return client_config(self.url)

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests so far, in the order in which they were complete."""
        return tuple(self._requests)

    @property
    def outputs(self) -> Mapping[str, bytes]:
        """
        The asynchronous results so far, by location.

        The result is under the ``OutputLocation`` of the response; where the model
        failed, the text of its exception is under the ``FailureLocation``.
        """
        return MappingProxyType(self._outputs.copy())

    def _respond(self, head: Head, body: bytes) -> Response:
        request = to_request(head, body)
        self._requests.append(request)
        return answer(request, self._predict, self._outputs.__setitem__)
