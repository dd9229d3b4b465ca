"""Large bodies exist once in memory, and are not copied more than once."""

from __future__ import annotations

import gc
import io
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from paws.services.sagemakerruntime import SageMakerRuntime
from support.clients import create_service

pytestmark = pytest.mark.slow

BYTES = 8_000_000
PART = bytes(64_000)
PARTS = BYTES // len(PART)


class Handler(BaseHTTPRequestHandler):
    """Keeps no body; the name of the endpoint in the path is the type of the response."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        remaining = int(self.headers["Content-Length"])
        while remaining:
            remaining -= len(self.rfile.read(min(remaining, len(PART))))
        self.send_response(200)
        match self.path.split("/")[2]:
            case "length":
                self.send_header("Content-Length", str(BYTES))
                self._write([PART] * PARTS)
            case "chunks":
                self.send_header("Transfer-Encoding", "chunked")
                chunk = b"%x\r\n%b\r\n" % (len(PART), PART)
                self._write([*[chunk] * PARTS, b"0\r\n\r\n"])
            case _:
                self.send_header("Content-Length", "0")
                self._write([])

    def _write(self, parts: list[bytes]) -> None:
        self.end_headers()
        for part in parts:
            self.wfile.write(part)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def service(url) -> Iterator[SageMakerRuntime]:
    with create_service(url, validation="off") as service:
        service.invoke_endpoint("warm", b"a")
        yield service


def peak_of(call: Callable[[], object]) -> float:
    """Return the most memory that a call allocates, in multiples of the body."""
    gc.collect()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("endpoint", ["length", "chunks"])
def test_result_is_allocated_once(service, endpoint) -> None:
    peak = peak_of(lambda: service.invoke_endpoint(endpoint, b"a"))
    assert 0.9 < peak < 1.5


@pytest.mark.parametrize(
    ("convert", "copies"),
    [(bytes, 0), (io.BytesIO, 0), (bytearray, 1), (memoryview, 1), (bytes.decode, 1)],
    ids=["bytes", "file", "bytearray", "memoryview", "str"],
)
def test_body_is_copied_once_at_most(service, convert, copies) -> None:
    """A body that the caller can change is copied, because a retry sends it again."""
    body = convert(bytes(BYTES))
    peak = peak_of(lambda: service.invoke_endpoint("none", body))
    assert copies - 0.1 < peak < copies + 0.5
