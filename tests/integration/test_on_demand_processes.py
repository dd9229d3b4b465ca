"""Processes and threads that use a service at once that is not generated yet."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

import pytest

from support.private_models import write_private_service
from support.programs import run_program

pytestmark = pytest.mark.slow

Run = Callable[..., str]
METHODS = ["spawn"] if sys.platform == "win32" else ["fork", "forkserver", "spawn"]
forks = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")


@pytest.fixture
def run(tmp_path) -> Run:
    """Run a file as a program, with an empty cache and two private services."""
    data = tmp_path / "data"
    write_private_service(data, "greeter", "Greeter")
    write_private_service(data, "other", "Other")

    def run(program: str, *arguments: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(program)
        start = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
        return run_program(
            start,
            str(path),
            *arguments,
            PAWS_CACHE_DIR=str(tmp_path / "cache"),
            AWS_DATA_PATH=str(data),
        )

    return run


USED_AT_ONCE = """
import logging, multiprocessing, sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

class Counter(logging.Handler):
    number = 0
    def emit(self, record):
        Counter.number += 1

def use(barrier):
    barrier.wait()
    import paws
    return paws.greeter().greet.__name__, paws.greeter_greet.__name__

def work(barrier, results):
    logger = logging.getLogger("paws")
    logger.addHandler(Counter())
    logger.setLevel("INFO")
    barrier.wait()
    threads = Barrier(3)
    with ThreadPoolExecutor(3) as pool:
        used = {*pool.map(use, [threads] * 3)}
    results.put((used, Counter.number))

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[2])
    barrier, results = context.Barrier(4), context.Queue()
    processes = [context.Process(target=work, args=(barrier, results)) for _ in range(4)]
    for process in processes:
        process.start()
    found = [results.get(timeout=50) for _ in processes]
    for process in processes:
        process.join()
    print({name for used, _ in found for names in used for name in names})
    print(sum(number for _, number in found))
"""


@pytest.mark.parametrize("method", METHODS)
def test_one_process_generates_for_all(run, method) -> None:
    names, number = run(USED_AT_ONCE, method).splitlines()
    assert names in ("{'greet', 'greeter_greet'}", "{'greeter_greet', 'greet'}")
    assert number == "1"


SENT_TO_WORKERS = """
import multiprocessing, os, sys

def start(folder):
    os.environ["PAWS_CACHE_DIR"] = folder

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[2])
    with context.Pool(1, start, [sys.argv[3]]) as pool:
        import paws
        values = [paws.greeter, paws.greeter(region="eu-west-1"), paws.greeter_greet, paws.greeter().greet]
        print([text.partition(" at ")[0] for text in pool.map(repr, values)])
"""


@pytest.mark.parametrize("method", METHODS)
def test_worker_generates_what_it_is_sent(run, tmp_path, method) -> None:
    workers = tmp_path / "cache of the workers"
    service, _, *functions = run(SENT_TO_WORKERS, method, str(workers))[1:-1].split(
        ", "
    )
    assert service == "'<constructor paws.greeter>'"
    assert len(functions) == 2
    assert len([*workers.glob("greeter/*/operations.py")]) == 1


# The generator waits until a file exists.
WAITING_GENERATOR = """
import os, sys, threading, time
from pathlib import Path
import paws
from paws_common import on_demand

go, began = Path(sys.argv[2]), threading.Event()
generator = on_demand._generator("greeter")

class Waiting:
    constructor = staticmethod(generator.constructor)

    @staticmethod
    def generate(service, *contents):
        if service == "greeter":
            began.set()
            while not go.exists():
                time.sleep(0.01)
        return generator.generate(service, *contents)

on_demand._load_generator = Waiting
thread = threading.Thread(target=lambda: paws.greeter_greet)
thread.start()
began.wait()
"""


@forks
def test_fork_during_generation_does_not_block(run, tmp_path) -> None:
    program = """
pid = os.fork()
if pid == 0:
    shown = str(paws.other())
    go.touch()
    shown += str(paws.greeter())
    os._exit(0 if shown == "<Other><Greeter>" else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
thread.join()
print(paws.greeter())
"""
    options = "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
    shown = run(options + WAITING_GENERATOR + program, str(tmp_path / "go"))
    assert shown.splitlines() == ["0", "<Greeter>"]


@forks
def test_killed_generation_releases_the_lock(run, tmp_path) -> None:
    program = f"os.kill(os.getpid(), {int(signal.SIGKILL)})"
    with pytest.raises(pytest.fail.Exception, match="exit code -9"):
        run(WAITING_GENERATOR + program, str(tmp_path / "go"))
    assert run("import paws; print(paws.greeter())") == "<Greeter>"
