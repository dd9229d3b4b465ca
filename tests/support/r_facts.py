"""Recorded behavior of R's paws; the data is not part of the repository."""

import json
from pathlib import Path
from typing import Any

import pytest

_PARITY = Path(__file__).parents[3] / "shared" / "parity"


def r_wire() -> list[dict[str, Any]]:
    """Return the requests that R's paws.common sent, or skip where they are not."""
    cases: list[dict[str, Any]] = json.loads(_file("r_wire.json").read_bytes())["cases"]
    return cases


def facts_file() -> Path:
    """Return the file of R's help pages, or skip where it is not."""
    return _file("paws_facts.json.xz")


def _file(name: str) -> Path:
    path = _PARITY / name
    if not path.is_file():
        pytest.skip(f"shared/parity/{name} is not next to the repository")
    return path
