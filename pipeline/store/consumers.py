"""Named readers of the change feed: how far each has come, kept here for readers without a
database of their own.

A consumer's cursor is moved after its output was handed over, so a reader that dies in between
reads that much again: at least once, and ``seq`` tells what was seen before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from pipeline.store.dialect import insert
from pipeline.store.events import last_seq
from pipeline.store.tables.events import consumers, events


@dataclass(frozen=True, slots=True)
class Consumer:
    """``seq`` is the last change it handled. ``behind`` counts sequence numbers up to the newest
    (numbers may be missing, so changes are at most as many); ``behind_seconds`` is the age of the
    oldest change not handled, 0 when there is none."""

    name: str
    seq: int
    created_at: datetime
    moved_at: datetime
    behind: int
    behind_seconds: float


class CursorMoved(Exception):
    """Somebody else moved the cursor: another reader under the same name, or a reset."""


def cursor_of(connection: Connection, name: str) -> int | None:
    """Where the consumer stands; None when there is no such consumer."""
    found = connection.execute(select(consumers.c.seq).where(consumers.c.name == name))
    seq: int | None = found.scalar_one_or_none()
    return seq


def add_consumer(connection: Connection, name: str, seq: int, now: datetime) -> None:
    """Make a consumer that has handled everything up to ``seq``; one that is there stays."""
    new = insert(connection, consumers).values(name=name, seq=seq, created_at=now, moved_at=now)
    connection.execute(new.on_conflict_do_nothing(index_elements=["name"]))


def advance(connection: Connection, name: str, old: int, new: int, now: datetime) -> None:
    """Move the cursor from ``old`` to ``new``; safe to repeat. Raises :class:`CursorMoved`."""
    statement = (
        update(consumers)
        .where(consumers.c.name == name, consumers.c.seq.in_((old, new)))
        .values(seq=new, moved_at=now)
    )
    if connection.execute(statement).rowcount != 1:
        raise CursorMoved(f"the cursor of consumer {name!r} is no longer at {old}")


def reset_consumer(connection: Connection, name: str, seq: int, now: datetime) -> bool:
    """Put the cursor somewhere else; False when there is no such consumer."""
    statement = update(consumers).where(consumers.c.name == name).values(seq=seq, moved_at=now)
    return connection.execute(statement).rowcount == 1


def remove_consumer(connection: Connection, name: str) -> bool:
    """Forget a consumer; False when there is none of that name."""
    return connection.execute(delete(consumers).where(consumers.c.name == name)).rowcount == 1


def known_consumers(connection: Connection, now: datetime) -> list[Consumer]:
    """Every consumer by name, with its lag."""
    newest = last_seq(connection)
    rows = connection.execute(select(consumers).order_by(consumers.c.name)).all()
    return [
        Consumer(
            row.name,
            row.seq,
            row.created_at,
            row.moved_at,
            behind=max(newest - row.seq, 0),
            behind_seconds=_age_of_next(connection, row.seq, now),
        )
        for row in rows
    ]


def _age_of_next(connection: Connection, seq: int, now: datetime) -> float:
    statement = select(events.c.at).where(events.c.seq > seq).order_by(events.c.seq).limit(1)
    at = connection.execute(statement).scalar_one_or_none()
    return 0.0 if at is None else max((now - at).total_seconds(), 0.0)
