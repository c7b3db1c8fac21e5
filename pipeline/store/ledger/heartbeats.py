"""Workers say that they live and how much they have done; health reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from pipeline.store.dialect import insert
from pipeline.store.tables.ledger import jobs, workers

FORGET_AFTER_SECONDS = 24 * 3600
"""A worker that has been silent for a day is no longer listed."""


@dataclass(frozen=True, slots=True)
class Worker:
    name: str
    role: str
    started_at: datetime
    heartbeat_at: datetime
    progressed_at: datetime | None
    done: int


def beat(connection: Connection, name: str, role: str, now: datetime, done: int) -> None:
    """Record that the worker is alive and has ended ``done`` steps since its start."""
    statement = insert(connection, workers).values(
        name=name, role=role, started_at=now, heartbeat_at=now, done=done,
        progressed_at=now if done else None,
    )  # fmt: skip
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"heartbeat_at": now, "done": done}
    )
    connection.execute(statement)


def progress(connection: Connection, name: str, now: datetime) -> None:
    """Record that the worker has just ended a step."""
    connection.execute(workers.update().where(workers.c.name == name).values(progressed_at=now))


def living(connection: Connection, role: str | None = None) -> list[Worker]:
    """Every worker known, newest heartbeat first."""
    statement = select(workers).order_by(workers.c.heartbeat_at.desc())
    if role is not None:
        statement = statement.where(workers.c.role == role)
    return [Worker(**row._mapping) for row in connection.execute(statement)]


def sign_off(connection: Connection, name: str) -> None:
    """A worker that stops in order is no longer listed."""
    connection.execute(delete(workers).where(workers.c.name == name))


def oldest_queued_at(connection: Connection, stages: tuple[str, ...]) -> datetime | None:
    """Since when the oldest job of these stages has been standing in the broker."""
    statement = select(func.min(jobs.c.queued_at)).where(
        jobs.c.state == "queued", jobs.c.stage.in_(stages)
    )
    return connection.execute(statement).scalar_one()
