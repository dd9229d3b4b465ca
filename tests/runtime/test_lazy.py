"""Names that are loaded when they are first used."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

import paws_common
from make_paws.cli import main
from support.programs import run_program
from support.service_models import greeting_model, write_model


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import a package of services; the name of one is a keyword of Python."""
    for name in loaded(""):
        monkeypatch.delitem(sys.modules, name)
    root = tmp_path / "lazy_package"
    for service, names in {"lambda_": "lambda_ lambda_invoke", "sts": "sts"}.items():
        folder = root / "services" / service
        folder.mkdir(parents=True)
        source = "".join(f"{name} = {name!r}\n" for name in names.split())
        (folder / "__init__.py").write_text(source)
    (root / "__init__.py").write_text(
        "from paws_common.lazy import lazy_services\n"
        "__getattr__, __dir__ = lazy_services(\n"
        '    __name__, ("lambda_", "sts"), ("paginate", "sts_of_the_run_time")\n'
        ")\n"
    )
    (root / "_exports.py").write_text('EXPORTS = {"sts": ("sts",)}\n')
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module("lazy_package")


def loaded(module: str = ".services.") -> list[str]:
    return [name for name in sys.modules if name.startswith(f"lazy_package{module}")]


@pytest.mark.parametrize(
    ("name", "service"),
    [("lambda_", "lambda_"), ("lambda_invoke", "lambda_"), ("sts", "sts")],
)
def test_service_is_loaded_at_first_use(package, name, service) -> None:
    assert loaded() == []
    assert getattr(package, name) == name
    assert loaded() == [f"lazy_package.services.{service}"]


@pytest.mark.parametrize("name", ["sts_nonsense", "s3", "_private", "services_"])
def test_missing_name_raises_attribute_error(package, name) -> None:
    said = f"'lazy_package' has no attribute '{name}'"
    with pytest.raises(AttributeError, match=said) as caught:
        getattr(package, name)
    assert caught.value.name == name


def test_names_are_listed_and_nothing_is_loaded(package) -> None:
    listed = [name for name in dir(package) if not name.startswith("__")]
    assert package.__all__ == ["paginate", "sts", "sts_of_the_run_time"]
    assert listed == ["aio", "lambda_", *package.__all__]
    assert loaded() == []


def test_runtime_name_takes_precedence_over_services(package, monkeypatch) -> None:
    assert package.paginate is paws_common.paginate
    monkeypatch.setattr(paws_common, "sts_of_the_run_time", 1, raising=False)
    assert package.sts_of_the_run_time == 1
    assert loaded() == []
    # The second time it is a name like any other.
    assert vars(package)["paginate"] is paws_common.paginate


COROUTINES = """
import sys
sys.path.insert(0, sys.argv[1])
import cats
modules = [name for name in sys.modules if name.startswith("cats.services.")]
print(cats.aio.__all__, [name for name in dir(cats.aio) if name[0] != "_"], modules)
print(cats.aio.example_greet.__module__, cats.example().aio.greet.__name__)
print(hasattr(cats.aio, "__wrapped__"))
for name in ("example", "example_gret", "paginate", "services"):
    try:
        getattr(cats.aio, name)
    except AttributeError as error:
        print(error)
"""


def test_package_has_the_coroutines_of_its_services(tmp_path) -> None:
    write_model(tmp_path / "data", greeting_model())
    command = ["generate", "example", "--package", "cats"]
    places = ["--output", str(tmp_path), "--botocore", str(tmp_path / "data")]
    assert main([*command, *places]) == 0
    assert run_program(COROUTINES, str(tmp_path)).splitlines() == [
        "['example_greet'] ['example_greet'] []",
        "cats.services.example.aio greet",
        "False",
        "module 'cats.aio' has no attribute 'example'. Did you mean: 'example_greet'?",
        "module 'cats.aio' has no attribute 'example_gret'. Did you mean: 'example_greet'?",
        "module 'cats.aio' has no attribute 'paginate'",
        "module 'cats.aio' has no attribute 'services'",
    ]
