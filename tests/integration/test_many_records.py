"""Endpoints called from Dask, Ray and Spark (`tox -e engines`), and the example."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.documentation_examples import (
    ENGINES,
    ROOT,
    Block,
    blocks_with_output,
    imported_engines,
)
from support.services import use_by_default

PAGE = ROOT / "docs" / "many-records.md"
TIMEOUT_SECONDS = 600  # Spark and Ray start several processes


def block_of(engine: str) -> Block:
    """Return the one block of the page that imports an engine."""
    blocks = blocks_with_output(PAGE, "python")
    (found,) = (block for block in blocks if engine in imported_engines(block.source))
    return found


def run(program: Path, folder: Path) -> str:
    """Return the output of a program and of the processes that it starts."""
    return subprocess.check_output(
        [sys.executable, str(program)], cwd=folder, text=True, timeout=TIMEOUT_SECONDS
    )


@pytest.mark.slow
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_engine_example_has_the_documented_output(
    engine, local, tmp_path, monkeypatch
) -> None:
    if importlib.util.find_spec(engine) is None:
        pytest.skip(f"{engine} is not installed")
    if engine == "pyspark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed")
    block = block_of(engine)
    program = tmp_path / "program.py"
    program.write_text(block.source, encoding="utf-8")
    use_by_default(local.url, monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")

    assert run(program, tmp_path) == block.output
    assert sorted(each.body for each in local.requests) == [b"a,1", b"b,2", b"c,3"]


def test_csv_example_writes_predictions_and_errors(tmp_path) -> None:
    pytest.importorskip("tqdm", reason="tqdm is not installed")

    output = run(ROOT / "examples" / "many_records.py", tmp_path)

    assert output.splitlines() == [
        "1 error:",
        '"498,499",997,',
        '"499,500",999,',
        '"one,two",,ModelError',
    ]
