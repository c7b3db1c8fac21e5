"""Searching articles: the same question, the same answer and the same order on both databases.

First what is asked for stands in the headline, then a part of it does, then the rest; the newest
first in each. The order depends on an article and the question alone, not on what else is
stored, so a cursor stays right while articles come in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    text,
)

from pipeline.search import Clause, Query, Snippet, snippet
from pipeline.store.filters import Filters, conditions
from pipeline.store.search_index import OF_TITLE, TERMS
from pipeline.store.tables.articles import articles, publishers
from pipeline.store.tables.search import search_documents as documents

_POSTGRES = f"SELECT document_id AS id FROM {TERMS} WHERE terms @@ CAST(:wanted AS tsquery)"
_SQLITE = f"SELECT rowid AS id FROM {TERMS} WHERE {TERMS} MATCH :wanted"


class BadCursor(ValueError):
    """A cursor that no search gave."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found; ``time`` is what it is ordered by. ``id`` is the public id."""

    id: str
    url: str
    headline: str | None
    publisher: str
    language: str | None
    article_type: str
    published_at: datetime | None
    time: datetime
    withdrawn_at: datetime | None
    in_headline: bool
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits; ``next`` is the cursor of the page after it, null when there is none."""

    hits: tuple[Hit, ...]
    next: str | None


def search(
    connection: Connection,
    query: Query,
    filters: Filters | None = None,
    *,
    limit: int = 20,
    after: str | None = None,
) -> Found:
    """A page of the articles that answer ``query`` and ``filters``.

    Raises :class:`BadCursor` for an ``after`` that is none of ours.
    """
    place = _read_cursor(after) if after else None
    if query.finds_nothing:
        return Found((), None)
    statement = _places(connection, query, filters or Filters(), place).limit(limit + 1)
    found = connection.execute(statement).all()
    shown = found[:limit]
    details = _details(connection, [row.article_id for row in shown])
    hits = tuple(_hit(row, details[row.article_id], query) for row in shown)
    return Found(hits, _cursor(shown[-1]) if len(found) > limit else None)


def _places(
    connection: Connection, query: Query, filters: Filters, after: tuple[int, datetime, int] | None
) -> Select[Any]:
    """What answers, in order: narrow rows, however many there are."""
    tier = _tier(connection, query.wanted)
    statement = select(documents.c.article_id, documents.c.time, tier.label("tier"))
    if narrowed := conditions(connection, filters):
        statement = statement.join(articles, articles.c.id == documents.c.article_id)
        statement = statement.where(*narrowed)
    if query.wanted:
        statement = statement.where(_matches(connection, _all(connection, query.wanted)))
    if query.unwanted:
        statement = statement.where(~_matches(connection, _any(connection, query.unwanted)))
    if after:
        statement = statement.where(_beyond(tier, after))
    order = [documents.c.time.desc(), documents.c.article_id.desc()]
    return statement.order_by(*([tier.desc()] if query.wanted else []), *order)


def _details(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    statement = (
        select(articles, publishers.c.name.label("publisher"))
        .join(publishers, publishers.c.id == articles.c.publisher_id)
        .where(articles.c.id.in_(ids))
    )
    return {row.id: row for row in connection.execute(statement)}


def _hit(place: Any, article: Any, query: Query) -> Hit:
    return Hit(
        id=article.public_id,
        url=article.url,
        headline=article.headline,
        publisher=article.publisher,
        language=article.language,
        article_type=article.article_type,
        published_at=article.published_at,
        time=place.time,
        withdrawn_at=article.withdrawn_at,
        in_headline=place.tier == 2,
        snippet=snippet(article.body_text, query.wanted),
    )


def _tier(connection: Connection, wanted: Sequence[Clause]) -> ColumnElement[int]:
    if not wanted:
        return literal(0, literal_execute=True)
    whole = _all(connection, wanted, title_only=True)
    part = _any(connection, wanted, title_only=True)
    return case((_matches(connection, whole), 2), (_matches(connection, part), 1), else_=0)


def _matches(connection: Connection, wanted: str) -> ColumnElement[bool]:
    """Whether the index finds the article by the database's own query text."""
    is_postgres = connection.dialect.name == "postgresql"
    found = text(_POSTGRES if is_postgres else _SQLITE)
    asked = found.bindparams(bindparam("wanted", wanted, unique=True))
    return documents.c.id.in_(asked.columns(documents.c.id))


def _all(connection: Connection, clauses: Sequence[Clause], *, title_only: bool = False) -> str:
    return _joined(connection, clauses, title_only, {"sqlite": " AND ", "postgresql": " & "})


def _any(connection: Connection, clauses: Sequence[Clause], *, title_only: bool = False) -> str:
    return _joined(connection, clauses, title_only, {"sqlite": " OR ", "postgresql": " | "})


def _joined(
    connection: Connection, clauses: Sequence[Clause], title_only: bool, word: dict[str, str]
) -> str:
    if connection.dialect.name == "postgresql":
        mark = OF_TITLE if title_only else ""
        return word["postgresql"].join(_for_postgres(clause, mark) for clause in clauses)
    both = word["sqlite"].join(_for_sqlite(clause) for clause in clauses)
    return f"title : ({both})" if title_only else both


def _for_sqlite(clause: Clause) -> str:
    return f'"{" ".join(clause.terms)}"' + ("*" if clause.is_prefix else "")


def _for_postgres(clause: Clause, mark: str) -> str:
    spelt = " <-> ".join(f"'{mark}{term}'" for term in clause.terms)
    return f"({spelt}{':*' if clause.is_prefix else ''})"


def _beyond(tier: ColumnElement[int], place: tuple[int, datetime, int]) -> ColumnElement[bool]:
    level, time, row_id = place
    return or_(
        tier < level,
        and_(tier == level, documents.c.time < time),
        and_(tier == level, documents.c.time == time, documents.c.article_id < row_id),
    )


def _cursor(row: Any) -> str:
    place = f"{row.tier} {row.time.astimezone(UTC).isoformat()} {row.article_id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[int, datetime, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        tier, time, row_id = base64.urlsafe_b64decode(padded.encode("ascii")).decode().split(" ")
        place = int(tier), datetime.fromisoformat(time), int(row_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(f"{cursor!r} is no cursor of a search") from error
    if place[1].tzinfo is None or not 0 <= place[2] < 2**63:
        raise BadCursor(f"{cursor!r} is no cursor of a search")
    return place
