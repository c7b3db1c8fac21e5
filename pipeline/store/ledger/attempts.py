"""What is remembered of attempts that did not simply move their job on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from pipeline.store.ledger.claims import Claim
from pipeline.store.tables.ledger import attempts, jobs


def tries_noted(connection: Connection, held: Claim) -> int:
    """How many attempts of this job at its stage came back and said how they ended."""
    return _noted(connection, held, "try_later", "error", "superseded")


def times_superseded(connection: Connection, held: Claim) -> int:
    """How many attempts of this job at its stage came to nothing because a copy of the same
    message had taken the job over: they are no tries of the job."""
    return _noted(connection, held, "superseded")


def _noted(connection: Connection, held: Claim, *results: str) -> int:
    statement = select(func.count()).where(
        attempts.c.job_id == held.job_id,
        attempts.c.stage == held.stage,
        attempts.c.result.in_(results),
    )
    return connection.execute(statement).scalar_one()


def note_superseded(connection: Connection, lost: Sequence[Claim], now: datetime) -> None:
    """Write down those claims that a copy of their own message has taken over: their worker came
    back, so they are no crashes."""
    for held in lost:
        taken_over = (
            (jobs.c.id == held.job_id)
            & (jobs.c.stage == held.stage)
            & (jobs.c.message == held.message)
            & (jobs.c.attempts > held.attempt)
        )
        if connection.execute(select(jobs.c.id).where(taken_over)).first() is not None:
            note_attempt(connection, held.job_id, held.stage, held.attempt, now, "superseded")


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
