"""``make-paws generate``: the pipe from models to the package that users import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from make_paws import emit, ir, overrides, render, spec
from make_paws.errors import OutputError
from make_paws.formatting import Files
from make_paws.parse import parse

FIRST_SERVICE = "sagemaker-runtime"


def run(given: argparse.Namespace) -> int:
    """Write the package, or with ``--check`` compare it with what stands there."""
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


def _files(described: Sequence[ir.Service], output: Path, package: str) -> Files:
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
