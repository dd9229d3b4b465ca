"""Files in Amazon S3, and URLs of its objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

from paws_common.api import Operation, Request
from paws_common.custom.files import is_regular, replacing
from paws_common.custom.progress import progress_bar
from paws_common.errors import ParameterError, Violation
from paws_common.service import Service
from paws_common.validation.validator import validate

# Amazon S3 User Guide, "Uploading objects": up to 5 GB with a single operation.
_MAX_PUT_BYTES = 5 * 2**30


def download_file(
    service: Service,
    request: Request[Any],
    filename: str | PathLike[str],
    progress: bool,
) -> None:
    """Download an object to a file, which is replaced when the object is complete.

    `request` is one of GetObject.

    Raises
    ------
    ParameterError
        An argument is invalid.
    OSError
        The file cannot be written.
    """
    arguments = validate(request, limits=service.settings.validation)
    path = _regular_path(request.operation, filename)
    from paws_common.client import transfers

    with (
        replacing(path) as file,
        progress_bar(os.path.basename(path), is_shown=progress) as bar,
    ):
        transfers.download(service.connect(), request.operation, arguments, file, bar)


def upload_file(
    service: Service,
    request: Request[Any],
    filename: str | PathLike[str],
    progress: bool,
) -> None:
    """Upload a file to an object: in parts, or by a single request.

    `request` is one of PutObject, without a body.

    Raises
    ------
    ParameterError
        An argument is invalid, or the file is too large for a single request.
    OSError
        The file cannot be read.
    """
    arguments = validate(request, limits=service.settings.validation)
    path = _regular_path(request.operation, filename)
    from paws_common.client.transfers import find_parallel_transfers

    with (
        open(path, "rb") as file,
        progress_bar(os.path.basename(path), is_shown=progress) as bar,
    ):
        size = os.fstat(file.fileno()).st_size
        bar.start(size)
        parallel = find_parallel_transfers(size)
        if parallel is not None and parallel.supports_upload(arguments):
            client = service.connect()
            parallel.upload(client, request.operation, arguments, path, bar.advance)
            return
        if size > _MAX_PUT_BYTES:
            reason = (
                f"{path!r} has {size:,} bytes, and S3 accepts at most "
                f"{_MAX_PUT_BYTES:,} in one request; pip install 'paws-py[s3]' to "
                "upload it in parts"
            )
            raise _violation(request.operation, reason)
        service.send(Request(request.operation, {**request.arguments, "Body": file}))
        bar.advance(size)


def generate_presigned_url(
    service: Service,
    client_method: str | Callable[..., Any],
    params: Mapping[str, Any],
    expires_in: int,
    http_method: str | None,
) -> str:
    """Return a presigned URL, like the method with this name of every service."""
    return service.generate_presigned_url(
        client_method, params, expires_in, http_method
    )


def _regular_path(operation: Operation[Any], filename: str | PathLike[str]) -> str:
    """Return a path that is not that of a folder, a pipe or a device."""
    try:
        path = os.fspath(filename)
    except TypeError:
        path = None
    if not isinstance(path, str) or not path or "\0" in path:
        raise _violation(operation, f"{filename!r} is not a path")
    if not is_regular(path):
        raise _violation(operation, f"{path!r} is not a regular file")
    return path


def _violation(operation: Operation[Any], reason: str) -> ParameterError:
    violation = Violation("Filename", reason, False)
    return ParameterError(operation.function, (violation,), operation.api.version)
