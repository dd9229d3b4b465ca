"""Replace files atomically: all of them or none, even if the process is killed.

New files are first written to a separate folder, with a journal that lists the files to
replace. Then every old file is renamed into that folder, and the new one into its path.
Removing the journal is the commit. Until then, the files show which renames happened, so
they can be undone: immediately after an error, or by the next run after SIGKILL. Files are
not flushed to the disk, so a power failure is not covered.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from make_paws import signals
from make_paws.errors import OutputError

WORK = ".make-paws"
_JOURNAL = "journal.json"


@dataclass(frozen=True, slots=True)
class Replacement:
    """The new content of one file; None removes the file."""

    path: PurePosixPath
    content: bytes | None


@dataclass(frozen=True, slots=True)
class _Step:
    """A file to replace, and whether there is an old and a new file."""

    path: str
    has_old: bool
    has_new: bool


@contextmanager
def existing(folder: Path) -> Iterator[None]:
    """Create a folder for the block; remove what was created if it stays empty."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    with signals.deferred():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with signals.interruptible():
                yield
        finally:
            _remove_empty(missing)


def replace(replacements: Sequence[Replacement], folder: Path) -> None:
    """Replace files below `folder`, which exists and has no leftovers (see `recover`).

    Raises
    ------
    OSError
        A file could not be written; nothing has changed.
    OutputError
        A file could not be written, and not everything could be restored.
    """
    with signals.deferred():
        (folder / WORK).mkdir()
        try:
            _stage(replacements, folder)
            _swap(replacements, folder)
        except BaseException:
            _restore(folder)
            raise
        # The files are replaced; the next run removes leftovers, if any.
        shutil.rmtree(folder / WORK, ignore_errors=True)


def recover(folder: Path) -> bool:
    """Roll back what a killed run did not commit, and remove its leftovers.

    Returns
    -------
    bool
        Whether there was anything to roll back.

    Raises
    ------
    OutputError
        The leftovers are not those of a run of make-paws.
    OSError
        A file could not be moved; the next call continues.
    """
    work = folder / WORK
    if work.is_symlink():
        raise OutputError(f"{work} is a symbolic link, not a folder of make-paws")
    if not work.exists():
        return False
    with signals.deferred():
        began = (work / _JOURNAL).exists()
        if began:
            steps, folders = _read_journal(folder)
            for number, step in enumerate(steps):
                _undo(step, number, folder)
            _remove_empty([folder / name for name in reversed(folders)])
            (work / _JOURNAL).unlink()
        shutil.rmtree(work)
    return began


def _restore(folder: Path) -> None:
    try:
        recover(folder)
    except OSError as error:
        raise OutputError(
            f"{folder} is not restored completely, the next run continues: {error}"
        ) from error


def _stage(replacements: Sequence[Replacement], folder: Path) -> None:
    """Write the new files; this takes most of the time, and signals can end it."""
    work = folder / WORK
    for number, replacement in enumerate(replacements):
        signals.check()
        if replacement.content is not None:
            _new(work, number).write_bytes(replacement.content)


def _swap(replacements: Sequence[Replacement], folder: Path) -> None:
    steps = [
        _Step(
            str(each.path),
            has_old=os.path.lexists(folder / each.path),
            has_new=each.content is not None,
        )
        for each in replacements
    ]
    folders = _missing_folders(steps, folder)
    _write_journal(steps, folders, folder)
    for name in folders:
        (folder / name).mkdir()
    work = folder / WORK
    for number, step in enumerate(steps):
        path = folder / step.path
        if step.has_old:
            os.replace(path, _old(work, number))
        if step.has_new:
            os.replace(_new(work, number), path)
    (work / _JOURNAL).unlink()


def _undo(step: _Step, number: int, folder: Path) -> None:
    """Undo one step, which may be incomplete or already undone."""
    work, path = folder / WORK, folder / step.path
    if step.has_old:
        with suppress(FileNotFoundError):  # it was not moved, or is restored already
            os.replace(_old(work, number), path)
    elif not _new(work, number).exists():
        path.unlink(missing_ok=True)


def _missing_folders(steps: Sequence[_Step], folder: Path) -> list[str]:
    """Return the folders to create, outer ones first."""
    needed = {
        parent
        for step in steps
        if step.has_new
        for parent in PurePosixPath(step.path).parents
    }
    return sorted(str(name) for name in needed if not (folder / name).is_dir())


def _write_journal(
    steps: Sequence[_Step], folders: Sequence[str], folder: Path
) -> None:
    content = {
        "folders": list(folders),
        "files": [[step.path, step.has_old, step.has_new] for step in steps],
    }
    draft = folder / WORK / f"{_JOURNAL}.new"
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.rename(folder / WORK / _JOURNAL)


def _read_journal(folder: Path) -> tuple[list[_Step], list[str]]:
    """Return the steps of a journal, which is untrusted input."""
    path = folder / WORK / _JOURNAL
    try:
        content = json.loads(path.read_bytes())
        steps = [_Step(*file) for file in content["files"]]
        folders = [str(name) for name in content["folders"]]
        for name in (*folders, *(step.path for step in steps)):
            inside(folder, PurePosixPath(name))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise OutputError(
            f"{path} was not written by make-paws: remove {path.parent}"
        ) from error
    return steps, folders


def inside(folder: Path, path: PurePosixPath) -> Path:
    """Return a path below `folder`.

    Raises
    ------
    OutputError
        The path leads out of the folder, through ``..`` or a symbolic link.
    """
    target = os.path.realpath(folder / path)
    if not Path(target).is_relative_to(os.path.realpath(folder)):
        raise OutputError(
            f"{folder / path} leads out of {folder}, to {target}: remove the link, or "
            "choose another --output"
        )
    return folder / path


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _new(work: Path, number: int) -> Path:
    return work / f"{number}.new"


def _old(work: Path, number: int) -> Path:
    return work / f"{number}.old"
