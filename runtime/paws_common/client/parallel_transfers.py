"""Transfer files in parallel parts, with AWS's own s3transfer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore import exceptions as botocore_errors
from s3transfer.exceptions import (
    RetriesExceededError,
    S3DownloadFailedError,
    S3ValidationError,
)
from s3transfer.manager import TransferManager
from s3transfer.subscribers import BaseSubscriber

from paws_common.api import Operation
from paws_common.client.error_origins import is_raised_by_user_code
from paws_common.client.error_translation import service_error, translate_errors
from paws_common.errors import StreamError

if TYPE_CHECKING:
    from paws_common.client.service_client import ServiceClient

_OBJECT = ("Bucket", "Key")
# Prefixes of parameters of GetObject that apply to the first response only.
_CONDITIONS = ("If", "Response")
# Operations that s3transfer calls, in addition to that of the function.
_OPERATIONS = frozenset(
    {
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CreateMultipartUpload",
        "UploadPart",
    }
)

Advance = Callable[[int], None]  # with the number of transferred bytes, by any thread


def supports_download(arguments: Mapping[str, Any]) -> bool:
    """Return whether s3transfer supports the arguments of GetObject."""
    return _extra(arguments).keys() <= set(TransferManager.ALLOWED_DOWNLOAD_ARGS)


def supports_upload(arguments: Mapping[str, Any]) -> bool:
    """Return whether s3transfer supports the arguments of PutObject."""
    return _extra(arguments).keys() <= set(TransferManager.ALLOWED_UPLOAD_ARGS)


def download(
    client: ServiceClient,
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    response: Mapping[str, Any],
    file: BinaryIO,
    advance: Advance,
) -> None:
    """Download the object of a response, whose body is not used, to an empty file.

    All parts must be of the same object.

    A `StreamError` is raised if another object has replaced this one.
    """
    subscriber = _Subscriber(advance, response["ContentLength"], response["ETag"])
    with _transfer_manager(client, operation) as manager:
        manager.download(
            arguments["Bucket"], arguments["Key"], file, _extra(arguments), [subscriber]
        ).result()


def upload(
    client: ServiceClient,
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    path: str,
    advance: Advance,
) -> None:
    """Upload a file. After an error, the uploaded parts are deleted."""
    with _transfer_manager(client, operation) as manager:
        manager.upload(
            path,
            arguments["Bucket"],
            arguments["Key"],
            _extra(arguments),
            [_Subscriber(advance)],
        ).result()


def _extra(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``extra_args`` of s3transfer."""
    return {
        key: value
        for key, value in arguments.items()
        if key not in _OBJECT and not key.startswith(_CONDITIONS)
    }


class _Subscriber(BaseSubscriber):  # type: ignore[misc]  # s3transfer has no types
    """Report the progress of a transfer.

    Without the length and the entity tag of an object to download, s3transfer would send
    a HeadObject request.
    """

    def __init__(
        self, advance: Advance, size: int | None = None, etag: str | None = None
    ) -> None:
        self._advance = advance
        self._size = size
        self._etag = etag

    def on_queued(self, future: Any, **_: object) -> None:
        if self._size is not None:
            future.meta.provide_transfer_size(self._size)
            future.meta.provide_object_etag(self._etag)

    def on_progress(self, future: Any, bytes_transferred: int, **_: object) -> None:
        self._advance(bytes_transferred)


@contextmanager
def _transfer_manager(
    client: ServiceClient, operation: Operation[Any]
) -> Iterator[TransferManager]:
    """Yield a transfer manager, whose threads end with the block; translate errors.

    After an exception in the block, such as Ctrl-C, the transfer is cancelled.
    """
    source = client.support(operation).source
    try:
        with (
            translate_errors(operation, source),
            _last_error(),
            TransferManager(client.client) as manager,
        ):
            yield manager
    except botocore_errors.ClientError as error:
        if error.operation_name not in _OPERATIONS or is_raised_by_user_code(error):
            raise
        raise service_error(operation, error.response, source) from error
    except S3DownloadFailedError as error:
        raise StreamError(
            f"{operation.function}: the object was replaced while it was downloaded; "
            "download it again"
        ) from error
    except S3ValidationError as error:
        raise StreamError(f"{operation.function}: {error}") from error


@contextmanager
def _last_error() -> Iterator[None]:
    """Raise the error of the last attempt in place of that of s3transfer."""
    try:
        yield
    except RetriesExceededError as error:
        last = error.last_exception
        if isinstance(last, botocore_errors.BotoCoreError):
            raise last from error
        raise botocore_errors.HTTPClientError(error=last) from last
