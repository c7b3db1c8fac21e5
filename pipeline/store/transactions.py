"""Work in one transaction, patient with a database that is away for a while."""

from __future__ import annotations

import logging
import math
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from pipeline.store.engine import Manner, begin

log = logging.getLogger(__name__)
Result = TypeVar("Result")
TRANSIENT_SQLSTATES = ("40001", "40P01")
"""PostgreSQL: serialization failure, deadlock. The same work succeeds when tried again."""

SAY_AGAIN_SECONDS = 10.0
"""Between two warnings of one wait for the database: the first tries are within a second."""

NOT_A_DATABASE = "file is not a database"
"""SQLite's words for a file that holds something else."""


NO_ROOM_SQLSTATE = "53100"
"""PostgreSQL: disk full."""


class DatabaseUnavailable(Exception):
    """The database could not be reached or did not answer within the patience given."""


class DatabaseFull(DatabaseUnavailable):
    """The database is there, and its disk has no room left. Reading still works."""


def transact(
    engine: Engine,
    work: Callable[[Connection], Result],
    *,
    patience_seconds: float = 0.0,
    read_only: bool = False,
    flush: bool = True,
    atomic: bool = True,
) -> Result:
    """``work(connection)`` in a transaction of its own; committed when it returns.

    When the database is away the whole of ``work`` runs again, for up to ``patience_seconds``;
    then :class:`DatabaseUnavailable`. When it is full, :class:`DatabaseFull` comes at once.
    ``work`` must therefore be safe to repeat, also when the first run did commit and only the
    answer was lost: compare-and-set makes it so.

    ``flush=False`` is for what need not be promised to anybody yet: on SQLite the commit is there
    for every process and outlives them all, but a power cut may take it back. Of what two
    transactions wrote, never the earlier alone is lost.

    ``atomic=False`` is for one statement, or for reads that need not agree: PostgreSQL then commits
    each by itself, which spares the round trips of a transaction. SQLite always takes one.
    """
    manner = Manner(read_only, flush, atomic)
    give_up_at = time.monotonic() + patience_seconds
    from_before = True
    pause_seconds = 0.05
    said_at = -math.inf
    while True:
        try:
            with engine.connect() as connection, begin(connection, manner):
                return work(connection)
        except DBAPIError as error:
            if NOT_A_DATABASE in str(error.orig):
                raise DatabaseUnavailable(NOT_A_DATABASE) from error
            if _is_full(error):  # and will not be less so in a moment
                raise DatabaseFull(" ".join(str(error.orig).split())) from error
            if not _is_transient(error):
                raise
            if error.connection_invalidated and from_before:
                from_before = False  # the pool has let go of all that it had
                continue
            if time.monotonic() + pause_seconds > give_up_at:
                raise DatabaseUnavailable(" ".join(str(error.orig or error).split())) from error
            if time.monotonic() - said_at >= SAY_AGAIN_SECONDS:
                said_at = time.monotonic()
                log.warning("database away, trying again: %s", " ".join(str(error.orig).split()))
            time.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, 2.0)


def _is_full(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    return getattr(error.orig, "sqlstate", None) == NO_ROOM_SQLSTATE


def _is_transient(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in TRANSIENT_SQLSTATES:
        return True
    if error.connection_invalidated:
        return True
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    # SQLite says OperationalError for programming mistakes too ("no such column").
    message = str(error.orig)
    mistakes = ("no such", "syntax error", "has no column", "too many SQL variables")
    return not any(words in message for words in mistakes)
