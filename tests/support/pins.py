"""The releases of botocore that pyproject.toml pins."""

import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def pinned_botocore() -> str:
    """Return the version of the botocore that generated/ was generated from."""
    groups = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["dependency-groups"]
    (requirement,) = groups["botocore-pinned"]
    return str(requirement.removeprefix("botocore=="))
