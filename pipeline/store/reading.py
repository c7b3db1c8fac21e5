"""Reading back: one article in its published form, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from pipeline.store.exporting import added_values, select_whole, whole_article
from pipeline.store.ledger.accept import key_hash
from pipeline.store.tables.articles import (
    article_authors,
    articles,
    authors,
    publishers,
)
from pipeline.store.tables.ledger import urls


def find_article(connection: Connection, what: str) -> dict[str, Any] | None:
    """An article by public id or by any of its addresses: version 1 of its JSON, and what the
    database adds (``id, revision, first_seen_at, last_seen_at, withdrawn_at, withdrawn_reason,
    cluster_id, change_seq, publisher_domain``). None when there is none."""
    by_url = select(urls.c.article_id).where(urls.c.key_hash == key_hash(what)).scalar_subquery()
    row = connection.execute(
        select_whole().where((articles.c.public_id == what) | (articles.c.id == by_url))
    ).one_or_none()
    return None if row is None else whole_article(row.document, added_values(row))


def newest_articles(
    connection: Connection, limit: int, run_id: int | None = None
) -> list[dict[str, Any]]:
    """The articles stored last, newest first: ``id, headline, authors, published_at, publisher,
    language, word_count, url``. With ``run_id`` only what that run stored or found again."""
    statement = (
        select(
            articles.c.id.label("row_id"),
            articles.c.public_id.label("id"),
            articles.c.headline,
            articles.c.published_at,
            publishers.c.name.label("publisher"),
            articles.c.language,
            articles.c.word_count,
            articles.c.url,
        )
        .join(publishers, publishers.c.id == articles.c.publisher_id)
        .order_by(articles.c.id.desc())
        .limit(limit)
    )
    if run_id is not None:
        from pipeline.store.tables.ledger import jobs

        statement = statement.where(
            articles.c.id.in_(select(jobs.c.article_id).where(jobs.c.run_id == run_id))
        )
    rows = [dict(row._mapping) for row in connection.execute(statement)]
    names = _authors(connection, [row["row_id"] for row in rows])
    return [{"authors": names.get(row.pop("row_id"), []), **row} for row in rows]


def _authors(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    statement = (
        select(article_authors.c.article_id, authors.c.name)
        .join(authors, authors.c.id == article_authors.c.author_id)
        .where(article_authors.c.article_id.in_(ids))
        .order_by(article_authors.c.article_id, article_authors.c.position)
    )
    found: dict[int, list[str]] = {}
    for article_id, name in connection.execute(statement):
        found.setdefault(article_id, []).append(name)
    return found
