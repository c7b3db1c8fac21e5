"""Rows that many articles share: publishers, authors, tags, entities. Each exists once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select, tuple_

from pipeline.store.dialect import insert
from pipeline.store.tables.articles import authors, entities, publishers, tags
from pipeline.store.types import clean_text

LONGEST_NAME = 300
LOOKUP = 1000
"""Keys per SELECT: two values each stay under every limit on bound values."""


def name_key(name: str) -> str:
    """What makes two spellings the same name: case and spacing do not."""
    return " ".join(clean_text(name, LONGEST_NAME).casefold().split())


def publisher_ids(connection: Connection, named: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The row ids of publishers by domain; a new one keeps the first name given."""
    names: dict[str, str] = {}
    for domain, name in named:
        names.setdefault(domain, name)
    rows = [{"domain": domain, "name": names[domain]} for domain in sorted(names)]
    if rows:
        statement = insert(connection, publishers).on_conflict_do_nothing(index_elements=["domain"])
        connection.execute(statement, rows)
    found = select(publishers.c.domain, publishers.c.id).where(publishers.c.domain.in_(list(names)))
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
    """Add what is missing, sorted so that two writers cannot deadlock, and read all ids."""
    rows: dict[tuple[Any, str], dict[str, Any]] = {}
    for within, name in named:
        key = (within, name_key(name))
        rows.setdefault(key, {scope: within, "name": name, "name_key": key[1]})
    if not rows:
        return {}
    statement = insert(connection, table).on_conflict_do_nothing(index_elements=[scope, "name_key"])
    keys: Sequence[tuple[Any, str]] = sorted(rows)
    connection.execute(statement, [rows[key] for key in keys])
    pair = tuple_(table.c[scope], table.c.name_key)
    found: dict[tuple[Any, str], int] = {}
    for start in range(0, len(keys), LOOKUP):
        wanted = select(table.c[scope], table.c.name_key, table.c.id).where(
            pair.in_(keys[start : start + LOOKUP])
        )
        found |= {(row[0], row[1]): row[2] for row in connection.execute(wanted)}
    return found
