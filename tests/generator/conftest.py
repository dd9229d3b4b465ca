"""Two service models, and a folder to write to."""

import pytest

from support.service_models import greeting_model, service_model, write_model


@pytest.fixture
def data(tmp_path):
    """Return a data folder with two services."""
    other = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
    write_model(tmp_path / "data", greeting_model())
    write_model(tmp_path / "data", service_model(**other), service="other-thing")
    return tmp_path / "data"


@pytest.fixture
def output(tmp_path):
    return tmp_path / "output"
