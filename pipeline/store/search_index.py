"""The full-text index: written in the transaction of the article that it finds.

``search_documents`` says which revision of an article is found; ``search_terms`` holds the words:
a tsvector on PostgreSQL, an FTS5 table without content on SQLite. Both hold the same terms at the
same places (:mod:`pipeline.search.terms`). What an older revision left in the FTS5 table, which
cannot forget, has no row in ``search_documents`` and is not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, select, text

from pipeline.models import EnrichedArticle
from pipeline.search.terms import GAP, MOST_BODY, MOST_TITLE, Document, document
from pipeline.store.bulk import insert_rows
from pipeline.store.tables.articles import article_authors, article_revisions, articles, authors
from pipeline.store.tables.search import search_documents
from pipeline.store.types import RowId

TERMS = "search_terms"
OF_TITLE = "="
"""Before a term that stands in the headline, on PostgreSQL. A GIN index does not know weights: to
ask for them would read the vector of every article that has the word."""

_ON_SQLITE = Table(
    TERMS, MetaData(), Column("rowid", RowId), Column("title", Text), Column("body", Text)
)
_ON_POSTGRES = Table(TERMS, MetaData(), Column("document_id", RowId), Column("terms", Text))
_PLACES = tuple(str(place) for place in range(1, MOST_TITLE + MOST_BODY + 2))
_NEWEST = (article_revisions.c.article_id == articles.c.id) & (
    article_revisions.c.revision == articles.c.revision
)


def words_of(article: EnrichedArticle) -> Document:
    """What an article is found by."""
    return _document(article, [author.name for author in article.authors])


def index_articles(connection: Connection, documents: Mapping[int, Document]) -> None:
    """Let the newest revisions of these, by row id, be found by these words."""
    if not documents:
        return
    ids = list(documents)
    connection.execute(delete(search_documents).where(search_documents.c.article_id.in_(ids)))
    revisions = connection.execute(
        select(
            article_revisions.c.id,
            article_revisions.c.article_id,
            articles.c.published_at,
            articles.c.first_seen_at,
        )
        .join(articles, _NEWEST)
        .where(articles.c.id.in_(ids))
    ).all()
    times = [
        {
            "id": row.id,
            "article_id": row.article_id,
            # A page with a date in the future must not stay on top for years.
            "time": min(row.published_at or row.first_seen_at, row.first_seen_at),
        }
        for row in revisions
    ]
    insert_rows(connection, search_documents, times)
    made = [(row.id, documents[row.article_id]) for row in revisions]
    if connection.dialect.name == "sqlite":
        rows = [{"rowid": i, "title": " ".join(d.title), "body": " ".join(d.body)} for i, d in made]
        insert_rows(connection, _ON_SQLITE, rows)
    else:
        vectors = [{"document_id": i, "terms": _vector(d)} for i, d in made]
        insert_rows(connection, _ON_POSTGRES, vectors)


def index_missing(connection: Connection, limit: int) -> int:
    """Index up to ``limit`` articles that the index does not know; how many there were."""
    known = select(search_documents.c.article_id)
    columns = (articles.c.id, articles.c.headline, articles.c.subheadline, articles.c.body_text)
    rows = connection.execute(
        select(*columns).where(articles.c.id.not_in(known)).limit(limit)
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
    index_articles(connection, {row.id: _document(row, named.get(row.id, [])) for row in rows})
    return len(rows)


def forget_all(connection: Connection) -> None:
    """Empty the index; :func:`index_missing` fills it again."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"INSERT INTO {TERMS} ({TERMS}) VALUES ('delete-all')"))
    connection.execute(delete(search_documents))


def _document(article: Any, names: Sequence[str]) -> Document:
    return document(
        article.headline or "", article.subheadline or "", ", ".join(names), article.body_text
    )


def _vector(made: Document) -> str:
    """The text of a tsvector: ``'council':1,7 '=council':1``, the headline's terms twice.

    A place is left free between headline and body, so that no phrase crosses it.
    """
    places: dict[str, str] = {}
    head = [(OF_TITLE + term, place) for term, place in zip(made.title, _PLACES, strict=False)]
    body = zip(made.body, _PLACES[len(made.title) + 1 :], strict=False)
    for term, place in chain(zip(made.title, _PLACES, strict=False), head, body):
        places[term] = f"{places[term]},{place}" if term in places else place
    places.pop(GAP, None)
    places.pop(OF_TITLE + GAP, None)
    return " ".join([f"'{term}':{at}" for term, at in places.items()])
