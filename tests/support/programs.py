"""Run programs in separate processes, for changes that cannot be undone."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

_SECONDS = 60

# The start of a program: imports of what the extra `codegen` installs fail.
WITHOUT_EXTRA = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("jinja2", "markdown_it", "rich", "ruff"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""


def run_program(
    program: str, *arguments: str, options: Sequence[str] = (), **environment: str
) -> str:
    """Run a program with options of Python, and return its output.

    It can import the modules of the tests. Neither the machine's configuration of AWS nor
    a proxy applies to it. A warning, and any other output to standard error, is an error.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
    inherited |= {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", *options, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={**inherited, **environment},
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode or done.stderr:
        pytest.fail(f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.rstrip("\n")
