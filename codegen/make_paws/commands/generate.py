"""``make-paws generate``: write the package that users import."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from make_paws import emit, naming, overrides, render, services, spec, summary, terminal
from make_paws.diff import generated, report
from make_paws.diff.difference import Difference
from make_paws.emit import Files
from make_paws.errors import MakePawsError, OutputError
from make_paws.overrides import Overrides
from make_paws.parse import parse


@dataclass(frozen=True, slots=True)
class Generated(services.GeneratedService):
    """The generated files of one service for the package.

    `folder` has the name of the constructor. `functions` are the names that the service
    adds to the package. `differences` compares its API with that of the existing files.
    """

    functions: tuple[str, ...]
    differences: tuple[Difference, ...]


def run(args: argparse.Namespace) -> int:
    """Write the package, or compare it with the existing files (``--check``).

    If a service cannot be generated, an error is printed and its files are kept.
    """
    _require_importable(args.output, args.package)
    if args.check:  # reads only
        return _run(args)
    with emit.exclusive(args.output, terminal.warning):
        return _run(args)


def _require_importable(output: Path, package: str) -> None:
    """Refuse to create a second package `paws` that Python would not import.

    The check does not apply in a checkout, whose default folder contains the package.
    """
    target = output / package
    if target != Path(naming.FOLDER, naming.PACKAGE) or target.exists():
        return
    installed = find_spec(package)
    if installed is not None and installed.origin is not None:
        raise OutputError(
            f"{target}: Python would import {Path(installed.origin).parent} instead; "
            "choose another name, such as --package aws --output src. Without that, "
            "each service is generated when it is first used: paws.s3()"
        )


def _run(args: argparse.Namespace) -> int:
    present = emit.services(args.output, args.package)
    work = partial(_generated, args=args, rows=overrides.load())
    names = services.select_services(args, present.values())
    done, failed = services.process(work, names, args, present, quiet=args.quiet)
    code = _finish(done, args) if done else 0
    return 2 if failed else code


def _generated(name: str, *, args: argparse.Namespace, rows: Overrides) -> Generated:
    service = parse(
        spec.load(name, args.botocore),
        rows,
        allow_unknown=args.allow_unknown,
        strict=args.strict,
    )
    folder = args.output / args.package / "services" / service.constructor
    return Generated(
        service=service.botocore_name,
        folder=service.constructor,
        functions=render.functions(service),
        files=emit.encoded(render.service(service, args.package)),
        counts=summary.counts(service),
        differences=generated.differences(folder, service),
    )


def _finish(done: Sequence[Generated], args: argparse.Namespace) -> int:
    files = _files(done, args.output, args.package)
    say = (lambda line: None) if args.quiet else terminal.write
    for line in summary.lines([service.counts for service in done]):
        say(line)
    if args.check:
        differences = emit.diff(files, args.output)
        terminal.write("".join(differences), end="")
        return 1 if differences else 0
    changes = emit.write(files, args.output)
    found = [difference for service in done for difference in service.differences]
    for line in report.text(found) if found else ():
        say(line)
    for line in services.format_changes(changes, files, args.output):
        say(line)
    return 0


def _files(done: Sequence[Generated], output: Path, package: str) -> Files:
    exports = {service.folder: service.functions for service in done}
    others = emit.exports(output, package, omitted=exports)
    on_demand = _on_demand() if package == naming.PACKAGE else {}
    custom = [f"{each.service}_{each.name}" for each in overrides.load().functions]
    rendered = render.package({**others, **exports}, package, on_demand, custom)
    files = dict(emit.encoded(rendered))
    for service in done:
        files.update(service.files)
    return files


@cache
def _on_demand() -> Mapping[str, str]:
    """Return the services of the installed botocore, which can be generated on demand.

    The result maps constructors to botocore's names. `--botocore` has no effect on it,
    because the runtime uses the installed botocore.
    """
    rules = overrides.load()
    found: dict[str, str] = {}
    for service, metadata in spec.services(spec.installed()).items():
        if not isinstance(metadata, MakePawsError):
            with suppress(MakePawsError):
                name = rules.service_name(service, metadata)
                found.setdefault(naming.constructor(name), service)
    return found
