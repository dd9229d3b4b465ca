"""Find the release of botocore after which a function or parameter was added or changed.

Only the releases that the caller passes are compared: "after botocore 1.43.6" means in any
later release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from make_paws import ir, spec
from make_paws.diff import public_api
from make_paws.diff.compare import compare
from make_paws.diff.difference import Difference
from make_paws.errors import refusing
from make_paws.overrides import ExactlyOneOf, Overrides
from make_paws.parse import RAW, parse


@dataclass(frozen=True, slots=True)
class Release:
    """An earlier release of botocore; `version` is None if it is unknown.

    `services` are botocore's names of its services. A single model is not
    `is_complete`: a missing service can exist in the release.
    """

    botocore: Path
    version: str | None
    services: frozenset[str]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """The differences of a service from an earlier release, called `name`.

    `has_service` is False if the release does not contain the service.
    """

    name: str
    has_service: bool = True
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """The history of one function, in words.

    `compared` lists the compared releases. `function` is the release after which the
    function was added; `parameters` maps AWS's names of parameters to the same. `rules`
    are the exceptions of overrides.toml that apply to the function.
    """

    compared: str = ""
    function: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[ExactlyOneOf, ...] = ()


def release(botocore: Path) -> Release:
    """Return the services and the version of a wheel, a data folder or one model.

    Raises
    ------
    SourceError
        `botocore` is not a wheel, a data folder or a model.
    """
    return Release(
        botocore=botocore,
        version=spec.version(botocore),
        services=frozenset(spec.names(botocore)),
        is_complete=botocore.is_dir() or spec.is_wheel(botocore),
    )


def earlier(
    service: ir.Service,
    releases: Iterable[Release],
    rows: Overrides,
    *,
    allow_unknown: bool = False,
) -> tuple[Earlier, ...]:
    """Return how a service differs from each release that contains it, oldest first.

    Raises
    ------
    RefusedError
        An earlier model cannot be read or parsed.
    """
    return tuple(
        _earlier(service, release, rows, allow_unknown)
        for release in sorted(releases, key=_age)
        if release.is_complete or service.botocore_name in release.services
    )


def of(
    operation: ir.Operation, earlier: Sequence[Earlier], rules: Sequence[ExactlyOneOf]
) -> Since:
    """Return the history of a function.

    Parameters
    ----------
    operation : ir.Operation
        The current operation.
    earlier : sequence of Earlier
        The differences of its service from earlier releases.
    rules : sequence of ExactlyOneOf
        The entries of the overrides for its service.
    """
    without = [each.name for each in earlier if _lacks(each, operation)]
    return Since(
        compared=_listed([each.name for each in earlier]),
        function=f"Added after {without[-1]}." if without else "",
        parameters={
            parameter.member: text
            for parameter in operation.parameters
            if (text := _parameter(operation.name, parameter.member, earlier))
        },
        rules=tuple(row for row in rules if row.shape == operation.input),
    )


def _lacks(earlier: Earlier, operation: ir.Operation) -> bool:
    return not earlier.has_service or any(
        (found.kind, found.aspect, found.place, found.change)
        == ("operation", "", operation.name, "added")
        for found in earlier.differences
    )


def _parameter(operation: str, name: str, earlier: Sequence[Earlier]) -> str:
    """Describe when a parameter was added, or became required or optional."""
    added, changed = "", ""
    for each in earlier:
        for found in each.differences:
            if (found.kind, found.place, found.name) != ("parameter", operation, name):
                continue
            if not found.aspect and found.old is None:
                added = f"Added after {each.name}."
            elif found.aspect == "requiredness":
                before_and_now = f"{found.old} before, {found.new} now"
                changed = f"Changed after {each.name}: {before_and_now}."
    return " ".join(filter(None, [added, changed]))


def _age(release: Release) -> tuple[int, ...]:
    """Return the numbers of a version; an unknown version is sorted first."""
    return tuple(int(part) for part in (release.version or "0").split("."))


def _earlier(
    service: ir.Service, release: Release, rows: Overrides, allow_unknown: bool
) -> Earlier:
    own = service.botocore_name
    known = f"botocore {release.version}" if release.version else ""
    if own not in release.services:
        return Earlier(known or "the older data", has_service=False)
    with refusing(own, str(release.botocore)):
        old = spec.load(own, release.botocore)
        name = known or f"the model {old.model_hash}"
        if old.model_hash == service.model_hash:
            return Earlier(name)
        then = public_api.of(parse(old, rows, RAW, allow_unknown=allow_unknown))
    return Earlier(name, differences=compare(then, public_api.of(service)))


def _listed(names: Sequence[str]) -> str:
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last
