"""
A local endpoint from the command line.

    python -m paws_common.local examples/echo.py:predict --port 8080

prints one line for each request until Ctrl-C. Asynchronous results are not kept:
nobody could read them.
"""

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from paws_common.local.http1 import Head, Response
from paws_common.local.routes import Predict, answer, to_request
from paws_common.local.server import HOST, Respond, Server, client_config

_PROGRAM = "python -m paws_common.local"


class UsageError(Exception):
    """An argument that cannot be used; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Serve a model until Ctrl-C.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments; without them, those of the process.

    Returns
    -------
    int
        The exit status: 0 after Ctrl-C, 2 where an argument cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        server = _listen(_reporting(_load(options.model)), options.port)
    except UsageError as error:
        print(f"{_PROGRAM}: {error}", file=sys.stderr)
        return 2
    try:
        _print(_instructions(server.url))
        while True:
            time.sleep(3600)  # unlike waiting for a lock, Ctrl-C ends it on Windows
    except KeyboardInterrupt:
        return 0
    finally:
        server.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Answer Amazon SageMaker Runtime on this machine, from a function.",
    )
    parser.add_argument(
        "model",
        metavar="FILE.py:FUNCTION",
        help="predict(body, request) -> bytes or iterable of bytes; "
        "MODULE:FUNCTION is understood too",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8080,
        help="where to listen; 0 takes any free port (default: %(default)s)",
    )
    return parser


def _load(model: str) -> Predict:
    source, _, name = model.rpartition(":")
    if not source or not name:
        raise UsageError(f"{model!r} is not FILE.py:FUNCTION or MODULE:FUNCTION")
    module = _import(source)
    if not hasattr(module, name):
        raise UsageError(f"{source} has no function {name!r}")
    predict: Predict = getattr(module, name)
    if not callable(predict):
        kind = type(predict).__name__
        raise UsageError(f"{name!r} in {source} is no function but {kind}")
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
    """Import a file of any name; as under ``python FILE``, its neighbours are near."""
    sys.path.insert(0, str(path.resolve().parent))
    module = ModuleType("local_endpoint_model")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their module up there
    SourceFileLoader(module.__name__, str(path)).exec_module(module)
    return module


def _listen(respond: Respond, port: int) -> Server:
    try:
        return Server(respond, port)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"cannot listen on port {port} of {HOST}: {error}; --port 0 takes a free one"
        ) from error


def _reporting(predict: Predict) -> Respond:
    def respond(head: Head, body: bytes) -> Response:
        response = answer(to_request(head, body), predict, lambda *result: None)
        received = f"{head.method} {head.path} ({len(body)} bytes)"
        _print(f"{received}: {response.status} {response.status.phrase}")
        return response

    return respond


def _instructions(url: str) -> str:
    arguments = ", ".join(f"{k}={v!r}" for k, v in client_config(url).items())
    return (
        f"Listening on {url}; Ctrl-C ends it. From Python:\n"
        f"  svc = paws.sagemakerruntime({arguments})\n"
        '  svc.invoke_endpoint(EndpointName="demo", Body=b"hello")'
    )


def _print(text: str) -> None:
    # One write a line: threads print at the same time.
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
