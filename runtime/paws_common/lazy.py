"""Modules whose names are loaded when they are first used (PEP 562).

``import paws`` costs the same with one service on disk as with all of them, and loads
no botocore.
"""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # typing itself costs more than all the rest of this module
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    GetAttribute = Callable[[str], object]
    Directory = Callable[[], list[str]]


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[GetAttribute, Directory]:
    """Return ``__getattr__`` and ``__dir__`` of a package that loads names from modules.

    Parameters
    ----------
    package : str
        The package's ``__name__``.
    modules : mapping
        Of a name to the module of the package that defines it.
    """

    def get_attribute(name: str) -> object:
        if name not in modules:
            raise _no_attribute(package, name)
        return _take(package, name, f"{package}.{modules[name]}")

    return get_attribute, lambda: sorted({*vars(sys.modules[package]), *modules})


def lazy_services(
    package: str, services: Collection[str], runtime: Collection[str] = ()
) -> tuple[GetAttribute, Directory]:
    """Return ``__getattr__`` and ``__dir__`` of a package of generated services.

    Every name of a service begins with R's name of it, which has no underscore; where
    that is a keyword of Python, as ``lambda`` is, the constructor ends in one.

    Parameters
    ----------
    package : str
        The package's ``__name__``.
    services : collection of str
        The constructors' names, which are those of the service's packages too.
    runtime : collection of str, optional
        The names that are taken from ``paws_common`` as they are.
    """
    folders = {service.rstrip("_"): service for service in services}

    def get_attribute(name: str) -> object:
        if name in runtime:
            value: object = getattr(import_module("paws_common"), name)
            return _keep(package, name, value)
        folder = folders.get(name.partition("_")[0])
        if folder is None:
            raise _no_attribute(package, name)
        return _take(package, name, f"{package}.services.{folder}")

    def directory() -> list[str]:
        import re
        from pathlib import Path

        module = sys.modules[package]
        stub = Path(str(module.__file__)).with_suffix(".pyi")
        exported = re.findall(r" as (\w+)", stub.read_text(encoding="utf-8"))
        return sorted({*vars(module), *exported})

    return get_attribute, directory


def _take(package: str, name: str, module: str) -> object:
    try:
        value: object = vars(import_module(module))[name]
    except KeyError:
        raise _no_attribute(package, name) from None
    return _keep(package, name, value)


def _keep(package: str, name: str, value: object) -> object:
    """Return a value that the next look-up finds without asking."""
    setattr(sys.modules[package], name, value)
    return value


def _no_attribute(package: str, name: str) -> AttributeError:
    return AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
