"""`python -m paws_common.local` in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from local_http import INVOKE, PATIENCE, STREAM, messages, send

ECHO = Path(__file__).parents[1] / "examples" / "echo.py"
COMMAND = [sys.executable, "-m", "paws_common.local"]


# The command runs in other folders, where the relative paths of a test run mislead.
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(os.path.abspath(folder) for folder in sys.path),
}


@pytest.fixture(autouse=True)
def ctrl_c_is_heard():
    """Take back that a shell has what it starts in the background ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def command(*arguments, cwd=None):
    """Run the command; give the process, its first three lines and where it is."""
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=ENVIRONMENT,
    )
    with process:
        try:
            lines = [process.stdout.readline() for _ in range(3)]
            url = lines[0].split()[2].rstrip(";")
            yield process, lines, SimpleNamespace(url=url)
        finally:
            process.kill()


def refused(*arguments, cwd=None):
    """Run a command that ends by itself; give the one line that it says."""
    run = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=ENVIRONMENT,
        timeout=PATIENCE,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.count("\n") == 1
    return run.stderr


def test_the_example_is_served_until_ctrl_c_with_one_line_a_request():
    with command(f"{ECHO}:predict") as (process, lines, local):
        assert send(local, INVOKE, b"two words").body == b"TWO WORDS"
        parts = messages(send(local, STREAM, b"two  words\n").body)
        assert [payload for _, payload in parts] == [b"TWO  ", b"WORDS\n"]
        assert send(local, "/elsewhere", method="GET").status == 404
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
    assert f"paws.sagemakerruntime(endpoint={local.url!r}, region=" in lines[1]
    assert 'svc.invoke_endpoint(EndpointName="demo"' in lines[2]
    assert output.splitlines() == [
        f"POST {INVOKE} (9 bytes): 200 OK",
        f"POST {STREAM} (11 bytes): 200 OK",
        "GET /elsewhere (0 bytes): 404 Not Found",
    ]
    assert (process.returncode, errors) == (0, "")


def test_a_module_is_served_too(tmp_path):
    (tmp_path / "module.py").write_text("def predict(body, request): return body")
    with command("module:predict", cwd=tmp_path) as (_, _, local):
        assert send(local, body=b"module").body == b"module"


def test_a_file_of_any_name_is_served_and_may_import_its_neighbours(tmp_path):
    (tmp_path / "neighbour.py").write_text("answer = b'from the neighbour'")
    (tmp_path / "my-model.v2.py").write_text(
        "import neighbour\ndef predict(body, request): return neighbour.answer"
    )
    with command(f"{tmp_path}/my-model.v2.py:predict") as (_, _, local):
        assert send(local).body == b"from the neighbour"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("predict", "'predict' is not FILE.py:FUNCTION or MODULE:FUNCTION"),
        ("absent.py:predict", "absent.py cannot be imported: FileNotFoundError: "),
        ("absent:predict", "absent cannot be imported: ModuleNotFoundError: "),
        ("broken.py:predict", "broken.py cannot be imported: SyntaxError: "),
        ("leaving.py:predict", "leaving.py cannot be imported: SystemExit: two lines"),
        ("model.py:absent", "model.py has no function 'absent'"),
        ("model.py:number", "'number' in model.py is no function but int"),
    ],
)
def test_a_model_that_cannot_be_used_is_named_in_one_line(tmp_path, model, said):
    (tmp_path / "broken.py").write_text("def predict(:")
    (tmp_path / "leaving.py").write_text("raise SystemExit('two\\nlines')")
    (tmp_path / "model.py").write_text("number = 1")
    line = refused(model, cwd=tmp_path)
    assert line.startswith(f"python -m paws_common.local: {said}")


@pytest.mark.parametrize("port", ["70000", None])
def test_a_port_that_cannot_be_had_is_named_in_one_line(port):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = port or str(taken.getsockname()[1])
        line = refused(f"{ECHO}:predict", "--port", port)
    assert f"cannot listen on port {port} of 127.0.0.1: " in line
