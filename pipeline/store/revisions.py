"""Reading back how an article changed: the list of its revisions, and one beside the one before."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from pipeline.codec import from_json
from pipeline.models import EnrichedArticle
from pipeline.store.differences import READ_FIELDS, shown_value
from pipeline.store.ledger.accept import key_hash
from pipeline.store.paragraphs import changed_paragraphs
from pipeline.store.tables.articles import article_revisions, articles
from pipeline.store.tables.ledger import urls


def revisions_of(connection: Connection, what: str) -> list[dict[str, Any]]:
    """The revisions of an article (public id or any address), the first one first: ``revision,
    kind, created_at, extractor, headline, note, changes``. Empty when there is no such article."""
    statement = (
        select(
            article_revisions.c.revision,
            article_revisions.c.kind,
            article_revisions.c.created_at,
            article_revisions.c.extractor,
            article_revisions.c.headline,
            article_revisions.c.note,
            article_revisions.c.changes,
        )
        .join(articles, articles.c.id == article_revisions.c.article_id)
        .where(_is(what))
        .order_by(article_revisions.c.revision)
    )
    rows = [dict(row._mapping) for row in connection.execute(statement)]
    return [row | {"changes": row["changes"] and json.loads(row["changes"])} for row in rows]


def revision_diff(connection: Connection, what: str, revision: int) -> dict[str, Any] | None:
    """All that a revision changed, uncut: ``revision, kind, created_at, note, fields`` (name to
    old and new) and ``paragraphs`` (``change, at, old, new``); None when there is none before it.
    """
    statement = (
        select(
            article_revisions.c.revision,
            article_revisions.c.kind,
            article_revisions.c.created_at,
            article_revisions.c.note,
            article_revisions.c.document,
        )
        .join(articles, articles.c.id == article_revisions.c.article_id)
        .where(_is(what), article_revisions.c.revision.in_((revision - 1, revision)))
        .order_by(article_revisions.c.revision)
    )
    rows = connection.execute(statement).all()
    if len(rows) != 2:
        return None
    old, new = (from_json(EnrichedArticle, zlib.decompress(row.document)) for row in rows)
    pairs = {name: [shown_value(name, old), shown_value(name, new)] for name in READ_FIELDS}
    return {
        "revision": revision,
        "kind": rows[1].kind,
        "created_at": rows[1].created_at,
        "note": rows[1].note,
        "fields": {name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
        "paragraphs": [asdict(one) for one in changed_paragraphs(old.body_text, new.body_text)],
    }


def _is(what: str) -> ColumnElement[bool]:
    by_url = select(urls.c.article_id).where(urls.c.key_hash == key_hash(what)).scalar_subquery()
    return (articles.c.public_id == what) | (articles.c.id == by_url)
