"""From the intermediate representation to source: Jinja2 for the shape, ruff for the form.

All text of a model reaches source through one of two filters, `docstring` or `literal`.
Names and annotations were made, and checked to be identifiers, by `make_paws.naming`
and `make_paws.python_types`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import jinja2

from make_paws import ir, naming
from make_paws.formatting import Files, formatted

Imports = tuple[
    tuple[tuple[str, tuple[str, ...]], ...], ...
]  # sections, modules, names

# In a wheel the templates lie beside this module, in a checkout at the top level.
_TEMPLATES = (
    Path(__file__).parent / "templates",
    Path(__file__).parents[2] / "templates",
)

_RUNTIME = "paws_common"
_STANDARD = frozenset({"collections.abc", "datetime", "types", "typing"})
_SOURCES: Mapping[str, str] = {
    "API": ".operations",
    "Any": "typing",
    "Api": _RUNTIME,
    "Blob": _RUNTIME,
    "Config": _RUNTIME,
    "Credentials": _RUNTIME,
    "ERRORS": ".errors",
    "EmptyResult": _RUNTIME,
    "EventStream": _RUNTIME,
    "Mapping": "collections.abc",
    "MappingProxyType": "types",
    "NotRequired": _RUNTIME,
    "Operation": _RUNTIME,
    "ResponseMetadata": _RUNTIME,
    "SHAPES": ".interfaces",
    "Sequence": "collections.abc",
    "Service": _RUNTIME,
    "ServiceError": _RUNTIME,
    "Timestamp": _RUNTIME,
    "TypedDict": "typing",
    "datetime": "datetime",
    "errors": ".",
    "method": _RUNTIME,
    "operation": _RUNTIME,
    "operations": ".",
    "shapes": _RUNTIME,
}
# What a module always takes from elsewhere; the rest depends on its annotations.
_FIXED: Mapping[str, frozenset[str]] = {
    "__init__": frozenset(),
    "errors": frozenset({"Mapping", "ServiceError"}),
    "interfaces": frozenset({"shapes"}),
    "operations": frozenset({"Api", "ERRORS", "Operation", "SHAPES", "operation"}),
    "service": frozenset(
        {"API", "Config", "Credentials", "Service", "errors", "method", "operations"}
    ),
}

# Python reads a bare carriage return as a line feed, formatters split docstrings at every
# boundary that str.splitlines knows, no file can hold a surrogate, and no reader can see
# what formats text: zero-width and bidirectional characters make code look like other.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f\x85\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)
# A quote counts where it would end the docstring, or be the fourth in a row.
_SPECIAL = re.compile(rf'''\\|"""|\A"|"\Z|{_UNSAFE.pattern}''')
_WIDTH = 88  # columns of a line of source, black's
_LINE = 64  # characters of a string in one line of source


def service(described: ir.Service, package: str) -> Files:
    """Return the files of one service.

    Parameters
    ----------
    described : ir.Service
        What `make_paws.parse` made.
    package : str
        The name of the package that users import: ``paws``.

    Raises
    ------
    FormatError
        A template made something that is no Python.
    """
    folder = PurePosixPath(package, "services", described.constructor)
    return formatted(
        {
            folder
            / f"{module}.py": _environment()
            .get_template(f"service/{module}.py.jinja")
            .render(
                service=described,
                imports=_imports(module, described),
                exports=_exports(described),
            )
            for module in _FIXED
        }
    )


def package(exports: Mapping[str, Collection[str]], package: str) -> Files:
    """Return the files of the package itself.

    Parameters
    ----------
    exports : mapping
        Of a service's constructor to its functions, the constructor among them.
    package : str
        The name of the package that users import.
    """
    root = PurePosixPath(package)
    services = {name: sorted(exports[name]) for name in sorted(exports)}
    names = ("__init__.py", "__init__.pyi", "services/__init__.py", "py.typed")
    return formatted(
        {
            root
            / name: _environment()
            .get_template(f"package/{name}.jinja")
            .render(services=services, package=package, runtime=naming.RUNTIME)
            for name in names
        }
    )


def functions(described: ir.Service) -> tuple[str, ...]:
    """Return the names that a service adds to the package."""
    names = (operation.function for operation in described.operations)
    return (described.constructor, *names)


def docstring(text: str, indent: int = 0, closing: bool = False) -> str:
    r"""Escape `text` for the inside of a triple-quoted string.

    Parameters
    ----------
    text : str
        Any text.
    indent : int
        Columns in front of every line but the first.
    closing : bool
        Whether the docstring ends after it.
    """
    escaped = _SPECIAL.sub(lambda found: "".join(map(_escape, found[0])), text)
    # black adds a space to a docstring that ends in a quote, escaped or not; ruff does not.
    if closing and escaped.endswith('"'):
        escaped = escaped[:-1] + "x22"
    return re.sub(r"\n(?=[^\n])", "\n" + " " * indent, escaped)


def _escape(character: str) -> str:
    return f"\\{character}" if character in '\\"' else ascii(character)[1:-1]


def annotation(field: ir.Field) -> str:
    """Return the type of a key, in quotes where it is not defined yet."""
    return f'"{field.annotation}"' if field.deferred else field.annotation


def declaration(parameter: ir.Parameter) -> str:
    """Return a parameter of a signature, its type in parentheses where they are needed.

    black puts them around an optional type that does not fit in its line, ruff does not.
    """
    if parameter.required:
        return f"{parameter.name}: {parameter.annotation}"
    plain = f"{parameter.name}: {parameter.annotation} | None = None"
    if len(f"    {plain},") <= _WIDTH:
        return plain
    return f"{parameter.name}: ({parameter.annotation} | None) = None"


def literal(value: Any) -> str:
    """Return `value` as the source of an expression that gives it back.

    A shape becomes the call that makes its twin of `paws_common.shapes`, with what
    differs from the defaults; a long string becomes several, joined by Python.
    """
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, tuple):
        items = ", ".join(map(literal, value))
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, Mapping):
        items = ", ".join(f"{literal(key)}: {literal(value[key])}" for key in value)
        return f"{{{items}}}"
    if is_dataclass(value):
        return f"shapes.{type(value).__name__}({', '.join(_arguments(value))})"
    return repr(value)


def _arguments(shape: Any) -> Iterator[str]:
    for field in fields(shape):
        given = getattr(shape, field.name)
        if field.default is MISSING:
            yield literal(given)
        elif given != field.default:
            yield f"{field.name}={literal(given)}"


def _string(value: str) -> str:
    # A name stays in one piece; pyright reads no __all__ with others in it.
    if len(value) <= _LINE or value.isidentifier():
        return _plain(value)
    parts = re.findall(rf"(?s).{{1,{_LINE}}}(?<!\\)|.+", value)
    strings = " ".join(map(_plain, parts))
    return f"({strings})" if len(parts) > 1 else strings


def _plain(value: str) -> str:
    """Return a string in one line: a raw one where that reads better."""
    if "\\" in value and value.isprintable():
        raw = f'r"{value}"'
        try:
            if ast.literal_eval(raw) == value:
                return raw
        except SyntaxError:
            pass
    return ascii(value) if _UNSAFE.search(value) else repr(value)


def _names(module: str, described: ir.Service) -> set[str]:
    """Return the names that a module takes from elsewhere."""
    match module:
        case "errors":
            annotations = [
                attribute.annotation
                for error in described.errors
                for attribute in error.attributes
            ]
            annotations += [
                "MappingProxyType" for error in described.errors if error.renamed
            ]
        case "interfaces":
            annotations = [
                text
                for typed in (*described.results, *described.inputs)
                for text in ("TypedDict", *(field.annotation for field in typed.fields))
            ]
        case "operations":
            annotations = [
                annotation
                for operation in described.operations
                for annotation in (
                    operation.result,
                    *(parameter.annotation for parameter in operation.parameters),
                )
            ]
        case "service" if not described.errors:
            return set(_FIXED[module]) - {"errors"}
        case _:
            annotations = []
    return set(_FIXED[module]).union(
        *(re.findall(r"\w+", text) for text in annotations)
    )


def _imports(module: str, described: ir.Service) -> Imports:
    """Return a module's imports: standard library, run time, the service's own."""
    typed = {typed.name for typed in (*described.results, *described.inputs)}
    # sts has Credentials of its own; those of the constructor are the run time's.
    fixed = {name: _SOURCES[name] for name in _FIXED[module]}
    sources = {**_SOURCES, **dict.fromkeys(typed, ".interfaces"), **fixed}
    modules: dict[str, list[str]] = {}
    for name in _sorted(_names(module, described)):
        source = sources.get(name)
        if source is not None and source != f".{module}":
            modules.setdefault(source, []).append(name)
    sections = (
        [name for name in sorted(modules) if name in _STANDARD],
        [name for name in sorted(modules) if name == _RUNTIME],
        [name for name in sorted(modules) if name.startswith(".")],
    )
    return tuple(
        tuple((name, tuple(modules[name])) for name in section)
        for section in sections
        if section
    )


def _sorted(names: Iterable[str], *, fold: bool = True) -> list[str]:
    """Return `names` as isort orders them: constants, classes, functions.

    In an import, capitals and small letters are alike (`fold`), in ``__all__`` not.
    """

    def order(name: str) -> tuple[bool, bool, list[str | tuple[int, str]], str]:
        spelling = name.lower() if fold else name
        parts = re.split("([0-9]+)", spelling)
        natural = [_digits(part) if part.isdigit() else part for part in parts]
        is_constant = name.isupper() and len(name) > 1
        return not is_constant, not name[0].isupper(), natural, name

    return sorted(names, key=order)


def _digits(text: str) -> tuple[int, str]:
    # A number that begins with a zero is like a fraction: 034 stands before 1.
    return (0, text) if text.startswith("0") else (int(text), "")


def _exports(described: ir.Service) -> Mapping[str, list[str]]:
    """Return what the service's package takes from each of its modules."""
    return {
        "errors": [error.name for error in described.errors],
        "interfaces": [typed.name for typed in (*described.results, *described.inputs)],
        "operations": [operation.function for operation in described.operations],
        "service": [described.class_name, described.constructor],
    }


def environment(*, autoescape: bool) -> jinja2.Environment:
    """Return what renders the templates, without any filter of its own."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=autoescape,
    )


@cache
def _environment() -> jinja2.Environment:
    # Python is no HTML; `docstring` and `literal` escape.
    made = environment(autoescape=False)
    made.filters["annotation"] = annotation
    made.filters["declaration"] = declaration
    made.filters["docstring"] = docstring
    made.filters["literal"] = literal
    made.filters["sorted"] = _sorted
    return made
