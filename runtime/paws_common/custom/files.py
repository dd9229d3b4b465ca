"""Replace a file at once, when its new content is complete."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO


def is_regular(path: str) -> bool:
    """Return whether a path does not exist, or is that of a regular file."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True


@contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """Yield an empty file, which replaces the one at `path` if the block succeeds.

    Until then, it is a temporary file in the same folder, which is removed after any
    exception. It gets the permissions of the file that it replaces, or those of a new file.
    A symbolic link is kept; the file that it points to is replaced.

    An OSError is raised if the folder does not exist or is not writable.
    """
    target = os.path.realpath(path)
    # Not the name of the target, which may be as long as the file system allows.
    name = f".paws-{secrets.token_hex(8)}.part"
    temporary = os.path.join(os.path.dirname(target), name)
    try:
        with _create(temporary, path) as file:
            with suppress(FileNotFoundError):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
            yield file
        os.replace(temporary, target)
    except BaseException:  # Ctrl-C, too
        with suppress(FileNotFoundError):
            os.remove(temporary)
        raise


def _create(temporary: str, path: str) -> BinaryIO:
    """Create a temporary file; errors contain `path` instead of its name."""
    try:
        return open(temporary, "x+b")
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None
