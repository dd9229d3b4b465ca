"""Import a generated service whose modules are in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.abc import ExecutionLoader


class MemoryLoader(ExecutionLoader):
    """A loader of one package, whose modules are the contents of files by their names."""

    def __init__(self, package: str, modules: Mapping[str, bytes]) -> None:
        self._package = package
        self._modules = modules

    def get_source(self, fullname: str) -> str:
        """Return the source of a module, which tracebacks and `inspect` show."""
        try:
            return self._modules[self._file(fullname)].decode()
        except KeyError:
            raise ImportError(f"No module named {fullname!r}", name=fullname) from None

    def get_filename(self, fullname: str) -> str:
        """Return a path that does not exist; the parts are those of a file on disk."""
        return os.path.join("<memory>", *self._package.split("."), self._file(fullname))

    def is_package(self, fullname: str) -> bool:
        """Return whether a module is the package."""
        return fullname == self._package

    def _file(self, fullname: str) -> str:
        _, _, module = fullname.removeprefix(self._package).rpartition(".")
        return f"{module or '__init__'}.py"
