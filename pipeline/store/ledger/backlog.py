"""What stands where: jobs that have not ended, by stage and state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from pipeline.store.tables.ledger import STAGES, jobs


@dataclass(frozen=True, slots=True)
class Pile:
    """Jobs of one stage in one state; ``next_at`` is when the first of them is due."""

    stage: str
    state: str
    count: int
    next_at: datetime | None


def backlog(connection: Connection) -> list[Pile]:
    """The piles of live jobs in the order of the stages."""
    statement = (
        select(jobs.c.stage, jobs.c.state, func.count(), func.min(jobs.c.next_at))
        .where(jobs.c.outcome.is_(None))
        .group_by(jobs.c.stage, jobs.c.state)
    )
    piles = [Pile(*row) for row in connection.execute(statement)]
    return sorted(piles, key=lambda pile: (STAGES.index(pile.stage), pile.state))


@dataclass(frozen=True, slots=True)
class Awaited:
    """A job that has not ended; ``reason`` is that of its last attempt, None before the first."""

    url: str
    stage: str
    state: str
    next_at: datetime
    reason: str | None


def longest_awaited(connection: Connection, run_id: int, limit: int) -> list[Awaited]:
    """Pages and lists of a run that have not ended, those that are due last first."""
    statement = (
        select(jobs.c.url, jobs.c.stage, jobs.c.state, jobs.c.next_at, jobs.c.reason)
        .where(jobs.c.run_id == run_id, jobs.c.outcome.is_(None))
        .order_by(jobs.c.next_at.desc(), jobs.c.id)
        .limit(limit)
    )
    return [Awaited(*row) for row in connection.execute(statement)]
