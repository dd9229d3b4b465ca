"""One run at a time has the lock of a folder, and a dead one does not keep it."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from make_paws import locking, signals
from make_paws.locking import LOCK, locked

# Prints a line when it has the lock, and keeps the lock until its stdin ends.
HOLDER = """
import sys
from pathlib import Path
from make_paws.locking import locked
with locked(Path(sys.argv[1]), lambda: print("waiting", flush=True)):
    print("locked", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(folder, first="locked"):
    """Run a process that takes the lock of a folder, and read its first line."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == f"{first}\n"
        yield process


def unexpected():
    raise AssertionError("no other process has the lock")


def test_lock_file_exists_in_the_block_only(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path, unexpected):
        raise ZeroDivisionError
    assert os.listdir(tmp_path) == []
    with locked(tmp_path, unexpected):
        assert os.listdir(tmp_path) == [LOCK]
    assert os.listdir(tmp_path) == []


def test_second_process_waits_and_reports_it_once(tmp_path):
    with holder(tmp_path) as first, holder(tmp_path, "waiting") as second:
        first.stdin.close()
        assert second.stdout.readline() == "locked\n"
    assert os.listdir(tmp_path) == []


def test_lock_of_a_killed_process_is_released(tmp_path):
    with holder(tmp_path) as first:
        first.kill()
        first.wait()
    assert os.listdir(tmp_path) == [LOCK]
    with locked(tmp_path, unexpected):
        pass
    assert os.listdir(tmp_path) == []


def test_removed_lock_file_is_not_the_lock(tmp_path, monkeypatch):
    """A lock on the old file would let two processes in."""
    lock, waits = locking._lock, []

    def removed_first(descriptor):
        if not waits:
            (tmp_path / LOCK).unlink()
        return lock(descriptor)

    monkeypatch.setattr(locking, "_lock", removed_first)
    with locked(tmp_path, lambda: waits.append(True)):
        assert os.listdir(tmp_path) == [LOCK]
    assert waits == [True]


def test_signal_ends_the_wait(tmp_path):
    def run():
        with locked(tmp_path, lambda: signal.raise_signal(signal.SIGTERM)):
            raise AssertionError("another process has the lock")

    with holder(tmp_path):
        assert signals.run(run) == 143
        assert os.listdir(tmp_path) == [LOCK]


def test_lock_file_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / LOCK).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"\.make-paws\.lock"):
        locked(tmp_path / "folder", unexpected).__enter__()
    assert not (tmp_path / "elsewhere").exists()
