"""The types of the installed package, as type checkers see them.

``--update`` rewrites the expected errors of the wrong calls; review the difference.
"""

import ast
import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import paws
import paws_common

HERE = Path(__file__).parent
each_checker = pytest.mark.parametrize("checker", ["mypy", "pyright"])
PYTHON = "3.11"  # errors are the same on every Python that runs the checkers


class Remark(NamedTuple):
    """The error of a type checker for a line of a file."""

    file: str
    line: int
    is_error: bool
    text: str


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return a folder with the files to check, outside of the checkout and its configuration."""
    folder = tmp_path_factory.mktemp("checked")
    for name in ("right.py", "wrong.py"):
        shutil.copy(HERE / name, folder)
    settings = {"typeCheckingMode": "strict", "pythonVersion": PYTHON}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def output(folder, *command):
    """Return what a type checker prints of the files; it fails, as some are wrong."""
    environment = {name: os.environ[name] for name in os.environ if name != "MYPYPATH"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def mypy(folder):
    python = f"--python-version={PYTHON}"
    options = ["--strict", "--no-incremental", python, "--output=json"]
    printed = output(folder, "mypy", *options, "right.py", "wrong.py")
    for each in map(json.loads, printed.splitlines()):
        is_error = each["severity"] == "error"
        code = f" [{each['code']}]" if is_error else ""
        yield Remark(each["file"], each["line"], is_error, each["message"] + code)


def pyright(folder):
    options = ["--outputjson", "--pythonpath", sys.executable, "--project", str(folder)]
    printed = output(folder, "pyright", *options)
    for each in json.loads(printed)["generalDiagnostics"]:
        is_error = each["severity"] == "error"
        rule = f" [{each['rule']}]" if is_error else ""
        line = each["range"]["start"]["line"] + 1
        yield Remark(Path(each["file"]).name, line, is_error, each["message"] + rule)


@pytest.fixture(scope="session")
def remarks(folder):
    return {"mypy": list(mypy(folder)), "pyright": list(pyright(folder))}


@each_checker
def test_right_calls_are_right(checker, remarks):
    assert not [each for each in remarks[checker] if each.file == "right.py"]


def errors(remarks):
    """Return the errors of the wrong calls, each below its line."""
    lines = (HERE / "wrong.py").read_text(encoding="utf-8").splitlines()
    found = {}
    for each in sorted(remarks, key=lambda remark: (remark.line, remark.text)):
        if each.file == "wrong.py" and each.is_error:
            text = found.setdefault(each.line, lines[each.line - 1].strip())
            found[each.line] = "\n    ".join([text, *each.text.split("\n")])
    return found


@each_checker
def test_errors_of_wrong_calls_match_the_snapshot(checker, remarks, request):
    found = errors(remarks[checker])
    tree = ast.parse((HERE / "wrong.py").read_text(encoding="utf-8"))
    _, *calls = (each for each in ast.walk(tree) if isinstance(each, ast.Expr))
    assert set(found) == {call.lineno for call in calls}
    path = HERE / "expected" / f"wrong.{checker}.txt"
    text = "\n".join(found.values()) + "\n"
    if request.config.getoption("--update"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("package", [paws, paws_common])
def test_type_of_every_public_name_is_known(package):
    name = package.__name__
    options = ["--ignoreexternal", "--outputjson"]
    command = [sys.executable, "-m", "pyright", "--verifytypes", name, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["typeCompleteness"]
    # Some types are inferred.
    unknown = found["exportedSymbolCounts"], found["otherSymbolCounts"]
    assert [each["withUnknownType"] for each in unknown] == [0, 0], done.stdout
    names = {each["name"] for each in found["symbols"]}
    public = {
        f"{name}.{each}"
        for each in dir(package)
        if not each.startswith("_") and not inspect.ismodule(getattr(package, each))
    }
    assert public <= names
