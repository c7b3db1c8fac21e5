"""What may go to the broker now, and what came back from it undone.

Every change is a compare-and-set on the row as it was read, so any number of dispatchers may
run at once: whoever comes second changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Subquery, bindparam, func, select, union_all, update

from pipeline.store.given import NUMBER, TEXT, TIME, as_given, with_given
from pipeline.store.ledger.attempts import note_attempt
from pipeline.store.ledger.turns import Due
from pipeline.store.prepared import Prepared
from pipeline.store.tables.ledger import IN_FLIGHT, STAGES, WAITING, at_stage, hosts, jobs
from pipeline.store.types import UtcTime

SOON = timedelta(seconds=5)
"""Clocks of several machines differ; less than this is no clock set back."""


_UNDER_WAY = Prepared(select(jobs.c.stage, func.count()).where(IN_FLIGHT).group_by(jobs.c.stage))


def in_flight(connection: Connection) -> Counter[str]:
    """How many jobs stand in the broker or in a worker, by their stage."""
    return Counter(dict(_UNDER_WAY.rows(connection, {})))


def _ready(stage: str, order: Any) -> Subquery:
    """What waits at a stage, as its part of the index has it: reading stops where there is enough.
    Sorting a backlog of 100,000 in every pass would be the pass."""
    return (
        select(jobs.c.id, jobs.c.stage, jobs.c.attempts)
        .where(at_stage(stage), WAITING, jobs.c.next_at <= bindparam("now", type_=UtcTime))
        .order_by(order)
        .limit(bindparam("room"))
        .subquery()
    )


_BEYOND_FETCH = tuple(reversed(STAGES[1:]))
# Both databases read the parts one after another, and stop where there is enough.
_DUE = Prepared(
    union_all(*(select(_ready(stage, jobs.c.next_at)) for stage in _BEYOND_FETCH)).limit(
        bindparam("room")
    )
)
_NEWEST = {stage: Prepared(select(_ready(stage, jobs.c.next_at.desc()))) for stage in _BEYOND_FETCH}


def due_beyond_fetch(connection: Connection, now: datetime, room: int) -> list[Due]:
    """Jobs that wait in the middle of their chain, lists and then those furthest along first:
    gathered for a chunk, retries, and what was lost on the way.

    Of more than fit, half are the oldest and half the newest: a page that has just been fetched
    does not wait behind a hundred thousand that are read again, nor they for ever behind it.
    """
    rows = _DUE.rows(connection, {"now": now, "room": room})
    if len(rows) >= room:
        _, last, _ = rows[-1]
        of_last = sum(stage == last for _, stage, _ in rows)
        given = {"now": now, "room": of_last // 2}
        newest = _NEWEST[last].rows(connection, given) if of_last > 1 else []
        rows = list(dict.fromkeys((*rows[: len(rows) - len(newest)], *newest)))
    return [
        Due(job_id, stage, attempts, kind="list" if stage == "discover" else "article")
        for job_id, stage, attempts in rows
    ]


def chunks(
    due: Sequence[Due], most: Mapping[str, int], hands: int, under_way: Mapping[str, int]
) -> list[list[Due]]:
    """What may go in one message: jobs of one stage that were never tried there, together.

    At most ``most[stage]`` of them, and no more than leaves something for each of ``hands``
    workers, of whom those that are ``under_way`` at the stage are one's work already. Jobs that
    were tried before go alone, so that what kills a process takes nobody with it.
    """
    fresh: dict[str, list[Due]] = {}
    made = []
    for job in due:
        if job.attempts:
            made.append([job])
        else:
            fresh.setdefault(job.stage, []).append(job)
    for stage, jobs_of_stage in fresh.items():
        share = (len(jobs_of_stage) + under_way.get(stage, 0)) // hands
        size = max(1, min(most.get(stage, 1), share))
        made += [jobs_of_stage[i : i + size] for i in range(0, len(jobs_of_stage), size)]
    return made


@dataclass(frozen=True, slots=True)
class Mark:
    """A job that is to be handed to a message."""

    job_id: int
    stage: str
    message: str


_MARK = """
    UPDATE jobs SET state = 'queued', queued_at = given.at, message = given.message
    FROM {given}
    WHERE jobs.id = given.job_id AND jobs.stage = given.stage
        AND jobs.state = 'waiting' AND jobs.next_at <= given.at
    RETURNING jobs.id
"""
_MARKED = {"job_id": NUMBER, "stage": TEXT, "message": TEXT, "at": TIME}


def mark_queued(connection: Connection, marks: Sequence[Mark], now: datetime) -> set[int]:
    """Hand due jobs to messages; the ids that nobody else was faster to take.

    Committed before the messages are sent: a crash in between leaves queued rows without a
    message, which the sweep finds; the other order could run a job nobody had marked.
    """
    at = as_given(now)
    # In one order, or two dispatchers would wait for each other.
    rows = sorted((mark.job_id, mark.stage, mark.message, at) for mark in marks)
    return {job_id for (job_id,) in with_given(connection, _MARK, _MARKED, rows)}


def unmark(connection: Connection, message: str, now: datetime) -> None:
    """Take back :func:`mark_queued` of a message that could not be sent."""
    statement = (
        update(jobs)
        .where(IN_FLIGHT, jobs.c.state == "queued", jobs.c.message == message)
        .values(state="waiting", next_at=now, message=None)
    )
    connection.execute(statement)


def release_expired_leases(connection: Connection, now: datetime) -> int:
    """Jobs whose worker is gone wait again at once; how many. Their attempt stays counted."""
    statement = (
        update(jobs)
        .where(IN_FLIGHT, jobs.c.state == "running", jobs.c.lease_until <= now)
        .values(state="waiting", next_at=now, lease_until=None, message=None, reason=None)
        .returning(jobs.c.id, jobs.c.stage, jobs.c.attempts)
    )
    released = connection.execute(statement).all()
    for row in released:
        note_attempt(connection, row.id, row.stage, row.attempts, now, "lease_lost")
    return len(released)


def sent_before(connection: Connection, when: datetime) -> bool:
    """Whether a queued job has been standing in the broker since before ``when``."""
    oldest = select(func.min(jobs.c.queued_at)).where(IN_FLIGHT, jobs.c.state == "queued")
    since = connection.execute(oldest).scalar_one()
    return since is not None and bool(since <= when)


def requeue_lost(
    connection: Connection, now: datetime, older_than: datetime, held: Collection[str]
) -> int:
    """Queued jobs whose message was lost wait again; how many. No attempt is counted.

    ``held`` are the messages that the broker still has: their jobs are slow, not lost, however
    old. A message may be out of sight for the moment in which a worker takes it; ``older_than``
    is for that, and a job sent again too soon costs a message, nothing else.
    """
    stale = connection.execute(
        select(jobs.c.id, jobs.c.message).where(
            IN_FLIGHT, jobs.c.state == "queued", jobs.c.queued_at <= older_than
        )
    ).all()
    lost: dict[str, list[int]] = {}
    for job_id, message in stale:
        if message not in held:
            lost.setdefault(message, []).append(job_id)
    requeued = 0
    for message, job_ids in sorted(lost.items(), key=lambda item: item[1]):
        statement = (
            update(jobs)
            .where(
                jobs.c.id.in_(job_ids),
                jobs.c.state == "queued",
                jobs.c.message == message,
                jobs.c.queued_at <= older_than,
            )
            .values(state="waiting", next_at=now, message=None)
        )
        requeued += connection.execute(statement).rowcount
    return requeued


OUR_OWN_WAITS = (
    "bug",
    "connection_failed",
    "dns_failed",
    "deadline_exceeded",
    "storage_full",
    "contact_missing",
)
"""Reasons whose waits no server chooses: they are never longer than our own longest one."""


def mend_times(
    connection: Connection, now: datetime, lease_seconds: float, longest_wait_seconds: float
) -> None:
    """Bring back times that only a clock set back can have left in the future.

    Without it everything accepted, leased or planned before would wait until the clock is there
    again. Waits that were decided (a retry, a Retry-After) are left as they are, unless they are
    ours and longer than ``longest_wait_seconds``.
    """
    longest = now + timedelta(seconds=lease_seconds)
    late_lease = IN_FLIGHT & (jobs.c.state == "running") & (jobs.c.lease_until > longest)
    connection.execute(update(jobs).where(late_lease).values(lease_until=longest))
    late_message = IN_FLIGHT & (jobs.c.state == "queued") & (jobs.c.queued_at > now)
    connection.execute(update(jobs).where(late_message).values(queued_at=now))
    undecided = WAITING & (jobs.c.next_at > now) & jobs.c.reason.is_(None)
    undecided &= jobs.c.stage.in_(STAGES)  # says nothing, but leads to the index
    connection.execute(update(jobs).where(undecided).values(next_at=now))
    too_long = WAITING & (jobs.c.next_at > now + timedelta(seconds=longest_wait_seconds))
    too_long &= jobs.c.reason.in_(OUR_OWN_WAITS) & jobs.c.stage.in_(STAGES)
    connection.execute(update(jobs).where(too_long).values(next_at=now))
    planned = select(hosts).where(hosts.c.next_turn_at > now + SOON)
    for row in connection.execute(planned).all():
        # A turn is never planned further ahead than one interval.
        if row.next_turn_at > now + SOON + timedelta(seconds=row.interval_seconds):
            turn = (hosts.c.host == row.host) & (hosts.c.next_turn_at == row.next_turn_at)
            connection.execute(update(hosts).where(turn).values(next_turn_at=now))
