"""What may go to the broker now, and what came back from it undone.

Every change is a compare-and-set on the row as it was read, so any number of dispatchers may
run at once: whoever comes second changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, update

from pipeline.store.ledger.claims import note_attempt
from pipeline.store.tables.ledger import hosts, jobs

LEAST_GAP = 0.9
"""Part of a host's interval that always lies between two turns, however late the first came."""


@dataclass(frozen=True, slots=True)
class Due:
    """A job that may be sent now, starting at ``stage``."""

    job_id: int
    stage: str
    attempts: int
    again_at: datetime | None = None
    """When the host may be asked once more; None beyond the fetch stage."""


def in_flight(connection: Connection) -> int:
    """How many jobs stand in the broker or in a worker."""
    statement = select(func.count()).where(jobs.c.state.in_(("queued", "running")))
    return connection.execute(statement).scalar_one()


def take_turns(
    connection: Connection, now: datetime, room: int, host_max_in_flight: int
) -> list[Due]:
    """Fetch jobs of hosts whose turn has come, at most one a host; the turns are taken.

    The next turn is counted from the planned one, so that passes which come a little late do not
    slow a host down; but never less than ``LEAST_GAP`` of the interval lies between two turns,
    so that a long pause does not end in a burst.
    """
    taken = []
    for row in connection.execute(_hosts_in_turn(now, host_max_in_flight, room)).all():
        interval = timedelta(seconds=row.interval_seconds)
        following = max(row.next_turn_at + interval, now + LEAST_GAP * interval)
        turn = (
            update(hosts)
            .where(hosts.c.host == row.host, hosts.c.next_turn_at == row.next_turn_at)
            .values(next_turn_at=following)
        )
        if connection.execute(turn).rowcount == 1:
            taken.append(Due(row.job_id, "fetch", row.attempts, following))
    return taken


def _hosts_in_turn(now: datetime, host_max_in_flight: int, room: int) -> Select[Any]:
    waiting = (
        select(jobs.c.id)
        .where(
            jobs.c.host == hosts.c.host,
            jobs.c.stage == "fetch",
            jobs.c.state == "waiting",
            jobs.c.next_at <= now,
        )
        .order_by(jobs.c.priority.desc(), jobs.c.next_at, jobs.c.id)
        .limit(1)
        .correlate(hosts)
        .scalar_subquery()
    )
    busy = (
        select(func.count())
        .where(
            jobs.c.host == hosts.c.host,
            jobs.c.stage == "fetch",
            jobs.c.state.in_(("queued", "running")),
        )
        .correlate(hosts)
        .scalar_subquery()
    )
    candidates = (
        select(
            hosts.c.host,
            hosts.c.next_turn_at,
            hosts.c.interval_seconds,
            waiting.label("job_id"),
            busy.label("busy"),
        )
        .where(
            hosts.c.next_turn_at <= now,
            or_(hosts.c.blocked_until.is_(None), hosts.c.blocked_until <= now),
        )
        .subquery()
    )
    return (
        select(candidates, jobs.c.attempts)
        .join(jobs, jobs.c.id == candidates.c.job_id)
        .where(candidates.c.busy < host_max_in_flight)
        .order_by(candidates.c.next_turn_at)
        .limit(room)
    )


def due_beyond_fetch(connection: Connection, now: datetime, room: int) -> list[Due]:
    """Jobs that wait in the middle of their chain: retries and what was lost on the way."""
    statement = (
        select(jobs.c.id, jobs.c.stage, jobs.c.attempts)
        .where(jobs.c.stage != "fetch", jobs.c.state == "waiting", jobs.c.next_at <= now)
        .order_by(jobs.c.next_at, jobs.c.id)
        .limit(room)
    )
    return [Due(*row) for row in connection.execute(statement)]


def mark_queued(connection: Connection, job_id: int, message: str, now: datetime) -> bool:
    """Hand a waiting job to one message; False when somebody else was faster.

    Committed before the message is sent: a crash in between leaves a queued row without a
    message, which the sweep finds; the other order could run a job nobody had marked.
    """
    statement = (
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "waiting")
        .values(state="queued", queued_at=now, message=message)
    )
    return connection.execute(statement).rowcount == 1


def unmark(connection: Connection, job_id: int, message: str, now: datetime) -> None:
    """Take back :func:`mark_queued` of a message that could not be sent."""
    statement = (
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "queued", jobs.c.message == message)
        .values(state="waiting", next_at=now, message=None)
    )
    connection.execute(statement)


def block_host(connection: Connection, host: str, until: datetime) -> None:
    """Nobody asks this host before ``until``; a longer block stays."""
    statement = (
        update(hosts)
        .where(hosts.c.host == host)
        .where(or_(hosts.c.blocked_until.is_(None), hosts.c.blocked_until < until))
        .values(blocked_until=until)
    )
    connection.execute(statement)


def release_expired_leases(connection: Connection, now: datetime) -> int:
    """Jobs whose worker is gone wait again at once; how many. Their attempt stays counted."""
    statement = (
        update(jobs)
        .where(jobs.c.state == "running", jobs.c.lease_until <= now)
        .values(state="waiting", next_at=now, lease_until=None, message=None)
        .returning(jobs.c.id, jobs.c.stage, jobs.c.attempts)
    )
    released = connection.execute(statement).all()
    for row in released:
        note_attempt(connection, row.id, row.stage, row.attempts, now, "lease_lost")
    return len(released)


def messages_expected(connection: Connection) -> int:
    """How many messages the broker must hold if none was lost: one per chain under way."""
    statement = select(func.count(jobs.c.message.distinct())).where(
        jobs.c.state.in_(("queued", "running"))
    )
    return connection.execute(statement).scalar_one()


def requeue_lost(connection: Connection, now: datetime, older_than: datetime, most: int) -> int:
    """Queued jobs whose message was lost wait again; how many. No attempt is counted.

    ``most`` is how many messages the broker is short of: never more are sent again than are
    missing, because a message that merely waits its turn is not lost.
    """
    stale: Sequence[int] = list(
        connection.execute(
            select(jobs.c.id)
            .where(jobs.c.state == "queued", jobs.c.queued_at <= older_than)
            .order_by(jobs.c.queued_at)
            .limit(most)
        ).scalars()
    )
    if not stale:
        return 0
    statement = (
        update(jobs)
        .where(jobs.c.id.in_(stale), jobs.c.state == "queued", jobs.c.queued_at <= older_than)
        .values(state="waiting", next_at=now, message=None)
    )
    return connection.execute(statement).rowcount
