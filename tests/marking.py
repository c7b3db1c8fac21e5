"""Jobs handed to one message, as the dispatcher does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from pipeline.store.ledger import dispatch
from pipeline.store.ledger.dispatch import Mark
from pipeline.store.tables.ledger import jobs


def mark_queued(
    connection: Connection, job_ids: Sequence[int], message: str, now: datetime
) -> list[int]:
    """Hand these jobs to a message at the stage where they stand; those that could be had."""
    stages = select(jobs.c.id, jobs.c.stage).where(jobs.c.id.in_(job_ids))
    marks = [Mark(job_id, stage, message) for job_id, stage in connection.execute(stages)]
    return sorted(dispatch.mark_queued(connection, marks, now))
