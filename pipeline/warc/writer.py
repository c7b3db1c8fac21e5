"""Writing WARC 1.1: one gzip member a record, as every reader and indexer expects."""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO

Fields = Sequence[tuple[str, str]]


class WarcWriter:
    """Appends records to a file. The same calls write the same bytes: ids are made of contents."""

    def __init__(self, file: BinaryIO, *, compress: bool = True) -> None:
        self._file = file
        self._compress = compress

    def warcinfo(self, filename: str, at: datetime, fields: Fields) -> str:
        """The first record of a file: what wrote it, and how it is to be read."""
        head = [("WARC-Filename", filename), ("Content-Type", "application/warc-fields")]
        return self.write("warcinfo", at, head, as_fields(fields))

    def response(
        self, url: str, at: datetime, status: int, reason: str, headers: Fields, body: bytes
    ) -> str:
        """An HTTP response, its block made of a status line, headers and the body; its id."""
        lines = [f"HTTP/1.1 {status} {reason}".strip()]
        lines += [f"{_one_line(name)}: {_one_line(value)}" for name, value in headers]
        block = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace") + body
        head = [
            ("WARC-Target-URI", url),
            ("WARC-Payload-Digest", _digest(body)),
            ("Content-Type", "application/http;msgtype=response"),
        ]
        return self.write("response", at, head, block)

    def metadata(self, url: str, at: datetime, about: str, fields: Fields) -> str:
        """What is known about the record with the id ``about``."""
        head = [
            ("WARC-Target-URI", url),
            ("WARC-Concurrent-To", about),
            ("WARC-Refers-To", about),
            ("Content-Type", "application/warc-fields"),
        ]
        return self.write("metadata", at, head, as_fields(fields))

    def write(self, kind: str, at: datetime, fields: Fields, block: bytes) -> str:
        """One record; its id."""
        moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        seed = hashlib.sha256(repr((kind, moment, list(fields))).encode("utf-8", "replace") + block)
        record_id = f"<urn:uuid:{uuid.UUID(bytes=seed.digest()[:16], version=5)}>"
        head = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", record_id),
            ("WARC-Date", moment),
            *fields,
            ("WARC-Block-Digest", _digest(block)),
            ("Content-Length", str(len(block))),
        ]
        data = b"WARC/1.1\r\n" + as_fields(head) + b"\r\n" + block + b"\r\n\r\n"
        self._file.write(gzip.compress(data, 6, mtime=0) if self._compress else data)
        return record_id


def as_fields(fields: Fields) -> bytes:
    """``name: value`` lines, each ended by CR LF."""
    lines = (f"{_one_line(name)}: {_one_line(value)}\r\n" for name, value in fields)
    return "".join(lines).encode("utf-8", "replace")


def _one_line(text: str) -> str:
    """No header ends before its end."""
    return " ".join(text.replace("\x00", " ").split("\n")).replace("\r", " ").strip()


def _digest(data: bytes) -> str:
    """SHA-1 in base 32: no protection, but the form that indexes of archives are made of."""
    digest = hashlib.sha1(data, usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(digest).decode()}"
