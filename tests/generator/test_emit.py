"""The output folder: reading it, comparing it and writing to it.

`test_transaction.py` tests that all files are written or none.
"""

import errno
import json
import shutil
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import emit
from make_paws.errors import OutputError
from support.service_models import files as read_files

HEADER = f"{emit.HEADER}. Do not edit.\n"


def files(**contents):
    """Return generated files of one folder, by the name of the module."""
    return {
        PurePosixPath("paws", f"{name}.py"): (HEADER + content).encode()
        for name, content in contents.items()
    }


def tree(folder):
    """Return everything below a folder: of its path to its bytes, None for a folder."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return {**dict.fromkeys(paths), **read_files(folder)}


@pytest.fixture
def output(tmp_path):
    """Return an output folder with `files(kept=…, stale=…, orphaned=…)`."""
    emit.write(files(kept="1", stale="2", orphaned="3"), tmp_path)
    (tmp_path / "paws" / "notes.txt").write_text("mine")
    (tmp_path / "paws" / "mine.py").write_text("mine = True\n")
    return tmp_path


WANTED = files(kept="1", stale="new", missing="4")


def unexpected(message):
    raise AssertionError(message)


def emit_exclusively(wanted, output):
    with emit.exclusive(output, unexpected):
        return emit.write(wanted, output)


# --- Writing


def test_files_are_written_byte_for_byte(tmp_path):
    wanted = {
        PurePosixPath("a", "b", "c.py"): f"{HEADER}ä\r\n\N{LINE SEPARATOR}\n".encode(),
        PurePosixPath("a", "d.py"): HEADER.encode(),
    }
    changes = emit.write(wanted, tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    contents = {str(path): content for path, content in wanted.items()}
    assert tree(folder) == {"a": None, "a/b": None, **contents}
    assert [change.path for change in changes] == [folder / path for path in wanted]


def test_write_returns_changed_files_with_their_status(output):
    folder = output / "paws"
    before = (folder / "kept.py").stat()
    assert sorted(map(str, emit.write(WANTED, output))) == [
        f"change {folder.as_posix()}/stale.py",
        f"create {folder.as_posix()}/missing.py",
        f"remove {folder.as_posix()}/orphaned.py",
    ]
    assert emit.write(WANTED, output) == ()
    assert (folder / "kept.py").stat() == before


def test_foreign_files_and_folders_are_kept(output, tmp_path_factory):
    target = tmp_path_factory.mktemp("elsewhere") / "target.py"
    target.write_text(HEADER)
    (output / "paws" / "link.py").symlink_to(target)
    (output / "paws" / "picture.py").write_bytes(b"\xff\xfe")
    (output / "other").mkdir()
    (output / "other" / "orphaned.py").write_text(HEADER)
    before = tree(output)
    emit.write(WANTED, output)
    changed = {f"paws/{name}.py" for name in ("stale", "missing", "orphaned")}
    kept = {path: each for path, each in before.items() if path not in changed}
    assert kept.items() <= tree(output).items()
    assert (output / "paws" / "link.py").is_symlink()


# --- All or nothing


def test_failing_write_leaves_no_folder(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, "no space left", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"nothing was written.*no space left"):
        emit.write(WANTED, tmp_path / "new" / "output")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("action", [emit.write, emit_exclusively])
def test_output_that_is_a_file_is_named(tmp_path, action):
    (tmp_path / "output").write_text("mine")
    with pytest.raises(OutputError, match=r"nothing was written.*output"):
        action(WANTED, tmp_path / "output")
    assert tree(tmp_path) == {"output": b"mine"}


# --- One run at a time


def test_exclusive_run_leaves_nothing_but_its_files(tmp_path):
    with emit.exclusive(tmp_path / "a" / "b", unexpected):
        pass
    assert tree(tmp_path) == {}
    with emit.exclusive(tmp_path / "a", unexpected):
        emit.write({PurePosixPath("1.py"): HEADER.encode()}, tmp_path / "a")
    assert tree(tmp_path) == {"a": None, "a/1.py": HEADER.encode()}


def test_exclusive_run_reports_what_it_rolls_back(output):
    """The journal is that of a run which was killed after its first step."""
    before = tree(output)
    work = output / ".make-paws"
    work.mkdir()
    (output / "paws" / "stale.py").rename(work / "0.old")
    journal = {"folders": [], "files": [["paws/stale.py", True, True]]}
    (work / "journal.json").write_text(json.dumps(journal))
    reported = []
    with emit.exclusive(output, reported.append):
        assert tree(output).keys() - {".make-paws.lock"} == before.keys()
    assert tree(output) == before
    assert reported == [
        f"{output}: rolled back the incomplete changes of an earlier run"
    ]


# --- Paths that are taken, or lead elsewhere


@pytest.mark.parametrize("content", [b"", b"mine = True\n", b"\xff\xfe\x00", None])
def test_what_was_not_generated_is_never_replaced(output, content):
    path = output / "paws" / "missing.py"
    path.mkdir() if content is None else path.write_bytes(content)
    before = tree(output)
    for action in (emit.write, emit.diff):
        with pytest.raises(OutputError, match=r"missing\.py exists and was not gen"):
            action(WANTED, output)
    assert tree(output) == before


@pytest.mark.parametrize("path", ["paws", "paws/stale.py", "paws/missing.py"])
@pytest.mark.parametrize("exists", [True, False])
def test_link_that_leads_outside_is_refused(output, tmp_path_factory, path, exists):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    target = elsewhere / "target"
    if exists and path == "paws":
        shutil.copytree(output / "paws", target)
    elif exists:
        target.write_text(HEADER)
    if (output / path).exists():
        (output / path).rename(elsewhere / "moved")
    (output / path).symlink_to(target)
    before = tree(elsewhere)
    for action in (emit.write, emit.diff):
        with pytest.raises(OutputError, match=f"leads out of {output}, to {target}"):
            action(WANTED, output)
    assert tree(elsewhere) == before


def test_output_that_is_a_link_is_followed(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "output")
    emit_exclusively(WANTED, tmp_path / "link")
    assert tree(tmp_path / "output").keys() == {"paws", *map(str, WANTED)}


# --- Drift


def test_drift_lists_stale_missing_and_orphaned_files(output):
    folder = (output / "paws").as_posix()
    before = tree(output)
    no_line_break = "\n\\ No newline at end of file\n"
    assert "".join(emit.diff(WANTED, output)) == (
        f"--- {folder}/stale.py\n+++ {folder}/stale.py\n@@ -1,2 +1,2 @@\n"
        f" {HEADER}-2{no_line_break}+new{no_line_break}"
        f"--- /dev/null\n+++ {folder}/missing.py\n@@ -0,0 +1,2 @@\n"
        f"+{HEADER}+4{no_line_break}"
        f"--- {folder}/orphaned.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n"
        f"-{HEADER}-3{no_line_break}"
    )
    assert emit.diff(WANTED, output / "new")  # a folder that does not exist
    assert tree(output) == before


contents = st.dictionaries(
    st.sampled_from(["a/1.py", "a/2.py", "a/b/1.py", "c/1.py"]).map(PurePosixPath),
    st.text("xy\n\r\x85", max_size=4).map(lambda text: (HEADER + text).encode()),
    min_size=1,
)


@given(contents, contents)
def test_drift_is_empty_iff_write_changes_nothing(tmp_path_factory, before, after):
    output = tmp_path_factory.mktemp("output")
    emit.write(before, output)
    differences = emit.diff(after, output)
    assert bool(differences) == bool(emit.write(after, output))
    assert emit.diff(after, output) == []
    written = tree(output)
    assert {path: written[str(path)] for path in after} == after


# --- Services in the folder


def write_service(output, folder, botocore_name):
    origin = f"{emit.HEADER} from botocore's {botocore_name} 2020-01-02 (model 0). …\n"
    path = output / "paws" / "services" / folder
    path.mkdir(parents=True)
    imports = f"from .operations import {folder}_two, {folder}_one\n"
    (path / "__init__.py").write_text(f"{origin}{imports}from .errors import Busy\n")
    (path / "operations.py").write_text(origin)
    return path


def test_services_in_a_folder_have_botocores_name(tmp_path):
    write_service(tmp_path, "sagemakerruntime", "sagemaker-runtime")
    write_service(tmp_path, "costexplorer", "ce")
    for name in ("__pycache__", "mine"):
        (tmp_path / "paws" / "services" / name).mkdir()
    (tmp_path / "paws" / "services" / "mine" / "__init__.py").write_text("")
    names = {"costexplorer": "ce", "sagemakerruntime": "sagemaker-runtime"}
    assert emit.services(tmp_path, "paws") == names
    assert emit.services(tmp_path, "other") == {}
    exports = {name: [name, f"{name}_two", f"{name}_one"] for name in names}
    assert emit.exports(tmp_path, "paws") == exports


def test_exports_are_found_despite_merge_conflicts(tmp_path):
    path = write_service(tmp_path, "costexplorer", "ce") / "__init__.py"
    before = emit.exports(tmp_path, "paws")
    path.write_text(path.read_text() + "<<<<<<< HEAD\n")
    assert emit.exports(tmp_path, "paws") == before
    assert emit.exports(tmp_path, "paws", omitted=["costexplorer"]) == {}
