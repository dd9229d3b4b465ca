"""Download an object of Amazon S3 into a file, and upload a file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from paws_common.api import Operation
from paws_common.client.checksums import calculate_checksum
from paws_common.errors import StreamError

if TYPE_CHECKING:
    from paws_common.client.service_client import ServiceClient

_PART_BYTES = 8 * 2**20  # s3transfer's default; larger files are transferred in parts

_CHECKSUM = "Checksum"  # prefix of the members with checksums


class Progress(Protocol):
    """Receives the progress of a transfer, from any thread."""

    def start(self, total: int | None) -> None:
        """Report the total number of bytes; None if it is unknown."""

    def advance(self, count: int) -> None:
        """Report transferred bytes; a negative number if they are transferred again."""


def download(
    client: ServiceClient,
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    file: BinaryIO,
    progress: Progress,
) -> None:
    """Download an object to an empty file, and verify its length and its checksum.

    A `PawsError` is raised if the object does not exist, the connection breaks, or the
    received bytes differ from those in S3.
    """
    response = client.open(operation, arguments)
    length: int | None = response.get("ContentLength")
    progress.start(length)
    with closing(response["Body"]) as body:
        # Without an entity tag, the parts could be of several objects.
        parallel = find_parallel_transfers(length or 0) if "ETag" in response else None
        if parallel is None or not parallel.supports_download(arguments):
            # botocore verifies the length and the checksum at the end of the body.
            for chunk in client.read_chunks(operation, body):
                file.write(chunk)
                progress.advance(len(chunk))
            return
    parallel.download(client, operation, arguments, response, file, progress.advance)
    _verify(operation, response, file)


def find_parallel_transfers(length: int) -> ModuleType | None:
    """Return the module that transfers in parts.

    None if an object of this length is not divided, or s3transfer is not installed.
    """
    if length <= _PART_BYTES:
        return None
    try:
        from paws_common.client import parallel_transfers
    except ImportError:
        return None
    return parallel_transfers


def _verify(
    operation: Operation[Any], response: Mapping[str, Any], file: BinaryIO
) -> None:
    length = file.seek(0, io.SEEK_END)
    if length != response["ContentLength"]:
        raise StreamError(
            f"{operation.function}: {length:,} bytes were received, not "
            f"{response['ContentLength']:,}"
        )
    for algorithm, expected in _checksums(response):
        found = calculate_checksum(algorithm, file)
        if found is not None and found != expected:
            raise StreamError(
                f"{operation.function}: the {algorithm} checksum of the received bytes is "
                f"{found}, not {expected}; download the object again"
            )


def _checksums(response: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the algorithms and the checksums of the complete object.

    A checksum of the checksums of parts ends in their number: ``…==-3``.
    """
    for name, value in response.items():
        if name.startswith(_CHECKSUM) and name != "ChecksumType" and "-" not in value:
            yield name.removeprefix(_CHECKSUM).lower(), value
