"""Many values in one statement: handed over as one JSON value and read there as a table.

Neither a limit on bound values nor a statement of a thousand of them stands in the way, and the
statement's text is the same for every number of rows, so that it is prepared once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from pipeline.codec import to_json

NUMBER, TEXT, TIME = "bigint", "text", "timestamptz"
"""What a column of the given rows holds."""


def as_given(time: datetime) -> str:
    """An aware time as the rows have it: how SQLite keeps it, and in the zone of our connections to
    PostgreSQL."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def with_given(
    connection: Connection, statement: str, columns: Mapping[str, str], rows: Sequence[Any]
) -> Sequence[Any]:
    """What ``statement`` returns, its ``{given}`` being the table ``given`` of these rows; nothing
    is executed when there are none."""
    if not rows:
        return ()
    is_sqlite = connection.dialect.name == "sqlite"
    text = statement.replace("{given}", _table(tuple(columns.items()), is_sqlite))
    found = connection.exec_driver_sql(text, (to_json(rows).decode(),))
    return found.all() if found.returns_rows else ()


def update_given(
    connection: Connection, statement: str, columns: Mapping[str, str], rows: Sequence[Any]
) -> None:
    """Run an UPDATE with ``{given}`` in the place of its FROM for each of these rows.

    SQLite's UPDATE FROM copies the whole of every row first; there it runs once a row.
    """
    if rows and connection.dialect.name == "sqlite":
        text = statement.replace("{given}", "")
        for place, column in enumerate(columns, 1):
            text = text.replace(f"given.{column}", f"?{place}")
        connection.exec_driver_sql(text, [tuple(row) for row in rows])
    else:
        with_given(connection, statement.replace("{given}", "FROM {given}"), columns, rows)


@cache
def _table(columns: tuple[tuple[str, str], ...], is_sqlite: bool) -> str:
    if is_sqlite:
        fields = [f"json_extract(w.value, '$[{n}]') AS {c}" for n, (c, _) in enumerate(columns)]
        return f"(SELECT {', '.join(fields)} FROM json_each(?) w) AS given"
    fields = [f"CAST(w ->> {n} AS {kind}) AS {c}" for n, (c, kind) in enumerate(columns)]
    return f"(SELECT {', '.join(fields)} FROM json_array_elements(%s::json) w) AS given"
