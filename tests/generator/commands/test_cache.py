"""`make-paws cache`: lists and removes entries."""

import os
import re
import time

import pytest

from make_paws.cli import main
from make_paws.commands import cache as cache_command
from support.private_models import write_private_service
from support.programs import run_program


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache with two services."""
    path = tmp_path / "cache"
    data = write_private_service(tmp_path / "data", service="my-greeter")
    run_program(
        "import paws; paws.greeter_greet; paws.sts_get_caller_identity",
        PAWS_CACHE_DIR=str(path),
        AWS_DATA_PATH=str(data),
    )
    monkeypatch.setenv("PAWS_CACHE_DIR", str(path))
    return path


def test_services_are_listed_with_origin_size_and_age(folder, capsys):
    (entry,) = folder.glob("greeter/my-greeter-*")
    os.utime(entry, (1, time.time() - 2.5 * 86_400))
    assert main(["cache"]) == 0
    first, header, *lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"{re.escape(str(folder))}: 2 services, 0\.\d MB", first)
    assert header.split() == ["service", "botocore", "size", "last", "used"]
    model = r"\(model [0-9a-f]{12}\)"
    assert re.fullmatch(
        rf"greeter  my-greeter 2020-01-02 {model}  0\.0 MB  2 days ago", lines[0]
    )
    assert re.fullmatch(
        rf"sts      sts 2011-06-15 {model}         0\.\d MB  \d+ seconds? ago", lines[1]
    )


def test_cleared_cache_is_empty(folder, capsys):
    assert main(["cache", "--clear"]) == 0
    assert main(["cache"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{folder}: removed 2 services",
        f"{folder}: 0 services, 0.0 MB",
    ]
    assert not folder.exists()


def test_cache_that_others_may_write_is_an_error(folder, capsys):
    folder.chmod(0o777)
    assert main(["cache", "--clear"]) == 2
    expected = f"make-paws: other users may write to {folder}\n"
    assert capsys.readouterr().err == expected
    assert folder.exists()


def test_generator_without_the_runtime_has_no_cache(monkeypatch, capsys):
    monkeypatch.setattr(cache_command, "entry_points", lambda group: ())
    assert main(["cache"]) == 2
    assert "(paws_common) is not installed" in capsys.readouterr().err
