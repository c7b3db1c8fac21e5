"""Articles in the order of their newest change: what exports read, page by page.

An article stands in this order once, at its newest change; when it changes again it moves to the
end. Whoever reads up to a number, and next time from that number on, has every article as it was
at some moment of the reading, and every later change afterwards.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from pipeline.store.filters import Filters, conditions
from pipeline.store.tables.articles import article_revisions, articles, publishers

MOST_BYTES = 16_000_000
"""Compressed documents of one page of articles."""


@dataclass(frozen=True, slots=True)
class ChangedArticle:
    """An article and the fetch that its newest revision was read from."""

    seq: int
    fetch_id: int
    _values: dict[str, Any]
    _document: bytes

    def whole(self) -> dict[str, Any]:
        """Version 1 of its JSON with what the database adds; unpacked when asked for."""
        return whole_article(self._document, self._values)


def whole_article(document: bytes, added: dict[str, Any]) -> dict[str, Any]:
    """The article's JSON, version 1, its id in front and what the database adds behind."""
    article: dict[str, Any] = json.loads(zlib.decompress(document))
    return {"id": added["id"], **article, **{k: v for k, v in added.items() if k != "id"}}


def added_values(row: Row[Any]) -> dict[str, Any]:
    """What the database adds, from a row of :func:`select_whole`."""
    return {
        "id": row.public_id,
        "revision": row.revision,
        "first_seen_at": row.first_seen_at,
        "last_seen_at": row.last_seen_at,
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_reason": row.withdrawn_reason,
        "cluster_id": row.cluster,
        "change_seq": row.change_seq,
        "publisher_domain": row.domain,
    }


def select_whole() -> Select[Any]:
    """Articles with their newest revision's document; the body's own column is left out."""
    newest = (article_revisions.c.article_id == articles.c.id) & (
        article_revisions.c.revision == articles.c.revision
    )
    cluster = articles.alias("cluster")
    return (
        select(
            articles.c.public_id,
            articles.c.revision,
            articles.c.first_seen_at,
            articles.c.last_seen_at,
            articles.c.withdrawn_at,
            articles.c.withdrawn_reason,
            articles.c.change_seq,
            cluster.c.public_id.label("cluster"),
            publishers.c.domain,
            article_revisions.c.fetch_id,
            article_revisions.c.document,
        )
        .join(article_revisions, newest)
        .join(publishers, publishers.c.id == articles.c.publisher_id)
        .outerjoin(cluster, cluster.c.id == articles.c.cluster_id)
    )


def changed_articles(
    connection: Connection, after: int, through: int, filters: Filters, limit: int = 500
) -> Sequence[ChangedArticle]:
    """The next articles with ``after < change_seq <= through``, in that order; none at the end.

    At least one, and then no more than ``limit`` and :data:`MOST_BYTES` of them.
    """
    within = (articles.c.change_seq > after) & (articles.c.change_seq <= through)
    newest = (article_revisions.c.article_id == articles.c.id) & (
        article_revisions.c.revision == articles.c.revision
    )
    sizes = connection.execute(
        select(articles.c.change_seq, func.length(article_revisions.c.document))
        .join(article_revisions, newest)
        .where(within, *conditions(connection, filters))
        .order_by(articles.c.change_seq)
        .limit(limit)
    ).all()
    last, total = after, 0
    for seq, size in sizes:
        total += size
        if total > MOST_BYTES and last > after:
            break
        last = seq
    if last == after:
        return ()
    rows = connection.execute(
        select_whole()
        .where(
            articles.c.change_seq > after,
            articles.c.change_seq <= last,
            *conditions(connection, filters),
        )
        .order_by(articles.c.change_seq)
    )
    return [
        ChangedArticle(row.change_seq, row.fetch_id, added_values(row), bytes(row.document))
        for row in rows
    ]
