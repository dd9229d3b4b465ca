"""Format generated code in black's style, with ruff.

The tests compare the result with black, which takes a hundred times as long.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import PurePosixPath

from ruff.__main__ import find_ruff_bin

from make_paws.errors import FormatError

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
    """
    return {path: _formatted(path, source) for path, source in files.items()}


def _formatted(path: PurePosixPath, source: str) -> str:
    if path.suffix not in (".py", ".pyi"):
        return source
    # The user's configuration of ruff must not change the output. Standard input works
    # where no folder is writable, and a process takes 5 ms.
    options = ["--isolated", "--no-cache", "--stdin-filename", str(path), "-"]
    done = subprocess.run(
        [find_ruff_bin(), "format", *options],
        input=source.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise FormatError(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode()
