"""Find botocore's models of services without importing botocore.

The rules are those of its loader (botocore/loaders.py): the folders of AWS_DATA_PATH,
``~/.aws/models``, and the data of the installed botocore. The newest API version of all
folders is used, and each of its files comes from the first folder that has it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

_FILES = ("service-2", "service-2.sdk-extras", "examples-1", "waiters-2")
_SUFFIXES = (".json", ".json.gz")


class Model(NamedTuple):
    """The files of one model, with their content on disk."""

    service: str  # botocore's name
    content: bytes
    extras: bytes | None  # botocore's additions to the model
    examples: bytes | None
    waiters: bytes | None = None


def find_model(service: str) -> Model | None:
    """Return the model of a service by botocore's name; None if it does not exist.

    An OSError is raised if a file cannot be read.
    """
    folders = [os.path.join(folder, service) for folder in data_folders()]
    versions = {name for folder in folders for name in _versions(folder)}
    if not versions:
        return None
    newest = max(versions)
    content, extras, examples, waiters = (
        _read([os.path.join(folder, newest, name) for folder in folders])
        for name in _FILES
    )
    if content is None:
        return None
    return Model(service, content, extras, examples, waiters)


def service_names() -> set[str]:
    """Return the names of all folders of services."""
    return {name for folder in data_folders() for name in _folders(folder)}


def data_folders() -> list[str]:
    """Return the folders in which botocore looks for models, in order of precedence."""
    paths = os.environ.get("AWS_DATA_PATH", "").split(os.pathsep)
    folders = [os.path.expanduser(os.path.expandvars(path)) for path in paths if path]
    folders.append(os.path.join(os.path.expanduser("~"), ".aws", "models"))
    if installed := _installed():
        folders.append(installed)
    return folders


def _installed() -> str | None:
    from importlib.util import find_spec

    spec = find_spec("botocore")
    locations = spec.submodule_search_locations if spec else None
    return os.path.join(locations[0], "data") if locations else None


def _versions(folder: str) -> Iterator[str]:
    for version in _folders(folder):
        model = os.path.join(folder, version, _FILES[0])
        if any(os.path.isfile(model + suffix) for suffix in _SUFFIXES):
            yield version


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir()]
    except OSError:
        return []


def _read(paths: list[str]) -> bytes | None:
    """Return the content of the first file that exists."""
    for path in paths:
        for suffix in _SUFFIXES:
            try:
                with open(path + suffix, "rb") as file:
                    return file.read()
            except (FileNotFoundError, NotADirectoryError):
                continue
    return None
