"""Run programs of R, which calls the package through reticulate."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

_SEPARATOR = "-- next block --"
_TIMEOUT_SECONDS = 300
_SETUP = 'library(reticulate); use_virtualenv("~/my-virtualenv", required = TRUE)'


def require_reticulate(home: Path) -> None:
    """Provide the running Python as ``~/my-virtualenv``; skip if R cannot start it."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    (home / "my-virtualenv").symlink_to(sys.prefix)
    done = _run(f'{_SETUP}; invisible(import("sys"))', home)
    if done.returncode:
        pytest.skip(f"reticulate cannot start this Python: {done.stderr[-200:]}")


def run_r_blocks(blocks: Sequence[str], folder: Path) -> list[str]:
    """Run blocks as one program of R, and return the output of each."""
    done = _run(f'cat("{_SEPARATOR}")\n'.join(blocks), folder)
    if done.returncode:
        pytest.fail(f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.split(_SEPARATOR)


def _run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "program.R"
    file.write_text(program, encoding="utf-8")
    return subprocess.run(
        ["Rscript", str(file)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
