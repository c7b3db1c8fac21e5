"""Rows that many articles share: publishers, authors, tags, entities. Each exists once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, Text, select

from pipeline.models import EnrichedArticle
from pipeline.store.dialect import insert
from pipeline.store.given import NUMBER, TEXT, with_given
from pipeline.store.tables.articles import authors, entities, publishers, tags
from pipeline.store.types import clean_text
from pipeline.urls import host_of, registrable_domain

LONGEST_NAME = 300


@lru_cache(maxsize=2**13)  # an article's names are asked for several times
def name_key(name: str) -> str:
    """What makes two spellings the same name: case and spacing do not."""
    return " ".join(clean_text(name, LONGEST_NAME).casefold().split())


def publisher_of(article: EnrichedArticle) -> tuple[str, str]:
    """``(registrable domain, name)`` of the article's publisher."""
    domain = registrable_domain(host_of(article.final_url or article.url)) or "unknown"
    return domain, article.publisher or domain


def publisher_ids(connection: Connection, named: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The row ids of publishers by domain; a new one keeps the first name given."""
    names: dict[str, str] = {}
    for domain, name in named:
        names.setdefault(domain, name)
    found = _publishers(connection, names)
    missing = sorted(names.keys() - found.keys())
    if missing:
        statement = insert(connection, publishers).on_conflict_do_nothing(index_elements=["domain"])
        connection.execute(statement, [{"domain": one, "name": names[one]} for one in missing])
        found |= _publishers(connection, missing)
    return found


def _publishers(connection: Connection, domains: Iterable[str]) -> dict[str, int]:
    found = select(publishers.c.domain, publishers.c.id).where(
        publishers.c.domain.in_(list(domains))
    )
    return {row.domain: row.id for row in connection.execute(found)}


def author_ids(
    connection: Connection, named: Iterable[tuple[int, str]]
) -> dict[tuple[Any, str], int]:
    """Row ids by ``(publisher id, name key)``."""
    return _ids(connection, authors, "publisher_id", named)


def tag_ids(connection: Connection, named: Iterable[tuple[str, str]]) -> dict[tuple[Any, str], int]:
    """Row ids by ``(kind, name key)``."""
    return _ids(connection, tags, "kind", named)


def entity_ids(
    connection: Connection, named: Iterable[tuple[str, str]]
) -> dict[tuple[Any, str], int]:
    """Row ids by ``(type, name key)``."""
    return _ids(connection, entities, "type", named)


def _ids(
    connection: Connection, table: Table, scope: str, named: Iterable[tuple[Any, str]]
) -> dict[tuple[Any, str], int]:
    """The ids of all; what is missing is added, sorted so that two writers cannot deadlock.

    Looking first keeps PostgreSQL from using up an id for each name that is there already.
    """
    wanted: dict[tuple[Any, str], str] = {}
    for within, name in named:
        wanted.setdefault((within, name_key(name)), clean_text(name, LONGEST_NAME))
    found = _find(connection, table, scope, list(wanted))
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        found |= _add(connection, table, scope, [(*key, wanted[key]) for key in missing])
        lost = [key for key in missing if key not in found]  # another writer was first
        found |= _find(connection, table, scope, lost)
    return found


def _find(
    connection: Connection, table: Table, scope: str, keys: Sequence[tuple[Any, str]]
) -> dict[tuple[Any, str], int]:
    statement = (
        f"SELECT t.{scope}, t.name_key, t.id FROM {{given}}"
        f" JOIN {table.name} t ON t.{scope} = given.scope AND t.name_key = given.name_key"
    )
    columns = {"scope": _kind(table, scope), "name_key": TEXT}
    return _by_key(with_given(connection, statement, columns, keys))


def _add(
    connection: Connection, table: Table, scope: str, rows: Sequence[tuple[Any, str, str]]
) -> dict[tuple[Any, str], int]:
    statement = (
        f"INSERT INTO {table.name} ({scope}, name_key, name)"
        " SELECT given.scope, given.name_key, given.name FROM {given} WHERE true"
        f" ON CONFLICT ({scope}, name_key) DO NOTHING RETURNING {scope}, name_key, id"
    )
    columns = {"scope": _kind(table, scope), "name_key": TEXT, "name": TEXT}
    return _by_key(with_given(connection, statement, columns, rows))


def _kind(table: Table, scope: str) -> str:
    return TEXT if isinstance(table.c[scope].type, Text) else NUMBER


def _by_key(rows: Iterable[Any]) -> dict[tuple[Any, str], int]:
    return {(within, key): row_id for within, key, row_id in rows}
