"""Mutation testing: which changes of the code does no test notice?

    python tests/mutation/verdict.py [area ...]

An area is `<area>.toml`, a configuration of cosmic-ray, and `<area>.survivors.toml`, the
mutants that may survive, each with its reason. Copies of the repository are mutated, one
a core, side by side. The exit code is 1 if a mutant survives that is not listed, or if
one is listed that does not survive.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import compress
from pathlib import Path

import toml  # what cosmic-ray reads its configuration with
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import WorkerOutcome, WorkItem, WorkResult
from mutants import changed, distinct, listed, verdict

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCES = ("codegen", "runtime", "generated")


def main(areas: Sequence[str]) -> int:
    known = [path.stem for path in sorted(HERE.glob("*.toml")) if "." not in path.stem]
    with tempfile.TemporaryDirectory() as folder:
        copies = [_copy(Path(folder, str(core))) for core in range(os.cpu_count() or 1)]
        return max([_judge(area, copies) for area in areas or known])


def _copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    return Path(shutil.copytree(ROOT, folder, ignore=ignored))


def _judge(area: str, copies: Sequence[Path]) -> int:
    """Test the mutants of an area, and print what is wrong."""
    configuration, session = HERE / f"{area}.toml", f"{area}.sqlite"
    command = toml.load(configuration)["cosmic-ray"]["test-command"]
    # Without a mutant all passes; that leaves the bytecode of what is not mutated.
    _run(copies, *shlex.split(command))
    _share_out(_mutants(configuration, copies[0]), copies, session)
    _run(copies, "cosmic-ray", "exec", str(configuration), session)

    results = [result for copy in copies for result in _results(copy / session)]
    survived = Counter(
        changed(str(item.mutations[0].module_path), result.diff)
        for item, result in results
        if not result.is_killed
    )
    timeouts = sum(result.output == "timeout" for _, result in results)
    print(
        f"{area}: {len(results)} mutants, {survived.total()} survive; "
        f"{timeouts} were killed by their time"
    )
    wrong = verdict(survived, listed(toml.load(HERE / f"{area}.survivors.toml")))
    for text in wrong:
        print(text)
    return int(bool(wrong))


def _run(copies: Sequence[Path], *command: str) -> None:
    """Run a command in all copies at once."""
    processes = [
        subprocess.Popen(command, cwd=copy, env=_environment(copy)) for copy in copies
    ]
    statuses = [process.wait() for process in processes]
    if any(statuses):
        raise SystemExit(f"failed: {shlex.join(command)}")


def _environment(copy: Path) -> dict[str, str]:
    """Return an environment in which the copy is what is imported."""
    return {
        **os.environ,
        "HYPOTHESIS_PROFILE": "mutation",
        "PYTHONDONTWRITEBYTECODE": "",  # most of the time would go into compiling
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(str(copy / source) for source in SOURCES),
    }


def _mutants(configuration: Path, copy: Path) -> list[WorkItem]:
    """Return the mutants of an area that are programs of their own."""
    session = f"{configuration.stem}-all.sqlite"
    _run([copy], "cosmic-ray", "init", str(configuration), session)
    _run([copy], "cr-filter-operators", session, str(configuration))
    with use_db(copy / session, WorkDB.Mode.open) as database:
        items = database.pending_work_items
    modules = {item.mutations[0].module_path for item in items}
    originals = [_source(copy / module) for module in modules]
    with ProcessPoolExecutor() as pool:
        mutated = pool.map(partial(_mutated, copy), items, chunksize=16)
        return list(compress(items, distinct(originals, mutated)))


def _mutated(copy: Path, item: WorkItem) -> str:
    (mutation,) = item.mutations
    operator = get_operator(mutation.operator_name)()
    source = _source(copy / mutation.module_path)
    try:
        return str(mutate_code(source, operator, mutation.occurrence))
    except AttributeError:  # cosmic-ray's own, at an `except (A, b.C)`
        return source


def _source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _share_out(items: Sequence[WorkItem], copies: Sequence[Path], session: str) -> None:
    for number, copy in enumerate(copies):
        with use_db(copy / session, WorkDB.Mode.create) as database:
            database.add_work_items(items[number :: len(copies)])


def _results(session: Path) -> list[tuple[WorkItem, WorkResult]]:
    with use_db(session, WorkDB.Mode.open) as database:
        results = list(database.completed_work_items)
    for item, result in results:
        if result.worker_outcome is not WorkerOutcome.NORMAL:
            raise SystemExit(f"failed: {item}\n{result.output}")
    return results


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
