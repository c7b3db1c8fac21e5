"""Raw pages on disk: compressed, named by their content, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
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


GOING = ".going"
JUST_USED_SECONDS = 3600.0
"""A file that was put so recently may belong to a row that is not committed yet."""


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
        if not _touch(path):
            try:
                self._write(path, zstandard.ZstdCompressor(level=LEVEL).compress(body))
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise TryLater("storage_full", f"{self.root}: {error.strerror}") from error
                raise
        try:
            return RawPage(sha256, len(body), path.stat().st_size)
        except FileNotFoundError:  # moved aside in this very moment
            return self.put(body)

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

    def discard(self, sha256: str, unused_seconds: float = JUST_USED_SECONDS) -> bool:
        """Delete the file of a body; False when there is none, or :meth:`put` has just found it
        there and relies on it.

        It is moved aside first: a put that comes after that writes it anew, one that came before
        shows in the file's time.
        """
        path = self.path_of(sha256)
        aside = path.with_suffix(GOING)
        try:
            path.replace(aside)
        except FileNotFoundError:
            return False
        if time.time() - aside.stat().st_mtime < unused_seconds:
            aside.replace(path)
            return False
        aside.unlink()
        return True

    def leftovers(self, unused_seconds: float = JUST_USED_SECONDS) -> Iterator[tuple[str, Path]]:
        """Every file that has not been used of late, with the hash in its name: what a process
        left behind that died between its file and its row is among them."""
        youngest = time.time() - unused_seconds
        for path in self.root.glob("??/??/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < youngest:
                    yield path.name.partition(".")[0], path

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


def _touch(path: Path) -> bool:
    """Whether the file is there; it counts as used now."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
