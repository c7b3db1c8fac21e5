"""The files of an export: written with a digest, one at a time, by one process."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from pipeline.errors import Quarantine
from pipeline.export import FORMATS, Writer
from pipeline.export.archive import Archive
from pipeline.export.compression import compressed
from pipeline.store.exporting import ChangedArticle
from pipeline.store.fetches import load_page
from pipeline.store.transactions import transact
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services


class Hashed:
    """A file to write to that knows the size and the SHA-256 of what went in; not closed by
    whoever writes to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:
        written = self._file.write(data)
        self._digest.update(data)
        self.size += written
        return written

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        pass

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Sink:
    """Writes articles, or the pages that they were read from, to one file."""

    def __init__(
        self,
        services: Services,
        format_: str,
        compression: str,
        file: Hashed,
        name: str,
        at: datetime,
    ) -> None:
        self._services = services
        self._archive: Archive | None = None
        self._writer: Writer | None = None
        self._stream = cast(BinaryIO, file)
        if format_ == "warc":
            is_zipped = compression == "gzip"
            self._archive = Archive(self._stream, name, at, compress=is_zipped)
            return
        self._stream = compressed(self._stream, compression)
        self._writer = FORMATS[format_].open(self._stream)

    def write(self, changed: ChangedArticle) -> str | None:
        """Write one article; the reason when it cannot be in a file of this format."""
        if self._writer is not None:
            self._writer.write(changed.whole())
        elif self._archive is not None:
            try:
                pages = self._services.raw_pages
                page = transact(
                    self._services.engine,
                    lambda c: load_page(c, pages, changed.fetch_id),
                    read_only=True,
                    patience_seconds=DATABASE_PATIENCE_SECONDS,
                )
            except (Quarantine, LookupError):
                return "raw_page_lost"
            self._archive.write(changed.whole(), page)
        return None

    def finish(self) -> None:
        if self._writer is not None:
            self._writer.finish()
            self._stream.close()


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Keep a second export out of the same place. Raises ``BlockingIOError``."""
    lock = folder / f".{name}.lock"
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
        lock.unlink(missing_ok=True)
