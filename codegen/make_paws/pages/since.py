"""Since when something is there: what earlier releases of botocore did not have.

A release is what the caller names, so nothing is said of those between: what is "not in
botocore 1.43.6" came with any of the later ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from make_paws import ir, spec
from make_paws.diff import surface
from make_paws.diff.compare import compare
from make_paws.diff.difference import Difference
from make_paws.overrides import ExactlyOneOf, Overrides
from make_paws.parse import RAW, parse


@dataclass(frozen=True, slots=True)
class Release:
    """An earlier release of botocore: `version` is None where it tells none.

    `services` are botocore's names of those it has. A single model is not `whole`: it
    tells nothing of the services that it lacks.
    """

    botocore: Path
    version: str | None
    services: frozenset[str]
    whole: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """How a service differs from an earlier release, called `name`.

    `is_there` is False where the release does not have the service at all.
    """

    name: str
    is_there: bool = True
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """What is known of one function, in words.

    `compared` names the releases, `function` says which of them lack it, `parameters`
    has the same by AWS's name of a parameter; `rules` are exceptions that came later.
    """

    compared: str = ""
    function: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[ExactlyOneOf, ...] = ()


def release(botocore: Path) -> Release:
    """Return what stands in a wheel, a data folder, or one model.

    Raises
    ------
    SourceError
        It is none of these.
    """
    return Release(
        botocore=botocore,
        version=spec.version(botocore),
        services=frozenset(spec.services(botocore)),
        whole=botocore.is_dir() or spec.is_wheel(botocore),
    )


def earlier(
    service: ir.Service, releases: Iterable[Release], rows: Overrides
) -> tuple[Earlier, ...]:
    """Return how a service differs from each release that tells of it.

    Raises
    ------
    ModelError, OverrideError
        The earlier model is broken, or a row of `rows` does not fit it.
    """
    return tuple(
        _earlier(service, release, rows)
        for release in releases
        if release.whole or service.botocore_name in release.services
    )


def of(
    operation: ir.Operation, earlier: Sequence[Earlier], rules: Sequence[ExactlyOneOf]
) -> Since:
    """Return what is known of a function.

    Parameters
    ----------
    operation : ir.Operation
        The operation as it is now.
    earlier : sequence of Earlier
        How its service differs from earlier releases.
    rules : sequence of ExactlyOneOf
        The rows of the overrides for its service.
    """
    without = [each.name for each in earlier if _lacks(each, operation)]
    return Since(
        compared=_listed([each.name for each in earlier]),
        function=f"not in {_listed(without)}." if without else "",
        parameters={
            parameter.member: text
            for parameter in operation.parameters
            if (text := _parameter(operation.name, parameter.member, earlier))
        },
        rules=tuple(row for row in rules if row.shape == operation.input),
    )


def _lacks(earlier: Earlier, operation: ir.Operation) -> bool:
    return not earlier.is_there or any(
        (found.kind, found.aspect, found.place, found.change)
        == ("operation", "", operation.name, "added")
        for found in earlier.differences
    )


def _parameter(operation: str, name: str, earlier: Sequence[Earlier]) -> str:
    """Return which releases lack a parameter, and which required it otherwise."""
    without, changed, now = [], [], ""
    for each in earlier:
        for found in each.differences:
            if (found.kind, found.place, found.name) != ("parameter", operation, name):
                continue
            if not found.aspect and found.old is None:
                without.append(each.name)
            elif found.aspect == "requiredness":
                changed.append(f"{found.old} in {each.name}")
                now = f"{found.new} now"
    texts = [
        f"New: not in {_listed(without)}." if without else "",
        f"Changed: {', '.join([*changed, now])}." if changed else "",
    ]
    return " ".join(filter(None, texts))


def _earlier(service: ir.Service, release: Release, rows: Overrides) -> Earlier:
    known = f"botocore {release.version}" if release.version else ""
    if service.botocore_name not in release.services:
        return Earlier(known or "the older data", is_there=False)
    old = spec.load(service.botocore_name, release.botocore)
    name = known or f"the model {old.model_hash}"
    if old.model_hash == service.model_hash:
        return Earlier(name)
    then = surface.of(parse(old, rows, RAW))
    return Earlier(name, differences=compare(then, surface.of(service)))


def _listed(names: Sequence[str]) -> str:
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last
