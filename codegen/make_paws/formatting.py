"""Format generated code in black's style, with ruff.

The tests compare the result with black, which takes a hundred times as long.
"""

from __future__ import annotations

import ast
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ruff.__main__ import find_ruff_bin

from make_paws.errors import FormatError, OutputError

Files = Mapping[PurePosixPath, str]  # path relative to the output folder to content


def formatted(files: Files) -> Files:
    """Return Python files in black's style.

    Parameters
    ----------
    files : mapping
        Maps paths to sources. Files other than ``.py`` and ``.pyi`` are not changed.

    Raises
    ------
    FormatError
        A source is not Python.
    OutputError
        The temporary folder cannot be used.
    """
    try:
        return _in_temporary_folder(files)
    except OSError as error:
        raise OutputError(
            f"cannot use the temporary folder: {error}; TMPDIR can name another one"
        ) from error


def _in_temporary_folder(files: Files) -> Files:
    # One process for all files: ruff reads several files only from a folder.
    with tempfile.TemporaryDirectory(prefix="make-paws-") as name:
        folder = Path(name)
        for path, source in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(source.encode())
        _format(folder, files)
        return {path: (folder / path).read_bytes().decode() for path in files}


def _format(folder: Path, files: Files) -> None:
    # The user's configuration of ruff must not change the output.
    command = [find_ruff_bin(), "format", "--isolated", "--no-cache", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        message = done.stderr.decode(errors="replace").strip()
        if all(_is_python(path, source) for path, source in files.items()):
            raise OSError(message)  # ruff fails in the same way on a full disk
        raise FormatError(message)


def _is_python(path: PurePosixPath, source: str) -> bool:
    """Return whether a file has no syntax error, or is not a Python file."""
    try:
        if path.suffix in (".py", ".pyi"):
            ast.parse(source)
    except SyntaxError:
        return False
    return True
