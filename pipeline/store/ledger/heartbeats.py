"""Workers say that they live and how much they have done; health reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, delete, select

from pipeline.store.dialect import insert
from pipeline.store.tables.ledger import IN_FLIGHT, jobs, workers


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process. ``progressed_at`` is when its count of steps last grew."""

    name: str
    role: str
    started_at: datetime
    heartbeat_at: datetime
    progressed_at: datetime | None
    done: int


def beat(connection: Connection, name: str, role: str, now: datetime, done: int) -> None:
    """Record that the worker is alive and has ended ``done`` steps since its start."""
    statement = insert(connection, workers).values(
        name=name,
        role=role,
        started_at=now,
        heartbeat_at=now,
        progressed_at=now if done else None,
        done=done,
    )
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "heartbeat_at": new.heartbeat_at,
            "progressed_at": case(
                (new.done > workers.c.done, new.heartbeat_at), else_=workers.c.progressed_at
            ),
            "done": new.done,
        },
    )
    connection.execute(statement)


def sign_off(connection: Connection, name: str) -> None:
    """A worker that stops in order is no longer listed."""
    connection.execute(delete(workers).where(workers.c.name == name))


def forget_silent(connection: Connection, before: datetime) -> None:
    """Drop the rows of workers that have been silent since ``before``."""
    connection.execute(delete(workers).where(workers.c.heartbeat_at < before))


def known_workers(connection: Connection, role: str | None = None) -> list[Worker]:
    """Every worker that has not signed off, newest heartbeat first."""
    statement = select(workers).order_by(workers.c.heartbeat_at.desc())
    if role is not None:
        statement = statement.where(workers.c.role == role)
    return [Worker(**row._mapping) for row in connection.execute(statement)]


def oldest_queued_at(connection: Connection, stages: tuple[str, ...]) -> datetime | None:
    """Since when the oldest job of these stages has been standing in the broker; None if none."""
    statement = select(jobs.c.queued_at).where(
        IN_FLIGHT, jobs.c.state == "queued", jobs.c.stage.in_(stages)
    )
    oldest = statement.order_by(jobs.c.queued_at).limit(1)
    found: datetime | None = connection.execute(oldest).scalar_one_or_none()
    return found
