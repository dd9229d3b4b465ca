"""The help pages of R's paws, as data.

The file format is JSON, plain or compressed by xz::

    {"paws_commit": …, "botocore": …, "services": {service: {function: page}}}

A page contains the texts of R's roxygen2 comments: ``title``, ``description``, ``params`` as
``[name, required, text]`` in R's order, ``value`` (the syntax of the result), ``request``
(the syntax of the request) and ``examples``.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from make_paws.errors import FactsError

_XZ = b"\xfd7zXZ\x00"
_TEXTS = ("title", "description", "value", "request", "examples")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a function; `text` begins with R's mark if it is required."""

    name: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One help page of R; `value` is the syntax of the result."""

    title: str
    description: str
    params: tuple[Parameter, ...]
    value: str
    request: str
    examples: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The pages of R's paws by service and function.

    `paws_commit` is the commit of R's repository, `botocore` is the version from which
    the pages were generated. Both are None if they are unknown.
    """

    paws_commit: str | None
    botocore: str | None
    services: Mapping[str, Mapping[str, Page]]


def load(path: Path) -> Facts:
    """Return the facts in the file `path`.

    Raises
    ------
    FactsError
        The file cannot be read, or has another structure; the error has the path in it.
    """
    try:
        content = path.read_bytes()
        if content.startswith(_XZ):
            content = lzma.decompress(content)
        found = json.loads(content)
    except OSError as error:
        raise FactsError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, lzma.LZMAError, EOFError, RecursionError) as error:
        raise FactsError(f"{path} is not JSON: {error}") from error
    try:
        return _facts(found)
    except FactsError as error:
        raise FactsError(
            f"{path} is not an output of make-paws facts: {error}"
        ) from error


def dump(facts: Facts) -> str:
    """Return the content of a file for `load`."""
    plain = asdict(facts)
    for pages in plain["services"].values():
        for page in pages.values():
            page["params"] = [[*parameter.values()] for parameter in page["params"]]
    return json.dumps(plain, indent=1) + "\n"


def _facts(found: Any) -> Facts:
    known = _object(found, "the file", ("paws_commit", "botocore", "services"))
    services = _mapping(known["services"], "services")
    return Facts(
        paws_commit=_optional(known["paws_commit"], "paws_commit"),
        botocore=_optional(known["botocore"], "botocore"),
        services={
            service: {
                function: _page(page, f"services/{service}/{function}")
                for function, page in _mapping(pages, f"services/{service}").items()
            }
            for service, pages in services.items()
        },
    )


def _page(found: Any, place: str) -> Page:
    page = _object(found, place, (*_TEXTS, "params"))
    params = page["params"]
    if not isinstance(params, list):
        raise FactsError(f"{place}/params is not a list")
    return Page(
        params=tuple(_parameter(entry, f"{place}/params") for entry in params),
        **{name: _text(page[name], f"{place}/{name}") for name in _TEXTS},
    )


def _parameter(found: Any, place: str) -> Parameter:
    match found:
        case [str(name), bool(required), str(text)]:
            return Parameter(name, required, text)
    raise FactsError(f"{place}: {_short(found)} is not [name, required, text]")


def _object(found: Any, place: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    mapping = _mapping(found, place)
    if wrong := sorted(mapping.keys() ^ set(keys)):
        raise FactsError(f"{place}: missing or unknown keys: {', '.join(wrong)}")
    return mapping


def _mapping(found: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise FactsError(f"{place}: {_short(found)} is not an object")
    return found


def _text(found: Any, place: str) -> str:
    if not isinstance(found, str):
        raise FactsError(f"{place}: {_short(found)} is not a string")
    return found


def _optional(found: Any, place: str) -> str | None:
    return None if found is None else _text(found, place)


def _short(found: Any) -> str:
    text = json.dumps(found)
    return text if len(text) <= 40 else f"{text[:40]}…"
