"""Web archives handed in: their HTML responses become stored pages, batch by batch.

A page's place among the pages of the files is its line: a retry with the same key reads the
files again and goes on behind what was accepted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import Drop
from pipeline.fetch import page_from_bytes, page_from_response, split_response
from pipeline.store.ledger.runs import Run, accepted_so_far, all_accepted, open_run, request_digest
from pipeline.store.ledger.stored_pages import StoredPage
from pipeline.store.transactions import transact
from pipeline.warc import Damage, WarcRecord, read_warc
from workers.intake import accept_batch
from workers.wiring import Services

BATCH = 200
"""Pages per transaction: they wait for it on the disk, not in memory."""
HEADERS_BYTES = 256 * 1024
"""What a record may have beside its page."""
MOST_DAMAGE_NAMED = 100


@dataclass(slots=True)
class WarcReport:
    """What was in the files. ``pages`` were accepted; ``skipped`` counts the rest by what it is;
    ``damage`` is ``(file, offset, what)``, its first hundred."""

    records: int = 0
    pages: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    damage: list[tuple[str, int, str]] = field(default_factory=list)


def accept_warcs(
    services: Services, paths: Sequence[Path], run_key: str | None = None
) -> tuple[Run, WarcReport]:
    """Accept every HTML response of these archives in a run.

    Raises ``OSError`` for a file that cannot be read, and
    :class:`pipeline.store.ledger.runs.KeyReused` when the key came with other files.
    """
    report = WarcReport()
    asked = (f"warc\n{path.name}\n{path.stat().st_size}" for path in paths)
    digest = request_digest("ingest", asked)
    run = transact(
        services.engine, lambda c: open_run(c, "ingest", services.now(), run_key, digest)
    )
    if run.is_whole:
        return run, report
    accepted = transact(services.engine, lambda c: accepted_so_far(c, run.id))
    batch: list[StoredPage] = []
    for place, record in enumerate(_pages(services, paths, report)):
        if place < accepted + len(batch):
            continue  # by an earlier attempt
        batch.append(_load(services, record))
        if len(batch) == BATCH:
            accepted = _accept(services, run, accepted, batch)
            batch = []
    _accept(services, run, accepted, batch)
    transact(services.engine, lambda c: all_accepted(c, run.id, services.now()))
    return run, report


def _accept(services: Services, run: Run, begin: int, batch: list[StoredPage]) -> int:
    """Accept pages from place ``begin`` on, as far as no other trigger has; where to go on."""
    while batch:
        reached = accept_batch(services, run, begin, [], batch)
        batch = batch[reached - begin :]
        begin = reached
    return begin


def _pages(services: Services, paths: Sequence[Path], report: WarcReport) -> Iterator[WarcRecord]:
    """The records that hold a page, in order; everything else is counted."""
    most = services.settings.fetch_max_decoded_bytes + HEADERS_BYTES
    for path in paths:
        with path.open("rb") as file:
            for found in read_warc(file, max_bytes=most):
                if isinstance(found, Damage):
                    report.damaged += 1
                    if len(report.damage) < MOST_DAMAGE_NAMED:
                        report.damage.append((path.name, found.offset, found.what))
                    continue
                report.records += 1
                if why := _why_no_page(found):
                    report.skipped[why] += 1
                else:
                    report.pages += 1
                    yield found


def _why_no_page(record: WarcRecord) -> str | None:
    """What a record is when it is no HTML page of the web; None for a page."""
    if record.type not in ("response", "resource"):
        return record.type[:20] if record.type in _TYPES else "unknown type"
    if not record.target_uri.lower().startswith(("http://", "https://")):
        return "not http"
    if record.type == "resource":
        return None if _is_html(record.headers.get("content-type", "")) else "not html"
    try:
        status, headers, _ = split_response(record.content)
    except Drop:
        return "not http"
    if status != 200:
        return f"status {status}"
    types = [value for name, value in headers if name.lower() == "content-type"]
    return None if not types or _is_html(types[0]) else "not html"


_TYPES = ("warcinfo", "request", "metadata", "revisit", "conversion", "continuation")


def _is_html(content_type: str) -> bool:
    return re.match(r"\s*(text/html|application/xhtml\+xml)\b", content_type, re.I) is not None


def _load(services: Services, record: WarcRecord) -> StoredPage:
    """The page of a record, its body on disk when the ledger hears of it, and no longer here."""
    url, most = record.target_uri, services.settings.fetch_max_decoded_bytes
    now = services.now()
    at = min(record.date or now, now)  # an archive from the future would hide what comes after
    try:
        if record.is_cut:
            raise Drop("too_large", f"the record holds more than {most} bytes")
        if record.type == "response":
            page = page_from_response(url, record.content, fetched_at=at, max_bytes=most)
        else:
            kind = record.headers.get("content-type")
            page = page_from_bytes(
                url, record.content, content_type=kind, fetched_at=at, max_bytes=most
            )
    except Drop as refusal:
        return StoredPage(url, refusal=refusal)
    return StoredPage(url, replace(page, body=b""), services.raw_pages.put(page.body))
