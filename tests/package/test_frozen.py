"""A program that PyInstaller has frozen calls a model: the hooks find every module."""

import os
import subprocess
import sys

import pytest

# The local endpoint replaces the service; nothing is read from the environment.
PROGRAM = """
import paws
from paws_common import LocalEndpoint

with LocalEndpoint(lambda body, request: body.upper()) as local:
    svc = paws.sagemakerruntime(**local.config())
    result = svc.invoke_endpoint("demo", b"hello")
    print(result["Body"].decode(), "sagemakerruntime" in dir(paws), paws.__version__)
    svc.client.close()
"""


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """Return the frozen program."""
    folder = tmp_path_factory.mktemp("frozen")
    (folder / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "PyInstaller", "--log-level", "WARN", "program.py"]
    environment = {**os.environ, "PYINSTALLER_CONFIG_DIR": str(folder / "cache")}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "dist" / "program" / "program"


def test_frozen_program_calls_a_model(frozen):
    done = subprocess.run([frozen], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    version = subprocess.run(
        [sys.executable, "-c", "import paws; print(paws.__version__)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert done.stdout == f"HELLO True {version}"
