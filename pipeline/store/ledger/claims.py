"""A step's rights on a job: claim it, then move it on, let it wait, or end it.

A claim is one UPDATE that takes a lease for the message which the dispatcher sent; any other
message finds nothing to do. Every write after it repeats the claim's facts in its WHERE
(compare-and-set), so a worker that was stopped past its lease changes nothing. ``attempt``
is the fencing token: it grows with every claim of the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, tuple_, update

from pipeline.store.tables.ledger import STAGES, attempts, drafts, jobs


@dataclass(frozen=True, slots=True)
class Claim:
    """One job in the hands of one step."""

    job_id: int
    url_id: int
    run_id: int
    source_id: int | None
    url: str
    host: str
    stage: str
    attempt: int
    message: str
    fetch_id: int | None
    followed: bool = True
    """Whether the chain has a message for the next stage; if not, the job waits there."""


def claim(
    connection: Connection,
    job_ids: Sequence[int],
    stage: str,
    message: str,
    now: datetime,
    lease_seconds: float,
    *,
    followed: bool = True,
) -> list[Claim]:
    """Those of ``job_ids`` that this message may work on now, oldest first.

    A redelivery of the same message takes over its own lease. Counts one attempt each.
    """
    statement = (
        update(jobs)
        .where(
            jobs.c.id.in_(list(job_ids)),
            jobs.c.stage == stage,
            jobs.c.message == message,
            jobs.c.state.in_(("queued", "running")),
        )
        .values(
            state="running",
            attempts=jobs.c.attempts + 1,
            lease_until=now + timedelta(seconds=lease_seconds),
        )
        .returning(
            jobs.c.id.label("job_id"),
            jobs.c.url_id,
            jobs.c.run_id,
            jobs.c.source_id,
            jobs.c.url,
            jobs.c.host,
            jobs.c.stage,
            jobs.c.attempts.label("attempt"),
            jobs.c.message,
            jobs.c.fetch_id,
        )
    )
    claimed = (Claim(**row._mapping, followed=followed) for row in connection.execute(statement))
    return sorted(claimed, key=lambda held: held.job_id)


def _mine(claims: Sequence[Claim]) -> ColumnElement[bool]:
    """The compare in compare-and-set: still running, at this stage, by this very claim."""
    first = claims[0]
    held = jobs.c.stage == first.stage
    held &= jobs.c.state == "running"
    held &= jobs.c.message == first.message
    if len(claims) == 1:
        return held & (jobs.c.id == first.job_id) & (jobs.c.attempts == first.attempt)
    pairs = [(c.job_id, c.attempt) for c in claims]
    return held & tuple_(jobs.c.id, jobs.c.attempts).in_(pairs)


def still_mine(connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
    """Lock and return those claims that still hold; call it before writing any output.

    The rows stay locked until the transaction ends, so what is checked here is true at commit.
    """
    if not claims:
        return []
    statement = update(jobs).where(_mine(claims)).values(lease_until=jobs.c.lease_until)
    held = set(connection.execute(statement.returning(jobs.c.id)).scalars())
    return [c for c in claims if c.job_id in held]


def move_on(
    connection: Connection, claims: Sequence[Claim], now: datetime, **values: Any
) -> list[int]:
    """To the next stage; the ids that really moved.

    The chain sends the next stage's message itself; where it ends here, the jobs wait for the
    dispatcher, which gathers many of them in one message.
    """
    if not claims:
        return []
    following = STAGES[STAGES.index(claims[0].stage) + 1]
    if claims[0].followed:
        values |= {"state": "queued", "queued_at": now}
    else:
        values |= {"state": "waiting", "next_at": now, "message": None}
    statement = (
        update(jobs)
        .where(_mine(claims))
        .values(
            stage=following,
            attempts=0,
            lease_until=None,
            reason=None,
            detail=None,
            **values,
        )
    )
    return list(connection.execute(statement.returning(jobs.c.id)).scalars())


def end(
    connection: Connection,
    held: Claim,
    outcome: str,
    now: datetime,
    *,
    reason: str | None = None,
    detail: str | None = None,
    article_id: int | None = None,
) -> bool:
    """The one end of a job; False when the claim no longer holds and nothing was written.

    The draft of a dead job is kept: it is the input that someone will want to see.
    """
    statement = (
        update(jobs)
        .where(_mine([held]))
        .values(
            state="ended",
            outcome=outcome,
            reason=reason,
            detail=detail,
            article_id=article_id,
            ended_at=now,
            lease_until=None,
            message=None,
        )
    )
    ended = connection.execute(statement).rowcount == 1
    if ended and outcome != "dead" and held.stage in ("enrich", "store"):
        connection.execute(delete(drafts).where(drafts.c.job_id == held.job_id))
    return ended


def wait(
    connection: Connection,
    held: Claim,
    next_at: datetime,
    *,
    reason: str | None = None,
    detail: str | None = None,
    counts: bool = True,
) -> bool:
    """Back to waiting until ``next_at``. ``counts=False`` gives the attempt back: the step did
    not really try (it was stopped, the database was away)."""
    statement = (
        update(jobs)
        .where(_mine([held]))
        .values(
            state="waiting",
            next_at=next_at,
            reason=reason,
            detail=detail,
            attempts=held.attempt - (0 if counts else 1),
            lease_until=None,
            message=None,
        )
    )
    return connection.execute(statement).rowcount == 1


def tries_noted(connection: Connection, held: Claim) -> int:
    """How many attempts of this job at its stage came back and said how they ended."""
    said = attempts.c.result.in_(("try_later", "error"))
    statement = select(func.count()).where(
        attempts.c.job_id == held.job_id, attempts.c.stage == held.stage, said
    )
    return connection.execute(statement).scalar_one()


def note_attempt(
    connection: Connection,
    job_id: int,
    stage: str,
    attempt: int,
    at: datetime,
    result: str,
    reason: str | None = None,
    detail: str | None = None,
) -> None:
    """Write down an attempt that did not simply move its job on."""
    connection.execute(
        attempts.insert().values(
            job_id=job_id,
            stage=stage,
            attempt=attempt,
            at=at,
            result=result,
            reason=reason,
            detail=detail,
        )
    )
