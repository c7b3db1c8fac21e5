"""Fetched pages to rows and back: the row says how, the file holds the body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from pipeline.errors import Drop
from pipeline.models import FetchedPage, Rights
from pipeline.store.dialect import insert
from pipeline.store.raw_pages import RawPage, RawPages
from pipeline.store.tables.ledger import jobs, urls
from pipeline.store.tables.lists import lists, polls
from pipeline.store.tables.pages import fetches, raw_pages

NOT_MODIFIED = 304


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
            last_used_at=page.fetched_at,
        )
        # Also when it was pruned meanwhile: its file is there again.
        used = {"last_used_at": page.fetched_at, "pruned_at": None}
        connection.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_=used))
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
        "robots": ", ".join(page.rights.robots) or None,
        "tdm_reserved": page.rights.tdm_reserved,
        "tdm_policy_url": page.rights.tdm_policy_url,
        "licence_urls": " ".join(page.rights.licence_urls) or None,
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


def list_validators(connection: Connection, url_id: int) -> Validators | None:
    """What the last answer from which a list was read allows to ask with; None while entries of
    it are left over, for "unchanged" would leave them so. What its hub sent is no answer."""
    left = select(lists.c.id).where(lists.c.url_id == url_id, lists.c.left_over > 0).exists()
    pushed = select(polls.c.id).where(polls.c.job_id == jobs.c.id, polls.c.pushed).exists()
    statement = (
        select(fetches.c.etag, fetches.c.last_modified)
        .join(jobs, jobs.c.id == fetches.c.job_id)
        .where(
            fetches.c.url_id == url_id,
            fetches.c.status != NOT_MODIFIED,
            jobs.c.kind == "list",
            jobs.c.outcome == "listed",
            ~left,
            ~pushed,
        )
        .order_by(fetches.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Validators(row.etag, row.last_modified)


def was_pushed(connection: Connection, list_id: int, sha256: str) -> bool:
    """Whether the list's hub has sent this very body before, and it was read or is about to be."""
    fetched = polls.join(fetches, fetches.c.job_id == polls.c.job_id)
    statement = select(polls.c.id).select_from(fetched)
    same = (fetches.c.raw_sha256 == sha256) & (polls.c.list_id == list_id) & polls.c.pushed
    not_failed = polls.c.outcome.is_(None) | (polls.c.outcome != "failed")
    return connection.execute(statement.where(same, not_failed).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Origin:
    """Which job fetched a page and when; ``over_wire`` is false for one that was handed in."""

    job_id: int
    fetched_at: datetime
    over_wire: bool


def origin_of(connection: Connection, fetch_id: int) -> Origin:
    """Where a page came from."""
    statement = select(fetches.c.job_id, fetches.c.fetched_at, fetches.c.wire_bytes)
    row = connection.execute(statement.where(fetches.c.id == fetch_id)).one()
    return Origin(row.job_id, row.fetched_at, row.wire_bytes > 0)


def load_page(connection: Connection, pages: RawPages, fetch_id: int | None) -> FetchedPage:
    """The page as it was fetched. Raises ``LookupError`` without such a row, and
    ``Drop("raw_page_pruned")`` when it was kept as long as pages are kept."""
    statement = (
        select(fetches, raw_pages.c.pruned_at)
        .join(raw_pages, raw_pages.c.sha256 == fetches.c.raw_sha256)
        .where(fetches.c.id == fetch_id)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise LookupError(f"fetch {fetch_id} has no page")
    if row.pruned_at is not None:
        raise Drop("raw_page_pruned", f"{row.raw_sha256}, on {row.pruned_at:%Y-%m-%d}")
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
        rights=Rights(
            robots=tuple(row.robots.split(", ")) if row.robots else (),
            tdm_reserved=row.tdm_reserved,
            tdm_policy_url=row.tdm_policy_url,
            licence_urls=tuple((row.licence_urls or "").split()),
        ),
    )
