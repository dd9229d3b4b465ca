"""The command ``make-paws``."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TypeAlias

from make_paws import naming, terminal
from make_paws.errors import MakePawsError

Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"

# Each command is a module of make_paws.commands; only the one that runs is imported.
_COMMANDS = "make_paws.commands"
# The distribution contains the generator, but its dependencies are an extra.
_EXTRA = "pip install 'paws-py[codegen]'"
# Generated code imports these, or is written by them.
_OTHER_PACKAGES = frozenset({"botocore", "make_paws", "paws_common"})
_PIPE_CLOSED = 141  # the exit code that shells report for SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``make-paws``.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments of the command line, by default those of the process.

    Returns
    -------
    int
        0 for success, 1 if ``--check`` or ``parity`` finds a difference, 2 for errors.
    """
    terminal.open_closed_streams()
    # AWS's texts have characters that the encoding of a terminal may lack.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    args = _parser().parse_args(arguments)
    try:
        command = importlib.import_module(f"{_COMMANDS}.{args.command}")
    except ModuleNotFoundError as error:
        terminal.error(f"{args.command} needs {_EXTRA} ({error.name} is not installed)")
        return 2
    try:
        code = int(command.run(args))
        terminal.flush()
        return code
    except BrokenPipeError:  # the reader has ended, such as `head`
        terminal.discard()
        return _PIPE_CLOSED
    except (MakePawsError, OSError) as error:
        terminal.error(error)
        return 2


class _Parser(argparse.ArgumentParser):
    """A parser that escapes control characters of the arguments in its errors."""

    def error(self, message: str) -> NoReturn:
        super().error(terminal.escape(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="make-paws",
        description="Write R's paws for Python from botocore's service models.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_generate, _docs, _list, _diff, _parity, _facts, _cache):
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
    _add_allow_unknown(command)
    _add_output(command)
    _add_jobs(command)
    command.add_argument(
        "--check",
        action="store_true",
        help="write nothing; print the changes as a diff, and exit 1 if there are any",
    )
    command.add_argument(
        "--quiet", action="store_true", help="print only errors and the diff of --check"
    )
    command.add_argument(
        "--strict",
        action="store_true",
        help="refuse a service if an entry of overrides.toml does not fit its model "
        "(default: print a warning)",
    )


def _docs(commands: Commands) -> None:
    command = commands.add_parser(
        "docs",
        help="write the reference pages",
        description="Write the reference pages of services, as Markdown for MkDocs.",
    )
    _add_services(command)
    _add_botocore(command)
    _add_allow_unknown(command)
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
        help="the output of make-paws facts: each page lists its differences from R",
    )
    command.add_argument(
        "--since",
        type=Path,
        action="append",
        default=[],
        metavar="BOTOCORE",
        help="an earlier botocore, as for --botocore: the pages mark additions since "
        "then; can be repeated",
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
        help="compare two versions of the API",
        description="List the changes of the API and what callers must do about them. "
        "The exit code is 0 even if there are changes.",
    )
    for side in ("old", "new"):
        command.add_argument(
            side,
            metavar=side.upper(),
            help="a botocore wheel, a botocore/data folder, one service-2.json or "
            '.json.gz, or "generated" for the package in DIR',
        )
    _add_service(command, default="all services of OLD and NEW")
    command.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        default="text",
        help="for a terminal, a pull request, or machines (default: %(default)s)",
    )
    _add_allow_unknown(command)
    _add_output(command)


def _parity(commands: Commands) -> None:
    command = commands.add_parser(
        "parity",
        help="compare the documentation with R's help pages",
        description="Compare names, parameters, texts and syntaxes with those of R's "
        "help pages; exit 1 if a difference is not a known error of R.",
    )
    command.add_argument(
        "facts",
        type=Path,
        metavar="FACTS",
        help="the output of make-paws facts, plain or compressed by xz",
    )
    _add_service(command, default="all services in FACTS")
    _add_botocore(command)
    _add_allow_unknown(command)
    command.add_argument("--json", action="store_true", help="print everything as data")


def _facts(commands: Commands) -> None:
    command = commands.add_parser(
        "facts",
        help="read the help pages of R's paws",
        description="Print the content of the help pages of R's paws, as JSON for "
        "make-paws parity.",
    )
    command.add_argument(
        "checkout",
        type=Path,
        metavar="PAWS_CHECKOUT",
        help="a checkout of R's repository: paws/R/*_operations.R is read",
    )


def _cache(commands: Commands) -> None:
    command = commands.add_parser(
        "cache",
        help="list the services that were generated on first use",
        description="List the services that were generated on first use.",
    )
    command.add_argument(
        "--clear", action="store_true", help="remove all of them from the cache"
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


def _add_allow_unknown(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--allow-unknown",
        action="store_true",
        help="ignore unknown keys of a model, with a warning, instead of refusing the "
        "service",
    )


def _add_jobs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="process N services at the same time (default: one for each processor)",
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
        default=Path(naming.FOLDER),
        metavar="DIR",
        help="the folder that contains the package (default: %(default)s)",
    )
    command.add_argument(
        "--package",
        type=_package,
        default=naming.PACKAGE,
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
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a number of jobs; it must be 1 or more"
    )


def _package(name: str) -> str:
    if name in {*sys.stdlib_module_names, *_OTHER_PACKAGES}:
        raise argparse.ArgumentTypeError(
            f"{name!r} is the name of another package, which it would hide or which "
            "would hide it; choose another name, such as aws"
        )
    with suppress(MakePawsError):
        if naming.identifier(name) == name:
            return name
    raise argparse.ArgumentTypeError(f"{name!r} is not a name of a Python package")
