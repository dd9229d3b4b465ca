"""A call of a deprecated operation issues a warning; schemas have the trait, too."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from make_paws import spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from paws_common import PaginationError, ParameterError, paginate, schema
from support.generated_services import imported

MODEL = Path(__file__).parents[1] / "golden" / "models" / "deprecation.json"
NOTICE = "deprecation_get_old: Deprecated since 2026-04-07: End of support notice: "


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    (service,) = spec.services(MODEL)
    described = parse(spec.load(service, MODEL), Overrides())
    with imported(described, tmp_path_factory.mktemp("package")) as package:
        yield package


def warned(function: Callable[..., Any]) -> warnings.WarningMessage:
    """Return the warning of a call that is refused before anything is sent."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(ParameterError):
            function(Id=1)  # the line of the caller
    (warning,) = caught
    return warning


CALLER = warned.__code__.co_firstlineno + 5


@pytest.mark.parametrize("form", ["function", "method"])
def test_deprecated_operation_warns_at_the_caller(package, form) -> None:
    function = package.deprecation_get_old
    method = package.deprecation().get_old
    warning = warned(function if form == "function" else method)
    assert warning.category is DeprecationWarning
    assert str(warning.message).startswith(NOTICE)
    assert (warning.filename, warning.lineno) == (__file__, CALLER)


def test_paginate_warns_at_the_line_of_the_caller(package) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(PaginationError):
            paginate(package.deprecation().get_old)
    assert [warning.filename for warning in caught] == [__file__]


def test_other_operation_does_not_warn(package) -> None:
    """The configuration of pytest turns warnings into errors."""
    with pytest.raises(ParameterError):
        package.deprecation_put(1)


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from {package} import deprecation_get_old
import library
for _ in range(3):
    try:
        deprecation_get_old(Id=1)
    except ValueError:
        pass
library.call(deprecation_get_old)
"""
LIBRARY = """
def call(function):
    try:
        function(Id=1)
    except ValueError:
        pass
"""


def test_python_shows_the_warning_once_in_main(package, tmp_path) -> None:
    """By default, Python shows it for calls in `__main__` only, once for each line."""
    (tmp_path / "library.py").write_text(LIBRARY)
    (tmp_path / "script.py").write_text(SCRIPT.format(package=package.__name__))
    folder = Path(str(package.__file__)).parents[3]
    environment = {key: os.environ[key] for key in os.environ if key[:6] != "PYTHON"}
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py", str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    first, code = done.stderr.splitlines()
    assert first.startswith(f"{tmp_path / 'script.py'}:8: DeprecationWarning: {NOTICE}")
    assert code.strip() == "deprecation_get_old(Id=1)"


def test_schema_of_deprecated_operation_is_deprecated(package) -> None:
    assert schema(package.deprecation_get_old)["deprecated"] is True
    assert "deprecated" not in schema(package.deprecation_put)


def test_schema_has_deprecated_members_and_shapes(package) -> None:
    made = schema(package.deprecation_put)
    deprecated = [
        name for name, each in made["properties"].items() if each.get("deprecated")
    ]
    assert deprecated == ["Owner", "IsOld"]
    assert made["properties"]["Mode"]["$ref"] == "#/$defs/Mode"
    assert made["$defs"]["Mode"]["deprecated"] is True
    assert made["$defs"]["Part"]["deprecated"] is True
    assert made["$defs"]["Part"]["properties"]["Size"]["deprecated"] is True
    assert made["properties"]["Owner"]["description"] == (
        "Deprecated: Use OwnerId instead, which is an ARN\n\nWho owns it."
    )
