"""Notices about sources: what seems wrong, since when, until when."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Update, select, update

from pipeline.store.dialect import insert
from pipeline.store.tables.ledger import sources
from pipeline.store.tables.lists import source_notices as notices

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """``about`` is the list's URL, or empty for the source as a whole."""

    source: str
    kind: str
    about: str
    raised_at: datetime
    detail: str
    cleared_at: datetime | None


def raise_notice(
    connection: Connection, source_id: int, kind: str, about: str, detail: str, now: datetime
) -> None:
    """Let a notice stand; one that stands already keeps its time and tells the newest detail."""
    values = {"source_id": source_id, "kind": kind, "about": about, "detail": detail}
    statement = insert(connection, notices).values(**values, raised_at=now)
    made = connection.execute(statement.on_conflict_do_nothing().returning(notices.c.id)).first()
    if made is not None:
        log.warning("%s: %s %s", kind, detail, about, extra={"source_id": source_id})
        return
    connection.execute(_standing(source_id, kind, about).values(detail=detail))


def clear_notice(
    connection: Connection, source_id: int, kind: str, about: str, now: datetime
) -> None:
    """What the notice says is no longer so."""
    connection.execute(_standing(source_id, kind, about).values(cleared_at=now))


def standing_notices(connection: Connection, source_id: int | None = None) -> list[Notice]:
    """What seems wrong now, by source, the oldest first."""
    statement = (
        select(
            sources.c.name.label("source"),
            notices.c.kind,
            notices.c.about,
            notices.c.raised_at,
            notices.c.detail,
            notices.c.cleared_at,
        )
        .join(sources, sources.c.id == notices.c.source_id)
        .where(notices.c.cleared_at.is_(None))
        .order_by(sources.c.name, notices.c.id)
    )
    if source_id is not None:
        statement = statement.where(notices.c.source_id == source_id)
    return [Notice(*row) for row in connection.execute(statement)]


def _standing(source_id: int, kind: str, about: str) -> Update:
    same = (notices.c.source_id == source_id) & (notices.c.kind == kind)
    return update(notices).where(same, notices.c.about == about, notices.c.cleared_at.is_(None))
