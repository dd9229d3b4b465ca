"""Mutation testing: change the code in small ways, and count the changes that no test finds.

    python tests/tools/mutation/run.py [AREA ...]

An area is `AREA.toml`, a configuration of cosmic-ray, in this folder. A copy of the
repository is changed. The exit code is 1 if more than MAX_SURVIVAL_PERCENT of the changes
pass all tests: read them with `cr-report`, and test what they change.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOURCES = ("codegen", "runtime", "generated")
# Some changes have no effect, such as those of sizes of buffers and of `slots=True`.
MAX_SURVIVAL_PERCENT = 5


def main(areas: Sequence[str]) -> int:
    """Return the exit code."""
    areas = areas or sorted(path.stem for path in HERE.glob("*.toml"))
    return max(_survives(area) for area in areas)


def _survives(area: str) -> int:
    configuration, session = str(HERE / f"{area}.toml"), f"{area}.sqlite"
    with tempfile.TemporaryDirectory() as folder:
        ignored = shutil.ignore_patterns(".*", "__pycache__")
        copy = Path(shutil.copytree(ROOT, Path(folder, "copy"), ignore=ignored))
        paths = os.pathsep.join(str(copy / source) for source in SOURCES)
        environment = {"HYPOTHESIS_PROFILE": "mutation", "PYTHONPATH": paths}
        options: Any = {"cwd": copy, "env": os.environ | environment}
        for command in (
            ("cosmic-ray", "init", configuration, session),
            ("cr-filter-operators", session, configuration),
            ("cosmic-ray", "baseline", configuration),
            ("cosmic-ray", "exec", configuration, session),
        ):
            subprocess.run(command, check=True, **options)
        print(f"{area}: percentage of the changes that pass all tests", flush=True)
        limit = ("--fail-over", str(MAX_SURVIVAL_PERCENT))
        return subprocess.call(("cr-rate", *limit, session), **options)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
