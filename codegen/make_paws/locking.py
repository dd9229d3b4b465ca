"""Lock a folder, so that only one run of ``make-paws`` at a time writes to it.

The operating system releases the lock when its process ends, so the lock file of a killed
process does not block other runs.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from make_paws import signals

LOCK = ".make-paws.lock"
_INTERVAL = 0.1  # seconds between two attempts


@contextmanager
def locked(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Lock an existing folder during the block.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; its lock file exists only during the block.
    on_wait : callable
        Called once, if another process has the lock.

    Raises
    ------
    OSError
        The lock file cannot be created.
    """
    path = folder / LOCK
    with signals.deferred():
        descriptor = _acquire(path, on_wait)
        try:
            with signals.interruptible():
                yield
        finally:
            _release(path, descriptor)


def _acquire(path: Path, on_wait: Callable[[], None]) -> int:
    waits = False
    while (descriptor := _attempt(path)) is None:
        if not waits:
            waits = True
            on_wait()
        time.sleep(_INTERVAL)
        signals.check()
    return descriptor


def _attempt(path: Path) -> int | None:
    """Return a descriptor of the locked file, None while another process has the lock."""
    # A link must not create a file elsewhere.
    flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    # Between opening and locking, the process that had the lock may remove the file.
    if _lock(descriptor) and _is_same(path, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _is_same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        """Lock a file, or return False if another process has locked it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(path: Path, descriptor: int) -> None:
        # Windows cannot remove an open file: neither ours nor that of a waiting process.
        os.close(descriptor)
        with suppress(OSError):
            path.unlink()

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(path: Path, descriptor: int) -> None:
        # Remove it while it is locked: a process that has opened it detects that.
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)
