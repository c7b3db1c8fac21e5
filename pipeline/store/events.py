"""The change feed: sequence numbers in the order of commits, so that a cursor misses nothing.

A database gives out serial ids when a row is inserted, not when its transaction commits: a
reader who has seen 8 may find 7 appear afterwards and never read it. On PostgreSQL one
transaction-scoped advisory lock, taken right before the rows are inserted and held until the
commit, makes the two orders one. SQLite has one writer at a time, so there they are one already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from pipeline.store.bulk import insert_rows, reserve_ids
from pipeline.store.given import NUMBER, update_given
from pipeline.store.tables.articles import articles
from pipeline.store.tables.events import events

EVENT_LOCK = 0x636F7079_65766E74  # "copyevnt": any number that nothing else here locks

_STAMP = "UPDATE articles SET change_seq = given.seq {given} WHERE articles.id = given.id"
_ENTRIES = select(
    events.c.seq,
    events.c.kind,
    articles.c.public_id,
    events.c.revision,
    events.c.at,
    articles.c.url,
    articles.c.headline,
).join_from(events, articles, articles.c.id == events.c.article_id)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an article, before it has its place in the feed."""

    kind: str
    article_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the feed; ``article_id`` is the public id, address and headline are the
    article's present ones."""

    seq: int
    kind: str
    article_id: str
    revision: int
    at: datetime
    url: str
    headline: str | None


def append(connection: Connection, changes: Sequence[Change], now: datetime) -> list[int]:
    """Add changes to the feed and stamp their articles; the sequence numbers, in order.

    Call it last in the transaction: from here to the commit other writers of events wait.
    """
    if not changes:
        return []
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(EVENT_LOCK)))
    seqs = reserve_ids(connection, events.c.seq, len(changes))
    rows = [
        {"seq": s, "kind": c.kind, "article_id": c.article_id, "revision": c.revision, "at": now}
        for s, c in zip(seqs, changes, strict=True)
    ]
    insert_rows(connection, events, rows)
    stamps = {c.article_id: s for s, c in zip(seqs, changes, strict=True)}  # each article's newest
    update_given(connection, _STAMP, {"id": NUMBER, "seq": NUMBER}, list(stamps.items()))
    return seqs


def changes_after(connection: Connection, seq: int, limit: int = 1000) -> list[Event]:
    """The feed after ``seq``, oldest first, at most ``limit`` entries.

    Whoever remembers the last ``seq`` and asks again has every change exactly once.
    """
    statement = _ENTRIES.where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
    return [Event(*row) for row in connection.execute(statement)]


def articles_after(connection: Connection, seq: int, limit: int = 1000) -> list[Event]:
    """The feed with each article once, at its newest change, in that order.

    It misses no article: ``change_seq`` only goes up, and to a number above all that are
    committed, so an article that changes after it was read comes again further on.
    """
    statement = (
        _ENTRIES.where(articles.c.change_seq > seq, events.c.seq == articles.c.change_seq)
        .order_by(articles.c.change_seq)
        .limit(limit)
    )
    return [Event(*row) for row in connection.execute(statement)]


def last_seq(connection: Connection) -> int:
    """The newest sequence number; 0 when nothing has happened yet."""
    newest = connection.execute(text("SELECT coalesce(max(seq), 0) FROM events"))
    return int(newest.scalar_one())
