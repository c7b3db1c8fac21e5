"""The schedule of the lists: what follows for a list from a poll that has ended, any way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pipeline.codec import from_json
from pipeline.models import SourceProfile
from pipeline.store.ledger.intervals import Bounds, Plan, Polled, plan
from pipeline.store.ledger.notices import raise_notice
from pipeline.store.tables.ledger import jobs, sources
from pipeline.store.tables.lists import lists, polls

LOOK_BACK = 10
"""Polls from which a list's arrivals are reckoned."""
AT_ONCE = 500
"""Lists settled in one transaction."""


_LONG = ("last_keys", "read_entries")
_ENDED: list[Any] = [
    *(column for column in lists.c if column.name not in _LONG),
    *(polls.c[name] for name in ("outcome", "reason", "at", "entries", "fresh", "gap")),
    *(polls.c.wait_seconds, polls.c.pace_seconds, sources.c.profile),
]
"""Of a list and its poll that has ended; without what may be 400 kB of each list."""


def settle_ended_polls(connection: Connection, now: datetime, bounds: Bounds) -> int:
    """Give every list whose poll has ended its next time; how many. Whoever comes second finds
    the poll no longer under way."""
    statement = (
        select(*_ENDED)
        .select_from(
            lists.join(jobs, jobs.c.id == lists.c.job_id)
            .join(polls, polls.c.job_id == lists.c.job_id)
            .join(sources, sources.c.id == lists.c.source_id)
        )
        .where(jobs.c.outcome.is_not(None))
        .order_by(lists.c.id)
        .limit(AT_ONCE)
    )  # fmt: skip
    return sum(_settle(connection, row, now, bounds) for row in connection.execute(statement).all())


def _settle(connection: Connection, row: Row[Any], now: datetime, bounds: Bounds) -> bool:
    answered = row.outcome != "failed"
    planned = plan(_polled(connection, row), bounds)
    values: dict[str, Any] = {
        "job_id": None,
        "interval_seconds": planned.interval,
        "failures": planned.failures,
        "last_polled_at": row.at,
    }
    if answered:
        values["last_listed_at"] = row.at
    if row.fresh:
        values["last_new_at"] = row.at
    if row.next_due is not None:
        values["next_due"] = row.at + timedelta(seconds=planned.wait)
    if planned.disable:
        values |= {"disabled_at": now, "disabled_reason": planned.disable}
    mine = update(lists).where(lists.c.id == row.id, lists.c.job_id == row.job_id)
    settled = connection.execute(mine.values(**values)).rowcount == 1
    if settled and planned.disable:
        _disabled(connection, row, planned, now)
    return settled


def _polled(connection: Connection, row: Row[Any]) -> Polled:
    return Polled(
        outcome=row.outcome,
        reason=row.reason,
        interval=row.interval_seconds,
        fixed=from_json(SourceProfile, row.profile).poll_seconds,
        failures=row.failures,
        depth=row.depth,
        entries=row.entries,
        fresh=row.fresh,
        gap=row.gap,
        is_first=row.last_listed_at is None,
        arrivals=_arrivals(connection, row.id),
        wait=row.wait_seconds,
        pace=row.pace_seconds,
    )


def _arrivals(connection: Connection, list_id: int) -> float | None:
    """New articles a second, over the last polls that were answered."""
    answered = polls.c.outcome.in_(("listed", "unchanged"))
    statement = select(polls.c.at, polls.c.fresh).where(polls.c.list_id == list_id, answered)
    found = connection.execute(statement.order_by(polls.c.at.desc()).limit(LOOK_BACK)).all()
    if len(found) < 2:
        return None
    # What the oldest of them found had gathered before it.
    seconds = (found[0].at - found[-1].at).total_seconds()
    return sum(row.fresh for row in found[:-1]) / seconds if seconds > 0 else None


def _disabled(connection: Connection, row: Row[Any], planned: Plan, now: datetime) -> None:
    """Tell it; a source of which no list is left is disabled with its last one."""
    times = f"{planned.failures} polls in a row failed, the last one: {planned.disable}"
    raise_notice(connection, row.source_id, "disabled", row.url, times, now)
    left = select(lists.c.id).where(
        lists.c.source_id == row.source_id,
        lists.c.disabled_at.is_(None),
        lists.c.removed_at.is_(None),
        lists.c.found_by == "profile",
    )
    if connection.execute(left.limit(1)).first() is None:
        connection.execute(
            update(sources)
            .where(sources.c.id == row.source_id, sources.c.disabled_at.is_(None))
            .values(disabled_at=now, disabled_reason=planned.disable)
        )
