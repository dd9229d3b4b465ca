"""`python -m paws_common.local` in a separate process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import paws
from paws_common import wait_for_result
from paws_common.local.__main__ import main
from paws_common.local.server import client_config
from support.containers import container
from support.http_client import INVOKE, STREAM, messages, send
from support.servers import PATIENCE_SECONDS

ECHO = Path(__file__).parents[3] / "examples" / "echo.py"

# The command runs in other folders, where relative paths of the test run are wrong.
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(os.path.abspath(folder) for folder in sys.path),
}


@pytest.fixture(autouse=True)
def ctrl_c_is_not_ignored() -> Iterator[None]:
    """Undo that a shell makes its background processes ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def command(*args: str, cwd: Path | None = None) -> Iterator[Any]:
    """Run the command; yield the process, its first three lines, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "paws_common.local", *args, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=ENVIRONMENT,
    )
    with process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            url = lines[0].split()[2].rstrip(";")
            yield process, lines, SimpleNamespace(url=url)
        finally:
            process.kill()


def test_example_is_served_until_ctrl_c() -> None:
    with command(f"{ECHO}:predict") as (process, lines, local):
        assert send(local, INVOKE, b"two words").body == b"TWO WORDS"
        parts = messages(send(local, STREAM, b"two  words\n").body)
        assert [payload for _, payload in parts] == [b"TWO  ", b"WORDS\n"]
        assert send(local, "/elsewhere", method="GET").status == 404
        reported = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert f"paws.sagemakerruntime(endpoint={local.url!r}, region=" in lines[1]
    assert 'svc.invoke_endpoint(EndpointName="demo"' in lines[2]
    assert sorted(reported) == [  # each is printed after its response was sent
        "GET /elsewhere (0 bytes): 404 Not Found\n",
        f"POST {INVOKE} (9 bytes): 200 OK\n",
        f"POST {STREAM} (11 bytes): 200 OK\n",
    ]
    assert (process.returncode, output, errors) == (0, "", "")


def test_async_result_is_read_from_the_command() -> None:
    with command(f"{ECHO}:predict") as (_, _, local):
        svc = paws.sagemakerruntime(**client_config(local.url))
        send(local, "/bucket/in.txt", b"text", method="PUT")
        response = svc.invoke_endpoint_async("demo", InputLocation="s3://bucket/in.txt")
        assert wait_for_result(response, service=svc, timeout=0) == b"TEXT"


def test_output_into_a_closed_pipe_is_discarded(tmp_path) -> None:
    """As with `| head -1`; Python flushes standard output again when it exits."""
    (tmp_path / "model.py").write_text(
        "import atexit\n"
        "atexit.register(print, 'end')\n"
        "def predict(body, request):\n"
        "    return body\n"
    )
    with command("model.py:predict", cwd=tmp_path) as (process, _, local):
        process.stdout.close()
        for _ in range(2):
            assert send(local, INVOKE, b"text").body == b"text"
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_command_without_standard_output_runs(monkeypatch) -> None:
    """As with `>&-`: Python starts with sys.stdout = None."""

    def interrupt(seconds):
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.syspath_prepend(ECHO.parent)
    monkeypatch.setattr("time.sleep", interrupt)
    monkeypatch.setattr(sys, "stdout", None)
    assert main([f"{ECHO}:predict", "--port", "0"]) == 0


def test_module_is_served(tmp_path) -> None:
    (tmp_path / "module.py").write_text("def predict(body, request): return body")
    with command("module:predict", cwd=tmp_path) as (_, _, local):
        assert send(local, body=b"module").body == b"module"


def test_file_of_any_name_may_import_its_neighbor(tmp_path) -> None:
    (tmp_path / "neighbor.py").write_text("result = b'from the neighbor'")
    (tmp_path / "my-model.v2.py").write_text(
        "import neighbor\ndef predict(body, request): return neighbor.result"
    )
    with command(f"{tmp_path}/my-model.v2.py:predict") as (_, _, local):
        assert send(local).body == b"from the neighbor"


def test_container_is_served_and_waited_for() -> None:
    with container(chunks=[b"from the container"]) as model:
        arguments = ("--container", model.url.replace("127.0.0.1", "localhost"))
        with command(*arguments) as (process, _, local):
            assert process.stdout.readline() == "The container is ready.\n"
            assert send(local).body == b"from the container"


def test_several_containers_are_served_by_name() -> None:
    with container(chunks=[b"a"]) as a, container(chunks=[b"b"]) as b:
        names = (f"AllTraffic={a.url}", f"canary={b.url}")
        arguments = [argument for name in names for argument in ("--container", name)]
        with command(*arguments) as (_, _, local):
            assert send(local).body == b"a"
            variant = send(local, X_Amzn_SageMaker_Target_Variant="canary")
            assert variant.body == b"b"


@pytest.fixture
def rejected(monkeypatch, tmp_path, capsys) -> Callable[..., str]:
    """Return a function that runs the command in a folder, and returns its error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # restores the path, which a model extends

    def rejected(*args):
        assert main(args) == 2
        output, errors = capsys.readouterr()
        assert (output, errors.count("\n")) == ("", 1)
        return errors

    return rejected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict"], "'predict' is not FILE.py:FUNCTION or MODULE:FUNCTION"),
        (["absent.py:predict"], "absent.py cannot be imported: FileNotFoundError: "),
        (["absent:predict"], "absent cannot be imported: ModuleNotFoundError: "),
        (["broken.py:predict"], "broken.py cannot be imported: SyntaxError: "),
        (["leaving.py:predict"], "leaving.py cannot be imported: SystemExit: two line"),
        (["model.py:absent"], "model.py has no function 'absent'"),
        (["model.py:number"], "'number' in model.py is not a function but int"),
        (["http://127.0.0.1:8080"], "'http://127.0.0.1:8080' is a URL; did you mean"),
        ([], "pass either FILE.py:FUNCTION or --container URL"),
        (
            ["model.py:f", "--container", "http://127.0.0.1"],
            "pass either FILE.py:FUNCTION or --container URL",
        ),
        (["--container", "http://example.com"], "container: 'http://example.com' is n"),
        (
            ["--container", "a=http://127.0.0.1", "--container", "http://127.0.0.1"],
            "--container http://127.0.0.1: several need names, NAME=URL",
        ),
        (
            ["--container", "a=http://127.0.0.1", "--container", "a=http://127.0.0.1"],
            "--container a=http://127.0.0.1: 'a' is the name of two containers",
        ),
        (["--container", "=http://127.0.0.1"], "container: a name is empty"),
    ],
)
def test_invalid_argument_is_named(rejected, tmp_path, arguments, message) -> None:
    (tmp_path / "broken.py").write_text("def predict(:")
    (tmp_path / "leaving.py").write_text("raise SystemExit('two\\nlines')")
    (tmp_path / "model.py").write_text("number = 1")
    line = rejected(*arguments)
    assert line.startswith(f"python -m paws_common.local: {message}")


@pytest.mark.parametrize("port", ["70000", None])
def test_unavailable_port_is_named_in_one_line(rejected, port) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = port or str(taken.getsockname()[1])
        line = rejected(f"{ECHO}:predict", "--port", port)
    assert f"cannot listen on port {port} of 127.0.0.1: " in line
