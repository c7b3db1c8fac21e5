"""Searching articles: the same question, the same answer and the same order on both databases.

First what is asked for stands in the headline, then a part of it does, then the rest; the newest
first in each. The order depends on an article and the question alone, not on what else is
stored, so a cursor stays right while articles come in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    cast,
    column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from pipeline.search import Query, Snippet, snippet
from pipeline.store.filters import Filters, conditions
from pipeline.store.search_index import TERMS
from pipeline.store.search_questions import all_of, any_of, matches, single_words, tier_of
from pipeline.store.tables.articles import articles, publishers
from pipeline.store.tables.search import search_documents as documents

_TERMS = table(TERMS, column("document_id"), column("terms"))

Place = tuple[int, datetime, int]
"""Where an article stands among the answers: tier, time, row id."""
LOOKED_THROUGH = 1_000
"""Articles with its words that are looked through for a phrase before the index is asked for it."""


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
    with _by_index(connection):
        found = _first(connection, query, filters or Filters(), place, limit + 1)
    shown = found[:limit]
    details = _details(connection, [row.article_id for row in shown])
    hits = tuple(_hit(row, details[row.article_id], query) for row in shown)
    return Found(hits, _cursor(shown[-1]) if len(found) > limit else None)


@contextmanager
def _by_index(connection: Connection) -> Iterator[None]:
    """PostgreSQL's planner counts the pages of a table, and not what its rows keep elsewhere: for a
    frequent word it would read the vector of every article, where the index has the answer. Where
    it still has to read a table, versions before 18 take that for so dear that they compile."""
    settings = ("enable_seqscan", "jit") if connection.dialect.name == "postgresql" else ()
    for name in settings:
        connection.exec_driver_sql(f"SET LOCAL {name} = off")
    yield
    for name in settings:
        connection.exec_driver_sql(f"SET LOCAL {name} TO DEFAULT")


def _first(
    connection: Connection, query: Query, filters: Filters, place: Place | None, number: int
) -> list[Row[Any]]:
    """The first ``number`` that answer.

    PostgreSQL's index knows which articles have the words of a phrase, and not whether they follow
    each other: to ask for the phrase reads the places of all of these. So the first of them, in
    their order, are looked through before; mostly they are enough.
    """
    found: list[Row[Any]] = []
    has_phrase = any(len(clause.terms) > 1 for clause in query.wanted)
    if connection.dialect.name == "postgresql" and has_phrase:
        most = max(LOOKED_THROUGH, number)
        looked = connection.execute(_checked(connection, query, filters, place, most)).all()
        found = [row for row in looked if row.follows][:number]
        if len(found) == number or len(looked) < most:
            return found
        place = looked[-1].tier, looked[-1].time, looked[-1].article_id
    rest = _places(connection, query, filters, place).limit(number - len(found))
    return found + list(connection.execute(rest).all())


def _checked(
    connection: Connection, query: Query, filters: Filters, after: Place | None, number: int
) -> Select[Any]:
    """The next articles with all the words, and whether these follow each other as asked."""
    near = _places(connection, query, filters, after, loose=True).limit(number).subquery()
    asked = cast(all_of(connection, query.wanted), TSQUERY)
    follows = select(_TERMS.c.terms.op("@@")(asked)).where(_TERMS.c.document_id == near.c.id)
    statement = select(near, follows.scalar_subquery().label("follows"))
    return statement.order_by(near.c.tier.desc(), near.c.time.desc(), near.c.article_id.desc())


def _places(
    connection: Connection,
    query: Query,
    filters: Filters,
    after: Place | None,
    *,
    loose: bool = False,
) -> Select[Any]:
    """What answers, in order: narrow rows, however many there are. ``loose`` takes phrases as so
    many words."""
    tier = tier_of(connection, query.wanted)
    statement = select(documents.c.id, documents.c.article_id, documents.c.time, tier.label("tier"))
    if narrowed := conditions(connection, filters):
        statement = statement.join(articles, articles.c.id == documents.c.article_id)
        statement = statement.where(*narrowed)
    if query.wanted:
        wanted = single_words(query.wanted) if loose else query.wanted
        statement = statement.where(matches(connection, all_of(connection, wanted)))
    if query.unwanted:
        statement = statement.where(~matches(connection, any_of(connection, query.unwanted)))
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


def _beyond(tier: ColumnElement[int], place: Place) -> ColumnElement[bool]:
    level, time, row_id = place
    return or_(
        tier < level,
        and_(tier == level, documents.c.time < time),
        and_(tier == level, documents.c.time == time, documents.c.article_id < row_id),
    )


def _cursor(row: Any) -> str:
    place = f"{row.tier} {row.time.astimezone(UTC).isoformat()} {row.article_id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        tier, time, row_id = base64.urlsafe_b64decode(padded.encode("ascii")).decode().split(" ")
        place = int(tier), datetime.fromisoformat(time), int(row_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(f"{cursor!r} is no cursor of a search") from error
    if place[1].tzinfo is None or not 0 <= place[2] < 2**63:
        raise BadCursor(f"{cursor!r} is no cursor of a search")
    return place
