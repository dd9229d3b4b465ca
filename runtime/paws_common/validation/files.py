"""Send a file from its current position to its current end."""

from __future__ import annotations

import io
from typing import BinaryIO


class ShrunkFileError(ValueError):
    """A file has become shorter while it was sent."""


class FileSlice:
    """The part of a file from its current position, with the interface of a file.

    To retry a request, botocore seeks position 0 of the body
    (``AWSPreparedRequest.reset_stream``), which must be the position at the first attempt.

    The length is fixed, because it is sent as Content-Length. Bytes that are appended
    to the file later are not sent: the service would read them as the next request. If
    the file is truncated, reading it fails: the service would wait for the missing bytes
    (RFC 9112, section 6.3).
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell()
        self.length = max(0, file.seek(0, io.SEEK_END) - self._start)
        file.seek(self._start)

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; at the end, no bytes.

        A `ShrunkFileError` is raised if the file ends before `length` bytes.
        """
        left = max(0, self.length - self.tell())
        count = left if size < 0 else min(size, left)
        content = self._file.read(count)
        if count and not content:
            raise ShrunkFileError(
                f"the file was truncated while it was sent: {left} of {self.length} bytes "
                "are missing"
            )
        return content

    def tell(self) -> int:
        return self._file.tell() - self._start

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.length}
        return self._file.seek(self._start + base[whence] + offset) - self._start
