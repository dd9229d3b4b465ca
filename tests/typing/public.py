"""A module that asks for the type of every public thing: names, members, attributes."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import paws.services
from paws_common import AsyncService

PACKAGES = ("paws", "paws_common")


def names(package: str) -> list[str]:
    """Return what a package exports to type checkers (``import x as x``)."""
    path = Path(str(import_module(package).__file__))
    stub = path.with_suffix(".pyi")
    tree = ast.parse((stub if stub.exists() else path).read_text(encoding="utf-8"))
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    exported = (alias for node in imports for alias in node.names)
    return sorted(alias.name for alias in exported if alias.asname == alias.name)


def services() -> list[str]:
    """Return the names of the packages of services."""
    folders = Path(paws.services.__path__[0]).glob("*/__init__.py")
    return sorted(f"paws.services.{path.parent.name}" for path in folders)


def things() -> Iterator[tuple[str, str]]:
    """Generate everything public, by its module and its name."""
    for package in (*PACKAGES, "paws.aio"):
        for name in names(package):
            yield package, name
    for service in services():
        for name in import_module(service).__all__:
            yield service, name
        for each in vars(import_module(f"{service}.aio")).values():
            if inspect.isclass(each) and AsyncService in each.__bases__:
                yield f"{service}.aio", each.__name__


def expressions(module: str, name: str) -> Iterator[tuple[str, str]]:
    """Generate what is asked of one thing: a type to begin with, and an expression."""
    value = getattr(import_module(module), name)
    place = f"{module}.{name}"
    if not isinstance(value, type):
        # Anything but a class, function or module is an alias of a union of types.
        is_alias = not (callable(value) or isinstance(value, ModuleType))
        yield (place, "it") if is_alias else ("None", place)
        return
    kind = f"{place}{_parameters(value)}"
    yield "None", kind
    for attribute in attributes(value):
        yield kind, f"it{attribute}"


def attributes(kind: type[Any]) -> list[str]:
    """Return the expressions of the public attributes of a class of ours."""
    ours = [base for base in kind.__mro__ if base.__module__.split(".")[0] in PACKAGES]
    if hasattr(kind, "__required_keys__"):
        return [
            f'["{name}"]' for base in ours for name in vars(base)["__annotations__"]
        ]
    found = {name for base in ours for name in (*vars(base), *_assigned(base))}
    return [f".{name}" for name in sorted(found) if not name.startswith("_")]


def _assigned(kind: type[Any]) -> Iterator[str]:
    """Generate the attributes that the methods of a class assign to ``self``."""
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind)))):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()):
                yield node.attr


def _parameters(kind: type[Any]) -> str:
    """Return type arguments for a generic class: the bounds, or any type."""
    bounds = [each.__bound__ for each in getattr(kind, "__parameters__", ())]
    types = [f"paws_common.{each.__name__}" if each else "int" for each in bounds]
    return f"[{', '.join(types)}]" if types else ""


def source() -> str:
    """Return the module."""
    modules = (f"{service}.aio" for service in services())
    lines = [f"import {name}" for name in (*PACKAGES, *services(), *modules)]
    asked = [each for thing in things() for each in expressions(*thing)]
    for number, (kind, expression) in enumerate(asked):
        lines.append(f"def ask_{number}(it: {kind}) -> None:")
        lines.append(f"    reveal_type({expression})")
    return "\n".join(lines) + "\n"
