"""Files are replaced all or none, whatever ends the process, and whenever it does."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from make_paws import signals, transaction
from make_paws.errors import OutputError
from make_paws.transaction import Replacement
from support import moments

OLD = {"kept.py": "old 1", "a/changed.py": "old 2", "a/removed.py": "old 3"}
NEW = {"kept.py": "old 1", "a/changed.py": "new 2", "b/c/created.py": "new 4"}
TESTS = Path(__file__).parents[1]


def fill(folder, contents):
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


def tree(folder):
    """Return all paths below a folder: the text of each file, None for a folder."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        key: path.read_text() if path.is_file() else None for key, path in paths.items()
    }


def tree_of(contents):
    """Return the `tree` of a folder with these files and no others."""
    parents = {parent for path in contents for parent in PurePosixPath(path).parents}
    return {**{str(parent): None for parent in parents if parent.name}, **contents}


def encoded(content):
    return None if content is None else content.encode()


def replace(folder, old=OLD, new=NEW):
    replacements = [
        Replacement(PurePosixPath(path), encoded(new.get(path)))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]
    transaction.replace(replacements, folder)


@pytest.fixture
def folder(tmp_path):
    fill(tmp_path, OLD)
    return tmp_path


@pytest.fixture
def folders(tmp_path):
    """Return a function that creates folders with the old files."""

    def create(name):
        fill(tmp_path / name, OLD)
        return tmp_path / name

    return create


def test_files_are_created_changed_and_removed(folder):
    replace(folder)
    assert tree(folder) == tree_of(NEW)


def interrupt(function, moment, number):
    """Run a function, with a signal at a moment; return the exit code."""

    def run():
        moments.run(function, moment, lambda: signal.raise_signal(number))
        return 0

    return signals.run(run)


@pytest.mark.slow
def test_signal_leaves_all_files_old_or_all_new(folders):
    counted = folders("counted")
    lines = moments.run(lambda: replace(counted))
    are_new = set()
    for moment in range(1, lines, 11):
        folder = folders(str(moment))
        number = signals.HANDLED[moment % len(signals.HANDLED)]
        code = interrupt(lambda folder=folder: replace(folder), moment, number)
        assert code == 128 + number
        assert tree(folder) in (tree_of(OLD), tree_of(NEW))
        are_new.add(tree(folder) == tree_of(NEW))
    assert are_new == {True, False}


def test_signal_ends_the_staging_at_the_next_file(folder, monkeypatch):
    staged = []

    def signalled(path, content):
        staged.append(path)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Path, "write_bytes", signalled)
    assert signals.run(lambda: replace(folder)) == 143
    assert len(staged) == 1
    assert tree(folder) == tree_of(OLD)


# A process with one thread, which may fork, whatever runs the tests.
KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
import test_transaction as t
from support import moments
base = Path(sys.argv[3])
t.fill(base / "counted", t.OLD)
lines = moments.run(lambda: t.replace(base / "counted"))
for moment in range(1, lines, 17):
    folder = base / f"killed-{moment}"
    t.fill(folder, t.OLD)
    kill = lambda: os.kill(os.getpid(), signal.SIGKILL)
    moments.in_a_fork(lambda: moments.run(lambda: t.replace(folder), moment, kill))
"""


def test_recover_after_sigkill_at_any_moment(tmp_path):
    """It rolls back; or the files are all new, if they were before."""
    command = [sys.executable, "-c", KILLED, TESTS, TESTS / "generator", tmp_path]
    subprocess.run(command, check=True)
    found = {"half-written": 0, "rolled back": 0, "all new": 0}
    for folder in tmp_path.glob("killed-*"):
        files = {path: each for path, each in tree(folder).items() if each is not None}
        own = {path: each for path, each in files.items() if path[0] != "."}
        found["half-written"] += own not in (OLD, NEW)
        transaction.recover(folder)
        assert tree(folder) in (tree_of(OLD), tree_of(NEW))
        found["rolled back" if tree(folder) == tree_of(OLD) else "all new"] += 1
    assert min(found.values()) > 1


def fail_at(monkeypatch, number):
    """Make one of the calls that change the disk fail; return a list of the calls."""
    calls = []

    def failing(original):
        def call(*args, **kwargs):
            calls.append(args)
            if len(calls) == number:
                raise OSError(errno.ENOSPC, "no space left")
            return original(*args, **kwargs)

        return call

    changes = [(os, name) for name in ("mkdir", "rename", "replace", "unlink")]
    for owner, name in [*changes, (Path, "write_bytes"), (Path, "write_text")]:
        monkeypatch.setattr(owner, name, failing(getattr(owner, name)))
    return calls


def test_any_failing_call_leaves_all_old(folders, monkeypatch):
    counted = folders("counted")
    with monkeypatch.context() as patch:
        calls = fail_at(patch, None)
        replace(counted)
    failed = 0
    for number in range(1, len(calls) + 1):
        folder = folders(str(number))
        with monkeypatch.context() as patch:
            fail_at(patch, number)
            try:
                replace(folder)
            except OSError:
                failed += 1
                assert tree(folder) == tree_of(OLD)
        transaction.recover(folder)
        assert tree(folder) in (tree_of(OLD), tree_of(NEW))
    # After the commit, only leftovers are removed, and the next run removes them too.
    assert len(calls) - failed < 6 < failed


def test_failed_rollback_is_completed_by_the_next_run(folder, monkeypatch):
    original = os.replace

    def broken(source, target):
        if Path(target).name == "created.py" or Path(source).suffix == ".old":
            raise OSError(errno.EIO, "input/output error")
        original(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", broken)
        with pytest.raises(OutputError, match="not restored completely"):
            replace(folder)
    assert tree(folder) != tree_of(OLD)
    assert transaction.recover(folder)
    assert not transaction.recover(folder)
    assert tree(folder) == tree_of(OLD)


def leave_journal(folder, content):
    work = folder / transaction.WORK
    work.mkdir()
    (work / "journal.json").write_text(content)
    (work / "0.old").write_text("theirs")
    return work


@pytest.mark.parametrize("path", ["../outside", "a/../../outside", "link/outside"])
def test_journal_of_a_path_outside_is_refused(tmp_path, path):
    """A folder may come from other people, its journal with it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    (tmp_path / "outside").write_text("mine")
    leave_journal(folder, json.dumps({"folders": [], "files": [[path, True, True]]}))
    with pytest.raises(OutputError, match="leads out of"):
        transaction.recover(folder)
    assert (tmp_path / "outside").read_text() == "mine"


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"folders": 1, "files": []}', "[" * 100_000, "\x00"]
)
def test_journal_of_another_program_is_refused(folder, content):
    work = leave_journal(folder, content)
    with pytest.raises(OutputError, match=f"remove {work}"):
        transaction.recover(folder)


def test_leftovers_that_are_a_link_are_refused(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "mine").write_text("mine")
    (folder / transaction.WORK).symlink_to(elsewhere)
    with pytest.raises(OutputError, match="is a symbolic link"):
        transaction.recover(folder)
    assert tree(elsewhere) == {"mine": "mine"}


def test_created_folder_stays_only_if_it_has_files(tmp_path):
    with transaction.existing(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert tree(tmp_path) == {}
    with transaction.existing(tmp_path / "a" / "b"):
        (tmp_path / "a" / "file").write_text("x")
    assert tree(tmp_path) == {"a": None, "a/file": "x"}
    (tmp_path / "a" / "file").unlink()
    with transaction.existing(tmp_path / "a"):
        pass
    assert tree(tmp_path) == {"a": None}
