"""What each host's articles repeat: one small row a host, read and learned with the parse step.

Counts are a hint. Where two parsers learn of one host at once, PostgreSQL lets the second skip it
instead of waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from pipeline.repeated import Lesson, Repeated, from_bytes
from pipeline.store.dialect import insert
from pipeline.store.tables.ledger import urls
from pipeline.store.tables.pages import host_repeats


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of a host, and whether the address that was asked about has its article
    already: read again, it teaches nothing new."""

    host: str
    repeated: Repeated
    has_article: bool


@dataclass(frozen=True, slots=True)
class Taught:
    """What an article of ``host`` teaches. ``host_is_new``: it had no row when that was read."""

    host: str
    lesson: Lesson
    host_is_new: bool


def recall(connection: Connection, host: str, url_id: int) -> Recalled:
    """The memory of ``host`` for a page of that address; an empty one of a new host."""
    row = connection.execute(_RECALL, {"of_host": host, "of_url": url_id}).one()
    seen = Repeated() if row.seen is None else from_bytes(bytes(row.seen))
    return Recalled(host, seen, row.article_id is not None)


def learn(connection: Connection, taught: Sequence[Taught], now: datetime) -> None:
    """Add what articles teach to their hosts' rows, in the transaction that moves their jobs on:
    so each is counted once. All take the hosts in one order, so that none waits in a circle."""
    for host in sorted({one.host for one in taught}):
        of_host = [one for one in taught if one.host == host]
        row = connection.execute(_LOCK, {"of_host": host}).first()
        if row is None and not any(one.host_is_new for one in of_host):
            continue  # another parser has it in its hand
        before = Repeated() if row is None else from_bytes(bytes(row.seen))
        after = before
        for one in of_host:
            after = after.learned(one.lesson)
        if after is before:
            continue
        if row is not None:
            given = {"of_host": host, "new_seen": after.to_bytes(), "new_at": now}
            connection.execute(_WRITE, given)
        else:
            values = {"host": host, "seen": after.to_bytes(), "learned_at": now}
            new = insert(connection, host_repeats).values(values)
            connection.execute(new.on_conflict_do_nothing())


def forget_repeats(connection: Connection, before: datetime) -> None:
    """Forget hosts of which nothing was learned since."""
    connection.execute(delete(host_repeats).where(host_repeats.c.learned_at < before))


_RECALL = (
    select(urls.c.article_id, host_repeats.c.seen)
    .join_from(urls, host_repeats, host_repeats.c.host == bindparam("of_host"), isouter=True)
    .where(urls.c.id == bindparam("of_url"))
)
_OF_HOST = host_repeats.c.host == bindparam("of_host")
_LOCK = select(host_repeats.c.seen).where(_OF_HOST).with_for_update(skip_locked=True)
_WRITE = (
    update(host_repeats)
    .where(_OF_HOST)
    .values(seen=bindparam("new_seen"), learned_at=bindparam("new_at"))
)
