"""Which articles are meant: the conditions that search and export share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, collate, func, or_, select

from pipeline.store.tables.articles import articles, citations, publishers
from pipeline.store.types import clean_text

news_time: ColumnElement[datetime] = case(
    (articles.c.published_at < articles.c.first_seen_at, articles.c.published_at),
    else_=articles.c.first_seen_at,
)
"""When an article became news: as published, and never later than we saw it, so that a page
with a date in the future does not stay on top for years."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Null means any. ``since`` is included, ``until`` is not; both bound :data:`news_time`.

    ``publisher`` and ``cites`` are a registrable domain or a name, ``language`` a tag or the
    beginning of one (``pt`` means ``pt-BR`` too).
    """

    publisher: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cites: str | None = None
    article_type: str | None = None

    def named(self) -> dict[str, Any]:
        """What is set, as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in values.items()
            if value is not None
        }


def conditions(connection: Connection, filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions on ``articles``."""
    found: list[ColumnElement[bool]] = []
    if filters.publisher is not None:
        wanted = select(publishers.c.id).where(
            _is_named(connection, filters.publisher, publishers.c.domain, publishers.c.name)
        )
        found.append(articles.c.publisher_id.in_(wanted))
    if filters.language is not None:
        tag = _lower(connection, articles.c.language)
        wanted_tag = _ascii_lower(filters.language)
        found.append(or_(tag == wanted_tag, tag.startswith(wanted_tag + "-", autoescape=True)))
    if filters.since is not None:
        found.append(news_time >= filters.since)
    if filters.until is not None:
        found.append(news_time < filters.until)
    if filters.cites is not None:
        citing = select(citations.c.article_id).where(
            _is_named(connection, filters.cites, citations.c.domain, citations.c.outlet)
        )
        found.append(articles.c.id.in_(citing))
    if filters.article_type is not None:
        found.append(articles.c.article_type == clean_text(filters.article_type))
    return found


def _is_named(
    connection: Connection, name: str, *columns: ColumnElement[Any]
) -> ColumnElement[bool]:
    wanted = _ascii_lower(name)
    return or_(*(_lower(connection, column) == wanted for column in columns))


def _lower(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """ASCII letters in lower case, as SQLite does; PostgreSQL does so under the collation C."""
    is_postgres = connection.dialect.name == "postgresql"
    return func.lower(collate(column, "C") if is_postgres else column)


def _ascii_lower(text: str) -> str:
    return clean_text("".join(c.lower() if c.isascii() else c for c in text))
