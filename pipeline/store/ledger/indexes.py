"""What a sitemap index names: more lists of the same source, bounded in depth and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from pipeline.store.dialect import insert
from pipeline.store.ledger.accept import Candidate, url_ids_of
from pipeline.store.ledger.lists import FIRST_INTERVAL_SECONDS
from pipeline.store.tables.lists import lists

DEEPEST = 3
"""Indexes above a list. The protocol knows one; some sites have two."""
MOST_LISTS = 2_000
"""Lists of one source that its indexes name."""
COARSE = timedelta(days=1)
"""A time of change may be a day's name: within it a list may have changed since we looked."""


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap as its index names it; ``changed_at`` is null when the index does not say."""

    candidate: Candidate
    changed_at: datetime | None


def adopt(
    connection: Connection,
    parent_id: int,
    source_id: int,
    depth: int,
    children: Sequence[Child],
    now: datetime,
) -> list[int]:
    """Make lists of what an index names; the ids of those that are to be polled now.

    That are new ones, those that changed since they were read, and those of which the index does
    not say so once they are due. A sitemap that the source knows already, the index itself
    included, stays what it is, so that a circle of indexes ends where it began.
    """
    if depth >= DEEPEST or not children:
        return []
    ids = url_ids_of(connection, [child.candidate for child in children], now)
    changed = {ids[child.candidate.key_hash]: child.changed_at for child in children}
    known = _come_back(connection, parent_id, source_id, list(changed))
    new = [child for child in children if ids[child.candidate.key_hash] not in known]
    rows = [
        {
            "source_id": source_id,
            "url_id": ids[child.candidate.key_hash],
            "url": child.candidate.url,
            "kind": "sitemap",
            "found_by": "index",
            "parent_id": parent_id,
            "depth": depth + 1,
            "created_at": now,
            "next_due": None if child.changed_at else now,
            "interval_seconds": FIRST_INTERVAL_SECONDS,
        }
        for child in new[: max(0, MOST_LISTS - _named_by_indexes(connection, source_id))]
    ]
    if rows:
        connection.execute(insert(connection, lists).on_conflict_do_nothing(), rows)
    _remove_others(connection, parent_id, list(changed), now)
    return _to_be_polled(connection, parent_id, changed, now)


def _come_back(
    connection: Connection, parent_id: int, source_id: int, url_ids: Sequence[int]
) -> set[int]:
    """Those that the source knows as lists; a removed one is a list again."""
    of_source = (lists.c.source_id == source_id) & lists.c.url_id.in_(list(url_ids))
    again = of_source & (lists.c.found_by == "index") & lists.c.removed_at.is_not(None)
    connection.execute(update(lists).where(again).values(removed_at=None, parent_id=parent_id))
    return set(connection.execute(select(lists.c.url_id).where(of_source)).scalars())


def _named_by_indexes(connection: Connection, source_id: int) -> int:
    named = (lists.c.source_id == source_id) & (lists.c.found_by == "index")
    standing = select(func.count()).where(named, lists.c.removed_at.is_(None))
    return connection.execute(standing).scalar_one()


def _remove_others(
    connection: Connection, parent_id: int, url_ids: Sequence[int], now: datetime
) -> None:
    gone = (lists.c.parent_id == parent_id) & lists.c.removed_at.is_(None)
    gone &= lists.c.url_id.not_in(list(url_ids))
    connection.execute(update(lists).where(gone).values(removed_at=now))


def _to_be_polled(
    connection: Connection, parent_id: int, changed: Mapping[int, datetime | None], now: datetime
) -> list[int]:
    children = select(
        lists.c.id,
        lists.c.url_id,
        lists.c.next_due,
        lists.c.last_polled_at,
        lists.c.last_listed_at,
        lists.c.left_over,
    ).where(lists.c.parent_id == parent_id, lists.c.removed_at.is_(None))
    wanted = []
    for row in connection.execute(children.order_by(lists.c.id)):
        at = changed.get(row.url_id)
        if at is None:
            due = row.next_due is not None and row.next_due <= now
        else:
            due = row.last_listed_at is None or at + COARSE > row.last_polled_at
        if due or row.left_over:
            wanted.append(row.id)
    return wanted
