"""Write a call with arguments in Python and in R, and R's usage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from make_paws import syntax
from make_paws.syntax import Lines, short_block, string

# R's syntactic names; other names are written in backticks.
_R_NAME = re.compile(r"(?:[A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]*")
_R_RESERVED = frozenset(
    {
        *("break", "else", "for", "function", "if", "in", "next", "repeat", "while"),
        *("FALSE", "Inf", "NA", "NULL", "NaN", "TRUE"),
        *("NA_character_", "NA_complex_", "NA_integer_", "NA_real_"),
    }
)
_WIDTH = 72  # columns of a line of R's usage


def in_python(package: str, function: str, arguments: Mapping[str, Any]) -> str:
    """Return the call of a function with its imports."""
    call = syntax.call(f"{package}.{function}", arguments)
    imports = f"import {package}\n\n"
    if "tzinfo=timezone.utc)" in call:
        imports = f"from datetime import datetime, timezone\n\n{imports}"
    return f"{imports}{call}"


def in_r(service: str, method: str, arguments: Mapping[str, Any]) -> str:
    """Return the call of a method of a service in R's paws."""
    items = [(f"{_r_name(name)} = ", _r(value)) for name, value in arguments.items()]
    call = short_block(f"svc${_r_name(method)}(", items, ")")
    return "\n".join([f"svc <- paws::{service}()", *call])


def r_usage(function: str, parameters: Sequence[str]) -> str:
    """Return the usage of a function in the form of R's help pages.

    R: ``make_doc_usage`` in ``make.paws/R/docs.R``.
    """
    usage = f"{function}({', '.join(parameters)})"
    broken = re.sub(rf"(.{{1,{_WIDTH}}})(\s|\(|$)", r"\1\2\n", usage)
    return re.sub(" +\n", "\n", broken).rstrip("\n").replace("\n", "\n  ")


def _r(value: Any) -> Lines:
    match value:
        case dict():
            items = [(f"{_r_name(key)} = ", _r(item)) for key, item in value.items()]
            return short_block("list(", items, ")")
        case list():
            return short_block("list(", [("", _r(item)) for item in value], ")")
        case str():
            return iter([string(value)])
        case bytes():
            return iter([f"charToRaw({string(value.decode())})"])
        case datetime():
            return iter([f'as.POSIXct("{value:%Y-%m-%d}", tz = "UTC")'])
        case bool():
            return iter([str(value).upper()])
        case _:
            return iter([f"{value:.17g}"])


def _r_name(name: str) -> str:
    if _R_NAME.fullmatch(name) and name not in _R_RESERVED:
        return name
    escaped = string(name)[1:-1].replace("`", "\\`")
    return f"`{escaped}`"
