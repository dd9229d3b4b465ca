"""The commit that the daily workflow proposes: `.ci/regenerate`, in a clone."""

import re
import shutil
import subprocess
from pathlib import Path

import botocore
import pytest

CHECKOUT = Path(__file__).parents[2]
SERVICE = "generated/paws/services/sagemakerruntime"
PIN = "pyproject.toml"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Return a clone with code that was generated from the installed botocore."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "somebody@example.com")
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", CHECKOUT.as_uri(), str(folder))
    shutil.copy(CHECKOUT / ".ci/regenerate", folder / ".ci/regenerate")
    regenerate(folder, tmp_path)
    for left in ("regenerated.patch", "text.md"):
        (tmp_path / left).unlink(missing_ok=True)
    return folder


def git(folder, *arguments):
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def regenerate(folder, proposal):
    subprocess.run([folder / ".ci/regenerate", proposal], check=True)


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


def test_regeneration_is_one_commit_of_code_and_pin(clone, tmp_path):
    files = {path: path.read_text("utf-8") for path in (clone / SERVICE).glob("*.py")}
    for path, source in files.items():
        path.write_text(older(source), encoding="utf-8")
    pinned = (clone / PIN).read_text(encoding="utf-8")
    older_pin = re.sub("(botocore-pinned = .*==)[0-9.]+", r"\g<1>1.40.0", pinned)
    (clone / PIN).write_text(older_pin, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "What an older botocore made")
    before = git(clone, "rev-parse", "HEAD").strip()

    regenerate(clone, tmp_path)

    changed = {path.relative_to(clone).as_posix() for path in files} | {PIN}
    assert set(git(clone, "diff", "--name-only", before).split()) == changed
    diff = git(clone, "diff", "--unified=0", before, "--", PIN)
    removed, added = re.findall(r"(?m)^[-+]botocore.*", diff)
    assert removed == '-botocore-pinned = ["botocore==1.40.0"]'
    assert added == f'+botocore-pinned = ["botocore=={botocore.__version__}"]'
    text = (tmp_path / "text.md").read_text(encoding="utf-8")
    assert "InvocationTimeoutSeconds" in text

    git(clone, "reset", "--hard", "--quiet", before)
    git(clone, "am", "--quiet", str(tmp_path / "regenerated.patch"))
    assert git(clone, "log", "-1", "--format=%s").strip() == (
        f"Regenerate from botocore {botocore.__version__}"
    )
    assert {path: path.read_text("utf-8") for path in files} == files
