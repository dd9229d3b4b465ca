"""Render the intermediate representation to source with Jinja2, formatted by ruff.

All text of a model is escaped by one of two filters, `docstring` or `literal`. Names and
annotations come from `make_paws.naming` and `make_paws.python_types`, which check that they
are identifiers.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from importlib import resources
from itertools import chain, groupby
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import jinja2

from make_paws import ir, naming
from make_paws.formatting import Files, formatted

# Sections of modules and the names to import from each.
Imports = tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]

# In a wheel, which can be imported as a zip archive, the templates are in this package. In a
# checkout, they are at the top level.
_TEMPLATES = (
    resources.files("make_paws") / "templates",
    Path(__file__).parents[2] / "templates",
)

_RUNTIME = "paws_common"
_CUSTOM = f"{_RUNTIME}.custom"
_STANDARD = frozenset({"collections.abc", "datetime", "os", "types", "typing"})
_SOURCES: Mapping[str, str] = {
    name: module
    for module, names in {
        ".": "custom errors operations",
        ".errors": "ERRORS",
        ".interfaces": "SHAPES",
        ".operations": "API",
        "collections.abc": "Callable Mapping Sequence",
        "datetime": "datetime",
        "os": "PathLike",
        "types": "MappingProxyType",
        "typing": "Any NotRequired TYPE_CHECKING",
        _RUNTIME: (
            "Api AsyncService Blob Config Credentials Creds CustomCall EmptyResult"
            " ErrorHint EventStream Operation Request ResponseMetadata Service"
            " ServiceError Timestamp TypedDict async_method async_operation"
            " custom_function custom_method method operation shapes"
        ),
    }.items()
    for name in names.split()
}
# The names that a module always imports; the others depend on its annotations.
_FIXED: Mapping[str, frozenset[str]] = {
    module: frozenset(names.split())
    for module, names in {
        "__init__": "",
        "aio": "AsyncService async_method async_operation operations",
        "custom": "API CustomCall custom_function",
        "errors": "Mapping ServiceError",
        "interfaces": "shapes",
        "operations": "Api ERRORS Operation Request SHAPES operation",
        "service": "API Config Credentials Service TYPE_CHECKING errors method operations",
    }.items()
}

# Python reads a carriage return as a line feed, formatters split docstrings at every line
# boundary of str.splitlines, and no file can contain a surrogate. Zero-width and
# bidirectional characters are invisible and can make code look like other code.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f\x85\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)
# A quote is escaped if it would end the docstring or be the fourth in a row.
_SPECIAL = re.compile(rf'''\\|"""|\A"|"\Z|{_UNSAFE.pattern}''')
_WIDTH = 88  # columns of a line of source, black's
_LINE = 64  # characters of a string in one line of source


def service(described: ir.Service, package: str) -> Files:
    """Return the files of one service.

    Parameters
    ----------
    described : ir.Service
        The result of `make_paws.parse`.
    package : str
        The name of the package that users import: ``paws``.

    Raises
    ------
    FormatError
        The output of a template is not Python.
    """
    folder = PurePosixPath(package, "services", described.constructor)
    sources = {
        folder
        / f"{module}.py": _rendered(
            f"service/{module}.py",
            service=described,
            imports=_imports(module, described),
            exports=_exports(described),
        )
        for module in _FIXED
        if module != "custom" or described.functions
    }
    return formatted(sources)


def package(
    exports: Mapping[str, Collection[str]],
    package: str,
    on_demand: Mapping[str, str] = MappingProxyType({}),
    custom: Collection[str] = (),
) -> Files:
    """Return the files of the package itself.

    Parameters
    ----------
    exports : mapping
        Maps the constructor of each service to the names that it exports.
    package : str
        The name of the package that users import.
    on_demand : mapping, optional
        Maps the constructors of the services that are generated on first use to
        botocore's names.
    custom : collection of str, optional
        The functions that no model has, which have no coroutine.
    """
    services = {name: sorted(exports[name]) for name in sorted(exports)}
    names = ["__init__.py", "__init__.pyi", "_exports.py", "aio.py", "aio.pyi"]
    names += ["_services.py"] if on_demand else []
    names += ["py.typed", "services/__init__.py"]
    sources = {
        PurePosixPath(package, name): _rendered(
            f"package/{name}",
            services=services,
            package=package,
            runtime=naming.RUNTIME,
            on_demand={name: on_demand[name] for name in sorted(on_demand)},
            custom=sorted({*chain(*services.values())}.intersection(custom)),
        )
        for name in names
    }
    return formatted(sources)


def functions(described: ir.Service) -> tuple[str, ...]:
    """Return the names that a service adds to the package."""
    names = (operation.function for operation in described.operations)
    custom = (function.function for function in described.functions)
    return (described.constructor, *names, *custom)


def docstring(text: str, indent: int = 0, closing: bool = False) -> str:
    r"""Escape `text` for a triple-quoted string.

    Parameters
    ----------
    text : str
        Any text.
    indent : int
        The indentation of all lines except the first.
    closing : bool
        Whether the docstring ends after the text.
    """
    escaped = _SPECIAL.sub(lambda found: "".join(map(_escape, found[0])), text)
    # black adds a space to a docstring that ends with a quote, even if escaped; ruff does not.
    if closing and escaped.endswith('"'):
        escaped = escaped[:-1] + "x22"
    return re.sub(r"\n(?=[^\n])", "\n" + " " * indent, escaped)


def _escape(character: str) -> str:
    return f"\\{character}" if character in '\\"' else ascii(character)[1:-1]


def annotation(field: ir.Field) -> str:
    """Return the type of a key, in quotes if it is defined later."""
    return f'"{field.annotation}"' if field.deferred else field.annotation


def declaration(parameter: ir.Parameter) -> str:
    """Return a parameter of a signature, with parentheses around a long optional type.

    black adds the parentheses if the parameter does not fit in a line; ruff does not.
    """
    if parameter.required:
        return f"{parameter.name}: {parameter.annotation}"
    if parameter.default != "None":
        return f"{parameter.name}: {parameter.annotation} = {parameter.default}"
    plain = f"{parameter.name}: {parameter.annotation} | None = None"
    if len(f"    {plain},") <= _WIDTH:
        return plain
    return f"{parameter.name}: ({parameter.annotation} | None) = None"


def needs_comment(operation: ir.Operation) -> bool:
    """Return whether a signature without parameters does not fit in its line.

    black and ruff break such a line differently, unless it contains a comment.
    """
    line = f"def {operation.function}() -> Request[{operation.result}]:"
    return not operation.parameters and len(line) > _WIDTH


def text(parameter: ir.Parameter) -> str:
    """Return the help for a parameter: R's mark, our notices, and its text."""
    notice = textwrap.fill(
        parameter.deprecated, 72, break_long_words=False, break_on_hyphens=False
    )
    parts = (notice, parameter.documentation, parameter.generated)
    paragraphs = "\n\n".join(filter(None, parts))
    return f"{parameter.mark} {paragraphs}".strip()


def literal(value: Any) -> str:
    """Return the source of an expression for `value`.

    A shape is written as a call of a class of `paws_common.shapes`, without arguments that
    equal their defaults. A long string is written as several adjacent literals.
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
        value = getattr(shape, field.name)
        if field.default is MISSING:
            yield literal(value)
        elif value != field.default:
            yield f"{field.name}={literal(value)}"


def _string(value: str) -> str:
    # Names are not split, because pyright does not evaluate such strings in __all__.
    if len(value) <= _LINE or value.isidentifier():
        return _plain(value)
    parts = re.findall(rf"(?s).{{1,{_LINE}}}(?<!\\)|.+", value)
    strings = " ".join(map(_plain, parts))
    return f"({strings})" if len(parts) > 1 else strings


def _plain(value: str) -> str:
    """Return a string in one line, as a raw string if it contains backslashes."""
    if "\\" in value and value.isprintable():
        raw = f'r"{value}"'
        with suppress(SyntaxError):
            if ast.literal_eval(raw) == value:
                return raw
    return ascii(value) if _UNSAFE.search(value) else repr(value)


def _names(module: str, described: ir.Service) -> set[str]:
    words = (re.findall(r"\w+", text) for text in _annotations(module, described))
    names = set(_FIXED[module]).union(*words)
    return names if described.errors else names - {"errors"}


def _annotations(module: str, described: ir.Service) -> Iterator[str]:
    """Yield texts with the names that a module uses in addition to `_FIXED`."""
    match module:
        case "errors":
            for error in described.errors:
                yield from (attribute.annotation for attribute in error.attributes)
                if error.renamed:
                    yield "MappingProxyType"
        case "interfaces":
            for typed in described.results + described.inputs:
                yield "TypedDict"
                yield from (field.annotation for field in typed.fields)
        case "operations":
            for operation in described.operations:
                yield operation.result
                yield from (each.annotation for each in operation.parameters)
            if described.error_hints:
                yield "ErrorHint"
        case "aio":
            yield described.class_name
        case "custom":
            for function in described.functions:
                yield from (function.name, function.result)
                if function.operation:
                    yield from ("Operation", function.operation.result)
                yield from (each.annotation for each in function.parameters)
        case "service" if described.functions:
            yield "custom custom_method"


def _imports(module: str, described: ir.Service) -> Imports:
    """Return the imports of a module: standard library, runtime, and the service."""
    typed = {typed.name for typed in (*described.results, *described.inputs)}
    # sts has a type Credentials, but the constructor uses the runtime's.
    fixed = {name: _SOURCES[name] for name in _FIXED[module]}
    if module == "aio":
        fixed[described.class_name] = ".service"
    custom = {each.name: f"{_CUSTOM}.{described.name}" for each in described.functions}
    sources = {**_SOURCES, **custom, **dict.fromkeys(typed, ".interfaces"), **fixed}
    modules: dict[str, list[str]] = {}
    for name in _sorted(_names(module, described)):
        source = sources.get(name, f".{module}")
        if source != f".{module}":
            modules.setdefault(source, []).append(name)

    def section(name: str) -> int:
        return 0 if name in _STANDARD else 1 if name.startswith(_RUNTIME) else 2

    return tuple(
        tuple((name, tuple(modules[name])) for name in names)
        for _, names in groupby(sorted(sorted(modules), key=section), section)
    )


def _sorted(names: Iterable[str], *, fold: bool = True) -> list[str]:
    """Return `names` in the order of isort: constants, classes, functions.

    The order is case-insensitive (`fold`) in imports, and case-sensitive in ``__all__``.
    """

    def order(name: str) -> tuple[bool, bool, list[str | tuple[int, str]], str]:
        spelling = name.lower() if fold else name
        parts = re.split("([0-9]+)", spelling)
        natural = [_digits(part) if part.isdigit() else part for part in parts]
        is_constant = name.isupper() and len(name) > 1
        return not is_constant, not name[0].isupper(), natural, name

    return sorted(names, key=order)


def _digits(text: str) -> tuple[int, str]:
    # A number with a leading zero is compared like a fraction: 034 is before 1.
    return (0, text) if text.startswith("0") else (int(text), "")


def _exports(described: ir.Service) -> Mapping[str, list[str]]:
    """Return the names that the package of a service imports from each module."""
    # Sorted, as linters sort imports.
    return {
        "custom": [function.function for function in described.functions],
        "errors": [error.name for error in described.errors],
        "interfaces": [typed.name for typed in (*described.results, *described.inputs)],
        "operations": [operation.function for operation in described.operations],
        "service": [described.class_name, described.constructor],
    }


def environment(*, autoescape: bool) -> jinja2.Environment:
    """Return the environment of the templates, without custom filters."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=autoescape,
    )


def _template(name: str) -> str | None:
    paths = (folder / name for folder in _TEMPLATES)
    return next((path.read_text("utf-8") for path in paths if path.is_file()), None)


def _rendered(name: str, **values: Any) -> str:
    return _environment().get_template(f"{name}.jinja").render(**values)


@cache
def _environment() -> jinja2.Environment:
    # Not HTML: `docstring` and `literal` escape values.
    created = environment(autoescape=False)
    created.filters.update(
        annotation=annotation,
        declaration=declaration,
        docstring=docstring,
        literal=literal,
        sorted=_sorted,
        text=text,
    )
    created.tests["needing_a_comment"] = needs_comment
    return created
