"""The full-text index: written in the transaction of the article that it finds.

PostgreSQL has a row an article with a tsvector, apart from ``articles`` so that stamping those
does not write the index again. SQLite has an FTS5 table without content whose row ids are those
of the revisions; what an older revision left in it leads to no newest revision and is not found.
Both hold the same terms at the same places (:mod:`pipeline.search.terms`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from pipeline.models import EnrichedArticle
from pipeline.search.terms import GAP, Document, document
from pipeline.store.tables.articles import article_authors, article_revisions, articles, authors

TABLE = "search_documents"

_SQLITE = text(
    f"INSERT INTO {TABLE} (rowid, title, body) SELECT id, :title, :body"
    " FROM article_revisions WHERE article_id = :article_id AND revision = :revision"
)
_POSTGRES = text(
    f"INSERT INTO {TABLE} (article_id, terms) VALUES (:article_id, CAST(:terms AS tsvector))"
    " ON CONFLICT (article_id) DO UPDATE SET terms = excluded.terms"
)


def index_articles(
    connection: Connection,
    changed: Sequence[tuple[int, EnrichedArticle]],
    revisions: Sequence[int],
) -> None:
    """Let these be found by their words: ``(row id, article)`` and the revision of each."""
    documents = [
        (article_id, revision, _document(a, [author.name for author in a.authors]))
        for (article_id, a), revision in zip(changed, revisions, strict=True)
    ]
    _write(connection, documents)


def index_missing(connection: Connection, limit: int) -> int:
    """Index up to ``limit`` articles that the index does not know; how many there were."""
    newest = (article_revisions.c.article_id == articles.c.id) & (
        article_revisions.c.revision == articles.c.revision
    )
    if connection.dialect.name == "sqlite":
        known = text(f"article_revisions.id NOT IN (SELECT id FROM {TABLE}_docsize)")
    else:
        known = text(f"articles.id NOT IN (SELECT article_id FROM {TABLE})")
    rows = connection.execute(
        select(
            articles.c.id,
            articles.c.revision,
            articles.c.headline,
            articles.c.subheadline,
            articles.c.body_text,
        )
        .join(article_revisions, newest)
        .where(known)
        .limit(limit)
    ).all()
    named: dict[int, list[str]] = {}
    statement = (
        select(article_authors.c.article_id, authors.c.name)
        .join(authors, authors.c.id == article_authors.c.author_id)
        .where(article_authors.c.article_id.in_([row.id for row in rows]))
        .order_by(article_authors.c.article_id, article_authors.c.position)
    )
    for article_id, name in connection.execute(statement):
        named.setdefault(article_id, []).append(name)
    _write(connection, [(r.id, r.revision, _document(r, named.get(r.id, []))) for r in rows])
    return len(rows)


def forget_all(connection: Connection) -> None:
    """Empty the index; :func:`index_missing` fills it again."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')"))
    else:
        connection.execute(text(f"TRUNCATE {TABLE}"))


def _document(article: Any, names: Sequence[str]) -> Document:
    return document(
        article.headline or "", article.subheadline or "", ", ".join(names), article.body_text
    )


def _write(connection: Connection, documents: Sequence[tuple[int, int, Document]]) -> None:
    if not documents:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(
            _SQLITE,
            [
                {
                    "article_id": article_id,
                    "revision": revision,
                    "title": " ".join(made.title),
                    "body": " ".join(made.body),
                }
                for article_id, revision, made in documents
            ],
        )
        return
    rows = [{"article_id": i, "terms": _vector(made)} for i, _, made in documents]
    connection.execute(_POSTGRES, rows)


def _vector(made: Document) -> str:
    """The text of a tsvector: ``'council':1A,7 'votes':2A``, headline places weighted A.

    A place is left free between headline and body, so that no phrase crosses it.
    """
    places: dict[str, list[str]] = {}
    for place, term in enumerate(made.title, 1):
        places.setdefault(term, []).append(f"{place}A")
    for place, term in enumerate(made.body, len(made.title) + 2):
        places.setdefault(term, []).append(str(place))
    places.pop(GAP, None)
    return " ".join(f"'{term}':{','.join(at)}" for term, at in places.items())
