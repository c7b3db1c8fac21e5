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

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, literal, or_, select, text

from pipeline.search import Clause, Query, Snippet, snippet
from pipeline.store.filters import Filters, conditions, news_time
from pipeline.store.search_index import TABLE
from pipeline.store.tables.articles import articles, publishers

_POSTGRES = f"SELECT article_id AS id FROM {TABLE} WHERE terms @@ CAST(:wanted AS tsquery)"
_SQLITE = f"""
    SELECT newest.id FROM {TABLE}
    JOIN article_revisions r ON r.id = {TABLE}.rowid
    JOIN articles newest ON newest.id = r.article_id AND newest.revision = r.revision
    WHERE {TABLE} MATCH :wanted"""


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
    tier = _tier(connection, query.wanted).label("tier")
    statement = (
        select(
            articles.c.id.label("row_id"),
            articles.c.public_id,
            articles.c.url,
            articles.c.headline,
            articles.c.body_text,
            articles.c.language,
            articles.c.article_type,
            articles.c.published_at,
            articles.c.withdrawn_at,
            publishers.c.name,
            news_time.label("time"),
            tier,
        )
        .join(publishers, publishers.c.id == articles.c.publisher_id)
        .where(*conditions(connection, filters or Filters()))
        .order_by(tier.desc(), news_time.desc(), articles.c.id.desc())
        .limit(limit + 1)
    )
    if query.wanted:
        statement = statement.where(_matches(connection, _all(connection, query.wanted)))
    if query.unwanted:
        statement = statement.where(~_matches(connection, _any(connection, query.unwanted)))
    if place:
        statement = statement.where(_beyond(tier.element, place))
    rows = connection.execute(statement).all()
    hits = tuple(_hit(row, query) for row in rows[:limit])
    more = len(rows) > limit
    return Found(hits, _cursor(rows[limit - 1]) if more else None)


def _hit(row: Any, query: Query) -> Hit:
    return Hit(
        id=row.public_id,
        url=row.url,
        headline=row.headline,
        publisher=row.name,
        language=row.language,
        article_type=row.article_type,
        published_at=row.published_at,
        time=row.time,
        withdrawn_at=row.withdrawn_at,
        in_headline=row.tier == 2,
        snippet=snippet(row.body_text, query.wanted),
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
    return articles.c.id.in_(asked.columns(articles.c.id))


def _all(connection: Connection, clauses: Sequence[Clause], *, title_only: bool = False) -> str:
    return _joined(connection, clauses, title_only, {"sqlite": " AND ", "postgresql": " & "})


def _any(connection: Connection, clauses: Sequence[Clause], *, title_only: bool = False) -> str:
    return _joined(connection, clauses, title_only, {"sqlite": " OR ", "postgresql": " | "})


def _joined(
    connection: Connection, clauses: Sequence[Clause], title_only: bool, word: dict[str, str]
) -> str:
    if connection.dialect.name == "postgresql":
        return word["postgresql"].join(_for_postgres(c, "A" if title_only else "") for c in clauses)
    both = word["sqlite"].join(_for_sqlite(c) for c in clauses)
    return f"title : ({both})" if title_only else both


def _for_sqlite(clause: Clause) -> str:
    return f'"{" ".join(clause.terms)}"' + ("*" if clause.is_prefix else "")


def _for_postgres(clause: Clause, weight: str) -> str:
    parts = [f"'{term}'" for term in clause.terms]
    marks = [weight] * (len(parts) - 1) + [("*" if clause.is_prefix else "") + weight]
    spelt = [f"{p}:{m}" if m else p for p, m in zip(parts, marks, strict=True)]
    return f"({' <-> '.join(spelt)})"


def _beyond(tier: ColumnElement[int], place: tuple[int, datetime, int]) -> ColumnElement[bool]:
    level, time, row_id = place
    return or_(
        tier < level,
        and_(tier == level, news_time < time),
        and_(tier == level, news_time == time, articles.c.id < row_id),
    )


def _cursor(row: Any) -> str:
    place = f"{row.tier} {row.time.astimezone(UTC).isoformat()} {row.row_id}"
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
