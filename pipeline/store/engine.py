"""One engine for both databases, with the same transaction behaviour on each."""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, RootTransaction, create_engine, event, func, select
from sqlalchemy import Connection as Connection
from sqlalchemy import Engine as Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

BUSY_TIMEOUT_SECONDS = 30
"""How long a SQLite writer waits for another before it gives up. Writers hold the lock for
milliseconds; half a minute covers a checkpoint on a slow disk."""
CACHE_KIB = 16 * 1024
"""Of pages that a SQLite connection may keep. A batch of a hundred articles changes more than the
usual 2 MB, and what does not fit is written to the log before the commit, then again."""
ASK_AFTER_SECONDS = 1.0
"""A PostgreSQL connection that was idle for so long is asked whether it still works before it is
used. One that broke since is found out by its first statement, and ``transact`` tries again."""
LOCK_POLL_SECONDS = (0.0005, 0.001, 0.002)
"""Pauses between two tries for SQLite's write lock; the last one repeats. SQLite's own handler
sleeps up to 100 ms and lets newcomers pass: with two fetch workers and a dispatcher a hundredth
of the writers waited half a second for a lock that is held for two milliseconds."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a transaction is to be (:func:`pipeline.store.transactions.transact` says what each
    means)."""

    read_only: bool = False
    flush: bool = True
    atomic: bool = True


USUAL = Manner()


def begin(connection: Connection, manner: Manner) -> RootTransaction:
    """Begin a transaction of this manner."""
    # By the dialect's own hook: with a listener for it, SQLAlchemy takes twice as long for an empty
    # transaction, and options of a connection are dearer still.
    connection.info["manner"] = manner
    return connection.begin()


def open_engine(url: str, pool_size: int = 5) -> Engine:
    """An engine for ``sqlite:///PATH`` or ``postgresql://...`` (psycopg 3 is put in; ``postgres:``,
    as libpq and most hosts of databases write it, is the same).

    No connection is made yet. Raises ``ValueError`` for another database.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(str(url), pool_size)
    if backend in ("postgresql", "postgres"):
        return _postgresql(parsed, pool_size)
    raise ValueError(f"unsupported database {backend!r}: use sqlite:///PATH or postgresql://...")


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(str(parsed.database)) if is_file else None


def libpq_url(url: str) -> tuple[str, str | None]:
    """A PostgreSQL URL as libpq's own programs take it, without its password, and the password."""
    parsed = make_url(url)
    # Not set(): that takes None for "as it was".
    plain = parsed.set(drivername="postgresql")._replace(password=None)
    return plain.render_as_string(hide_password=False), parsed.password


def database_time(connection: Connection) -> datetime | None:
    """What the database's clock says; None of SQLite, which has ours."""
    if connection.dialect.name != "postgresql":
        return None
    told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return told


def _postgresql(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # they hold secrets, and errors go to logs
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
    )

    @event.listens_for(engine, "checkin")
    def _left(_connection: Any, record: Any) -> None:
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _is_there(connection: Any, record: Any, _proxy: Any) -> None:
        # A database that came back must not cost an attempt; asking each time costs a round trip.
        left_at = record.info.get("left_at")
        if left_at is None or time.monotonic() - left_at < ASK_AFTER_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool makes new connections

    def begin(connection: Any) -> None:
        # The driver begins with the first statement, unless it is told that each is by itself.
        driver, alone = connection.dbapi_connection, not _manner(connection).atomic
        if driver.autocommit != alone and not driver.closed:
            driver.autocommit = alone

    engine.dialect.do_begin = begin  # type: ignore[assignment]
    return engine


def _sqlite(url: str, pool_size: int) -> Engine:
    if path := sqlite_path(url):
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin on its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # what was accepted survives power loss
        _record.info["synchronous"] = "FULL"
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        cursor.close()

    waiting = threading.Lock()

    def begin(connection: Any) -> None:
        # A transaction that starts by reading and then writes cannot be made to wait for the
        # write lock by SQLite; taking the lock first makes every writer wait its turn.
        driver, manner = connection.dbapi_connection, _manner(connection)
        if manner.read_only:
            driver.execute("BEGIN")
            return
        _synchronize(connection, "FULL" if manner.flush else "NORMAL")
        if not _took_write_lock(driver, waiting):
            driver.execute("BEGIN IMMEDIATE")  # says how it fails

    engine.dialect.do_begin = begin  # type: ignore[assignment]
    return engine


def _manner(connection: PoolProxiedConnection) -> Manner:
    """How the transaction that begins on this connection is to be; the next is a usual one."""
    found: Manner = connection.info.pop("manner", USUAL)
    return found


def _synchronize(connection: PoolProxiedConnection, level: str) -> None:
    """How this connection's next commit treats the disk. With NORMAL nobody waits for it: a power
    cut may take back the last commits, in their order and each as a whole, up to the last FULL."""
    if connection.info["synchronous"] != level:
        driver: Any = connection.dbapi_connection
        driver.execute(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level


def _took_write_lock(connection: sqlite3.Connection, waiting: threading.Lock) -> bool:
    """Begin a transaction that may write, as soon as the lock is free; False when it never was.

    Of a process's threads only one asks at a time: the others wait for it without polling.
    """
    give_up_at = time.monotonic() + BUSY_TIMEOUT_SECONDS
    tries = 0
    with waiting:
        connection.execute("PRAGMA busy_timeout=0")
        try:
            while time.monotonic() < give_up_at:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    return True
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                        return False
                time.sleep(LOCK_POLL_SECONDS[min(tries, len(LOCK_POLL_SECONDS) - 1)])
                tries += 1
            return False
        finally:
            connection.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_SECONDS * 1000)}")
