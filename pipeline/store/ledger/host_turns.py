"""How hosts stand with their turns, for those who look on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from pipeline.store.tables.ledger import hosts, jobs


@dataclass(frozen=True, slots=True)
class HostTurn:
    """How a host stands: ``waiting`` and ``in_flight`` count its fetch jobs."""

    host: str
    next_turn_at: datetime
    interval_seconds: float
    blocked_until: datetime | None
    waiting: int
    in_flight: int


def host_turns(connection: Connection, limit: int) -> list[HostTurn]:
    """The hosts that have fetches waiting or under way, or that are blocked, busiest first."""
    counted = (
        select(
            jobs.c.host,
            func.count().filter(jobs.c.state == "waiting").label("waiting"),
            func.count().filter(jobs.c.state != "waiting").label("in_flight"),
        )
        .where(jobs.c.stage == "fetch", jobs.c.outcome.is_(None))
        .group_by(jobs.c.host)
        .subquery()
    )
    statement = (
        select(
            hosts.c.host,
            hosts.c.next_turn_at,
            hosts.c.interval_seconds,
            hosts.c.blocked_until,
            counted.c.waiting,
            counted.c.in_flight,
        )
        .join(counted, counted.c.host == hosts.c.host)
        .order_by((counted.c.waiting + counted.c.in_flight).desc(), hosts.c.host)
        .limit(limit)
    )
    return [HostTurn(**row._mapping) for row in connection.execute(statement)]
