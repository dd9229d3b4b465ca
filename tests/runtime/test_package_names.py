"""The names that `paws` exports: star import, `dir`, `help`, zip files, misspellings."""

from __future__ import annotations

import ast
import os
import pydoc
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from botocore.session import get_session

import paws
import paws_common
from paws._services import SERVICES

NAMES = [
    "config",
    "credentials",
    "creds",
    "list_paginators",
    "list_waiters",
    "paginate",
    "paws_reset_cache",
    "sagemakerruntime",
    "sagemakerruntime_invoke_endpoint",
    "sagemakerruntime_invoke_endpoint_async",
    "sagemakerruntime_invoke_endpoint_with_response_stream",
    "wait_until",
]
LISTED = ["aio", *NAMES]


def python(code: str, *path: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a new process that searches `path` first."""
    search = os.pathsep.join([*map(str, path), *sys.path])
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


def printed(code: str, *path: Path) -> str:
    done = python(code, *path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown_names(output: str) -> list[str]:
    """Return the names in the output of a program, without services.

    An older botocore has services that are not in the index.
    """
    names: list[str] = ast.literal_eval(output)
    unlisted = {*get_session().get_available_services()}.difference(SERVICES.values())
    assert len({*names}.difference(SERVICES, LISTED)) == len(unlisted)
    return [name for name in names if name in LISTED]


def test_star_import_gives_the_installed_names() -> None:
    code = "from paws import *\nprint(sorted(n for n in globals() if n[:2] != '__'))"
    assert printed(code) == f"{NAMES}\n"


def test_dir_lists_the_names_and_loads_no_service() -> None:
    code = """
import paws, sys
print([name for name in dir(paws) if not name.startswith("__")])
print([name for name in sys.modules if name.startswith(("paws.services", "botocore"))])
"""
    names, modules = printed(code).splitlines()
    assert shown_names(names) == LISTED
    assert {*SERVICES} < {*ast.literal_eval(names)}
    assert modules == "[]"


def test_help_lists_every_function() -> None:
    shown = pydoc.plain(pydoc.render_doc(paws))
    functions = shown.partition("\nFUNCTIONS\n")[2].partition("\nDATA\n")[0]
    assert re.findall(r"^    (\w+)\(", functions, re.MULTILINE) == NAMES


def test_version_is_that_of_the_distribution() -> None:
    assert paws.__version__ == version("paws-py")


def test_star_import_has_the_public_names() -> None:
    code = "from paws_common import *\nprint('Service' in globals(), 'lazy_names' in globals())"
    assert printed(code) == "True False\n"
    assert {*paws_common.__all__} < {*dir(paws_common)}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sagemaker_runtime", "sagemakerruntime"),
        ("sagemakerruntime_invoke_endpoin", "sagemakerruntime_invoke_endpoint"),
        ("pagiante", "paginate"),
    ],
)
def test_misspelt_name_gets_a_suggestion(name, meant) -> None:
    done = python(f"import paws\npaws.{name}")
    assert done.stderr.splitlines()[-1] == (
        f"AttributeError: module 'paws' has no attribute '{name}'. "
        f"Did you mean: {meant!r}?"
    )


def package_files(suffix: str) -> dict[str, Path]:
    """Return the files of both packages with a suffix, by their names in a path."""
    roots = [Path(str(module.__file__)).parent for module in (paws, paws_common)]
    return {
        path.relative_to(root.parent).as_posix(): path
        for root in roots
        for path in root.rglob(f"*{suffix}")
    }


USE = """
import paws
print(paws.__file__.endswith({ending!r}))
print([name for name in dir(paws) if not name.startswith("__")])
print(paws.sagemakerruntime(region="us-east-1"))
"""


def test_package_in_a_zip_has_its_names(tmp_path) -> None:
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name, path in package_files(".py").items():
            file.write(path, name)
    ending = os.path.join("app.zip", "paws", "__init__.py")
    is_there, names, service = printed(USE.format(ending=ending), archive).splitlines()
    assert (is_there, shown_names(names)) == ("True", LISTED)
    assert service == "<SageMakerRuntime region=us-east-1>"


def test_package_without_stubs_has_its_names(tmp_path) -> None:
    for name, path in package_files(".py").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(path.read_bytes())
    ending = os.path.join(tmp_path.name, "paws", "__init__.py")
    is_there, names, service = printed(USE.format(ending=ending), tmp_path).splitlines()
    assert (is_there, shown_names(names)) == ("True", LISTED)
    assert service == "<SageMakerRuntime region=us-east-1>"
