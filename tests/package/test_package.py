"""The sdist and the wheel: their files and metadata."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parents[2]
LISTED = ["--cached", "--others", "--exclude-standard"]
MOST = 1_500_000  # bytes on disk, without botocore and without what Python compiles


def run(*command):
    """Run a command, and return what it prints."""
    done = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source, folder, option):
    """Return the file that is built from a folder."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder]
    run(*command, option, source)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="session")
def sdist(tmp_path_factory):
    return build(CHECKOUT, tmp_path_factory.mktemp("sdist"), "--sdist")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    return build(CHECKOUT, tmp_path_factory.mktemp("wheel"), "--wheel")


@pytest.fixture(scope="session")
def unpacked(sdist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return source


def test_links_of_the_description_work_on_pypi(wheel):
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    targets = re.findall(r"\]\(([^)]*)\)", metadata.get_payload())
    assert targets
    assert [each for each in targets if not each.startswith("https://")] == []


def test_sdist_has_every_file_of_the_checkout(unpacked):
    tracked = run("git", "ls-files", "-z", *LISTED).split("\0")[:-1]
    files = (path for path in unpacked.rglob("*") if path.is_file())
    there = {path.relative_to(unpacked).as_posix() for path in files}
    assert there == {*tracked, "PKG-INFO"}


def test_wheel_is_the_same_from_the_sdist(wheel, unpacked, tmp_path):
    again = build(unpacked, tmp_path, "--wheel")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize("kind", ["--sdist", "--wheel"])
def test_builds_are_reproducible(kind, tmp_path, monkeypatch):
    clone, older = tmp_path / "clone", tmp_path / "older"
    run("git", "clone", "--quiet", "--depth=1", CHECKOUT.as_uri(), clone)
    shutil.copytree(clone, older)
    for path in older.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = build(clone, tmp_path / "from_clone", kind)
    assert (
        build(older, tmp_path / "from_older", kind).read_bytes() == first.read_bytes()
    )


def test_size_of_the_wheel_is_bounded(wheel):
    with ZipFile(wheel) as archive:
        assert sum(file.file_size for file in archive.infolist()) < MOST


def test_tools_find_nothing(sdist, wheel):
    tools = Path(sys.executable).parent
    run(tools / "twine", "check", "--strict", sdist, wheel)
    run(tools / "check-wheel-contents", wheel)
    # The developers have no address for mail.
    run(tools / "pyroma", "--min=10", "--skip-tests=AuthorEmail", sdist)
