"""An archive as it is: records one behind the other."""

from __future__ import annotations

import re

from pipeline.warc.sources import PIECE, Broken, Buffered

_START = re.compile(rb"(?:^|\n)WARC/[01]\.")


class Plain(Buffered):
    def begin(self) -> bool:
        while True:
            if not self._buffer and not self._fill():
                return False
            if self._buffer[0] not in b"\r\n":
                self.offset = self._at
                return True
            self._cut(1)

    def skip(self, size: int) -> None:
        if self._at + size > self._size:
            raise Broken(f"the record claims {size} bytes, beyond the end of the file")
        target = self._at + size
        self._file.seek(target)
        self._buffer.clear()

    def take(self, size: int) -> bytes:
        if self._at + size > self._size:
            raise Broken(f"the record claims {size} bytes, beyond the end of the file")
        return super().take(size)

    def finish(self) -> None:
        while len(self._buffer) < 4 and self._fill():
            pass
        if self._buffer and not self._buffer.startswith((b"\r\n", b"\n", b"WARC/")):
            raise Broken("the record does not end where it says")

    def resync(self) -> bool:
        position = max(self.offset, self._resumed_at) + 1
        rest = b""
        self._buffer.clear()
        self._file.seek(position)
        while piece := self._file.read(PIECE):
            searched = rest + piece
            if found := _START.search(searched, 1 if not rest else 0):
                at = (
                    position
                    - len(rest)
                    + found.start()
                    + searched[found.start() :][:1].count(b"\n")
                )
                self._file.seek(at)
                self._resumed_at = at
                return True
            position += len(piece)
            rest = searched[-16:]
        return False

    @property
    def _at(self) -> int:
        return self._file.tell() - len(self._buffer)

    def _fill(self) -> bool:
        piece = self._file.read(PIECE)
        self._buffer += piece
        return bool(piece)
