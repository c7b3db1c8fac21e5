"""An address that says its article is gone, or has it again: recorded, nothing is overwritten.

Only the article's own address can say so: the one that its newest revision was read from. What an
alias answers (a short link, an old spelling, a redirect that was taken down) says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from pipeline.store import events
from pipeline.store.tables.articles import articles, rechecks
from pipeline.store.tables.ledger import urls
from pipeline.urls import host_of, registrable_domain, url_key


def withdraw(
    connection: Connection, url_id: int, reason: str, now: datetime, answered: str | None = None
) -> bool:
    """Record that a stored article is gone from its address; False when it was not the article's
    own, or was known to be gone.

    ``answered`` is the address that said so, at the end of any redirects. Nothing is overwritten;
    a later success at the address brings the article back.
    """
    row = connection.execute(
        select(articles.c.id, articles.c.revision, articles.c.url, urls.c.url.label("asked"))
        .join(urls, urls.c.article_id == articles.c.id)
        .where(urls.c.id == url_id, articles.c.withdrawn_at.is_(None))
    ).one_or_none()
    if row is None or not _speaks_for(row.url, row.asked, answered or row.asked):
        return False
    gone = (
        update(articles)
        .where(articles.c.id == row.id, articles.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_reason=reason)
    )
    if connection.execute(gone).rowcount != 1:
        return False
    connection.execute(delete(rechecks).where(rechecks.c.article_id == row.id))
    events.append(connection, [events.Change("withdrawn", row.id, row.revision)], now)
    return True


@dataclass(frozen=True, slots=True)
class SeenAgain:
    """An article by its row id, and whether it had been withdrawn."""

    article_id: int
    restored: bool


def found_again(
    connection: Connection, url_id: int, answered: str, now: datetime
) -> SeenAgain | None:
    """The address says that nothing changed: its article was seen, and is back if it was gone.
    None when the address means no article."""
    row = connection.execute(
        select(articles.c.id, articles.c.revision, articles.c.withdrawn_at)
        .join(urls, urls.c.article_id == articles.c.id)
        .where(urls.c.id == url_id)
    ).one_or_none()
    if row is None:
        return None
    seen = update(articles).where(articles.c.id == row.id).values(last_seen_at=now)
    connection.execute(seen)
    restored = row.withdrawn_at is not None and restore(connection, row.id, answered)
    if restored:
        events.append(connection, [events.Change("restored", row.id, row.revision)], now)
    return SeenAgain(row.id, restored)


def restore(connection: Connection, article_id: int, answered: str) -> bool:
    """Take a withdrawal back when the article's own address has it again; the caller adds the
    event. False when another address answered, or it is not withdrawn any more."""
    own = connection.execute(select(articles.c.url).where(articles.c.id == article_id))
    if url_key(own.scalar_one()) != url_key(answered):
        return False
    statement = (
        update(articles)
        .where(articles.c.id == article_id, articles.c.withdrawn_at.is_not(None))
        .values(withdrawn_at=None, withdrawn_reason=None)
    )
    return connection.execute(statement).rowcount == 1


def _speaks_for(own: str, asked: str, answered: str) -> bool:
    """Whether an answer is the article's own address's: given there, or at the end of a redirect
    from there within the site ("/gone", with status 404)."""
    if url_key(answered) == url_key(own):
        return True
    same_site = registrable_domain(host_of(answered)) == registrable_domain(host_of(own))
    return url_key(asked) == url_key(own) and same_site
