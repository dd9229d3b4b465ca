"""``make-paws list``: list the services of a source with all their names."""

from __future__ import annotations

import argparse

from make_paws import overrides, spec, terminal
from make_paws.errors import MakePawsError, ModelError


def run(args: argparse.Namespace) -> int:
    """Print a table of the services: botocore's name, R's, and AWS's.

    For a service with invalid metadata, an error is printed; the others are listed.
    """
    exceptions = overrides.load()
    rows = [("botocore", "R", "name")]
    errors: list[MakePawsError] = []
    for name, metadata in spec.services(args.botocore).items():
        if isinstance(metadata, MakePawsError):
            errors.append(metadata)
            continue
        try:
            r_name = exceptions.service_name(name, metadata)
        except ModelError as error:
            errors.append(ModelError(error.reason, ("metadata",), name))
            continue
        rows.append((name, r_name, metadata["serviceFullName"]))
    for line in terminal.table(rows):
        terminal.write(terminal.escape(line))
    for found in errors:
        terminal.error(found)
    return 2 if errors else 0
