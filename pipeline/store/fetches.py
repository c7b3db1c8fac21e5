"""Fetched pages to rows and back: the row says how, the file holds the body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from pipeline.models import FetchedPage
from pipeline.store.dialect import insert
from pipeline.store.raw_pages import RawPage, RawPages
from pipeline.store.tables.ledger import jobs, urls
from pipeline.store.tables.pages import fetches, raw_pages


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request for a page conditional (RFC 9110 section 8.8)."""

    etag: str | None
    last_modified: str | None


def record_fetch(
    connection: Connection, job_id: int, url_id: int, page: FetchedPage, raw: RawPage | None
) -> int:
    """Write down an answer; its row id. ``raw`` is None for a 304, which has no body."""
    if raw is not None:
        statement = insert(connection, raw_pages).values(
            sha256=raw.sha256,
            size=raw.size,
            stored_size=raw.stored_size,
            first_seen_at=page.fetched_at,
        )
        connection.execute(statement.on_conflict_do_nothing(index_elements=["sha256"]))
    row = {
        "job_id": job_id,
        "url_id": url_id,
        "url": page.url,
        "final_url": page.final_url,
        "redirects": json.dumps(page.redirects),
        "status": page.status,
        "headers": json.dumps(page.headers),
        "etag": page.header("etag"),
        "last_modified": page.header("last-modified"),
        "charset": page.charset,
        "charset_from": page.charset_from,
        "replacement_ratio": page.replacement_ratio,
        "wire_bytes": page.wire_bytes,
        "elapsed_seconds": page.elapsed_seconds,
        "raw_sha256": raw.sha256 if raw else None,
        "fetched_at": page.fetched_at,
    }
    row_id: int = connection.execute(
        fetches.insert().values(row).returning(fetches.c.id)
    ).scalar_one()
    return row_id


def validators(connection: Connection, url_id: int) -> Validators | None:
    """What the answer that the article came from allows to ask with.

    An answer whose job ended otherwise does not count: "not modified" would then leave what it
    brought out for good.
    """
    statement = (
        select(fetches.c.etag, fetches.c.last_modified)
        .join(urls, urls.c.id == fetches.c.url_id)
        .join(jobs, jobs.c.id == fetches.c.job_id)
        .where(
            fetches.c.url_id == url_id,
            fetches.c.raw_sha256.is_not(None),
            urls.c.article_id.is_not(None),
            jobs.c.outcome.in_(("stored", "revised", "unchanged", "duplicate")),
        )
        .order_by(fetches.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Validators(row.etag, row.last_modified)


def fetched_at(connection: Connection, fetch_id: int) -> datetime:
    """When that fetch was answered."""
    found = connection.execute(select(fetches.c.fetched_at).where(fetches.c.id == fetch_id))
    time: datetime = found.scalar_one()
    return time


def load_page(connection: Connection, pages: RawPages, fetch_id: int | None) -> FetchedPage:
    """The page as it was fetched. Raises ``LookupError`` without such a row."""
    row = connection.execute(select(fetches).where(fetches.c.id == fetch_id)).one_or_none()
    if row is None or row.raw_sha256 is None:
        raise LookupError(f"fetch {fetch_id} has no page")
    return FetchedPage(
        url=row.url,
        final_url=row.final_url,
        status=row.status,
        headers=tuple((name, value) for name, value in json.loads(row.headers)),
        body=pages.get(row.raw_sha256),
        fetched_at=row.fetched_at,
        charset=row.charset,
        charset_from=row.charset_from,
        replacement_ratio=row.replacement_ratio,
        redirects=tuple(json.loads(row.redirects)),
        wire_bytes=row.wire_bytes,
        elapsed_seconds=row.elapsed_seconds,
    )
