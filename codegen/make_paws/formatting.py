"""The form of generated code: black's, by ruff's formatter.

black is the reference, which the tests compare it with, and takes a hundred times as long.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ruff.__main__ import find_ruff_bin

from make_paws.errors import FormatError

Files = Mapping[PurePosixPath, str]  # of a path below the output folder to its content


def formatted(files: Files) -> Files:
    """Return Python files in black's form.

    Parameters
    ----------
    files : mapping
        Of a path to source; what is not called ``.py`` or ``.pyi`` is left as it is.

    Raises
    ------
    FormatError
        A source is no Python.
    """
    # One process for all of them: ruff reads several files from a folder only.
    with tempfile.TemporaryDirectory(prefix="make-paws-") as name:
        folder = Path(name)
        for path, source in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(source.encode())
        _format(folder)
        return {path: (folder / path).read_bytes().decode() for path in files}


def _format(folder: Path) -> None:
    # A configuration of whoever runs it must not decide bytes.
    command = [find_ruff_bin(), "format", "--isolated", "--no-cache", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        raise FormatError(done.stderr.decode(errors="replace").strip())
