"""The command ``make-paws``."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from make_paws import naming
from make_paws.errors import MakePawsError

# A command is the module of its name in make_paws.commands, and no other is loaded.
_COMMANDS = "make_paws.commands"


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
        command = importlib.import_module(f"{_COMMANDS}.{given.command}")
        return int(command.run(given))
    except MakePawsError as error:
        print(f"make-paws: {error}", file=sys.stderr)
        return 2


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
        "sagemaker-runtime)",
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
