"""An HTTP/1.1 server on the loopback interface, on top of ``http.server``."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, TypeAlias, cast

from paws_common.local.http_parser import (
    RejectedRequestError,
    check_body_length,
    check_sender,
    parse_head,
    read_body,
)
from paws_common.local.messages import Reply, Request, error_reply
from paws_common.local.store import MAX_BYTES

HOST = "127.0.0.1"

# SageMaker Developer Guide, "Real-time inference": payloads of up to 25 MB.
MAX_BODY_BYTES = 25 * 1024 * 1024

_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE_SECONDS = 0.1  # before the next attempt to get a thread or a file descriptor
_STOP_SECONDS = 1.0  # the maximum time to wait for a model that is still running
_DRAIN_SECONDS = 1.0  # a rejected client may still be sending
_DRAIN_BYTES = 64 * 1024

# Control characters except for tabs to spaces: a value must not end its header field.
_CONTROLS = bytes([*range(9), *range(10, 32), 127])
_NO_CONTROLS = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))

# Returns the response to a request, in the thread of its connection.
Respond: TypeAlias = Callable[[Request], Reply]
# Called with a complete request and the status of its response, after it was sent.
Report: TypeAlias = Callable[[Request, int], object]


class Server(ThreadingHTTPServer):
    """A server on the loopback interface, with one thread for each connection.

    It listens from its construction until `stop`. Its threads are daemons, so a program
    can exit without stopping the server. The port 0 selects a free one.

    An OSError is raised if the port is in use or not permitted.
    """

    allow_reuse_address = os.name == "posix"  # on Windows, two servers share the port
    request_queue_size = 128
    timeout = 1.0  # the time that `stop` waits if it cannot wake the acceptor

    def __init__(
        self, respond: Respond, port: int, report: Report = lambda *_: None
    ) -> None:
        self.respond = respond
        self.report = report
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._stopping = threading.Event()
        super().__init__((HOST, port), _Handler)
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host's name, which may use DNS."""
        TCPServer.server_bind(self)

    @property
    def url(self) -> str:
        """The URL of the server, without a trailing slash."""
        return f"http://{HOST}:{self._port}"

    @property
    def _port(self) -> int:
        return int(self.server_address[1])

    def stop(self) -> None:
        """Stop listening, and close every connection, also one with a running call.

        The model of a running call may call it.
        """
        self._stopping.set()
        with suppress(OSError), socket.create_connection((HOST, self._port), 1):
            pass  # wakes the acceptor
        self._acceptor.join()
        self.server_close()
        connections = self._connections.copy()
        for connection in connections.values():
            with suppress(OSError):  # already closed
                connection.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in connections.keys() - {threading.current_thread()}:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _accept(self) -> None:
        while not self._stopping.is_set():
            self.handle_request()

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; if file descriptors run out, pause before the next one."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in _EXHAUSTED:
                self._stopping.wait(_PAUSE_SECONDS)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection; without a free thread, wait for one."""
        while not self._stopping.is_set():
            try:
                super().process_request(request, client_address)
                return
            except RuntimeError:  # "can't start new thread"
                self._stopping.wait(_PAUSE_SECONDS)
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection until it ends."""
        thread = threading.current_thread()
        self._connections[thread] = request
        try:
            if self._stopping.is_set():
                self.shutdown_request(request)
            else:
                super().process_request_thread(request, client_address)
        finally:
            del self._connections[thread]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print the traceback of an error, unless the client closed the connection."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection: reads requests and sends responses until either side closes."""

    raw_requestline: bytes
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        """Read a request; return whether `respond` must be called for it."""
        self.close_connection = True
        self.command, self.requestline = "", repr(self.raw_requestline)
        self.request_version = self.protocol_version
        try:
            head = parse_head(self.raw_requestline, self.rfile)
            self.command = head.method
            check_sender(head.headers)
            limit = MAX_BYTES if head.method == "PUT" else MAX_BODY_BYTES
            if head.headers.get("Expect", "").lower() == "100-continue":
                check_body_length(head.headers, limit)
                self.send_response_only(100)
                self.end_headers()
            self._request = replace(
                head, body=read_body(self.rfile, head.headers, limit)
            )
        except RejectedRequestError as error:
            self._reject(error)
            return False
        except EOFError:
            return False
        options = head.headers.get("Connection", "").lower().split(",")
        self.close_connection = "close" in (option.strip() for option in options)
        return True

    def _respond(self) -> None:
        server = cast(Server, self.server)
        reply = server.respond(self._request)
        self._send(reply)
        server.report(self._request, reply.status)

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = _respond

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("Date", self.date_time_string())
        for name, value in reply.fields:
            content = value.encode("utf-8", "surrogateescape").translate(_NO_CONTROLS)
            self.send_header(name, content.decode("latin-1"))  # it encodes as Latin-1
        if isinstance(reply.body, bytes):
            self.send_header("Content-Length", str(len(reply.body)))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        if self.close_connection:
            self.send_header("Connection", "close")
        if isinstance(reply.body, bytes):
            self.end_headers()
            if self.command != "HEAD":  # RFC 9110, section 9.3.2
                self.wfile.write(reply.body)
            return
        with closing(reply.body) as stream:
            self.end_headers()
            for chunk in stream:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")

    def _reject(self, error: RejectedRequestError) -> None:
        members = {"Message": str(error)}
        self._send(error_reply(error.status, "RejectedRequest", members))
        # RFC 9112, section 9.6: if a connection is closed with unread bytes, it is reset,
        # and the client may never read the response.
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_DRAIN_SECONDS)
        deadline = time.monotonic() + _DRAIN_SECONDS
        while time.monotonic() < deadline and self.connection.recv(_DRAIN_BYTES):
            pass

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: `Server.report` reports requests."""
