"""A source's lists: which there are, kept in step with its profile."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, update

from pipeline.models import SourceProfile
from pipeline.store.dialect import insert
from pipeline.store.ledger.accept import Candidate, read_line, url_ids_of
from pipeline.store.tables.ledger import sources
from pipeline.store.tables.lists import lists, source_notices

FIRST_INTERVAL_SECONDS = 900.0
"""Between the first two polls of a list, before anything is known of its arrivals."""


def sync_lists(
    connection: Connection, source_id: int, profile: SourceProfile, now: datetime
) -> None:
    """Make the source's lists those that its profile names: new ones are due at once, those it
    no longer names are removed, with what their indexes named. Raises ``Drop("bad_url")``.

    A source that names no list has its home page read as one.
    """
    named: dict[bytes, tuple[Candidate, str]] = {}
    for kind, url in _named(profile):
        candidate = read_line(url)
        if candidate.refusal is not None:
            raise candidate.refusal
        named.setdefault(candidate.key_hash, (candidate, kind))
    url_ids = url_ids_of(connection, [c for c, _ in named.values()], now) if named else {}
    for key, (candidate, kind) in named.items():
        _keep(connection, source_id, url_ids[key], candidate.url, kind, profile.poll_seconds, now)
    _remove_others(connection, source_id, url_ids.values(), now)


def enable_lists(connection: Connection, source_id: int, now: datetime) -> None:
    """Undo what the system disabled: the source and its lists, which are due at once."""
    connection.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .values(disabled_at=None, disabled_reason=None, updated_at=now)
    )
    connection.execute(
        update(lists)
        .where(lists.c.source_id == source_id, lists.c.disabled_at.is_not(None))
        .values(
            disabled_at=None,
            disabled_reason=None,
            failures=0,
            next_due=case((lists.c.next_due.is_not(None), now), else_=None),
        )
    )
    connection.execute(
        update(source_notices)
        .where(source_notices.c.source_id == source_id, source_notices.c.kind == "disabled")
        .where(source_notices.c.cleared_at.is_(None))
        .values(cleared_at=now)
    )


def _named(profile: SourceProfile) -> Iterator[tuple[str, str]]:
    yield from (("feed", url) for url in profile.feeds)
    yield from (("sitemap", url) for url in profile.sitemaps)
    yield from (("page", url) for url in profile.pages)
    if profile.home and not (profile.feeds or profile.sitemaps or profile.pages):
        yield "page", profile.home


def _keep(
    connection: Connection,
    source_id: int,
    url_id: int,
    url: str,
    kind: str,
    poll_seconds: float | None,
    now: datetime,
) -> None:
    statement = insert(connection, lists).values(
        source_id=source_id,
        url_id=url_id,
        url=url,
        kind=kind,
        found_by="profile",
        created_at=now,
        next_due=now,
        interval_seconds=poll_seconds or FIRST_INTERVAL_SECONDS,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "url_id"],
            set_={
                "url": url,
                "kind": kind,
                "found_by": "profile",
                "parent_id": None,
                "depth": 0,
                # Named again, or by an index alone until now: due at once.
                "next_due": case(
                    (lists.c.removed_at.is_not(None), now),
                    else_=func.coalesce(lists.c.next_due, now),
                ),
                "removed_at": None,
            },
        )
    )
    if poll_seconds is not None:
        connection.execute(
            update(lists)
            .where(lists.c.source_id == source_id, lists.c.url_id == url_id)
            .where(lists.c.interval_seconds != poll_seconds)
            .values(interval_seconds=poll_seconds, next_due=now + timedelta(seconds=poll_seconds))
        )


def _remove_others(
    connection: Connection, source_id: int, url_ids: Collection[int], now: datetime
) -> None:
    of_source = (lists.c.source_id == source_id) & lists.c.removed_at.is_(None)
    gone = of_source & (lists.c.found_by == "profile") & lists.c.url_id.not_in(list(url_ids))
    removed = update(lists).where(gone).values(removed_at=now).returning(lists.c.id)
    while ids := connection.execute(removed).scalars().all():
        below = of_source & (lists.c.found_by == "index") & lists.c.parent_id.in_(list(ids))
        removed = update(lists).where(below).values(removed_at=now).returning(lists.c.id)
