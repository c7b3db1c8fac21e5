"""The bytes of an archive, record by record, with their places in the file.

Nothing is held but one piece and what was asked for. Every fault is a :class:`Broken`, after which
``resync`` finds the next record.
"""

from __future__ import annotations

import os
from typing import BinaryIO, Protocol

PIECE = 256 * 1024


class Broken(Exception):
    """Here is no record that can be read."""


class Source(Protocol):
    """Decoded bytes, record by record."""

    offset: int
    """Where in the file the record (gzipped: its member) begins."""

    def begin(self) -> bool:
        """Go to the next record; False at the end of the file."""

    def line(self, longest: int) -> bytes:
        """A line with its end. Raises :class:`Broken` when it is longer."""

    def take(self, size: int) -> bytes:
        """Exactly so many bytes."""

    def skip(self, size: int) -> None:
        """Pass so many bytes by."""

    def finish(self) -> None:
        """See that the record ends here as it should."""

    def resync(self) -> bool:
        """After a fault: go to the next record; False when there is none."""


class Buffered:
    """What both have in common: a buffer that ``_fill`` adds to."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._buffer = bytearray()
        self._resumed_at = 0
        self.offset = 0

    def line(self, longest: int) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > longest:
                break
            if not self._fill():
                raise Broken("the file ends within a record's headers")
        if end < 0 or end >= longest:
            raise Broken("the record's headers do not end")
        return self._cut(end + 1)

    def take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self._fill():
                raise Broken("the record ends before its content does")
        return self._cut(size)

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _fill(self) -> bool:
        raise NotImplementedError
