"""What was generated, in numbers, and which patterns the run time does not enforce."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from make_paws import ir

_WIDTH = 88  # columns


@dataclass(frozen=True, slots=True)
class Counts:
    """How much one service is; `origin` is botocore's name of it and the API version."""

    service: str
    origin: str
    operations: int
    parameters: int
    unenforced: tuple[ir.Unenforced, ...]

    def __str__(self) -> str:
        return f"{self.service} ({self.origin}): {_size([self])}"


def counts(service: ir.Service) -> Counts:
    """Return how much `service` is."""
    return Counts(
        service=service.name,
        origin=f"{service.botocore_name} {service.api_version}",
        operations=len(service.operations),
        parameters=sum(len(operation.parameters) for operation in service.operations),
        unenforced=service.unenforced,
    )


def lines(services: Sequence[Counts]) -> Iterator[str]:
    """Yield the summary: the totals, and by their reason the patterns not enforced."""
    if len(services) > 1:
        yield f"{len(services):,} services, {_size(services)}"
    places: dict[str, list[str]] = {}
    for service in services:
        for pattern in service.unenforced:
            place = f"{service.service}.{pattern.shape}"
            places.setdefault(pattern.reason, []).append(place)
    for reason in sorted(places):
        yield f"{_number(len(places[reason]), 'pattern')} not enforced: {reason}"
        yield from textwrap.wrap(
            ", ".join(places[reason]),
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="  ",
            break_long_words=False,
        )


def _size(services: Sequence[Counts]) -> str:
    operations = sum(service.operations for service in services)
    parameters = sum(service.parameters for service in services)
    return f"{_number(operations, 'operation')}, {_number(parameters, 'parameter')}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
