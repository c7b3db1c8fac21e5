"""The robots.txt that any of us has read, kept for all: one asks, the others wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from pipeline.store.dialect import insert
from pipeline.store.tables.pages import robots_files


@dataclass(frozen=True, slots=True)
class KeptRobots:
    """A row with an answer: the rules as ``text``, or the ``reason`` why there are none."""

    text: str | None
    reason: str | None
    detail: str | None
    expires_at: datetime


def find_robots(connection: Connection, origin: str, now: datetime) -> KeptRobots | None:
    """The answer that is kept and holds; None when there is none."""
    row = connection.execute(
        select(
            robots_files.c.text,
            robots_files.c.reason,
            robots_files.c.detail,
            robots_files.c.expires_at,
        ).where(robots_files.c.origin == origin, robots_files.c.expires_at > now, _ANSWERED)
    ).one_or_none()
    if row is None:
        return None
    text = None if row.text is None else bytes(row.text).decode("utf-8", "replace")
    return KeptRobots(text, row.reason, row.detail, row.expires_at)


def claim_robots(connection: Connection, origin: str, now: datetime, until: datetime) -> bool:
    """Whether it is the caller's turn to ask the host; others wait until then."""
    statement = insert(connection, robots_files).values(
        origin=origin, text=None, reason=None, detail=None, asked_at=now, expires_at=until
    )
    statement = statement.on_conflict_do_update(
        index_elements=["origin"],
        set_={"text": None, "reason": None, "detail": None, "asked_at": now, "expires_at": until},
        where=robots_files.c.expires_at <= now,
    )
    return connection.execute(statement.returning(robots_files.c.origin)).first() is not None


def keep_robots(connection: Connection, origin: str, kept: KeptRobots, now: datetime) -> None:
    """Write an answer down, whoever's turn it was."""
    values = {
        "text": None if kept.text is None else kept.text.encode("utf-8", "replace"),
        "reason": kept.reason,
        "detail": kept.detail,
        "asked_at": now,
        "expires_at": kept.expires_at,
    }
    statement = insert(connection, robots_files).values(origin=origin, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=values))


def give_back(connection: Connection, origin: str) -> None:
    """The turn ends without an answer."""
    connection.execute(delete(robots_files).where(robots_files.c.origin == origin, ~_ANSWERED))


def forget_robots(connection: Connection, before: datetime) -> None:
    """Forget answers that expired before that time: hosts that nobody asks any more."""
    connection.execute(delete(robots_files).where(robots_files.c.expires_at < before))


_ANSWERED = or_(robots_files.c.text.is_not(None), robots_files.c.reason.is_not(None))
