"""``make-paws diff``: what changed in the API, for the callers of the functions."""

from __future__ import annotations

import argparse
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from make_paws import emit, overrides, parse, spec
from make_paws.diff import generated, report, surface
from make_paws.diff.compare import compare
from make_paws.diff.difference import Difference
from make_paws.diff.surface import Surface
from make_paws.errors import SourceError
from make_paws.jobs import each
from make_paws.overrides import Overrides

GENERATED = "generated"

# A service as it stands in a source: its model, or the folder of its generated files.
Service = bytes | Path


@dataclass(frozen=True, slots=True)
class Source:
    """OLD or NEW; of a `whole` release, what is missing was removed."""

    services: Mapping[str, Service]
    whole: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One service that both sources have."""

    name: str
    old: Service
    new: Service


def run(given: argparse.Namespace) -> int:
    """Print the differences; that there are some, or breaking ones, is no failure."""
    old, new = (_source(word, given) for word in (given.old, given.new))
    names = [_name(wanted, old, new, given) for wanted in given.service]
    differences = list(_differences(old, new, names or _scope(old, new)))
    match given.format:
        case "json":
            page = report.data(given.old, given.new, differences)
            print(json.dumps(page, indent=2))
        case "markdown":
            print(*report.markdown(differences), sep="\n")
        case _:
            print(*report.text(differences), sep="\n")
    return 0


def _source(word: str, given: argparse.Namespace) -> Source:
    if word == GENERATED:
        folder = given.output / given.package / "services"
        present = emit.services(given.output, given.package)
        if not present:
            raise SourceError(f"{folder}: nothing was generated there; name --output")
        return Source({name: folder / own for own, name in present.items()}, False)
    path = Path(word)
    whole = path.is_dir() or zipfile.is_zipfile(path)
    return Source(spec.contents(path), whole)


def _name(wanted: str, old: Source, new: Source, given: argparse.Namespace) -> str:
    """Return botocore's name of a service that is wanted by that name or by R's."""
    known = {**old.services, **new.services}
    if wanted in known:
        return wanted
    for name, service in known.items():
        if isinstance(service, Path) and service.name == wanted:
            return name
    for word in (given.new, given.old):
        if word != GENERATED:
            try:
                return spec.load(wanted, Path(word)).service
            except SourceError:
                continue
    raise SourceError(
        f"there is no service {wanted!r} in {given.old} or {given.new}"
        f"{spec.nearest(wanted, known)}"
    )


def _scope(old: Source, new: Source) -> list[str]:
    """Return the services to compare: those of both, or those of the smaller source.

    A single model, and what was generated, say nothing of the services they lack.
    """
    parts = [source for source in (old, new) if not source.whole] or [old, new]
    return sorted({name for source in parts for name in source.services})


def _differences(
    old: Source, new: Source, names: Sequence[str]
) -> Iterator[Difference]:
    both = [
        Pair(name, old.services[name], new.services[name])
        for name in names
        if name in old.services and name in new.services
    ]
    # Most models are the same bytes from one release to the next.
    changed = [pair for pair in both if pair.old != pair.new]
    compared = each(partial(_compared, rows=overrides.load()), changed, None)
    found = {pair.name: result for pair, result in zip(changed, compared, strict=True)}
    for name in names:
        if name not in new.services:
            yield Difference(
                "service",
                name,
                old=name,
                breaking=True,
                action="do not call it any more",
                service=name,
            )
        elif name not in old.services:
            yield Difference("service", name, new=name, service=name)
        else:
            yield from found.get(name, ())


def _compared(pair: Pair, *, rows: Overrides) -> tuple[Difference, ...]:
    old, new = (_loaded(pair.name, service) for service in (pair.old, pair.new))
    if _hash(old) == _hash(new):
        return ()
    # Where no side has Markdown, no HTML needs be converted.
    models = isinstance(old, spec.Spec) and isinstance(new, spec.Spec)
    texts = parse.RAW if models else parse.WHOLE
    return compare(*(_surface(loaded, rows, texts) for loaded in (old, new)))


def _loaded(name: str, service: Service) -> spec.Spec | Path:
    return spec.decode(name, service) if isinstance(service, bytes) else service


def _hash(loaded: spec.Spec | Path) -> str:
    if isinstance(loaded, Path):
        return generated.model_hash(loaded)
    return loaded.model_hash


def _surface(loaded: spec.Spec | Path, rows: Overrides, texts: parse.Texts) -> Surface:
    if isinstance(loaded, Path):
        return generated.read(loaded)
    return surface.of(parse.parse(loaded, rows, texts))
