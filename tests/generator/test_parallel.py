"""Worker processes: results in order, and an end with the process that started them."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from make_paws.errors import ModelError, WorkerError
from make_paws.parallel import each


def power(number, exponent):
    return number**exponent


def process(number):
    print("printed by a worker")
    return os.getpid()


def fail(number):
    raise ModelError("is wrong", ("shapes", str(number)), "example")


def end(number):
    os._exit(number)


def crash(number):
    raise ZeroDivisionError(f"of {number}")


@pytest.mark.parametrize("jobs", [1, 2, 5, None])
@pytest.mark.parametrize("count", [0, 20])
def test_results_have_the_order_of_the_items(jobs, count):
    results = each(partial(power, exponent=2), range(count), jobs)
    assert list(results) == [number**2 for number in range(count)]


def test_jobs_limit_the_processes():
    assert set(each(process, range(3), 1)) == {os.getpid()}
    pids = set(each(process, range(20), 2))
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_lines_of_workers_are_not_mixed_or_lost(monkeypatch, capfd, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    list(each(process, range(200), 4))
    assert capfd.readouterr() == ("", "printed by a worker\n" * 200)


@pytest.mark.parametrize("jobs", [1, 2])
def test_error_of_the_function_is_raised(jobs):
    with pytest.raises(ModelError) as caught:
        list(each(fail, [7, 8], jobs))
    assert str(caught.value) == "example: shapes/7: is wrong"


def test_worker_exit_is_reported_with_its_code():
    with pytest.raises(WorkerError, match=r"ended with exit code 3; .* --jobs 1"):
        list(each(end, [3, 3], 2))


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_traceback_of_a_worker_is_printed(monkeypatch, capfd, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with pytest.raises(WorkerError, match="ended with exit code 1"):
        list(each(crash, [1, 2], 2))
    assert "ZeroDivisionError: of 1" in capfd.readouterr().err


# Prints a line when the first result is there; the second item takes forever. Its workers
# share its stdout and stderr, which end when the last process has ended.
PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
from contextlib import closing
from make_paws import signals
from make_paws.parallel import each
from test_parallel import process_or_wait

def run():
    with closing(each(process_or_wait, [0, 1, 2, 3], 2)) as results:
        for result in results:
            print(result, flush=True)
    return 0

sys.exit(signals.run(run))
"""


def process_or_wait(number):
    if number:
        signal.pause()
    return os.getpid()


@pytest.mark.parametrize(
    ("number", "code", "error"),
    [
        (signal.SIGINT, 130, "make-paws: stopped by SIGINT\n"),
        (signal.SIGTERM, 143, "make-paws: stopped by SIGTERM\n"),
        (signal.SIGHUP, 129, "make-paws: stopped by SIGHUP\n"),
        (signal.SIGKILL, -signal.SIGKILL, ""),
    ],
)
@pytest.mark.parametrize("target", [os.kill, os.killpg])
def test_workers_end_with_their_parent(tmp_path, target, number, code, error):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, Path(__file__).parent],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    with parent:
        assert int(parent.stdout.readline()) != parent.pid
        target(parent.pid, number)
        output, errors = parent.communicate(timeout=60)
    assert (parent.returncode, output, errors) == (code, "", error)
    assert os.listdir(tmp_path) == []


def test_workers_end_with_the_generator(capfd):
    with closing(each(process_or_wait, [0, 1, 2], 2)) as results:
        worker = next(results)
        os.kill(worker, 0)  # it exists
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
