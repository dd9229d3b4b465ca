"""The faults of R's pages: ``faults.toml`` as data."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from make_paws.errors import FactsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SHIPPED = Path(__file__).with_name("faults.toml")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in texts of R, and how they would read without it.

    In R's text, `instead` takes the place of what `pattern` (a regular expression)
    matches. `service`, `function`, `what` and `parameter` say where, empty for
    everywhere; `known_in` are the services in which R's `paws_commit` has the fault.
    """

    paws_commit: str
    known_in: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str
    reason: str
    service: str = ""
    function: str = ""
    what: str = ""
    parameter: str = ""

    def mended(self, text: str) -> str:
        """Return a text of R without the fault."""
        return self.pattern.sub(self.instead, text)


def load(path: Path = SHIPPED) -> tuple[Fault, ...]:
    """Return the rows that stand in `path`.

    Raises
    ------
    FactsError
        The file is not TOML, or a row lacks a field, has one too many or a wrong value.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FactsError(f"{path}: {error}") from error
    rows = tables.pop("fault", [])
    is_list = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if tables or not is_list:
        raise FactsError(f"{path}: holds something else than rows [[fault]]")
    return tuple(_fault(row, path) for row in rows)


def _fault(row: Mapping[str, Any], path: Path) -> Fault:
    known = {field.name for field in fields(Fault)}
    required = {"paws_commit", "known_in", "pattern", "instead", "reason"}
    if wrong := sorted((row.keys() - known) | (required - row.keys())):
        raise FactsError(f"{path}: a row lacks, or should not have: {', '.join(wrong)}")
    for name, value in row.items():
        expected = list if name == "known_in" else str
        if not isinstance(value, expected) or not (value or name == "instead"):
            raise FactsError(f"{path}: {value!r} cannot be the {name} of a row")
    try:
        pattern = re.compile(row["pattern"])
        # What may also match nothing always matches, and so tries the replacement.
        re.sub(f"{row['pattern']}|", row["instead"], "")
    except (re.error, IndexError) as error:
        raise FactsError(f"{path}: {row['pattern']!r}: {error}") from error
    known_in = tuple(map(str, row["known_in"]))
    return Fault(**{**row, "pattern": pattern, "known_in": known_in})
