"""The few statements that PostgreSQL and SQLite share but SQLAlchemy spells per dialect."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Table) -> postgresql.Insert:
    """An INSERT that knows ON CONFLICT. Both dialects' objects have the same methods; one type
    is named so that callers are checked."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return cast(postgresql.Insert, sqlite.insert(table))
