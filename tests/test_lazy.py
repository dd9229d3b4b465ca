"""Names that are loaded when they are first used."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

import paws_common


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of services, one of which is called by a keyword of Python."""
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
    (root / "__init__.pyi").write_text("from .services.sts import sts as sts\n")
    monkeypatch.syspath_prepend(tmp_path)
    return root.name


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("lazy_package")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize("name", ["lambda_", "lambda_invoke", "sts"])
def test_a_name_is_found_in_the_package_of_its_service(package: str, name: str) -> None:
    assert getattr(importlib.import_module(package), name) == name


def test_a_service_is_loaded_when_one_of_its_names_is_used(package: str) -> None:
    module = importlib.import_module(package)
    before = [name for name in sys.modules if name.startswith(f"{package}.services.")]

    assert module.sts == "sts"

    assert before == []
    assert f"{package}.services.sts" in sys.modules
    assert f"{package}.services.lambda_" not in sys.modules


@pytest.mark.parametrize("name", ["sts_nonsense", "s3", "_private", "services_"])
def test_a_name_that_is_not_there_is_no_attribute(package: str, name: str) -> None:
    with pytest.raises(AttributeError, match=f"'{package}' has no attribute '{name}'"):
        getattr(importlib.import_module(package), name)


def test_the_names_of_the_stub_are_listed_and_nothing_is_loaded(package: str) -> None:
    assert "sts" in dir(importlib.import_module(package))
    assert f"{package}.services.sts" not in sys.modules


def test_a_name_of_the_run_time_is_taken_from_there_before_any_service(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(package)
    assert module.paginate is paws_common.paginate
    monkeypatch.setattr(paws_common, "sts_of_the_run_time", 1, raising=False)
    assert module.sts_of_the_run_time == 1
    assert f"{package}.services.sts" not in sys.modules
    # The second time it is a name like any other.
    assert vars(module)["paginate"] is paws_common.paginate
