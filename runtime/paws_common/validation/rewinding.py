"""Files that are sent from where they stand, and no more of them than was there."""

from __future__ import annotations

import io
from typing import BinaryIO


class ShrunkFileError(ValueError):
    """A file is shorter than it was."""


class Rest:
    """What is left of a file, as a file whose beginning is where the other one stands.

    Before botocore sends a body again, it goes to its position 0
    (``AWSPreparedRequest.reset_stream``), wherever the first attempt began.

    Its length is what it is when this is made, and so is the Content-Length. What is
    written to the file later would be sent as the beginning of the next request, and for
    what is cut off the service would wait (RFC 9112, section 6.3).

    Attributes
    ----------
    length : int
        In bytes.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell()
        self.length = max(0, file.seek(0, io.SEEK_END) - self._start)
        file.seek(self._start)

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end.

        Raises
        ------
        ShrunkFileError
            The file ends before all is read that was there.
        """
        left = max(0, self.length - self.tell())
        wanted = left if size < 0 else min(size, left)
        content = self._file.read(wanted)
        if wanted and not content:
            raise ShrunkFileError(
                f"the file has lost {left} of the {self.length} bytes that were to be "
                "sent"
            )
        return content

    def tell(self) -> int:
        return self._file.tell() - self._start

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.length}
        return self._file.seek(self._start + base[whence] + offset) - self._start
