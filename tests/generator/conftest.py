"""Two service models, and a folder to write to."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.service_models import greeting_model, service_model, write_model


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder with two services."""
    other = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
    write_model(tmp_path / "data", greeting_model())
    write_model(tmp_path / "data", service_model(**other), service="other-thing")
    return tmp_path / "data"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"
