"""Read ``overrides.toml``: the exceptions to the rules of the models."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, ClassVar, TypeVar

from make_paws import ir, naming
from make_paws.errors import OverrideError

SHIPPED = resources.files("make_paws") / "overrides.toml"

Model = Mapping[str, Any]
AnyEntry = TypeVar("AnyEntry", bound="Entry")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of ``overrides.toml``, and whether it fits the model of its service.

    A model can be newer or older than the entry. By default, an entry fits every model.
    """

    table: ClassVar[str]
    service: str

    def waits(self, model: Model) -> bool:
        """Return whether `model` is older than the entry, which then has no effect."""
        return False

    def misfit(self, model: Model) -> str:
        """Return why the entry cannot be applied to `model`; "" if it can."""
        return ""

    def outdated(self, model: Model) -> str:
        """Return why the reason of the entry is outdated; "" if it is not.

        The entry is still applied.
        """
        return ""

    def __str__(self) -> str:
        return f"{self.table} of {self.service}"


@dataclass(frozen=True, slots=True)
class PatternMatch(Entry):
    """How a service applies its patterns: ``whole`` (complete value) or ``search``."""

    table = "pattern_match"
    match: str
    reason: str

    def __post_init__(self) -> None:
        if self.match not in ("whole", "search"):
            raise OverrideError(
                f'{self}: match must be "whole" or "search", not {self.match!r}'
            )

    def misfit(self, model: Model) -> str:
        if any("pattern" in shape for shape in model["shapes"].values()):
            return ""
        return "the model has no pattern"


@dataclass(frozen=True, slots=True)
class ExactlyOneOf(Entry):
    """Members of a structure: the caller must pass exactly one of them.

    Models without the member `since` are older than the rule.
    """

    table = "exactly_one_of"
    shape: str
    members: tuple[str, ...]
    since: str
    reason: str

    def __post_init__(self) -> None:
        if len(self.members) < 2:
            raise OverrideError(
                f"{self}: members must be two or more, not {list(self.members)!r}"
            )

    def waits(self, model: Model) -> bool:
        return self.since not in _members(self.shape, model)

    def misfit(self, model: Model) -> str:
        if not _is_structure(self.shape, model):
            return f"the model has no structure {self.shape}"
        members = _members(self.shape, model)
        required = model["shapes"][self.shape].get("required", ())
        wrong = [
            name for name in self.members if name not in members or name in required
        ]
        if self.waits(model) or not wrong:
            return ""
        return f"{self.shape}.{wrong[0]} does not exist or is required by the model"


@dataclass(frozen=True, slots=True)
class ServiceName(Entry):
    """The name of a service whose name in R is that of another service."""

    table = "service_name"
    name: str
    reason: str

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z][a-z0-9]*", self.name):
            raise OverrideError(
                f"{self}: name must be lowercase letters and digits, not {self.name!r}"
            )

    def misfit(self, model: Model) -> str:
        if naming.service_name(model["metadata"]) != self.name:
            return ""
        return f"R's rule already results in the name {self.name}"


@dataclass(frozen=True, slots=True)
class ReadTimeout(Entry):
    """The read timeout of a service for which botocore's is too short."""

    table = "read_timeout"
    seconds: int
    reason: str

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise OverrideError(f"{self}: seconds must be positive, not {self.seconds}")

    def outdated(self, model: Model) -> str:
        quoted = f"{self.seconds} seconds"
        operations = model["operations"].values()
        if any(quoted in each.get("documentation", "") for each in operations):
            return ""
        return f'no operation mentions "{quoted}"'


@dataclass(frozen=True, slots=True)
class Union(Entry):
    """A structure that is a union, though the model does not mark it as one."""

    table = "union"
    shape: str
    reason: str

    def misfit(self, model: Model) -> str:
        if not _is_structure(self.shape, model):
            return f"the model has no structure {self.shape}"
        shape = model["shapes"][self.shape]
        if shape.get("union") or shape.get("required"):
            return f"{self.shape} is marked as a union or has required members"
        return ""


@dataclass(frozen=True, slots=True)
class ValueHint(Entry):
    """A hint for values of a member that its pattern rejects and `value` matches.

    Models without the member are older than it.
    """

    table = "value_hint"
    shape: str
    member: str
    value: str
    hint: str
    reason: str

    def __post_init__(self) -> None:
        _compiled(self, "value", self.value)

    def waits(self, model: Model) -> bool:
        return self.member not in _members(self.shape, model)

    def misfit(self, model: Model) -> str:
        if not _is_structure(self.shape, model):
            return f"the model has no structure {self.shape}"
        if self.waits(model) or "pattern" in model["shapes"][self.string(model)]:
            return ""
        return f"{self.shape}.{self.member} has no pattern"

    def string(self, model: Model) -> str:
        """Return the shape of the member."""
        return str(_members(self.shape, model)[self.member]["shape"])


@dataclass(frozen=True, slots=True)
class ErrorEntry(Entry):
    """An entry for an error; models without the error are older than it."""

    error: str

    def waits(self, model: Model) -> bool:
        return self.error not in _error_codes(model)


@dataclass(frozen=True, slots=True)
class ErrorHint(ErrorEntry):
    """A hint for an error, used if `pattern` is found in its code or a text."""

    table = "error_hint"
    pattern: str
    hint: str
    reason: str

    def __post_init__(self) -> None:
        groups = _compiled(self, "pattern", self.pattern).groupindex
        try:
            named = {field for _, field, _, _ in string.Formatter().parse(self.hint)}
        except ValueError as error:
            raise OverrideError(f"{self}: hint is not a format: {error}") from error
        if unknown := named - groups.keys() - {None}:
            raise OverrideError(
                f"{self}: hint has fields that are not groups of the pattern: "
                f"{', '.join(sorted(map(str, unknown)))}"
            )


@dataclass(frozen=True, slots=True)
class NotReady(ErrorEntry):
    """An error that ends when a resource is ready, such as a model that is being loaded."""

    table = "not_ready"
    reason: str


@dataclass(frozen=True, slots=True)
class FunctionParameter:
    """A parameter of a function that no model has.

    `type` and `default` are expressions of Python; a required parameter has no default.
    """

    name: str
    type: str
    default: str
    text: str

    def __post_init__(self) -> None:
        for source in (self.name, self.type, self.default or "None"):
            try:
                ast.parse(source, mode="eval")
            except SyntaxError as error:
                raise OverrideError(
                    f"parameter {self.name}: {source!r}: {error}"
                ) from None


@dataclass(frozen=True, slots=True)
class Function(Entry):
    """A function that no model has: ``paws_common.custom.SERVICE.NAME``.

    It has the parameters that all its `operations` have, and its own `parameters`. With
    operations, its first argument is a request of the first one. `errors` maps the name
    of an error to its text.
    """

    table = "function"
    name: str
    operations: tuple[str, ...]
    parameters: tuple[FunctionParameter, ...]
    title: str
    documentation: str
    result: str
    result_text: str
    errors: tuple[tuple[str, str], ...]
    note: str
    example: str
    reason: str

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            raise OverrideError(
                f"{self}: name must be lowercase letters, digits and underscores, not "
                f"{self.name!r}"
            )

    def misfit(self, model: Model) -> str:
        present = model["operations"]
        if missing := [name for name in self.operations if name not in present]:
            return f"the model has no operation {missing[0]}"
        if self.name in map(naming.snake_case, present):
            return f"the model has the operation {self.name}"
        return ""

    def __str__(self) -> str:
        return f"{self.table} {self.name} of {self.service}"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The overrides of one service that fit its model, and problems of the others.

    Parameters
    ----------
    whole_match : bool
        Whether patterns match the complete value.
    exactly_one_of : tuple of ExactlyOneOf
        The entries that apply.
    read_timeout : int or None
        In seconds; None is botocore's.
    unions : frozenset of str
        Names of structures.
    hints : mapping
        Name of a string to its hint.
    error_hints : tuple of ir.ErrorHint
        The hints for errors.
    not_ready_errors : tuple of str
        Codes of errors.
    functions : tuple of Function
        The functions that no model has.
    problems : tuple of ir.OverrideProblem
        The problems of entries that do not fit.
    """

    whole_match: bool
    exactly_one_of: tuple[ExactlyOneOf, ...]
    read_timeout: int | None
    unions: frozenset[str]
    hints: Mapping[str, ir.Hint]
    error_hints: tuple[ir.ErrorHint, ...]
    not_ready_errors: tuple[str, ...]
    functions: tuple[Function, ...]
    problems: tuple[ir.OverrideProblem, ...]

    @property
    def exactly_one_of_groups(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Map each shape to its groups of members of which exactly one must be passed."""
        groups: dict[str, tuple[tuple[str, ...], ...]] = {}
        for entry in self.exactly_one_of:
            groups[entry.shape] = (*groups.get(entry.shape, ()), entry.members)
        return groups


@dataclass(frozen=True, slots=True)
class Overrides:
    """All entries of ``overrides.toml``."""

    pattern_match: tuple[PatternMatch, ...] = ()
    exactly_one_of: tuple[ExactlyOneOf, ...] = ()
    service_names: tuple[ServiceName, ...] = ()
    read_timeouts: tuple[ReadTimeout, ...] = ()
    unions: tuple[Union, ...] = ()
    value_hints: tuple[ValueHint, ...] = ()
    error_hints: tuple[ErrorHint, ...] = ()
    not_ready: tuple[NotReady, ...] = ()
    functions: tuple[Function, ...] = ()

    def service_name(self, service: str, metadata: Mapping[str, Any]) -> str:
        """Return the name of `service`: R's, unless an entry renames it."""
        names = (each.name for each in self.service_names if each.service == service)
        return next(names, "") or naming.service_name(metadata)

    def resolve(self, service: str, model: Model) -> Resolved:
        """Return the overrides of `service` that fit `model`."""
        tables = (getattr(self, table.name) for table in fields(self))
        own = [entry for table in tables for entry in table if entry.service == service]
        misfits = {entry: reason for entry in own if (reason := entry.misfit(model))}
        outdated = {entry: reason for entry in own if (reason := entry.outdated(model))}
        applied = {
            entry for entry in own if entry not in misfits and not entry.waits(model)
        }

        def kept(entries: tuple[AnyEntry, ...]) -> tuple[AnyEntry, ...]:
            return tuple(each for each in entries if each in applied)

        return Resolved(
            whole_match=any(each.match == "whole" for each in kept(self.pattern_match)),
            exactly_one_of=kept(self.exactly_one_of),
            read_timeout=next(
                (each.seconds for each in kept(self.read_timeouts)), None
            ),
            unions=frozenset(each.shape for each in kept(self.unions)),
            hints={
                each.string(model): ir.Hint(each.value, each.hint)
                for each in kept(self.value_hints)
            },
            error_hints=tuple(
                ir.ErrorHint(each.pattern, each.hint) for each in kept(self.error_hints)
            ),
            not_ready_errors=tuple(each.error for each in kept(self.not_ready)),
            functions=kept(self.functions),
            problems=tuple(
                ir.OverrideProblem(str(each), reason, is_applied)
                for reasons, is_applied in ((misfits, False), (outdated, True))
                for each, reason in reasons.items()
            ),
        )


# The fields of `Overrides` and the types of their entries.
_TYPES: Mapping[str, type[Entry]] = {
    "pattern_match": PatternMatch,
    "exactly_one_of": ExactlyOneOf,
    "service_names": ServiceName,
    "read_timeouts": ReadTimeout,
    "unions": Union,
    "value_hints": ValueHint,
    "error_hints": ErrorHint,
    "not_ready": NotReady,
    "functions": Function,
}
_ITEMS = {"members": "member", "operations": "operation", "parameters": "parameter"}
_NOT_STRINGS = frozenset({*_ITEMS, "errors", "parameter", "seconds"})
_MAY_BE_EMPTY = frozenset({"default", "note"})


def load(path: Traversable = SHIPPED) -> Overrides:
    """Return the overrides in the file `path`.

    Raises
    ------
    OverrideError
        The file is not TOML, or an entry has a missing, unknown or invalid key.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OverrideError(f"{path}: {error}") from error
    if unknown := sorted(tables.keys() - {type_.table for type_ in _TYPES.values()}):
        raise OverrideError(f"{path}: unknown tables: {', '.join(unknown)}")
    entries: dict[str, Any] = {
        name: _entries(tables, type_) for name, type_ in _TYPES.items()
    }
    return Overrides(**entries)


def _entries(tables: Model, type_: type[Entry]) -> tuple[Entry, ...]:
    table = type_.table
    listed = tables.get(table, [])
    if not isinstance(listed, list) or not all(
        isinstance(each, dict) for each in listed
    ):
        raise OverrideError(f"{table} is not a list; write [[{table}]]")
    return tuple(type_(**_values(values, type_, table)) for values in listed)


def _values(values: Mapping[str, Any], type_: type[Any], table: str) -> dict[str, Any]:
    names = {field.name for field in fields(type_)}
    if wrong := sorted(values.keys() ^ names):
        raise OverrideError(
            f"an entry of {table} has missing or unknown keys: {', '.join(wrong)}"
        )
    return {name: _value(value, table, name) for name, value in values.items()}


def _value(value: Any, table: str, name: str) -> Any:
    match value:
        case list() if name in _ITEMS:
            return tuple(_value(item, table, _ITEMS[name]) for item in value)
        case dict() if name == "parameter":
            values = _values(value, FunctionParameter, f"{table}.parameters")
            return FunctionParameter(**values)
        case dict() if name == "errors":
            texts = value.items()
            return tuple((key, _value(text, table, "error")) for key, text in texts)
        case int() if name == "seconds" and not isinstance(value, bool):
            return value
        case str() if (value or name in _MAY_BE_EMPTY) and name not in _NOT_STRINGS:
            return value
    raise OverrideError(f"an entry of {table}: {value!r} is not a valid {name}")


def _compiled(entry: Entry, key: str, regex: str) -> re.Pattern[str]:
    try:
        return re.compile(regex)
    except re.error as error:
        raise OverrideError(
            f"{entry}: {key} is not a regular expression of Python: {error}"
        ) from error


def _is_structure(name: str, model: Model) -> bool:
    return bool(model["shapes"].get(name, {}).get("type") == "structure")


def _members(structure: str, model: Model) -> Mapping[str, Any]:
    members: Mapping[str, Any] = model["shapes"].get(structure, {}).get("members", {})
    return members


def _error_codes(model: Model) -> set[str]:
    return {
        shape.get("error", {}).get("code", name)
        for name, shape in model["shapes"].items()
        if shape.get("exception")
    }
