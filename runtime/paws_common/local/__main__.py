"""A local endpoint from the command line.

    python -m paws_common.local examples/echo.py:predict --port 8080
    python -m paws_common.local --container http://127.0.0.1:8080 --port 8081

prints one line for each request until Ctrl-C.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from paws_common.local.container import Containers
from paws_common.local.http_server import HOST, Server
from paws_common.local.messages import Request
from paws_common.local.routes import Predict, respond
from paws_common.local.s3 import Objects
from paws_common.local.server import client_config

_PROGRAM = "python -m paws_common.local"


class UsageError(Exception):
    """An invalid argument; the message has the reason and the remedy."""


def main(args: Sequence[str] | None = None) -> int:
    """Serve a model until Ctrl-C; return the exit status, 2 for an invalid argument."""
    options = _parser().parse_args(args)
    try:
        predict = _model(options.model, options.container)
        default = 8081 if options.container else 8080
        server = _listen(predict, default if options.port is None else options.port)
    except UsageError as error:
        print(f"{_PROGRAM}: {error}", file=sys.stderr)
        return 2
    try:
        _print(_instructions(server.url))
        if isinstance(predict, Containers):
            _wait_until_ready(predict)
        while True:
            # Unlike waiting for a lock, Ctrl-C ends it on Windows. It is short, because a
            # signal that arrives just before a pause does not end it.
            time.sleep(1)
    except KeyboardInterrupt:
        return 0
    finally:
        server.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Serve Amazon SageMaker Runtime on this machine: from a Python "
        "function, or in front of a container.",
    )
    parser.add_argument(
        "model",
        metavar="FILE.py:FUNCTION",
        nargs="?",
        help="predict(body, request) -> bytes or iterable of bytes; "
        "MODULE:FUNCTION is accepted, too",
    )
    parser.add_argument(
        "--container",
        metavar="[NAME=]URL",
        action="append",
        help="instead of a function: a server with GET /ping and POST /invocations; "
        "repeat it with the names of several models (TargetModel, "
        "InferenceComponentName or TargetVariant)",
    )
    parser.add_argument(
        "--port",
        type=int,
        help="the port to listen on; 0 selects a free one "
        "(default: 8080, with --container 8081)",
    )
    return parser


def _model(model: str | None, containers: Sequence[str] | None) -> Predict:
    if (model is None) == (containers is None):
        raise UsageError("pass either FILE.py:FUNCTION or --container URL")
    if model is not None:
        return _load(model)
    try:
        return Containers(_urls(containers or ()))
    except ValueError as error:
        raise UsageError(str(error)) from error


def _urls(containers: Sequence[str]) -> str | Mapping[str, str]:
    """Return the URL of a single container, or the URLs of several by their names."""
    if len(containers) == 1 and not _is_named(containers[0]):
        return containers[0]
    for value in containers:
        if not _is_named(value):
            raise UsageError(f"--container {value}: several need names, NAME=URL")
    urls: dict[str, str] = {}
    for value in containers:
        name, _, url = value.partition("=")
        if name in urls:
            raise UsageError(
                f"--container {value}: {name!r} is the name of two containers"
            )
        urls[name] = url
    return urls


def _is_named(container: str) -> bool:
    return "=" in container.partition("://")[0]


def _load(model: str) -> Predict:
    if "://" in model:
        raise UsageError(f"{model!r} is a URL; did you mean --container {model}?")
    source, _, name = model.rpartition(":")
    if not source or not name:
        raise UsageError(f"{model!r} is not FILE.py:FUNCTION or MODULE:FUNCTION")
    module = _import(source)
    if not hasattr(module, name):
        raise UsageError(f"{source} has no function {name!r}")
    predict: Predict = getattr(module, name)
    if not callable(predict):
        type_name = type(predict).__name__
        raise UsageError(f"{name!r} in {source} is not a function but {type_name}")
    return predict


def _import(source: str) -> ModuleType:
    try:
        if source.endswith(".py"):
            return _import_file(Path(source))
        return importlib.import_module(source)
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(f"{source} cannot be imported: {reason}") from error


def _import_file(path: Path) -> ModuleType:
    """Import a file of any name; as under ``python FILE``, it may import its neighbors."""
    sys.path.insert(0, str(path.resolve().parent))
    module = ModuleType("local_endpoint_model")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look up their module there
    SourceFileLoader(module.__name__, str(path)).exec_module(module)
    return module


def _listen(predict: Predict, port: int) -> Server:
    reply = partial(respond, predict=predict, objects=Objects(len))
    try:
        return Server(reply, port, _report)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"cannot listen on port {port} of {HOST}: {error}; --port 0 selects a "
            "free one"
        ) from error


def _report(request: Request, status: int) -> None:
    received = f"{request.method} {request.path} ({len(request.body)} bytes)"
    phrases = {each.value: each.phrase for each in HTTPStatus}
    _print(f"{received}: {status} {phrases.get(status, '')}".rstrip())


def _wait_until_ready(containers: Containers) -> None:
    while True:
        try:
            containers.wait_until_ready(10)
        except TimeoutError as error:
            _print(f"Waiting for the container: {error}")
        else:
            _print("The container is ready.")
            return


def _instructions(url: str) -> str:
    arguments = ", ".join(f"{k}={v!r}" for k, v in client_config(url).items())
    return (
        f"Listening on {url}; Ctrl-C ends it. From Python:\n"
        f"  svc = paws.sagemakerruntime({arguments})\n"
        '  svc.invoke_endpoint(EndpointName="demo", Body=b"hello")'
    )


def _print(text: str) -> None:
    if sys.stdout is None:  # started with a closed standard output
        return
    try:
        # One write a line: several threads print at the same time.
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # its reader has closed it, as `| head` does
        _discard_output()
    except OSError:  # no space on the disk
        pass


def _discard_output() -> None:
    """Make standard output the null device: Python flushes it again when it exits.

    This is the remedy of Python's documentation (signal, "Note on SIGPIPE").
    """
    with suppress(OSError), open(os.devnull, "wb") as null:
        os.dup2(null.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
