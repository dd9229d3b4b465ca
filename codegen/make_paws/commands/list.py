"""``make-paws list``: the services of a source, by all their names."""

from __future__ import annotations

import argparse

from make_paws import overrides, spec


def run(given: argparse.Namespace) -> int:
    """Print a table of the services: botocore's name, R's, and AWS's."""
    exceptions = overrides.load()
    rows = [
        (name, exceptions.service_name(name, metadata), metadata["serviceFullName"])
        for name, metadata in spec.services(given.botocore).items()
    ]
    heads = ("botocore", "R", "name")
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    return 0
