"""The command ``make-paws``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from make_paws import emit, ir, naming, overrides, render, spec
from make_paws.errors import MakePawsError, OutputError
from make_paws.parse import parse

FIRST_SERVICE = "sagemaker-runtime"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``make-paws``.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words of the command line; by default those of the process.

    Returns
    -------
    int
        0 when all is as it should be, 1 when ``--check`` finds a difference, 2 for
        errors.
    """
    given = _parser().parse_args(arguments)
    # The text of AWS has characters that a terminal may not know.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _COMMANDS[given.command](given)
    except MakePawsError as error:
        print(f"make-paws: {error}", file=sys.stderr)
        return 2


def _generate(given: argparse.Namespace) -> int:
    rows = overrides.load()
    described = [
        parse(spec.load(name, given.botocore), rows) for name in _wanted(given)
    ]
    files = _files(described, given.output, given.package)
    for service in described:
        print(_summary(service))
    if given.check:
        differences = emit.drift(files, given.output)
        sys.stdout.writelines(differences)
        return 1 if differences else 0
    changes = emit.write(files, given.output)
    for change in changes:
        print(change)
    if not changes:
        print(f"{given.output}: {len(files)} files, nothing changed")
    return 0


def _list(given: argparse.Namespace) -> int:
    rows = [
        (name, naming.service_name(metadata), metadata["serviceFullName"])
        for name, metadata in spec.services(given.botocore).items()
    ]
    heads = ("botocore", "R", "name")
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    return 0


_COMMANDS = {"generate": _generate, "list": _list}


def _wanted(given: argparse.Namespace) -> list[str]:
    """Return the services to generate: those named, those there, or the first one."""
    if given.services:
        return list(dict.fromkeys(given.services))
    if given.botocore is not None and given.botocore.is_file():
        available = spec.services(given.botocore)
        if len(available) == 1:
            return list(available)
    present = emit.services(given.output, given.package)
    return list(present.values()) or [FIRST_SERVICE]


def _files(described: Sequence[ir.Service], output: Path, package: str) -> render.Files:
    origins = emit.services(output, package)
    files: dict[PurePosixPath, str] = {}
    for service in described:
        origin = origins.setdefault(service.constructor, service.botocore_name)
        if origin != service.botocore_name:
            raise OutputError(
                f"{origin} and {service.botocore_name} are both called {service.name} "
                f"in R; only one of them can stand in {output}"
            )
        files.update(render.service(service, package))
    exports = {service.constructor: render.functions(service) for service in described}
    others = emit.exports(output, package, omitted=exports)
    return {**files, **render.package({**others, **exports}, package)}


def _summary(service: ir.Service) -> str:
    parameters = sum(len(operation.parameters) for operation in service.operations)
    origin = f"{service.botocore_name} {service.api_version}"
    counts = f"{len(service.operations)} operations, {parameters} parameters"
    unenforced = [
        f"  pattern not enforced: {pattern.shape} {pattern.pattern!r}: {pattern.reason}"
        for pattern in service.unenforced
    ]
    return "\n".join([f"{service.name} ({origin}): {counts}", *unenforced])


def _parser() -> argparse.ArgumentParser:
    source = argparse.ArgumentParser(add_help=False)
    source.add_argument(
        "--botocore",
        type=Path,
        metavar="PATH",
        help="a botocore wheel, a botocore/data folder, or one service-2.json or "
        ".json.gz (default: the installed botocore)",
    )
    parser = argparse.ArgumentParser(
        prog="make-paws",
        description="Write R's paws for Python from botocore's service models.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    generate = commands.add_parser(
        "generate",
        parents=[source],
        help="write the package",
        description="Write the functions of services, and the package around them.",
    )
    generate.add_argument(
        "services",
        nargs="*",
        metavar="SERVICE",
        help="botocore's name or R's (default: the services already in DIR, or "
        f"{FIRST_SERVICE})",
    )
    generate.add_argument(
        "--output",
        type=Path,
        default=Path("generated"),
        metavar="DIR",
        help="the folder that holds the package (default: %(default)s)",
    )
    generate.add_argument(
        "--package",
        type=_package,
        default="paws",
        metavar="NAME",
        help="the name of the package that users import (default: %(default)s)",
    )
    generate.add_argument(
        "--check",
        action="store_true",
        help="write nothing; print what would change as a diff, and exit 1 if anything",
    )
    commands.add_parser(
        "list",
        parents=[source],
        help="list the services",
        description="List the services: botocore's name, R's, and AWS's.",
    )
    return parser


def _package(name: str) -> str:
    try:
        if naming.identifier(name) == name:
            return name
    except MakePawsError:
        pass
    raise argparse.ArgumentTypeError(f"{name!r} is no name of a Python package")
