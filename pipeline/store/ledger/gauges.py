"""Counts of rows that no other question asks for; for metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from pipeline.store.events import last_seq
from pipeline.store.ledger.pushes import pushes_by_fate
from pipeline.store.ledger.subscriptions import subscriptions_by_state
from pipeline.store.tables.articles import articles
from pipeline.store.tables.ledger import hosts, runs, sources
from pipeline.store.tables.lists import lists, polls, source_notices


@dataclass(frozen=True, slots=True)
class Gauges:
    """``polls``, ``notices``, ``subscriptions`` and ``pushes`` are ``(word, count)``; notices are
    those that stand, and a push is no poll."""

    runs: int
    sources: int
    articles: int
    change_seq: int
    hosts: int
    hosts_blocked: int
    lists: int
    lists_overdue_since: datetime | None
    entries_left_over: int
    """Entries of long lists that no poll has dealt with so far."""
    polls: tuple[tuple[str, int], ...]
    notices: tuple[tuple[str, int], ...]
    subscriptions: tuple[tuple[str, int], ...]
    pushes: tuple[tuple[str, int], ...]


def gauges(connection: Connection, now: datetime) -> Gauges:
    """All of them, as they stand."""

    def count(statement: object) -> int:
        return int(connection.execute(statement).scalar_one())  # type: ignore[call-overload]

    kept = lists.c.removed_at.is_(None) & lists.c.disabled_at.is_(None)
    due = select(func.min(lists.c.next_due)).where(
        kept, lists.c.job_id.is_(None), lists.c.next_due <= now
    )
    overdue: datetime | None = connection.execute(due).scalar_one()
    left_over = select(func.coalesce(func.sum(lists.c.left_over), 0)).where(kept)
    ended = select(polls.c.outcome, func.count()).where(
        polls.c.outcome.is_not(None), ~polls.c.pushed
    )
    standing = select(source_notices.c.kind, func.count()).where(
        source_notices.c.cleared_at.is_(None)
    )
    blocked = select(func.count()).select_from(hosts).where(hosts.c.blocked_until > now)
    known = select(func.count()).select_from(sources).where(sources.c.removed_at.is_(None))
    return Gauges(
        runs=count(select(func.count()).select_from(runs)),
        sources=count(known),
        articles=count(select(func.count()).select_from(articles)),
        change_seq=last_seq(connection),
        hosts=count(select(func.count()).select_from(hosts)),
        hosts_blocked=count(blocked),
        lists=count(select(func.count()).select_from(lists).where(kept)),
        lists_overdue_since=overdue,
        entries_left_over=count(left_over),
        polls=tuple((o, n) for o, n in connection.execute(ended.group_by(polls.c.outcome))),
        notices=tuple(
            (k, n) for k, n in connection.execute(standing.group_by(source_notices.c.kind))
        ),
        subscriptions=tuple(subscriptions_by_state(connection, now).items()),
        pushes=tuple(pushes_by_fate(connection).items()),
    )
