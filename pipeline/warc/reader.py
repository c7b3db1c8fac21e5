"""Reading an archive record by record. What is damaged is named, and the rest is read.

Bounds hold for every record: headers end within 64 KiB, of the content at most ``max_bytes`` are
kept, a size that a record claims is never believed before it is seen.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from pipeline.warc.plain import Plain
from pipeline.warc.sources import Broken, Source
from pipeline.warc.zipped import MAGIC, Zipped

MOST_HEADER_BYTES = 64 * 1024
MOST_DAMAGES = 1000
"""Faults after which a file is given up: looking for the next record costs a second look at what
was read, and a file made to be damaged must not be looked at for ever."""
KEPT = ("response", "resource")
"""Records whose content is of use; of others only the headers are kept."""


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """``headers`` by lower-case name. ``content`` is empty for types not in :data:`KEPT`, and
    cut at the limit when ``is_cut``. ``offset``: where the record (gzipped: its member) begins."""

    offset: int
    headers: dict[str, str]
    content: bytes = b""
    is_cut: bool = False

    @property
    def type(self) -> str:
        return self.headers.get("warc-type", "").lower()

    @property
    def target_uri(self) -> str:
        """The address; some writers put it into angle brackets."""
        return self.headers.get("warc-target-uri", "").strip("<> ")

    @property
    def date(self) -> datetime | None:
        """When it was captured; None when that is not said, or not in a way that can be read."""
        text = self.headers.get("warc-date", "")
        try:
            found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in the file that is no record, and where."""

    offset: int
    what: str


def read_warc(file: BinaryIO, *, max_bytes: int) -> Iterator[WarcRecord | Damage]:
    """The records of a seekable file, plain or gzipped, and the damage between them, in order."""
    source = _source(file)
    damages = 0
    while True:
        try:
            if not source.begin():
                return
            yield _record(source, max_bytes)
        except Broken as fault:
            damages += 1
            yield Damage(source.offset, str(fault))
            if damages == MOST_DAMAGES:
                yield Damage(source.offset, f"given up after {MOST_DAMAGES} faults")
                return
            if not source.resync():
                return


def _source(file: BinaryIO) -> Source:
    start = file.read(2)
    file.seek(0)
    return Zipped(file) if start == MAGIC[:2] else Plain(file)


def _record(source: Source, max_bytes: int) -> WarcRecord:
    offset = source.offset
    headers = _headers(source)
    claimed = headers.get("content-length", "")
    if not re.fullmatch(r"\d{1,18}", claimed):
        raise Broken(f"the record's Content-Length is {claimed[:40]!r}")
    size = int(claimed)
    kept = min(size, max_bytes) if headers.get("warc-type", "").lower() in KEPT else 0
    content = source.take(kept)
    source.skip(size - kept)
    source.finish()
    if kept == size:
        _check_digest(content, headers)
    return WarcRecord(offset, headers, content, 0 < kept < size)


def _headers(source: Source) -> dict[str, str]:
    left = MOST_HEADER_BYTES
    first = source.line(left)
    if not re.match(rb"WARC/[01]\.\d", first):
        raise Broken("no WARC record begins here")
    found: dict[str, str] = {}
    name = ""
    while True:
        left -= len(first)
        first = source.line(left)
        line = first.decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            return found
        if line[0] in " \t" and name:  # a folded line goes on with the one before
            found[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise Broken(f"a header line without a colon: {line[:40]!r}")
        name = name.strip().lower()
        found.setdefault(name, value.strip())


def _check_digest(content: bytes, headers: dict[str, str]) -> None:
    algorithm, _, told = headers.get("warc-block-digest", "").partition(":")
    if not content or algorithm.lower() not in ("sha1", "sha256", "md5"):
        return
    digest = hashlib.new(algorithm.lower(), content, usedforsecurity=False)
    spelt = (base64.b32encode(digest.digest()).decode(), digest.hexdigest().upper())
    if told.strip().upper().rstrip("=") not in {one.rstrip("=") for one in spelt}:
        raise Broken("the record's content is not what its digest says")
