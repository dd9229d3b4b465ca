"""The machine and the versions of a measurement."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from paws_common.version import __version__
from tables import table

_PACKAGES = ("boto3", "botocore", "urllib3", "sagemaker-core")


def machine() -> str:
    """Return a table of the processor and the versions, without a name of the machine."""
    today = datetime.datetime.now(datetime.UTC).date()
    facts = {
        "date": today.isoformat(),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "paws-py": __version__,
        **{name: _version(name) for name in _PACKAGES},
    }
    return table(("", "measured on"), facts.items(), texts=2)


def _processor() -> str:
    facts = Path("/proc/cpuinfo")  # on Linux; elsewhere `platform` may know
    if facts.exists():
        for line in facts.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
