"""Many rows into one table, the way each database takes them fastest.

PostgreSQL gets them by COPY, SQLite by one prepared INSERT; SQLAlchemy's compiler, which costs
more than either database, sees no row. Column types still make every value storable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Dialect, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from pipeline.store.types import CleanText, UtcTime, clean_text

Prepare = Callable[[Any], Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns. Raises what SQLAlchemy raises."""
    if not rows:
        return
    names = tuple(rows[0])
    prepared = _storable(connection.dialect, table, names, rows)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_insert_text(table, names), prepared)
    else:
        _copy(connection, _copy_text(table, names), prepared)


def reserve_ids(connection: Connection, column: Column[int], number: int) -> list[int]:
    """Row ids for ``number`` new rows, ascending, taken before the rows are written.

    SQLite has one writer, whose transaction this is; PostgreSQL has the column's sequence.
    """
    table = column.table
    if connection.dialect.name != "sqlite":
        ids = text("SELECT nextval(pg_get_serial_sequence(:t, :c)) FROM generate_series(1, :n)")
        named = {"t": table.name, "c": column.name, "n": number}
        return list(connection.execute(ids, named).scalars())
    newest = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
    if table.dialect_options["sqlite"]["autoincrement"]:  # the number of a row that is gone, too
        ever = text("SELECT seq FROM sqlite_sequence WHERE name = :t")
        newest = max(newest, connection.execute(ever, {"t": table.name}).scalar() or 0)
    return list(range(newest + 1, newest + 1 + number))


def _storable(
    dialect: Dialect, table: Table, names: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    """Tuples of what the driver takes; column by column, so that only what needs it is touched."""
    values = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    columns = zip(*map(values, rows), strict=True)
    kinds = [table.c[name].type for name in names]
    done = [_column(dialect, kind, column) for kind, column in zip(kinds, columns, strict=True)]
    return list(zip(*done, strict=True))


def _column(dialect: Dialect, kind: Any, column: Sequence[Any]) -> Sequence[Any]:
    if isinstance(kind, CleanText) and _is_clean(column, kind.max_chars):
        return column
    prepare = _prepare(dialect, kind)
    return column if prepare is None else [None if v is None else prepare(v) for v in column]


def _is_clean(column: Sequence[str | None], max_chars: int | None) -> bool:
    """Whether cleaning would change nothing, said at once of all: most columns are ASCII."""
    texts = [text for text in column if text]
    whole = "".join(texts)
    if "\x00" in whole or not whole.isascii():
        return False
    return max_chars is None or max(map(len, texts), default=0) <= max_chars


def _prepare(dialect: Dialect, kind: Any) -> Prepare | None:
    if isinstance(kind, CleanText):  # the same as its processor, without three calls around it
        return partial(clean_text, max_chars=kind.max_chars)
    found: Prepare | None = kind.dialect_impl(dialect).bind_processor(dialect)
    if found is not None and isinstance(kind, UtcTime):
        return lru_cache(maxsize=8)(found)  # a batch has few times, and each in many rows
    return found


@cache
def _insert_text(table: Table, names: tuple[str, ...]) -> str:
    places = ", ".join("?" * len(names))
    return f"INSERT INTO {table.name} ({_quoted(names)}) VALUES ({places})"


@cache
def _copy_text(table: Table, names: tuple[str, ...]) -> bytes:
    return f"COPY {table.name} ({_quoted(names)}) FROM STDIN".encode()


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)  # `end` is a keyword


def _copy(connection: Connection, statement: bytes, rows: Sequence[tuple[Any, ...]]) -> None:
    cursor: psycopg.Cursor[Any] = connection.connection.cursor()  # type: ignore[assignment]
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        dialect: Any = connection.dialect
        raise DBAPIError.instance(
            statement.decode(),
            None,
            error,
            psycopg.Error,
            connection_invalidated=dialect.is_disconnect(error, connection.connection, cursor),
            dialect=dialect,
        ) from error
