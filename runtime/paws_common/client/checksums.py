"""Calculate the checksums that S3 stores with objects.

botocore verifies a response that is read from beginning to end. An object that was
received in parts is verified here, with the algorithms of Python, and those of AWS's
Common Runtime if it is installed (``botocore[crt]``).
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import BinaryIO

_CHUNK_BYTES = 2**20

_HASHES = ("sha1", "sha256", "sha512")
# The function and the length of each cyclic redundancy check.
_CRCS: dict[str, tuple[Callable[[bytes, int], int], int]] = {"crc32": (zlib.crc32, 4)}
if find_spec("awscrt"):
    _crt = import_module("awscrt.checksums")
    _CRCS |= {"crc32c": (_crt.crc32c, 4), "crc64nvme": (_crt.crc64nvme, 8)}


def calculate_checksum(algorithm: str, file: BinaryIO) -> str | None:
    """Return the checksum of a file in base64; None if the algorithm is not supported.

    The algorithm is the end of the header ``x-amz-checksum-…``: ``crc32``, ``sha256`` …
    """
    file.seek(0)
    chunks = iter(lambda: file.read(_CHUNK_BYTES), b"")
    if algorithm in _HASHES:
        hashed = hashlib.new(algorithm, usedforsecurity=False)
        for chunk in chunks:
            hashed.update(chunk)
        checksum = hashed.digest()
    elif algorithm in _CRCS:
        function, size = _CRCS[algorithm]
        value = 0
        for chunk in chunks:
            value = function(chunk, value)
        checksum = value.to_bytes(size, "big")
    else:
        return None
    return b64encode(checksum).decode()
