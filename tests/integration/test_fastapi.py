"""The example with FastAPI, served by uvicorn to a real client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from paws_common.local import Request, Response
from support.servers import PATIENCE_SECONDS, Peer, serve
from support.services import use_by_default
from support.streams import CHUNKED, chunk, part

pytest.importorskip("fastapi", reason="tox -e tools installs FastAPI")
httpx = pytest.importorskip("httpx")
uvicorn = pytest.importorskip("uvicorn")

EXAMPLE = Path(__file__).parents[2] / "examples" / "fastapi_app.py"

pytest_plugins = ["paws_common.pytest_plugin"]


def load_example() -> Any:
    """Return a new instance of the example, which has a service of its own."""
    spec = spec_from_file_location(EXAMPLE.stem, EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def client(app: Any) -> Iterator[Any]:
    """Serve an application, and yield a client of it."""
    is_started = threading.Event()

    class Server(uvicorn.Server):  # type: ignore[misc, name-defined]
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            is_started.set()

    config = uvicorn.Config(app, port=0, log_level="error", lifespan="on")
    server = Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert is_started.wait(PATIENCE_SECONDS)
        address, *_ = server.servers[0].sockets
        url = f"http://127.0.0.1:{address.getsockname()[1]}"
        with httpx.Client(base_url=url, trust_env=False) as http:
            yield http
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_prediction_is_the_response_of_the_model(local_endpoint) -> None:
    def predict(body: bytes, request: Request) -> Response:
        assert request.endpoint_name == "my-endpoint"
        assert request.content_type == "text/csv"
        return Response(body.upper(), content_type="text/plain")

    local_endpoint.predict = predict
    with client(load_example().app) as http:
        response = http.post(
            "/predict", content=b"a,b", headers={"Content-Type": "text/csv"}
        )
    assert (response.status_code, response.content) == (200, b"A,B")
    assert response.headers["Content-Type"].startswith("text/plain")


def test_token_is_forwarded_before_the_next_exists(local_endpoint) -> None:
    is_received = threading.Event()

    def predict(body: bytes, request: Request) -> Iterator[bytes]:
        yield b'{"token": "Once"}'
        assert is_received.wait(PATIENCE_SECONDS)
        yield b'{"token": " upon"}'

    local_endpoint.predict = predict
    with (
        client(load_example().app) as http,
        http.stream("POST", "/tell", content=b"{}") as response,
    ):
        tokens = response.iter_text()
        assert next(tokens) == "Once"
        is_received.set()
        assert "".join(tokens) == " upon"


def test_client_that_leaves_closes_the_stream(monkeypatch) -> None:
    closed = threading.Event()

    def handle(peer: Peer) -> None:
        peer.receive_request()
        peer.send(CHUNKED, chunk(part(b'{"token": "Once"}')))
        peer.wait_for_close()
        closed.set()

    with serve(handle) as server:
        use_by_default(server.url, monkeypatch)
        with client(load_example().app) as http:
            with http.stream("POST", "/tell", content=b"{}") as response:
                tokens = response.iter_text()  # closes the response when it is deleted
                assert next(tokens) == "Once"
                assert not closed.is_set()
            assert closed.wait(PATIENCE_SECONDS)
