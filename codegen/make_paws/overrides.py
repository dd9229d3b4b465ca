"""The exceptions to the rules: ``overrides.toml`` as data."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from make_paws import naming
from make_paws.errors import OverrideError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SHIPPED = Path(__file__).with_name("overrides.toml")


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """How a service matches its patterns: ``whole`` or ``search``."""

    service: str
    match: str
    reason: str

    def __post_init__(self) -> None:
        if self.match not in ("whole", "search"):
            raise OverrideError(
                f'pattern_match of {self.service}: match is "whole" or "search", '
                f"not {self.match!r}"
            )


@dataclass(frozen=True, slots=True)
class ExactlyOneOf:
    """Members of a structure of which a call gives exactly one."""

    service: str
    shape: str
    members: tuple[str, ...]
    since: str
    reason: str

    def __post_init__(self) -> None:
        if len(self.members) < 2:
            raise OverrideError(
                f"exactly_one_of of {self.service}: members are two or more, "
                f"not {list(self.members)!r}"
            )


@dataclass(frozen=True, slots=True)
class ServiceName:
    """What a service is called whose name in R is another's."""

    service: str
    name: str
    reason: str

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z][a-z0-9]*", self.name):
            raise OverrideError(
                f"service_name of {self.service}: a name is small letters and digits, "
                f"not {self.name!r}"
            )


@dataclass(frozen=True, slots=True)
class ReadTimeout:
    """The seconds that a service may take for an answer, where botocore waits less."""

    service: str
    seconds: int
    reason: str

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise OverrideError(
                f"read_timeout of {self.service}: seconds are more than 0, "
                f"not {self.seconds}"
            )


@dataclass(frozen=True, slots=True)
class Overrides:
    """All rows of ``overrides.toml``."""

    pattern_match: tuple[PatternMatch, ...] = ()
    exactly_one_of: tuple[ExactlyOneOf, ...] = ()
    service_names: tuple[ServiceName, ...] = ()
    read_timeouts: tuple[ReadTimeout, ...] = ()

    def read_timeout(self, service: str, model: Mapping[str, Any]) -> int | None:
        """Return the seconds that `service` may take for an answer; None is botocore's.

        Raises
        ------
        OverrideError
            A row does not fit the model: its documentation does not speak of that time.
        """
        for row in self.read_timeouts:
            if row.service == service:
                said = f"{row.seconds} seconds"
                operations = model["operations"].values()
                if not any(
                    said in each.get("documentation", "") for each in operations
                ):
                    raise OverrideError(
                        f"read_timeout: no operation of {service} speaks of {said} any "
                        "more; change or remove the row"
                    )
                return row.seconds
        return None

    def service_name(self, service: str, metadata: Mapping[str, Any]) -> str:
        """Return the name of `service`: R's, but for those that share one.

        Raises
        ------
        OverrideError
            A row says what R's rule says already.
        """
        name = naming.service_name(metadata)
        for row in self.service_names:
            if row.service == service:
                if row.name == name:
                    raise OverrideError(
                        f"service_name: {service} is called {name} by R's rule; remove "
                        "the row"
                    )
                return row.name
        return name

    def whole_match(self, service: str, model: Mapping[str, Any]) -> bool:
        """Whether `service` matches its patterns against the whole value.

        Raises
        ------
        OverrideError
            A row does not fit the model: it has no pattern.
        """
        rows = [row for row in self.pattern_match if row.service == service]
        if rows and not any("pattern" in shape for shape in model["shapes"].values()):
            raise OverrideError(
                f"pattern_match: {service} has no pattern any more; remove the row"
            )
        return any(row.match == "whole" for row in rows)

    def exactly_one_of_groups(
        self, service: str, model: Mapping[str, Any]
    ) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Return, for each shape of `service`, its groups of exactly-one-of members.

        Raises
        ------
        OverrideError
            A row does not fit the model: its shape or one of its members is gone, or
            the model itself requires one.
        """
        result: dict[str, tuple[tuple[str, ...], ...]] = {}
        for row in self.exactly_one_of_rows(service, model):
            result[row.shape] = (*result.get(row.shape, ()), row.members)
        return result

    def exactly_one_of_rows(
        self, service: str, model: Mapping[str, Any]
    ) -> tuple[ExactlyOneOf, ...]:
        """Return the rows behind those groups.

        Raises
        ------
        OverrideError
            As `exactly_one_of_groups` does.
        """
        return tuple(
            row
            for row in self.exactly_one_of
            if row.service == service and _applies(row, model)
        )


Row = TypeVar("Row", PatternMatch, ExactlyOneOf, ServiceName, ReadTimeout)


def load(path: Path = SHIPPED) -> Overrides:
    """Return the overrides that stand in `path`.

    Raises
    ------
    OverrideError
        The file is not TOML, or a row lacks a field or has one too many.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OverrideError(f"{path}: {error}") from error
    known = {"pattern_match", "exactly_one_of", "service_name", "read_timeout"}
    if unknown := sorted(tables.keys() - known):
        raise OverrideError(f"{path}: no table is called {', '.join(unknown)}")
    return Overrides(
        pattern_match=_rows(tables, "pattern_match", PatternMatch),
        exactly_one_of=_rows(tables, "exactly_one_of", ExactlyOneOf),
        service_names=_rows(tables, "service_name", ServiceName),
        read_timeouts=_rows(tables, "read_timeout", ReadTimeout),
    )


def _rows(tables: Mapping[str, Any], table: str, row: type[Row]) -> tuple[Row, ...]:
    listed = tables.get(table, [])
    if not (isinstance(listed, list) and all(isinstance(row, dict) for row in listed)):
        raise OverrideError(f"{table} is no list of rows; write [[{table}]]")
    return tuple(_row(values, table, row) for values in listed)


def _row(values: Mapping[str, Any], table: str, row: type[Row]) -> Row:
    expected = {field.name for field in fields(row)}
    if wrong := sorted(values.keys() ^ expected):
        raise OverrideError(
            f"a row of {table} lacks, or should not have: {', '.join(wrong)}"
        )
    return row(**{name: _value(value, table, name) for name, value in values.items()})


def _value(value: Any, table: str, name: str) -> Any:
    match value:
        case list() if name == "members":
            return tuple(_value(item, table, "member") for item in value)
        case int() if name == "seconds" and not isinstance(value, bool):
            return value
        case str() if value and name not in ("members", "seconds"):
            return value
    raise OverrideError(f"a row of {table}: {value!r} cannot be its {name}")


def _applies(row: ExactlyOneOf, model: Mapping[str, Any]) -> bool:
    shape = model["shapes"].get(row.shape)
    if shape is None:
        raise OverrideError(
            f"exactly_one_of: {row.service} has no shape {row.shape} any more; "
            "remove the row"
        )
    members = shape.get("members", {})
    if row.since not in members:
        return False
    required = shape.get("required", ())
    if wrong := [
        name for name in row.members if name not in members or name in required
    ]:
        raise OverrideError(
            f"exactly_one_of: {row.service} {row.shape}: {', '.join(wrong)} is gone or "
            "required by the model itself; change or remove the row"
        )
    return True
