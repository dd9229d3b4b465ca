"""`make-paws cache`: lists and removes entries."""

import os
import re
import time

import pytest

from make_paws.commands import cache as cache_command
from support.private_models import write_private_service
from support.programs import run_program


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "cache"
    data = write_private_service(tmp_path / "data", service="my-greeter")
    run_program(
        "import paws; paws.greeter_greet; paws.sts_get_caller_identity",
        PAWS_CACHE_DIR=str(path),
        AWS_DATA_PATH=str(data),
    )
    monkeypatch.setenv("PAWS_CACHE_DIR", str(path))
    return path


def test_services_are_listed_with_origin_size_and_age(folder, run):
    (entry,) = folder.glob("greeter/my-greeter-*")
    os.utime(entry, (1, time.time() - 2.5 * 86_400))
    code, out, _ = run("cache")
    first, header, *lines = out.splitlines()
    assert code == 0
    assert re.fullmatch(rf"{re.escape(str(folder))}: 2 services, 0\.\d MB", first)
    assert header.split() == ["service", "botocore", "size", "last", "used"]
    model = r"\(model [0-9a-f]{12}\)"
    assert re.fullmatch(
        rf"greeter  my-greeter 2020-01-02 {model}  0\.0 MB  2 days ago", lines[0]
    )
    assert re.fullmatch(
        rf"sts      sts 2011-06-15 {model}         0\.\d MB  \d+ seconds? ago", lines[1]
    )


def test_cleared_cache_is_empty(folder, run):
    assert run("cache", "--clear") == (0, f"{folder}: removed 2 services\n", "")
    assert run("cache") == (0, f"{folder}: 0 services, 0.0 MB\n", "")
    assert not folder.exists()


def test_cache_that_others_may_write_is_an_error(folder, run):
    folder.chmod(0o777)
    expected = f"make-paws: other users may write to {folder}\n"
    assert run("cache", "--clear") == (2, "", expected)
    assert folder.exists()


def test_generator_without_the_runtime_has_no_cache(monkeypatch, run):
    monkeypatch.setattr(cache_command, "entry_points", lambda group: ())
    code, _, errors = run("cache")
    assert code == 2
    assert "(paws_common) is not installed" in errors
