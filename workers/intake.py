"""What people hand in: URLs, or pages they already have, as lines of a file.

    https://example.org/story            a URL to fetch
    {"url": "https://...", "file": "pages/1.html.gz"}
                                         a stored page; the file lies beside the list

A file whose name ends in ``.csv`` is a table with a column named ``url``.

Blank lines and lines that start with ``#`` are skipped. Every other line becomes one job.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Drop
from pipeline.fetch import page_from_bytes
from pipeline.store.engine import Connection
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import (
    Run,
    accepted_so_far,
    all_accepted,
    open_run,
    request_digest,
)
from pipeline.store.ledger.sources import source_finder
from pipeline.store.ledger.stored_pages import StoredPage, accept_pages
from pipeline.store.transactions import transact
from workers.wiring import Services

BATCH = 500
"""Lines per transaction: a crash in the middle has accepted whole batches."""


class IntakeError(ValueError):
    """A line that cannot be read: which one, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a URL and, for a stored page, its file."""

    url: str
    file: Path | None = None
    content_type: str | None = None


def read_lines(path: str) -> list[Line]:
    """The lines of a file, ``-`` for standard input. Raises :class:`IntakeError` or ``OSError``."""
    base = Path(path).parent if path != "-" else Path()
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IntakeError(f"{path} is not UTF-8 text: {error}") from error
    if path.lower().endswith(".csv"):
        return _table(path, text)
    numbered = enumerate(text.splitlines(), 1)
    wanted = ((n, line.strip()) for n, line in numbered)
    return [_line(path, n, line, base) for n, line in wanted if line and not line.startswith("#")]


def _table(path: str, text: str) -> list[Line]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        column = next((n for n in rows.fieldnames or () if n.strip().lower() == "url"), None)
        if column is None:
            raise IntakeError(f"{path}: the first line has no column named url")
        return [Line(url) for row in rows if (url := (row[column] or "").strip())]
    except csv.Error as error:
        raise IntakeError(f"{path} line {rows.line_num}: {error}") from error


def _line(path: str, number: int, line: str, base: Path) -> Line:
    if not line.startswith("{"):
        return Line(line)
    try:
        given = json.loads(line)
        url, file = given["url"], given.get("file")
    except (ValueError, KeyError, RecursionError) as error:
        raise IntakeError(f'{path} line {number}: not {{"url": ..., "file": ...}}') from error
    if not isinstance(url, str) or not isinstance(file, str | None):
        raise IntakeError(f"{path} line {number}: url and file must be strings")
    if file is not None and not (base / file).is_file():
        raise IntakeError(f"{path} line {number}: no such file: {base / file}")
    return Line(url, None if file is None else base / file, given.get("content_type"))


def accept_lines(
    services: Services, lines: Sequence[Line], *, kind: str = "ingest", run_key: str | None = None
) -> Run:
    """Accept every line in a run, batch by batch.

    A run key seen before accepts nothing and gives that run; when its trigger was cut off between
    two batches, the same lines go on from there, also if both triggers are alive. Raises
    :class:`pipeline.store.ledger.runs.KeyReused` when the key came with other lines.
    """
    digest = request_digest(kind, (_asked(line) for line in lines))
    run = transact(services.engine, lambda c: open_run(c, kind, services.now(), run_key, digest))
    if run.is_whole:
        return run
    begin = 0 if run.is_new else _accepted(services, run)
    while begin < len(lines):
        batch = lines[begin : begin + BATCH]
        pages = [_load(services, line) for line in batch if line.file is not None]
        urls = [line.url for line in batch if line.file is None]
        begin = accept_batch(services, run, begin, urls, pages)
    transact(services.engine, lambda c: all_accepted(c, run.id, services.now()))
    return run


def _asked(line: Line) -> str:
    """What a line asks for. A stored page counts by its file's name: retries run elsewhere."""
    return line.url if line.file is None else f"{line.url}\n{line.file.name}\n{line.content_type}"


def _accepted(services: Services, run: Run) -> int:
    return transact(services.engine, lambda c: accepted_so_far(c, run.id))


def accept_batch(
    services: Services, run: Run, begin: int, urls: Sequence[str], pages: Sequence[StoredPage]
) -> int:
    """Accept what stands from place ``begin`` of the run's lines on; where to go on from."""
    interval = services.settings.host_interval_seconds

    def work(connection: Connection) -> int:
        so_far = accepted_so_far(connection, run.id)
        if so_far != begin:
            return so_far  # another trigger with the same key was faster
        find, now = source_finder(connection), services.now()
        accept(connection, run.id, urls, now, host_interval_seconds=interval, source_of=find)
        accept_pages(connection, run.id, pages, now, host_interval_seconds=interval, source_of=find)
        return begin + len(urls) + len(pages)

    return transact(services.engine, work)


def _load(services: Services, line: Line) -> StoredPage:
    """The page of a line, its body already on disk when the ledger hears of it."""
    assert line.file is not None
    try:
        body = read_body(line.file, services.settings.fetch_max_decoded_bytes)
        page = page_from_bytes(
            line.url, body, content_type=line.content_type, fetched_at=services.now()
        )
    except Drop as refusal:
        return StoredPage(line.url, refusal=refusal)
    return StoredPage(line.url, page, services.raw_pages.put(page.body))


def read_body(path: Path, max_bytes: int) -> bytes:
    """A page's bytes from a file, ungzipped when its name ends in ``.gz``.

    Raises ``Drop`` (``too_large``, ``bad_encoding``) or ``OSError``.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as opened:
            body = opened.read(max_bytes + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Drop("bad_encoding", f"{path}: {error}") from error
    if len(body) > max_bytes:
        raise Drop("too_large", f"{path} holds more than {max_bytes} bytes")
    return body
