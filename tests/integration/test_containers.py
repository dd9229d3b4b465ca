"""A local endpoint in front of servers of MLflow, which serve SageMaker's contract.

They take a minute to install and to start: `tox -e containers`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import paws
from paws.services.sagemakerruntime.errors import ModelError
from paws_common import LocalEndpoint, invoke_and_wait

pytest.importorskip("mlflow", reason="tox -e containers installs MLflow")
pytest.importorskip("sklearn", reason="tox -e containers installs scikit-learn")

START_SECONDS = 180

SAVE_MODEL = """
import sys
import mlflow.sklearn
import numpy
from sklearn.linear_model import LinearRegression

x = numpy.array([[0.0], [1.0], [2.0]])
mlflow.sklearn.save_model(LinearRegression().fit(x, 2 * x[:, 0] + 1), sys.argv[1])
"""

# MLflow's server of agents streams what a function yields as server-sent events. It has
# /invocations and, as FastAPI, takes a route for /ping.
SERVE_STREAM = """
import sys
import uvicorn
from mlflow.genai.agent_server import AgentServer, stream

@stream()
def complete(request):
    for word in request["messages"][-1]["content"].split():
        delta = {"role": "assistant", "content": word.upper()}
        yield {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]}

app = AgentServer().app
app.get("/ping")(lambda: {})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]))
"""

ENVIRONMENT = {
    **os.environ,
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # mlflow starts uvicorn by its name.
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def endpoint(command: list[str], port: int, folder: Path) -> Iterator[LocalEndpoint]:
    """Run a server in a folder, and a local endpoint in front of it."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=ENVIRONMENT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            with LocalEndpoint(container=f"http://127.0.0.1:{port}") as local:
                for _ in range(START_SECONDS):
                    with suppress(TimeoutError):
                        local.wait_until_ready(1)
                        break
                    assert process.poll() is None, (folder / "log").read_text()
                yield local
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


@pytest.fixture(scope="module")
def regression(tmp_path_factory) -> Iterator[LocalEndpoint]:
    """``mlflow models serve`` with a model of scikit-learn: y = 2 x + 1."""
    folder, port = tmp_path_factory.mktemp("regression"), free_port()
    subprocess.run(
        [sys.executable, "-c", SAVE_MODEL, "model"],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
    )
    serve = ["-m", "mlflow", "models", "serve", "--model-uri", "model"]
    options = ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)]
    with endpoint([*serve, *options], port, folder) as local:
        yield local


@pytest.fixture(scope="module")
def chat(tmp_path_factory) -> Iterator[LocalEndpoint]:
    """MLflow's agent server, which streams chunks in the format of OpenAI."""
    folder, port = tmp_path_factory.mktemp("chat"), free_port()
    with endpoint(["-c", SERVE_STREAM, str(port)], port, folder) as local:
        yield local


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"inputs": [[3.0], [4.0]]}', "application/json"),
        (b"x\n3.0\n4.0\n", "text/csv"),
    ],
)
def test_mlflow_scores_records(regression, body, content_type) -> None:
    svc = paws.sagemakerruntime(**regression.config())
    result = svc.invoke_endpoint("demo", body, ContentType=content_type)
    assert json.loads(result["Body"])["predictions"] == pytest.approx([7.0, 9.0])
    assert result["ContentType"] == "application/json"
    assert result["CustomAttributes"] is None


def test_mlflow_scores_an_asynchronous_input(regression) -> None:
    svc = paws.sagemakerruntime(**regression.config())
    rows = b"x\n" + b"3.0\n" * 50_000
    result = invoke_and_wait(
        svc.invoke_endpoint_async,
        "demo",
        rows,
        ContentType="text/csv",
        upload_to="s3://bucket/in/",
        timeout=0,
    )
    predictions = json.loads(result)["predictions"]
    assert len(predictions) == 50_000
    assert predictions[-1] == pytest.approx(7.0)


def test_error_of_mlflow_is_a_model_error(regression) -> None:
    svc = paws.sagemakerruntime(**regression.config())
    with pytest.raises(ModelError) as caught:
        svc.invoke_endpoint("demo", b"{", ContentType="application/json")
    assert caught.value.OriginalStatusCode == 400
    message = json.loads(str(caught.value.OriginalMessage))
    assert message["error_code"] == "BAD_REQUEST"


def test_server_sent_events_are_streamed(chat) -> None:
    svc = paws.sagemakerruntime(**chat.config())
    request = {"stream": True, "messages": [{"role": "user", "content": "once upon a"}]}
    result = svc.invoke_endpoint_with_response_stream(
        "demo", json.dumps(request), ContentType="application/json"
    )
    chunks = list(result["Body"].iter_json())
    words = [chunk["choices"][0]["delta"]["content"] for chunk in chunks]
    assert words == ["ONCE", "UPON", "A"]
    assert str(result["ContentType"]).startswith("text/event-stream")
