"""The output folder: all of the files are written or none, and nobody else's."""

import errno
import os
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import emit
from make_paws.errors import OutputError

HEADER = f"{emit.HEADER}. Do not edit.\n"


def files(**contents):
    """Return generated files of one folder, by the name of the module."""
    return {
        PurePosixPath("paws", f"{name}.py"): HEADER + content
        for name, content in contents.items()
    }


def tree(folder):
    """Return everything below a folder: of its path to its bytes, None for a folder."""
    return {
        path.relative_to(folder).as_posix(): (
            None if path.is_dir() else path.read_bytes()
        )
        for path in folder.rglob("*")
    }


@pytest.fixture
def output(tmp_path):
    """Return an output folder that stands as `files(kept=…, stale=…, orphaned=…)`."""
    emit.write(files(kept="1", stale="2", orphaned="3"), tmp_path)
    (tmp_path / "paws" / "notes.txt").write_text("mine")
    (tmp_path / "paws" / "mine.py").write_text("mine = True\n")
    return tmp_path


WANTED = files(kept="1", stale="new", missing="4")
MOVES = 4  # the stale file away, the new one there, the missing one, the orphan away


# --- Writing


def test_files_are_written_byte_for_byte_and_folders_made(tmp_path):
    wanted = {
        PurePosixPath("a", "b", "c.py"): f"{HEADER}ä\r\n\N{LINE SEPARATOR}\n",
        PurePosixPath("a", "d.py"): HEADER,
    }
    changes = emit.write(wanted, tmp_path / "new" / "folder")
    assert tree(tmp_path / "new" / "folder") == {
        "a": None,
        "a/b": None,
        **{str(path): content.encode() for path, content in wanted.items()},
    }
    assert [change.path for change in changes] == [
        tmp_path / "new" / "folder" / path for path in wanted
    ]


def test_the_files_that_changed_are_returned_and_say_how(output):
    changes = emit.write(WANTED, output)
    folder = (output / "paws").as_posix()
    assert sorted(map(str, changes)) == [
        f"change {folder}/stale.py",
        f"create {folder}/missing.py",
        f"remove {folder}/orphaned.py",
    ]


def test_what_is_as_it_should_be_is_not_touched(output):
    emit.write(WANTED, output)
    before = (output / "paws" / "kept.py").stat()
    assert emit.write(WANTED, output) == ()
    assert (output / "paws" / "kept.py").stat() == before


def test_generated_files_that_are_not_wanted_any_more_are_removed(output):
    emit.write(WANTED, output)
    assert not (output / "paws" / "orphaned.py").exists()


def test_files_of_other_people_and_folders_beside_are_left_alone(output):
    beside = output / "other" / "orphaned.py"
    beside.parent.mkdir()
    beside.write_text(HEADER)
    (output / "paws" / "picture.py").write_bytes(b"\xff\xfe")
    emit.write(WANTED, output)
    assert tree(output)["paws/notes.txt"] == b"mine"
    assert tree(output)["paws/mine.py"] == b"mine = True\n"
    assert tree(output)["paws/picture.py"] == b"\xff\xfe"
    assert tree(output)["other/orphaned.py"] == HEADER.encode()


# --- All or nothing


@pytest.mark.parametrize("moves", range(MOVES))
def test_a_move_that_fails_leaves_everything_as_it_was(output, monkeypatch, moves):
    replace, done = os.replace, []

    def failing(source, target):
        if len(done) == moves:
            done.append("failed")
            raise OSError(errno.ENOSPC, "no space left", str(target))
        done.append("moved")
        replace(source, target)

    before = tree(output)
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OutputError, match=r"nothing was written.*no space left"):
        emit.write(WANTED, output)
    assert done[moves] == "failed"
    assert tree(output) == before
    monkeypatch.undo()
    assert len(emit.write(WANTED, output)) == 3


def test_the_test_above_lets_every_move_fail(output, monkeypatch):
    replace, moves = os.replace, []

    def counted(source, target):
        moves.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", counted)
    emit.write(WANTED, output)
    assert len(moves) == MOVES


@pytest.mark.parametrize("failing_call", [1, 2, 3])
def test_folders_that_were_made_in_vain_are_removed(
    tmp_path, monkeypatch, failing_call
):
    wanted = {
        PurePosixPath("a", "b", name): HEADER for name in ("1.py", "2.py", "3.py")
    }
    replace, calls = os.replace, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == failing_call:
            raise PermissionError(errno.EACCES, "permission denied", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OutputError):
        emit.write(wanted, tmp_path / "output")
    assert tree(tmp_path) == {}


def test_an_interruption_leaves_everything_as_it_was_too(output, monkeypatch):
    replace, calls = os.replace, []

    def interrupted(source, target):
        calls.append(target)
        if len(calls) == 3:
            raise KeyboardInterrupt
        replace(source, target)

    before = tree(output)
    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        emit.write(WANTED, output)
    assert tree(output) == before


def test_a_file_that_cannot_be_staged_leaves_everything_as_it_was(output, monkeypatch):
    before = tree(output)

    def full(path, content):
        raise OSError(errno.ENOSPC, "no space left", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="nothing was written"):
        emit.write(WANTED, output)
    assert tree(output) == before


def test_an_output_folder_that_is_a_file_raises_and_names_it(tmp_path):
    (tmp_path / "output").write_text("mine")
    with pytest.raises(OutputError, match=r"nothing was written.*output"):
        emit.write(WANTED, tmp_path / "output")
    assert tree(tmp_path) == {"output": b"mine"}


# --- Files in the way


@pytest.mark.parametrize("content", [b"", b"mine = True\n", b"\xff\xfe\x00"])
def test_a_file_in_the_way_is_named_and_nothing_is_written(output, content):
    (output / "paws" / "missing.py").write_bytes(content)
    before = tree(output)
    for action in (emit.write, emit.drift):
        with pytest.raises(OutputError, match=r"missing\.py is in the way"):
            action(WANTED, output)
    assert tree(output) == before


def test_a_folder_in_the_way_is_named_and_nothing_is_written(output):
    (output / "paws" / "missing.py").mkdir()
    before = tree(output)
    with pytest.raises(OutputError, match=r"missing\.py is in the way"):
        emit.write(WANTED, output)
    assert tree(output) == before


# --- Drift


def test_drift_is_a_diff_of_what_is_stale_missing_and_orphaned(output):
    folder = (output / "paws").as_posix()
    before = tree(output)
    assert "".join(emit.drift(WANTED, output)) == (
        f"--- {folder}/stale.py\n"
        f"+++ {folder}/stale.py\n"
        "@@ -1,2 +1,2 @@\n"
        f" {HEADER}"
        "-2\n"
        "\\ No newline at end of file\n"
        "+new\n"
        "\\ No newline at end of file\n"
        "--- /dev/null\n"
        f"+++ {folder}/missing.py\n"
        "@@ -0,0 +1,2 @@\n"
        f"+{HEADER}"
        "+4\n"
        "\\ No newline at end of file\n"
        f"--- {folder}/orphaned.py\n"
        "+++ /dev/null\n"
        "@@ -1,2 +0,0 @@\n"
        f"-{HEADER}"
        "-3\n"
        "\\ No newline at end of file\n"
    )
    assert tree(output) == before


def test_a_folder_that_is_not_there_drifts_and_is_not_made(tmp_path):
    assert emit.drift(WANTED, tmp_path / "new")
    assert tree(tmp_path) == {}


contents = st.dictionaries(
    st.sampled_from(["a/1.py", "a/2.py", "a/b/1.py", "c/1.py"]).map(PurePosixPath),
    st.text("xy\n\r\x85", max_size=4).map(HEADER.__add__),
    min_size=1,
)


@given(contents, contents)
def test_drift_is_empty_if_and_only_if_write_would_change_nothing(
    tmp_path_factory, before, after
):
    output = tmp_path_factory.mktemp("output")
    emit.write(before, output)
    differences = emit.drift(after, output)
    assert bool(differences) == bool(emit.write(after, output))
    assert emit.drift(after, output) == []
    written = tree(output)
    assert {path: written[str(path)].decode() for path in after} == after


# --- What stands there


def write_service(output, folder, botocore_name):
    origin = f"{emit.HEADER} from botocore's {botocore_name} 2020-01-02 (model 0). …\n"
    path = output / "paws" / "services" / folder
    path.mkdir(parents=True)
    imports = f"from .operations import {folder}_two, {folder}_one\n"
    (path / "__init__.py").write_text(f"{origin}{imports}from .errors import Busy\n")
    (path / "operations.py").write_text(origin)
    return path


def test_the_services_in_a_folder_are_known_with_botocores_name(tmp_path):
    write_service(tmp_path, "sagemakerruntime", "sagemaker-runtime")
    write_service(tmp_path, "costexplorer", "ce")
    (tmp_path / "paws" / "services" / "__pycache__").mkdir()
    (tmp_path / "paws" / "services" / "mine").mkdir()
    (tmp_path / "paws" / "services" / "mine" / "__init__.py").write_text("")
    assert emit.services(tmp_path, "paws") == {
        "costexplorer": "ce",
        "sagemakerruntime": "sagemaker-runtime",
    }
    assert emit.services(tmp_path, "other") == {}
    assert emit.exports(tmp_path, "paws") == {
        "costexplorer": ["costexplorer", "costexplorer_two", "costexplorer_one"],
        "sagemakerruntime": [
            "sagemakerruntime",
            "sagemakerruntime_two",
            "sagemakerruntime_one",
        ],
    }


def test_the_exports_of_a_service_are_found_whatever_a_merge_left_behind_them(tmp_path):
    path = write_service(tmp_path, "costexplorer", "ce") / "__init__.py"
    before = emit.exports(tmp_path, "paws")
    path.write_text(path.read_text() + "<<<<<<< HEAD\n")
    assert emit.exports(tmp_path, "paws") == before
    assert emit.exports(tmp_path, "paws", omitted=["costexplorer"]) == {}
