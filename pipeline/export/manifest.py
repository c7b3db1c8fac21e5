"""What an export holds and how far it came: written beside its files, after each of them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from pipeline.models import ARTICLE_VERSION


class Part(msgspec.Struct, frozen=True):
    """One file, whole. ``sha256`` and ``size`` (bytes) are of the file as it lies there."""

    name: str
    count: int
    first_seq: int | None
    last_seq: int | None
    sha256: str
    size: int


class Manifest(msgspec.Struct, kw_only=True):
    """``reached``: every article whose newest change lies in ``after < seq <= reached`` stands in
    the files, as it was when it was written. The next export begins after it."""

    format: str
    compression: str
    query: dict[str, Any]
    after: int
    through: int
    reached: int
    created_at: datetime
    updated_at: datetime
    schema_version: int = ARTICLE_VERSION
    complete: bool = False
    count: int = 0
    skipped: dict[str, int] = {}
    """Articles that this format could not hold, by reason."""
    first_seq: int | None = None
    last_seq: int | None = None
    files: list[Part] = []

    def add(self, part: Part, skipped: dict[str, int], reached: int, now: datetime) -> None:
        """Count a file that is whole."""
        self.files = [*self.files, part]
        self.count += part.count
        self.first_seq = part.first_seq if self.first_seq is None else self.first_seq
        self.last_seq = self.last_seq if part.last_seq is None else part.last_seq
        self.move_on(skipped, reached, now)

    def move_on(self, skipped: dict[str, int], reached: int, now: datetime) -> None:
        """Everything up to ``reached`` is written, or counted as skipped."""
        for reason, number in skipped.items():
            self.skipped = {**self.skipped, reason: self.skipped.get(reason, 0) + number}
        self.reached, self.updated_at = reached, now

    def save(self, path: Path) -> None:
        """Write it whole or not at all."""
        data = msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"
        write_whole(path, data)


def load_manifest(path: Path) -> Manifest | None:
    """The manifest of an earlier run, None without one. Raises ``ValueError`` for another file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path} is not the manifest of an export: {error}") from error


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file's content; readers see the old or the new."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
