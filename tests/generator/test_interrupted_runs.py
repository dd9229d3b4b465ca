"""Runs of `make-paws` that a signal ends, and runs that write to one folder at once."""

import os
import signal
import subprocess
import sys

import botocore
import pytest

from make_paws.locking import LOCK, locked
from support.service_models import files

INSTALLED = os.path.join(botocore.__path__[0], "data")


@pytest.fixture
def start(data, output):
    """Return a function that starts the command, with pipes to read from."""

    def start(command, *arguments, source=data):
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "make_paws", command, *arguments),
                *("--botocore", source, "--output", output),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )

    return start


def unexpected():
    raise AssertionError("no other process has the lock")


@pytest.mark.parametrize("command", ["generate", "docs"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_signal_ends_the_command(start, output, command, number, code):
    """ec2 takes seconds, so that it is under way when sqs is done."""
    services = ["sqs", "ec2"]
    with start(command, *services, "--jobs", "2", source=INSTALLED) as process:
        assert process.stdout.readline().startswith("sqs")
        os.killpg(process.pid, number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert errors == f"make-paws: stopped by {number.name}\n"
    assert not output.exists()


def test_runs_at_once_lose_no_service(start, output):
    output.mkdir()
    runs = [("generate", "example"), ("generate", "other-thing"), ("docs", "example")]
    with locked(output, unexpected):
        processes = [start(*arguments) for arguments in runs]
        for process in processes:
            line = process.stderr.readline()
            assert "waiting for another make-paws" in line
            assert str(output) in line
    for process in processes:
        with process:
            assert process.communicate(timeout=60)[1] == ""
        assert process.returncode == 0
    exported = (output / "paws" / "__init__.py").read_text()
    assert '"example"' in exported
    assert '"otherthing"' in exported
    assert (output / "example" / "index.md").is_file()


def test_check_needs_no_lock(start, output):
    """It only reads, so that it also works in a checkout that is read-only."""
    with start("generate", "example") as run:
        run.communicate()
    before = files(output)
    with locked(output, unexpected):
        with start("generate", "--check") as run:
            assert run.communicate(timeout=60)[1] == ""
        assert run.returncode == 0
        assert files(output).keys() == {*before, LOCK}
    assert files(output) == before
