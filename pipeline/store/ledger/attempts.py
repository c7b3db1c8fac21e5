"""What is remembered of attempts that did not simply move their job on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from pipeline.store.ledger.claims import Claim
from pipeline.store.tables.ledger import attempts


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
