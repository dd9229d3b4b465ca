"""Summarize a run: sizes, patterns not enforced, texts, keys and overrides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from make_paws import ir
from make_paws.terminal import count, escape, wrap


@dataclass(frozen=True, slots=True)
class Counts:
    """The part of the summary for one service.

    `origin` is botocore's name of the service and the API version.
    """

    service: str
    origin: str
    operations: int
    parameters: int
    skipped_patterns: tuple[ir.SkippedPattern, ...]
    unknown_tags: tuple[ir.UnknownTag, ...]
    unused_keys: ir.UnusedKeys
    override_problems: tuple[ir.OverrideProblem, ...]

    def __str__(self) -> str:
        return f"{self.service} ({self.origin}): {_size([self])}"


def counts(service: ir.Service) -> Counts:
    """Return the counts of one service for the summary."""
    return Counts(
        service=service.name,
        origin=f"{service.botocore_name} {service.api_version}",
        operations=len(service.operations),
        parameters=sum(len(operation.parameters) for operation in service.operations),
        skipped_patterns=service.skipped_patterns,
        unknown_tags=service.unknown_tags,
        unused_keys=service.unused_keys,
        override_problems=service.override_problems,
    )


def lines(services: Sequence[Counts]) -> Iterator[str]:
    """Yield the summary: totals, patterns not enforced, odd texts, ignored keys.

    The last lines are the entries of overrides.toml that do not fit.
    """
    if len(services) > 1:
        yield f"{len(services):,} services, {_size(services)}"
    patterns: dict[str, list[str]] = defaultdict(list)
    tags: dict[str, list[str]] = defaultdict(list)
    malformed: list[str] = []
    ignored: Counter[str] = Counter()
    for one in services:
        for pattern in one.skipped_patterns:
            patterns[pattern.reason].append(f"{one.service}.{pattern.shape}")
        for found in one.unknown_tags:
            tags[found.tag].append("/".join((one.service, *found.path)))
        keys = one.unused_keys
        malformed += ["/".join((one.service, *path)) for path in keys.malformed]
        ignored.update(keys.ignored)
    for reason, places in sorted(patterns.items()):
        yield f"{count(len(places), 'pattern')} not enforced: {escape(reason)}"
        yield from _listed(places)
    for tag, places in sorted(tags.items()):
        yield f"tag {escape(tag)} shown as text: {count(len(places), 'place')}"
        yield from _listed(places)
    if malformed:
        yield f"{count(len(malformed), 'text')} omitted: not a string"
        yield from _listed(malformed)
    if ignored:
        yield (
            f"{count(len(ignored), 'key')} of the models ignored: no effect on "
            "requests and responses"
        )
        yield from _listed(f"{key} ({ignored[key]:,})" for key in sorted(ignored))
    for service in services:
        for problem in service.override_problems:
            yield f"warning: {problem}"


def warnings(service: str, keys: ir.UnusedKeys) -> Iterator[str]:
    """Yield a line for each unknown key of a model that is ignored on request."""
    for key, (first, *others) in keys.unknown.items():
        more = f" and at {count(len(others), 'other path')}" if others else ""
        yield f"{service}: {'/'.join(first)}{more}: unknown key {key!r:.80} ignored"


def _listed(values: Iterable[str]) -> list[str]:
    return wrap(", ".join(values), "  ", "  ")


def _size(services: Sequence[Counts]) -> str:
    operations = sum(service.operations for service in services)
    parameters = sum(service.parameters for service in services)
    return f"{count(operations, 'operation')}, {count(parameters, 'parameter')}"
