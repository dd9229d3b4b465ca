"""The names that `paws` exports: star import, `dir`, `help`."""

from __future__ import annotations

import ast
import pydoc
import re
from importlib.metadata import version

from botocore.session import get_session

import paws
import paws_common
from paws._services import SERVICES
from support.programs import run_program

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


def test_star_import_gives_the_installed_names() -> None:
    code = "from paws import *\nprint(sorted(n for n in globals() if n[:2] != '__'))"
    assert run_program(code) == f"{NAMES}"


def test_dir_lists_the_names_and_loads_no_service() -> None:
    code = """
import paws, sys
print([name for name in dir(paws) if not name.startswith("__")])
print([name for name in sys.modules if name.startswith(("paws.services", "botocore"))])
"""
    names, modules = map(ast.literal_eval, run_program(code).splitlines())
    assert [name for name in names if name in LISTED] == LISTED
    # An older botocore has services that are not in the index.
    unlisted = {*get_session().get_available_services()}.difference(SERVICES.values())
    assert {*SERVICES} < {*names}
    assert len({*names}.difference(SERVICES, LISTED)) == len(unlisted)
    assert modules == []


def test_help_lists_every_function() -> None:
    shown = pydoc.plain(pydoc.render_doc(paws))
    functions = shown.partition("\nFUNCTIONS\n")[2].partition("\nDATA\n")[0]
    assert re.findall(r"^    (\w+)\(", functions, re.MULTILINE) == NAMES


def test_version_is_that_of_the_distribution() -> None:
    assert paws.__version__ == version("paws-py")


def test_star_import_has_the_public_names() -> None:
    code = "from paws_common import *\nprint('Service' in globals(), 'lazy_names' in globals())"
    assert run_program(code) == "True False"
    assert {*paws_common.__all__} < {*dir(paws_common)}
