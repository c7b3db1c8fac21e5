"""Pushes: what a hub sends is a poll of its list that begins where others have been fetched.

What cannot be one (the list is being polled, its body cannot be kept) is a hint: the list is polled
as soon as it may be. A poll that is under way then is followed by another, for it may have asked
before the news were there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from pipeline.models import FetchedPage
from pipeline.store.fetches import record_fetch
from pipeline.store.ledger.polls import (
    POLLABLE,
    SOON,
    claim_these,
    note_listing,
    open_polls,
    poll_sooner,
)
from pipeline.store.ledger.runs import open_day
from pipeline.store.raw_pages import RawPage
from pipeline.store.tables.ledger import jobs, sources
from pipeline.store.tables.lists import lists, subscriptions


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a push is held against. ``url`` is the list's."""

    id: int
    list_id: int
    kind: str
    url: str
    topic: str
    secret: str
    is_wanted: bool
    """False once the list or its source was removed."""
    is_polled: bool
    """Whether its list may be polled: it is neither paused nor disabled."""
    is_busy: bool
    """Whether a poll of it is under way."""


def subscription_of(connection: Connection, token: str) -> Subscription | None:
    """The subscription with that token."""
    s, li, so = subscriptions.c, lists.c, sources.c
    removed = li.removed_at.is_not(None) | so.removed_at.is_not(None)
    statement = (
        select(
            s.id,
            s.list_id,
            li.kind,
            li.url,
            s.topic,
            s.secret,
            (~removed).label("is_wanted"),
            POLLABLE.label("is_polled"),
            li.job_id.is_not(None).label("is_busy"),
        )
        .select_from(subscriptions.join(lists, li.id == s.list_id).join(sources))
        .where(s.token == token)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Subscription(**row._mapping)


def accept_push(
    connection: Connection,
    to: Subscription,
    page: FetchedPage,
    raw: RawPage,
    now: datetime,
    *,
    host_interval_seconds: float,
) -> bool:
    """Make a poll of what was pushed, its body on disk; False when it was taken as a hint."""
    ready = claim_these(connection, [to.list_id])
    if not ready:
        hint(connection, to, now)
        return False
    run_id = open_day(connection, "crawl", "websub", now)
    open_polls(connection, run_id, ready, now, host_interval_seconds=host_interval_seconds)
    job_id = connection.execute(select(lists.c.job_id).where(lists.c.id == to.list_id)).scalar()
    if job_id is None:  # another source's list of this address is being polled
        hint(connection, to, now)
        return False
    fetch_id = record_fetch(connection, job_id, ready[0].url_id, page, raw)
    fetched = update(jobs).where(jobs.c.id == job_id)
    connection.execute(fetched.values(stage="discover", fetch_id=fetch_id))
    note_listing(connection, job_id, pushed=True)
    _count(connection, to, now)
    return True


def hint(connection: Connection, to: Subscription, now: datetime) -> None:
    """There is news: let the list be polled, but not twice within a minute.

    The list is locked first, as by those who set its next time: it is set with this push in mind
    before or after.
    """
    of_list = select(lists.c.last_polled_at).where(lists.c.id == to.list_id)
    polled_at = connection.execute(of_list.with_for_update()).scalar_one()
    soonest = now if polled_at is None else max(now, polled_at + SOON)
    poll_sooner(connection, to.list_id, soonest)
    _count(connection, to, now, hinted_at=now)


def ignore(connection: Connection, to: Subscription) -> None:
    """Count a push that was not signed as it must be."""
    ours = update(subscriptions).where(subscriptions.c.id == to.id)
    connection.execute(ours.values(ignored_pushes=subscriptions.c.ignored_pushes + 1))


def pushes_by_fate(connection: Connection) -> dict[str, int]:
    """How many pushes were ``taken``, and how many ``ignored`` for their signature."""
    s = subscriptions.c
    sums = select(func.sum(s.pushes), func.sum(s.ignored_pushes))
    taken, ignored = connection.execute(sums).one()
    return {"taken": taken or 0, "ignored": ignored or 0}


def _count(connection: Connection, to: Subscription, now: datetime, **values: datetime) -> None:
    ours = update(subscriptions).where(subscriptions.c.id == to.id)
    pushes = subscriptions.c.pushes + 1
    connection.execute(ours.values(pushes=pushes, last_push_at=now, **values))
