"""A call of a deprecated operation issues a warning; schemas have the trait, too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

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


@pytest.mark.parametrize("form", ["function", "method"])
def test_deprecated_operation_warns_at_the_caller(package, form) -> None:
    is_method = form == "method"
    call = package.deprecation().get_old if is_method else package.deprecation_get_old
    with (
        pytest.warns(DeprecationWarning, match=f"^{NOTICE}") as caught,
        pytest.raises(ParameterError),
    ):
        call(Id=1)
    assert [warning.filename for warning in caught] == [__file__]


def test_paginate_warns_at_the_caller(package) -> None:
    with (
        pytest.warns(DeprecationWarning, match=f"^{NOTICE}") as caught,
        pytest.raises(PaginationError),
    ):
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


def test_schema_has_deprecated_members_and_shapes(package) -> None:
    assert schema(package.deprecation_get_old)["deprecated"] is True
    made = schema(package.deprecation_put)
    assert "deprecated" not in made
    properties, definitions = made["properties"], made["$defs"]
    deprecated = [name for name, each in properties.items() if each.get("deprecated")]
    assert deprecated == ["Owner", "IsOld"]
    assert properties["Mode"]["$ref"] == "#/$defs/Mode"
    for shape in (
        definitions["Mode"],
        definitions["Part"],
        definitions["Part"]["properties"]["Size"],
    ):
        assert shape["deprecated"] is True
    assert properties["Owner"]["description"] == (
        "Deprecated: Use OwnerId instead, which is an ARN\n\nWho owns it."
    )
