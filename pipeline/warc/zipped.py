"""A gzipped archive: mostly one member a record, sometimes one for all, sometimes blocks."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from pipeline.warc.sources import PIECE, Broken, Buffered

MOST_UNZIPPED = 2**30
"""Decoded bytes of one record in a gzipped archive that are read through; no page is as long,
and a bomb of this size takes about a second."""
LOOK_BACK = 256 * 1024
"""How far before the place of a fault the next record is looked for: a flipped bit is noticed
late, at the latest 32 KiB and one block after it."""
MAGIC = b"\x1f\x8b\x08"


class Zipped(Buffered):
    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self._raw = b""
        self._inflate = zlib.decompressobj(31)
        self._is_open = False
        self._unzipped = 0
        self._member_at = 0

    def begin(self) -> bool:
        self._unzipped = 0
        while True:
            try:
                if not self._buffer and not self._more():
                    return False
            finally:
                self.offset = self._member_at
            if self._buffer[0] not in b"\r\n":
                return True
            self._cut(1)

    def skip(self, size: int) -> None:
        while size > 0:
            if not self._buffer and not self._fill():
                raise Broken("the record ends before its content does")
            size -= len(self._cut(min(size, len(self._buffer))))

    def finish(self) -> None:
        while len(self._buffer) < 4 and self._fill_member():
            pass
        if self._buffer.startswith((b"\r\n", b"\n")):
            # The member's own checksum stands behind its last byte.
            while len(self._buffer) <= 4 and self._fill_member():
                pass
        elif self._buffer:
            raise Broken("the record does not end where it says")

    def resync(self) -> bool:
        near = self._file.tell() - len(self._raw) - LOOK_BACK
        position = max(self.offset + 1, near, self._resumed_at + 1)
        while (found := self._find(position)) is not None:
            self._open(found)
            position = found + 1
            try:
                if self._fill_member() and self._buffer.startswith(b"WARC/"):
                    self._resumed_at = found
                    return True
            except Broken:
                continue
        return False

    def _find(self, position: int) -> int | None:
        """Where the next gzip member may begin."""
        self._file.seek(position)
        rest = b""
        while piece := self._file.read(PIECE):
            found = (rest + piece).find(MAGIC)
            if found >= 0:
                return position - len(rest) + found
            position += len(piece)
            rest = (rest + piece)[-2:]
        return None

    def _open(self, position: int) -> None:
        self._file.seek(position)
        self._raw = b""
        self._buffer.clear()
        self._inflate = zlib.decompressobj(31)
        self._is_open, self._unzipped = True, 0
        self.offset = self._member_at = position

    def _fill(self) -> bool:
        """More of the record, also from the next member unless a record of its own begins there."""
        if self._fill_member():
            return True
        held = len(self._buffer)
        if not self._more():
            return False
        if self._buffer[held : held + 5] == b"WARC/":
            raise Broken("the record ends before its content does")
        return True

    def _more(self) -> bool:
        """More decoded bytes from wherever they come; False at the end of the file."""
        while not self._fill_member():
            if self._is_open:
                self._is_open = False
            if not self._raw:
                self._raw = self._file.read(PIECE)
            self._raw = self._raw.lstrip(b"\0")  # padding, as tape and some writers leave it
            if not self._raw:
                if self._file.tell() >= self._size:
                    return False
                continue
            self._member_at = self._file.tell() - len(self._raw)
            if not self._raw.startswith(MAGIC[: len(self._raw)]):
                raise Broken("no gzip member begins here")
            self._inflate, self._is_open = zlib.decompressobj(31), True
        return True

    def _fill_member(self) -> bool:
        """More decoded bytes of the open member; False when it has ended or none is open."""
        while self._is_open and not self._inflate.eof:
            if not self._raw:
                self._raw = self._file.read(PIECE)
            try:
                piece = self._inflate.decompress(self._raw, PIECE)
            except zlib.error as error:
                raise Broken(f"the gzip data is damaged: {error}") from error
            is_stuck = not piece and not self._raw
            self._raw = self._inflate.unused_data or self._inflate.unconsumed_tail
            if is_stuck and not self._inflate.eof:
                raise Broken("the file ends within a record")
            self._unzipped += len(piece)
            if self._unzipped > MOST_UNZIPPED:
                raise Broken(f"the record goes on beyond {MOST_UNZIPPED} bytes")
            if piece:
                self._buffer += piece
                return True
        return False
