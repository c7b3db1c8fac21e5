"""An address that says its article is gone: recorded, and nothing is overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from pipeline.store import events
from pipeline.store.tables.articles import articles
from pipeline.store.tables.ledger import urls


def withdraw(connection: Connection, url_id: int, reason: str, now: datetime) -> bool:
    """Record that a stored article is gone from its address; False when there was none.

    Nothing of it is overwritten; a later success at the address brings it back as a revision.
    """
    target = select(urls.c.article_id).where(urls.c.id == url_id).scalar_subquery()
    statement = (
        update(articles)
        .where(articles.c.id == target, articles.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_reason=reason)
        .returning(articles.c.id, articles.c.revision)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return False
    events.append(connection, [events.Change("withdrawn", row.id, row.revision)], now)
    return True
