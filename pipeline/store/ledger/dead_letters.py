"""Dead jobs: what died of what, with its input; another life for them, or an end by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.store.ledger.biography import attempts_of, fetches_of
from pipeline.store.ledger.polls import note_listing
from pipeline.store.tables.ledger import CHAINS, DEAD, drafts, jobs, runs, sources

DROPPED_BY_HAND = "given_up"


@dataclass(frozen=True, slots=True)
class Which:
    """Dead jobs by id, reason, stage, source (its name) and time of death; all given must fit."""

    job_ids: tuple[int, ...] = ()
    reason: str | None = None
    stage: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead job."""

    job_id: int
    url: str
    source: str | None
    run: str
    stage: str
    reason: str
    detail: str | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class DeadClass:
    """How many died of one reason at one stage, and when the first and the last of them did."""

    reason: str
    stage: str
    count: int
    first_at: datetime
    last_at: datetime


def dead_classes(connection: Connection, which: Which) -> list[DeadClass]:
    """The dead by class, most first."""
    died = func.count().label("count")
    statement = (
        select(
            jobs.c.reason,
            jobs.c.stage,
            died,
            func.min(jobs.c.ended_at).label("first_at"),
            func.max(jobs.c.ended_at).label("last_at"),
        )
        .select_from(jobs.outerjoin(sources, sources.c.id == jobs.c.source_id))
        .where(*_conditions(which))
        .group_by(jobs.c.reason, jobs.c.stage)
        .order_by(died.desc(), jobs.c.reason, jobs.c.stage)
    )
    return [DeadClass(**row._mapping) for row in connection.execute(statement)]


def dead_letters(connection: Connection, which: Which, limit: int) -> list[DeadLetter]:
    """The dead, those who died last first."""
    statement = _letters().where(*_conditions(which))
    statement = statement.order_by(jobs.c.ended_at.desc(), jobs.c.id.desc()).limit(limit)
    return [DeadLetter(**row._mapping) for row in connection.execute(statement)]


def dead_letter(connection: Connection, job_id: int) -> dict[str, Any] | None:
    """One dead job as plain values, with its ``fetches`` (the last names the page that was the
    input) and ``attempts`` (with tracebacks); None when no such job is dead."""
    row = connection.execute(_letters().where(*_conditions(Which((job_id,))))).one_or_none()
    if row is None:
        return None
    return dict(row._mapping) | {
        "fetches": fetches_of(connection, job_id),
        "attempts": attempts_of(connection, job_id),
    }


def dead_ids(connection: Connection, which: Which) -> list[int]:
    """The ids of the dead, those who died first first."""
    joined = jobs.outerjoin(sources, sources.c.id == jobs.c.source_id)
    statement = select(jobs.c.id).select_from(joined).where(*_conditions(which))
    return list(connection.execute(statement.order_by(jobs.c.ended_at, jobs.c.id)).scalars())


def retry(
    connection: Connection, job_ids: Sequence[int], now: datetime, from_stage: str | None = None
) -> list[int]:
    """Give these dead jobs another life with no attempt counted; the ids that live.

    Each goes on at the stage at which it died, with the input that was kept, or at an earlier
    ``from_stage``; parse needs a page that was fetched. A job stays dead while its URL is on its
    way in another run.
    """
    revived = []
    for job_id in job_ids:
        values = {"stage": from_stage} if from_stage else {}
        statement = update(jobs).where(jobs.c.id == job_id, jobs.c.outcome == "dead")
        if from_stage is not None:
            statement = statement.where(_at_or_beyond(from_stage))
        if from_stage not in (None, "fetch"):
            statement = statement.where(jobs.c.fetch_id.is_not(None))
        statement = statement.values(
            state="waiting",
            outcome=None,
            reason=None,
            detail=None,
            ended_at=None,
            attempts=0,
            next_at=now,
            **values,
        )
        try:
            with connection.begin_nested():
                if connection.execute(statement).rowcount == 1:
                    revived.append(job_id)
                    if from_stage == "fetch":  # its list is asked for now
                        note_listing(connection, job_id, pushed=False)
        except IntegrityError:  # its URL has a live job, and may have only one
            continue
    return revived


def drop(connection: Connection, job_ids: Sequence[int]) -> int:
    """End these dead jobs as dropped and let go of their drafts; how many. What they died of
    stays in the detail, and the raw page where it is."""
    ids = list(job_ids)
    dead = jobs.c.id.in_(ids) & (jobs.c.outcome == "dead")
    died_of = jobs.c.reason + ": " + func.coalesce(jobs.c.detail, "")
    statement = update(jobs).where(dead)
    statement = statement.values(outcome="dropped", reason=DROPPED_BY_HAND, detail=died_of)
    dropped = list(connection.execute(statement.returning(jobs.c.id)).scalars())
    connection.execute(delete(drafts).where(drafts.c.job_id.in_(dropped)))
    return len(dropped)


def _at_or_beyond(stage: str) -> ColumnElement[bool]:
    """Jobs that stand at this stage of their chain or have passed it."""
    kinds = [
        (jobs.c.kind == kind) & jobs.c.stage.in_(chain[chain.index(stage) :])
        for kind, chain in CHAINS.items()
        if stage in chain
    ]
    return or_(*kinds)


def _letters() -> Select[Any]:
    return select(
        jobs.c.id.label("job_id"),
        jobs.c.url,
        sources.c.name.label("source"),
        runs.c.public_id.label("run"),
        jobs.c.stage,
        jobs.c.reason,
        jobs.c.detail,
        jobs.c.ended_at,
    ).select_from(
        jobs.join(runs, runs.c.id == jobs.c.run_id).outerjoin(
            sources, sources.c.id == jobs.c.source_id
        )
    )


def _conditions(which: Which) -> list[ColumnElement[bool]]:
    # Spelt out, so that both databases see the partial index on the dead.
    found: list[ColumnElement[bool]] = [DEAD]
    if which.job_ids:
        found.append(jobs.c.id.in_(which.job_ids))
    if which.reason is not None:
        found.append(jobs.c.reason == which.reason)
    if which.stage is not None:
        found.append(jobs.c.stage == which.stage)
    if which.source is not None:
        found.append(sources.c.name == which.source)
    if which.since is not None:
        found.append(jobs.c.ended_at >= which.since)
    if which.until is not None:
        found.append(jobs.c.ended_at < which.until)
    return found
