"""The command ``make-paws``."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from make_paws import naming
from make_paws.errors import MakePawsError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

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
        0 when all is as it should be, 1 when ``--check`` or ``parity`` finds a
        difference, 2 for errors.
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
    parser = argparse.ArgumentParser(
        prog="make-paws",
        description="Write R's paws for Python from botocore's service models.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_generate, _docs, _list, _diff, _parity, _facts):
        add(commands)
    return parser


def _generate(commands: Commands) -> None:
    command = commands.add_parser(
        "generate",
        help="write the package",
        description="Write the functions of services, and the package around them.",
    )
    _add_services(command)
    _add_botocore(command)
    _add_output(command)
    _add_jobs(command)
    command.add_argument(
        "--check",
        action="store_true",
        help="write nothing; print what would change as a diff, and exit 1 if anything",
    )
    command.add_argument(
        "--quiet",
        action="store_true",
        help="print errors, and the diff of --check, only",
    )


def _docs(commands: Commands) -> None:
    command = commands.add_parser(
        "docs",
        help="write the reference pages",
        description="Write the reference pages of services, as Markdown for MkDocs.",
    )
    _add_services(command)
    _add_botocore(command)
    command.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the folder of the pages: DIR/<service>/<function>.md",
    )
    _add_jobs(command)
    command.add_argument(
        "--facts",
        type=Path,
        metavar="FACTS",
        help="what facts prints: each page tells what differs from R's",
    )
    command.add_argument(
        "--since",
        type=Path,
        action="append",
        default=[],
        metavar="BOTOCORE",
        help="an earlier botocore, as for --botocore: the pages tell what it did not "
        "have; may be given several times",
    )


def _list(commands: Commands) -> None:
    command = commands.add_parser(
        "list",
        help="list the services",
        description="List the services: botocore's name, R's, and AWS's.",
    )
    _add_botocore(command)


def _diff(commands: Commands) -> None:
    command = commands.add_parser(
        "diff",
        help="tell what changed in the API",
        description="Tell what changed for the callers of the functions, and what "
        "they must do; exits with 0 whatever it is.",
    )
    for side in ("old", "new"):
        command.add_argument(
            side,
            metavar=side.upper(),
            help="a botocore wheel, a botocore/data folder, one service-2.json or "
            '.json.gz, or "generated": what stands in DIR',
        )
    _add_service(command, default="all that OLD or NEW has")
    command.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        default="text",
        help="for a terminal, a pull request, or machines (default: %(default)s)",
    )
    _add_output(command)


def _parity(commands: Commands) -> None:
    command = commands.add_parser(
        "parity",
        help="compare the help pages with R's",
        description="Compare names, parameters, texts and syntaxes with those of R's "
        "help pages; exit 1 if a difference is not R's fault.",
    )
    command.add_argument(
        "facts",
        type=Path,
        metavar="FACTS",
        help="what facts prints, plain or packed by xz",
    )
    _add_service(command, default="all services in FACTS")
    _add_botocore(command)
    command.add_argument("--json", action="store_true", help="print everything as data")


def _facts(commands: Commands) -> None:
    command = commands.add_parser(
        "facts",
        help="read the help pages of R's paws",
        description="Print what the help pages of R's paws say, as JSON for parity.",
    )
    command.add_argument(
        "checkout",
        type=Path,
        metavar="PAWS_CHECKOUT",
        help="a checkout of R's repository: paws/R/*_operations.R is read",
    )


def _add_services(command: argparse.ArgumentParser) -> None:
    which = command.add_mutually_exclusive_group()
    which.add_argument(
        "services",
        nargs="*",
        default=[],
        metavar="SERVICE",
        help="botocore's name or R's (default: the services already in DIR, or "
        "sagemaker-runtime)",
    )
    which.add_argument("--all", action="store_true", help="every service of botocore")


def _add_jobs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="how many services at once (default: one for each processor)",
    )


def _add_botocore(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--botocore",
        type=Path,
        metavar="PATH",
        help="a botocore wheel, a botocore/data folder, or one service-2.json or "
        ".json.gz (default: the installed botocore)",
    )


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--output",
        type=Path,
        default=Path("generated"),
        metavar="DIR",
        help="the folder that holds the package (default: %(default)s)",
    )
    command.add_argument(
        "--package",
        type=_package,
        default="paws",
        metavar="NAME",
        help="the name of the package that users import (default: %(default)s)",
    )


def _add_service(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--service",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help=f"botocore's name or R's (default: {default})",
    )


def _jobs(text: str) -> int:
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of jobs; give 1 or more")


def _package(name: str) -> str:
    try:
        if naming.identifier(name) == name:
            return name
    except MakePawsError:
        pass
    raise argparse.ArgumentTypeError(f"{name!r} is no name of a Python package")
