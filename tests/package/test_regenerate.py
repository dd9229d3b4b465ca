"""What the daily workflow proposes: `.ci/regenerate`, in a clone of this checkout."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import botocore
import pytest

CHECKOUT = Path(__file__).parents[2]
SERVICE = "generated/paws/services/sagemakerruntime"
PIN = "tests/constraints/drift.txt"
SOMEBODY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Somebody"), ("EMAIL", "somebody@example.com"))
}


@pytest.fixture
def clone(tmp_path):
    """Return a clone whose generated code is what the installed botocore makes."""
    folder = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", CHECKOUT.as_uri(), folder], check=True
    )
    shutil.copy(CHECKOUT / ".ci/regenerate", folder / ".ci/regenerate")
    regenerate(folder, tmp_path)
    for left in ("regenerated.patch", "text.md"):
        (tmp_path / left).unlink(missing_ok=True)
    return folder


def git(folder, *arguments):
    command = ["git", *arguments]
    environment = {**os.environ, **SOMEBODY}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def regenerate(folder, proposal):
    environment = {**os.environ, **SOMEBODY}
    subprocess.run([folder / ".ci/regenerate", proposal], env=environment, check=True)


def test_nothing_is_proposed_where_nothing_changed(clone, tmp_path):
    before = git(clone, "rev-parse", "HEAD")
    regenerate(clone, tmp_path)
    assert git(clone, "rev-parse", "HEAD") == before
    assert [path.name for path in tmp_path.iterdir()] == ["clone"]


def older(source):
    """Return generated code as of a model that allowed half an hour for a call."""
    shorter = source.replace(
        "shapes.Integer(min=1, max=3600)", "shapes.Integer(max=1800)"
    )
    return re.sub(r"\(model [0-9a-f]+\)", "(model 000000000000)", shorter)


def test_what_changed_is_one_commit_of_generated_code_and_its_pin(clone, tmp_path):
    files = {path: path.read_text("utf-8") for path in (clone / SERVICE).glob("*.py")}
    for path, source in files.items():
        path.write_text(older(source), encoding="utf-8")
    (clone / PIN).write_text("botocore==1.40.0\n", encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "What an older botocore made")
    before = git(clone, "rev-parse", "HEAD").strip()

    regenerate(clone, tmp_path)

    changed = {path.relative_to(clone).as_posix() for path in files} | {PIN}
    assert set(git(clone, "diff", "--name-only", before).split()) == changed
    pinned = (clone / PIN).read_text(encoding="utf-8")
    assert pinned == f"botocore=={botocore.__version__}\n"
    text = (tmp_path / "text.md").read_text(encoding="utf-8")
    assert "InvocationTimeoutSeconds" in text

    git(clone, "reset", "--hard", "--quiet", before)
    git(clone, "am", "--quiet", str(tmp_path / "regenerated.patch"))
    assert git(clone, "log", "-1", "--format=%s").strip() == (
        f"Regenerate from botocore {botocore.__version__}"
    )
    assert {path: path.read_text("utf-8") for path in files} == files
