"""A program that PyInstaller has frozen calls a model: the hooks find every module."""

import subprocess
import sys

import paws

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


def test_frozen_program_calls_a_model(tmp_path, monkeypatch):
    monkeypatch.setenv("PYINSTALLER_CONFIG_DIR", str(tmp_path / "cache"))
    (tmp_path / "program.py").write_text(PROGRAM)
    freeze = [sys.executable, "-m", "PyInstaller", "--log-level", "WARN", "program.py"]
    for command in (freeze, [tmp_path / "dist" / "program" / "program"]):
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == f"HELLO True {paws.__version__}\n"
