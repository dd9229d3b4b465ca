"""Calculate the checksums that S3 stores with objects.

botocore verifies a response that is read from beginning to end. An object that was
received in parts is verified here, with the algorithms of Python, and those of AWS's
Common Runtime if it is installed (``botocore[crt]``).
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import BinaryIO

_CHUNK_BYTES = 2**20

Chunks = Iterator[bytes]


def calculate_checksum(algorithm: str, file: BinaryIO) -> str | None:
    """Return the checksum of a file in base64; None if the algorithm is not supported.

    Parameters
    ----------
    algorithm : str
        The end of the header ``x-amz-checksum-…``: ``crc32``, ``sha256`` …
    file : BinaryIO
        The file, which is read from its beginning.
    """
    calculate = _ALGORITHMS.get(algorithm)
    if calculate is None:
        return None
    file.seek(0)
    return b64encode(calculate(iter(lambda: file.read(_CHUNK_BYTES), b""))).decode()


def _hash(name: str, chunks: Chunks) -> bytes:
    checksum = hashlib.new(name, usedforsecurity=False)
    for chunk in chunks:
        checksum.update(chunk)
    return checksum.digest()


def _crc(function: Callable[[bytes, int], int], size: int, chunks: Chunks) -> bytes:
    value = 0
    for chunk in chunks:
        value = function(chunk, value)
    return value.to_bytes(size, "big")


_ALGORITHMS: dict[str, Callable[[Chunks], bytes]] = {
    "crc32": partial(_crc, zlib.crc32, 4),
    "sha1": partial(_hash, "sha1"),
    "sha256": partial(_hash, "sha256"),
    "sha512": partial(_hash, "sha512"),
}
if find_spec("awscrt"):
    _crt = import_module("awscrt.checksums")
    _ALGORITHMS["crc32c"] = partial(_crc, _crt.crc32c, 4)
    _ALGORITHMS["crc64nvme"] = partial(_crc, _crt.crc64nvme, 8)
