"""The schedule of the lists: what follows for a list from a poll that has ended, any way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, update

from pipeline.codec import from_json
from pipeline.models import SourceProfile
from pipeline.store.ledger.intervals import Bounds, Plan, Polled, plan
from pipeline.store.ledger.notices import raise_notice
from pipeline.store.ledger.polls import SOON
from pipeline.store.tables.ledger import jobs, sources
from pipeline.store.tables.lists import lists, polls, subscriptions

LOOK_BACK = 10
"""Polls from which a list's arrivals are reckoned."""
AT_ONCE = 500
"""Lists settled in one transaction."""


_LONG = ("last_keys", "read_entries")
_ENDED: list[Any] = [
    *(column for column in lists.c if column.name not in _LONG),
    *(polls.c[name] for name in ("outcome", "reason", "at", "entries", "fresh", "gap")),
    *(polls.c.wait_seconds, polls.c.pace_seconds, polls.c.pushed, polls.c.opened_at),
    *(sources.c.profile, subscriptions.c.hinted_at, subscriptions.c.last_push_at),
    case((subscriptions.c.state == "active", subscriptions.c.lease_until)).label("leased_until"),
]
"""Of a list and its poll that has ended; without what may be 400 kB of each list."""


def settle_ended_polls(connection: Connection, now: datetime, bounds: Bounds) -> int:
    """Give every list whose poll has ended its next time; how many. Whoever comes second finds
    the poll no longer under way.

    They are locked first and read then, so that no push is told in between; one that somebody
    else holds is settled the next time.
    """
    ended = select(lists.c.id).join(jobs, jobs.c.id == lists.c.job_id)
    ended = ended.where(jobs.c.outcome.is_not(None)).order_by(lists.c.id).limit(AT_ONCE)
    locked = connection.execute(ended.with_for_update(of=lists, skip_locked=True)).scalars().all()
    if not locked:
        return 0
    statement = (
        select(*_ENDED)
        .select_from(
            lists.join(jobs, jobs.c.id == lists.c.job_id)
            .join(polls, polls.c.job_id == lists.c.job_id)
            .join(sources, sources.c.id == lists.c.source_id)
            .outerjoin(subscriptions, subscriptions.c.list_id == lists.c.id)
        )
        .where(lists.c.id.in_(locked))
        .order_by(lists.c.id)
    )  # fmt: skip
    return sum(_settle(connection, row, now, bounds) for row in connection.execute(statement).all())


def _settle(connection: Connection, row: Row[Any], now: datetime, bounds: Bounds) -> bool:
    values: dict[str, Any] = {"job_id": None}
    if row.outcome != "failed":
        values["last_listed_at"] = row.at
    if row.fresh:
        values["last_new_at"] = row.at
    if row.pushed:
        return _settle_push(connection, row, values)
    planned = plan(_polled(connection, row), bounds)
    values |= {
        "interval_seconds": planned.interval,
        "failures": planned.failures,
        "last_polled_at": row.at,
    }
    if row.next_due is not None:
        values["next_due"] = row.at + timedelta(seconds=planned.wait)
        if row.hinted_at is not None and row.hinted_at > row.opened_at and not planned.failures:
            values["next_due"] = min(values["next_due"], row.at + SOON)
    if planned.disable:
        values |= {"disabled_at": now, "disabled_reason": planned.disable}
    settled = _set(connection, row, values)
    if settled and planned.disable:
        _disabled(connection, row, planned, now)
    return settled


def _settle_push(connection: Connection, row: Row[Any], values: dict[str, Any]) -> bool:
    """A push changes no pace; one that cannot be read has the list itself asked for."""
    if row.outcome == "failed" and row.next_due is not None:
        values["next_due"] = min(row.next_due, row.at)
    return _set(connection, row, values)


def _set(connection: Connection, row: Row[Any], values: dict[str, Any]) -> bool:
    mine = update(lists).where(lists.c.id == row.id, lists.c.job_id == row.job_id)
    return connection.execute(mine.values(**values)).rowcount == 1


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
        leased=_leased(connection, row),
    )


def _leased(connection: Connection, row: Row[Any]) -> float:
    """How long its hub will go on pushing, as far as it can be relied on: it has pushed before,
    and no poll since has found what it did not. In seconds."""
    if row.leased_until is None or row.last_push_at is None:
        return 0.0
    missed = select(polls.c.id).where(polls.c.list_id == row.id, polls.c.at > row.last_push_at)
    missed = missed.where(~polls.c.pushed, polls.c.fresh > 0).limit(1)
    if connection.execute(missed).first() is not None:
        return 0.0
    return float((row.leased_until - row.at).total_seconds())


def _arrivals(connection: Connection, list_id: int) -> float | None:
    """New articles a second, over the last polls that were answered and the pushes between."""
    answered = (polls.c.list_id == list_id) & polls.c.outcome.in_(("listed", "unchanged"))
    times = select(polls.c.at).where(answered, ~polls.c.pushed)
    found = connection.execute(times.order_by(polls.c.at.desc()).limit(LOOK_BACK)).scalars().all()
    if len(found) < 2:
        return None
    seconds = (found[0] - found[-1]).total_seconds()
    # What the oldest of them found had gathered before it.
    since = select(func.sum(polls.c.fresh)).where(answered, polls.c.at > found[-1])
    fresh: int = connection.execute(since.where(polls.c.at <= found[0])).scalar_one() or 0
    return fresh / seconds if seconds > 0 else None


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
