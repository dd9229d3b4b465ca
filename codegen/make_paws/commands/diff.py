"""``make-paws diff``: list the changes of the API and what callers must do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from make_paws import emit, overrides, parse, services, spec, summary, terminal
from make_paws.diff import generated, public_api, report
from make_paws.diff.compare import compare
from make_paws.diff.difference import Difference, removed
from make_paws.diff.public_api import PublicApi
from make_paws.errors import (
    InternalError,
    MakePawsError,
    RefusedError,
    SourceError,
    refusing,
)
from make_paws.overrides import Overrides
from make_paws.parallel import each

GENERATED = "generated"

# A service in a source: its model, the error of reading it, or its generated folder.
Service = spec.Content | SourceError | Path
# The differences of one service, and the warnings of reading it.
Compared = tuple[tuple[Difference, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """OLD or NEW. In an `is_complete` release, a missing service was removed."""

    name: str
    services: Mapping[str, Service]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A service in one source."""

    service: str
    source: str
    content: Service


@dataclass(frozen=True, slots=True)
class Pair:
    """A service in both sources; None if a source does not have it."""

    service: str
    old: Side | None
    new: Side | None

    def __str__(self) -> str:
        return self.service


@dataclass(frozen=True, slots=True)
class Loaded:
    """A side that was read: its model, or the folder of its generated files."""

    side: Side
    content: spec.Spec | Path
    model_hash: str


def run(args: argparse.Namespace) -> int:
    """Print the differences; the exit code does not depend on them.

    A service that cannot be compared is an error, and the others are compared.
    """
    old, new = (_source(word, args) for word in (args.old, args.new))
    names = [_name(wanted, old, new, args) for wanted in args.service]
    outcomes = list(_outcomes(old, new, names or _scope(old, new), args))
    refused = [
        (
            RefusedError(one.service, args.new, str(one))
            if isinstance(one, InternalError)
            else one
        )
        for one in outcomes
        if isinstance(one, (InternalError, RefusedError))
    ]
    compared = [one for one in outcomes if isinstance(one, tuple)]
    differences = [found for one, _ in compared for found in one]
    match args.format:
        case "json":
            page = report.data(args.old, args.new, differences, refused)
            terminal.write(json.dumps(page, indent=2))
        case "markdown":
            terminal.write("\n".join(report.markdown(differences, refused)))
        case _:
            terminal.write("\n".join(report.text(differences, refused)))
    for line in (line for _, lines in compared for line in lines):
        terminal.warning(line)
    for error in refused:
        terminal.error(error)
    return 2 if refused else 0


def _source(word: str, args: argparse.Namespace) -> Source:
    if word == GENERATED:
        folder = args.output / args.package / "services"
        present = emit.services(args.output, args.package)
        if not present:
            raise SourceError(
                f"{folder} contains no generated service; choose another --output"
            )
        folders = {name: folder / own for own, name in present.items()}
        return Source(word, folders, is_complete=False)
    path = Path(word)
    is_complete = path.is_dir() or spec.is_wheel(path)
    return Source(word, spec.contents(path), is_complete)


def _name(wanted: str, old: Source, new: Source, args: argparse.Namespace) -> str:
    """Return botocore's name of the service that botocore or R calls `wanted`."""
    known = {**old.services, **new.services}
    if wanted in known:
        return wanted
    for name, service in known.items():
        if isinstance(service, Path) and service.name == wanted:
            return name
    for word in (args.new, args.old):
        if word != GENERATED:
            try:
                return spec.find(wanted, Path(word))
            except SourceError:
                continue
    raise SourceError(
        f"no service is called {wanted!r} in {args.old} or {args.new}"
        f"{spec.suggestion(wanted, known)}"
    )


def _scope(old: Source, new: Source) -> list[str]:
    """Return the services to compare: those of both, or those of the smaller source.

    A single model, like generated code, does not include all services of a release.
    """
    parts = [source for source in (old, new) if not source.is_complete] or [old, new]
    return sorted({name for source in parts for name in source.services})


def _outcomes(
    old: Source, new: Source, names: Sequence[str], args: argparse.Namespace
) -> Iterator[Compared | MakePawsError]:
    pairs = [Pair(name, _side(name, old), _side(name, new)) for name in names]
    work = partial(_compared, rows=overrides.load(), allow_unknown=args.allow_unknown)
    # Most models have the same bytes in consecutive releases.
    changed = [
        pair
        for pair in pairs
        if not (pair.old and pair.new and pair.old.content == pair.new.content)
    ]
    return each(partial(services.attempt, work), changed, None)


def _side(name: str, source: Source) -> Side | None:
    content = source.services.get(name)
    return None if content is None else Side(name, source.name, content)


def _compared(pair: Pair, *, rows: Overrides, allow_unknown: bool) -> Compared:
    match pair:
        case Pair(name, new=None):
            found = removed("service", name, "", name, "stop calling it")
            return (replace(found, service=name),), ()
        case Pair(name, old=None, new=Side() as side):
            # Parse the added service to check that it can be generated.
            _, warnings = _read(_load(side), parse.RAW, rows, allow_unknown)
            added = Difference("service", name, new=name, service=name)
            return (added,), warnings
    old, new = loaded = [_load(side) for side in (pair.old, pair.new) if side]
    if old.model_hash == new.model_hash:
        return (), ()
    # If neither side has Markdown, HTML is compared with HTML.
    models = all(isinstance(one.content, spec.Spec) for one in loaded)
    renderers = parse.RAW if models else parse.FULL
    before, after = (_read(one, renderers, rows, allow_unknown) for one in loaded)
    warnings = tuple(dict.fromkeys((*before[1], *after[1])))
    return compare(before[0], after[0]), warnings


def _load(side: Side) -> Loaded:
    with refusing(side.service, side.source):
        match side.content:
            case SourceError() as error:
                raise error
            case spec.Content() as content:
                model = spec.decode(side.service, content)
                return Loaded(side, model, model.model_hash)
            case folder:
                return Loaded(side, folder, generated.model_hash(folder))


def _read(
    loaded: Loaded, renderers: parse.DocRenderers, rows: Overrides, allow_unknown: bool
) -> tuple[PublicApi, tuple[str, ...]]:
    """Return the API of a side, and a warning for each unknown key."""
    side = loaded.side
    with refusing(side.service, side.source):
        if isinstance(loaded.content, Path):
            return generated.read(loaded.content), ()
        model = parse.parse(
            loaded.content, rows, renderers, allow_unknown=allow_unknown
        )
        warnings = summary.warnings(side.service, model.unused_keys)
        return public_api.of(model, loaded.content.model), tuple(warnings)
