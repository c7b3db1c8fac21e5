"""Raw pages on disk: compressed, named by their content, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import zstandard

from pipeline.errors import Quarantine, TryLater

LEVEL = 3
"""zstd's default: pages shrink to about a fifth at some 200 MB/s."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """A body on disk. Sizes in bytes."""

    sha256: str
    size: int
    stored_size: int


class RawPages:
    """Bodies under ``root/ab/cd/<sha256>.zst``. Safe to use from any number of processes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, body: bytes) -> RawPage:
        """Keep a body; the same body is kept once. Durable when this returns.

        Raises ``TryLater("storage_full")`` when the disk is full or over quota.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.path_of(sha256)
        if not path.exists():
            try:
                self._write(path, zstandard.ZstdCompressor(level=LEVEL).compress(body))
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise TryLater("storage_full", f"{self.root}: {error.strerror}") from error
                raise
        return RawPage(sha256, len(body), path.stat().st_size)

    def get(self, sha256: str) -> bytes:
        """The body of that name, checked against it.

        Raises ``Quarantine("raw_page_lost")`` when the file is gone or damaged.
        """
        try:
            body = zstandard.ZstdDecompressor().decompress(self.path_of(sha256).read_bytes())
        except (FileNotFoundError, zstandard.ZstdError) as error:
            raise Quarantine("raw_page_lost", f"{sha256}: {error}") from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise Quarantine("raw_page_lost", f"{sha256}: the file holds other bytes")
        return body

    def path_of(self, sha256: str) -> Path:
        """Where the body of that hash lies, if it is kept."""
        return self.root / sha256[:2] / sha256[2:4] / f"{sha256}.zst"

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
