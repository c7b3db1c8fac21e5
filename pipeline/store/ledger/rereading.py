"""Reading stored pages again: which page of which article, and a job for each that starts at parse.

No page is asked for again: the job takes the fetch that is there. Of each article only the newest
page counts, the one that made its newest revision or was found to say the same since.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from pipeline.store.dialect import insert
from pipeline.store.ledger.accept import key_hash
from pipeline.store.retention import use_page
from pipeline.store.tables.articles import article_revisions, articles, enricher_runs
from pipeline.store.tables.ledger import jobs, runs, urls
from pipeline.store.tables.pages import fetches, raw_pages
from pipeline.store.versions import is_older, split_version

READ_BY = ("stored", "revised", "unchanged")
"""Ends of jobs whose page was the article's own; a duplicate's is that of another address."""


@dataclass(frozen=True, slots=True)
class WhichArticles:
    """All given must fit. ``since`` is when an article was first stored; versions are
    ``name/number``, an enricher's with its name."""

    source_id: int | None = None
    since: datetime | None = None
    urls: tuple[str, ...] = ()
    extractor_older_than: str | None = None
    enricher_older_than: str | None = None


@dataclass(frozen=True, slots=True)
class StoredReading:
    """An article's newest page. ``pruned_at`` is set when its file was deleted on purpose."""

    article_id: int
    public_id: str
    url_id: int
    fetch_id: int
    url: str
    host: str
    source_id: int | None
    raw_sha256: str
    pruned_at: datetime | None


def article_count(connection: Connection) -> int:
    """How many articles there are: what a scan has before it."""
    return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def readings(
    connection: Connection,
    which: WhichArticles,
    after: int,
    limit: int,
    source_of: Callable[[str], int | None],
) -> tuple[list[StoredReading], int | None]:
    """Those among the next ``limit`` articles after a row id that fit, and the row id to go on
    after; None at the end."""
    newest = _newest_fetch().label("fetch_id")
    batch = (
        select(articles.c.id, articles.c.public_id, articles.c.extractor, newest)
        .where(articles.c.id > after, *_conditions(which))
        .order_by(articles.c.id)
        .limit(limit)
        .subquery()
    )
    statement = (
        select(
            batch,
            fetches.c.url_id,
            fetches.c.url,
            fetches.c.raw_sha256,
            urls.c.host,
            raw_pages.c.pruned_at,
        )
        .outerjoin(fetches, fetches.c.id == batch.c.fetch_id)
        .outerjoin(urls, urls.c.id == fetches.c.url_id)
        .outerjoin(raw_pages, raw_pages.c.sha256 == fetches.c.raw_sha256)
        .order_by(batch.c.id)
    )
    rows = connection.execute(statement).all()
    behind = _enriched_earlier(connection, [row.id for row in rows], which.enricher_older_than)
    found = [
        _reading(row, source_of(row.host))
        for row in rows
        if row.raw_sha256 is not None
        and (which.source_id is None or source_of(row.host) == which.source_id)
        and (
            which.extractor_older_than is None
            or is_older(row.extractor, which.extractor_older_than)
        )
        and (behind is None or row.id in behind)
    ]
    return found, rows[-1].id if len(rows) == limit else None


def _newest_fetch() -> ColumnElement[int | None]:
    read = (
        select(func.max(jobs.c.fetch_id))
        .where(jobs.c.article_id == articles.c.id, jobs.c.outcome.in_(READ_BY))
        .correlate(articles)
        .scalar_subquery()
    )
    made = (  # by a job that ended as a copy of another article, and of which nothing came since
        select(article_revisions.c.fetch_id)
        .where(
            article_revisions.c.article_id == articles.c.id,
            article_revisions.c.revision == articles.c.revision,
        )
        .correlate(articles)
        .scalar_subquery()
    )
    return func.coalesce(read, made)


def _conditions(which: WhichArticles) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.since is not None:
        found.append(articles.c.first_seen_at >= which.since)
    if which.urls:
        hashes = [key_hash(url) for url in which.urls]
        named = select(urls.c.article_id).where(urls.c.key_hash.in_(hashes))
        found.append(articles.c.id.in_(named))
    return found


def _enriched_earlier(
    connection: Connection, ids: Sequence[int], wanted: str | None
) -> set[int] | None:
    """Those of the articles that an older version of the enricher saw, or that it never saw."""
    if wanted is None:
        return None
    runs_of = (
        select(enricher_runs.c.article_id, enricher_runs.c.version)
        .where(enricher_runs.c.article_id.in_(ids))
        .where(enricher_runs.c.name == split_version(wanted)[0])
    )
    seen: dict[int, int] = {row.article_id: row.version for row in connection.execute(runs_of)}
    name = split_version(wanted)[0]
    return {one for one in ids if one not in seen or is_older(f"{name}/{seen[one]}", wanted)}


def _reading(row: Row[Any], source_id: int | None) -> StoredReading:
    return StoredReading(
        article_id=row.id,
        public_id=row.public_id,
        url_id=row.url_id,
        fetch_id=row.fetch_id,
        url=row.url,
        host=row.host,
        source_id=source_id,
        raw_sha256=row.raw_sha256,
        pruned_at=row.pruned_at,
    )


def accept_readings(
    connection: Connection,
    run_id: int,
    found: Sequence[StoredReading],
    lost: Collection[int],
    now: datetime,
) -> int:
    """Make one job of every page that the run has none of yet; how many.

    ``lost`` are fetches whose file is gone: those end at once, as do pages that are on their way
    in another run. Safe to repeat, and against another trigger of the same run that holds it.
    """
    ids = [one.url_id for one in found]
    known = select(jobs.c.url_id).where(jobs.c.run_id == run_id, jobs.c.url_id.in_(ids))
    seen = set(connection.execute(known).scalars())
    rows, ended = [], []
    for one in found:
        if one.url_id in seen:
            continue
        seen.add(one.url_id)
        row = _row(one, run_id, now)
        if one.fetch_id in lost:
            ended.append(row | _end("dropped", "raw_page_lost", now))
        elif not use_page(connection, one.fetch_id, now):
            ended.append(row | _end("dropped", "raw_page_pruned", now))
        else:
            rows.append(row)
    live: set[int] = set()
    if rows:
        begun = insert(connection, jobs).on_conflict_do_nothing().returning(jobs.c.url_id)
        live = set(connection.execute(begun, rows).scalars())
    ended += [r | _end("duplicate", "in_flight", now) for r in rows if r["url_id"] not in live]
    if ended:
        connection.execute(jobs.insert(), ended)
    number = len(live) + len(ended)
    more = update(runs).where(runs.c.id == run_id).values(accepted=runs.c.accepted + number)
    connection.execute(more)
    return number


def _row(one: StoredReading, run_id: int, now: datetime) -> dict[str, Any]:
    return {
        "url_id": one.url_id,
        "run_id": run_id,
        "source_id": one.source_id,
        "url": one.url,
        "host": one.host,
        "stage": "parse",
        "state": "waiting",
        "fetch_id": one.fetch_id,
        "next_at": now,
        "accepted_at": now,
    }


def _end(outcome: str, reason: str, now: datetime) -> dict[str, Any]:
    return {"state": "ended", "outcome": outcome, "reason": reason, "ended_at": now}
