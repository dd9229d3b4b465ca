"""Read ``r_errata.toml``: the known errors of R's help pages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from make_paws.errors import FactsError

SHIPPED = Path(__file__).with_name("r_errata.toml")


@dataclass(frozen=True, slots=True)
class Erratum:
    """An error in texts of R, and how they read without it.

    In R's text, matches of `pattern` (a regular expression) are replaced by `instead`.
    `service`, `function`, `what` and `parameter` restrict where; empty means everywhere.
    `known_in` are the services in which R's `paws_commit` has the error.
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

    def corrected(self, text: str) -> str:
        """Return a text of R with the error corrected."""
        return self.pattern.sub(self.instead, text)


def load(path: Path = SHIPPED) -> tuple[Erratum, ...]:
    """Return the entries of the file `path`.

    Raises
    ------
    FactsError
        The file is not TOML, or an entry has a missing, unknown or invalid field.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FactsError(f"{path}: {error}") from error
    rows = tables.pop("erratum", [])
    is_list = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if tables or not is_list:
        raise FactsError(f"{path}: must contain only [[erratum]] tables")
    return tuple(_erratum(row, path) for row in rows)


def _erratum(row: Mapping[str, Any], path: Path) -> Erratum:
    known = {field.name for field in fields(Erratum)}
    required = {"paws_commit", "known_in", "pattern", "instead", "reason"}
    if wrong := sorted((row.keys() - known) | (required - row.keys())):
        raise FactsError(
            f"{path}: missing or unknown keys of an erratum: {', '.join(wrong)}"
        )
    for name, value in row.items():
        expected = list if name == "known_in" else str
        if not isinstance(value, expected) or not (value or name == "instead"):
            raise FactsError(
                f"{path}: {value!r} is not valid as the {name} of an erratum"
            )
    try:
        pattern = re.compile(row["pattern"])
        # An alternative that matches the empty string, so that the replacement is tried.
        re.sub(f"{row['pattern']}|", row["instead"], "")
    except (re.error, IndexError) as error:
        raise FactsError(f"{path}: {row['pattern']!r}: {error}") from error
    known_in = tuple(map(str, row["known_in"]))
    return Erratum(**{**row, "pattern": pattern, "known_in": known_in})
