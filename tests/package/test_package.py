"""The sdist and the wheel: their files and metadata."""

import configparser
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
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ["make_paws", "paws", "paws_common"]
LISTED = ["--cached", "--others", "--exclude-standard"]
MOST = 1_500_000  # bytes on disk, without botocore and without what Python compiles


def run(*command, cwd=CHECKOUT, **environment):
    """Run a command, and return what it prints."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build(source, folder, *options, **environment):
    """Build from a folder, and return the one file that came of it."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder]
    run(*command, *options, source, **environment)
    (built,) = folder.iterdir()
    return built


def tool(name):
    """Return the path of a command of this environment."""
    return Path(sys.executable).with_name(name)


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


@pytest.fixture(scope="session")
def metadata(wheel):
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return message_from_bytes(archive.read(name))


def test_links_of_the_description_work_on_pypi(metadata):
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
def test_builds_are_reproducible(kind, tmp_path):
    clone, older = tmp_path / "clone", tmp_path / "older"
    run("git", "clone", "--quiet", "--depth=1", CHECKOUT.as_uri(), clone)
    shutil.copytree(clone, older)
    for path in older.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    builds = [
        build(
            source,
            tmp_path / f"from_{source.name}",
            kind,
            SOURCE_DATE_EPOCH="1700000000",
        )
        for source in (clone, older)
    ]
    assert len({built.read_bytes() for built in builds}) == 1


def test_wheel_has_the_packages_and_nothing_else(wheel):
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        *PACKAGES,
        f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info",
    }
    for package in PACKAGES:
        assert f"{package}/py.typed" in names


def test_size_of_the_wheel_is_bounded(wheel):
    with ZipFile(wheel) as archive:
        assert sum(file.file_size for file in archive.infolist()) < MOST


def test_it_needs_botocore_and_extras_need_the_rest(metadata):
    needed = [Requirement(line) for line in metadata.get_all("Requires-Dist")]
    plain = [each.name for each in needed if "extra ==" not in str(each.marker)]
    assert plain == ["botocore"]
    assert "codegen" in metadata.get_all("Provides-Extra")


def test_license_metadata_follows_pep_639(wheel, metadata):
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert not [each for each in metadata.get_all("Classifier") if "License" in each]
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if "/licenses/" in name)
        assert archive.read(name) == (CHECKOUT / "LICENSE").read_bytes()


def test_tested_python_versions_are_classified(metadata):
    begin = "Programming Language :: Python :: 3."
    minors = {
        each.removeprefix("Programming Language :: Python :: ")
        for each in metadata.get_all("Classifier")
        if each.startswith(begin)
    }
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(CHECKOUT / "tox.ini", encoding="utf-8")
    tested = settings["tox"]["labels"].replace(",", " ").split()
    pythons = {each for each in tested if each.startswith("py3")}
    assert {f"py{minor.replace('.', '')}" for minor in minors} == pythons


def test_twine_would_upload_them(sdist, wheel):
    run(tool("twine"), "check", "--strict", sdist, wheel)


def test_check_wheel_contents_finds_nothing(wheel):
    run(tool("check-wheel-contents"), wheel)


def test_pyroma_finds_nothing(sdist):
    # The developers have no address for mail.
    run(tool("pyroma"), "--min=10", "--skip-tests=AuthorEmail", sdist)
