"""Large bodies exist once in memory, and are not copied more than once."""

from __future__ import annotations

import gc
import io
import re
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from paws.services.sagemakerruntime import SageMakerRuntime
from support.clients import create_service
from support.servers import Peer, serve
from support.streams import CHUNKED, LAST_CHUNK, chunk, head

pytestmark = pytest.mark.slow

BYTES = 8_000_000
PART = bytes(64_000)
PARTS = BYTES // len(PART)


# By the name of the endpoint.
RESPONSES = {
    b"length": [head(f"Content-Length: {BYTES}"), *[PART] * PARTS],
    b"chunks": [CHUNKED, *[chunk(PART)] * PARTS, LAST_CHUNK],
    b"none": [head("Content-Length: 0")],
}


def respond(peer: Peer) -> None:
    """Respond to requests, whose bodies are not stored."""
    while True:
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            request += peer.receive(1)
        (length,) = re.findall(rb"(?i)content-length: (\d+)", request)
        for size in [len(PART)] * (int(length) // len(PART)):
            peer.receive(size)
        peer.receive(int(length) % len(PART))
        peer.send(*RESPONSES[request.split(b"/")[2]])


@pytest.fixture
def service() -> Iterator[SageMakerRuntime]:
    with (
        serve(respond) as server,
        create_service(server.url, validation="off") as service,
    ):
        service.invoke_endpoint("none", b"a")
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
