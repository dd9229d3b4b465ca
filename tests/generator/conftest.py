"""Two service models, a folder to write to, and the command."""

from pathlib import Path

import pytest

from make_paws.cli import main
from support.service_models import greeting_model, service_model, write_model


@pytest.fixture
def data(tmp_path: Path) -> Path:
    other = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
    write_model(tmp_path / "data", greeting_model())
    write_model(tmp_path / "data", service_model(**other), service="other-thing")
    return tmp_path / "data"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def run(capsys):
    """Return the command: a function that returns exit code, output and errors."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run
