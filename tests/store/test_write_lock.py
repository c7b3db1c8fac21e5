"""SQLite's one write lock: waited for in turn, and given up with a reason."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from pipeline.store import engine as engines
from pipeline.store.engine import open_engine
from pipeline.store.transactions import DatabaseUnavailable, transact

THREADS, EACH = 12, 25


def count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT n FROM counter")).scalar_one())


def test_writers_of_two_engines_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    """Two engines stand for two processes: they share the file and no lock of ours."""
    url = f"sqlite:///{tmp_path}/counter.db"
    both = [open_engine(url, pool_size=THREADS) for _ in range(2)]
    transact(both[0], lambda c: c.execute(text("CREATE TABLE counter AS SELECT 0 AS n")))

    def add(connection: Connection) -> None:
        now = count(connection)
        connection.execute(text("UPDATE counter SET n = :n"), {"n": now + 1})

    def writer(number: int) -> None:
        for _ in range(EACH):
            transact(both[number % 2], add)

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert transact(both[1], count, read_only=True) == THREADS * EACH
    for one in both:
        one.dispose()


def test_a_lock_that_is_never_let_go_is_a_database_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_SECONDS", 0.1)
    ours = open_engine(f"sqlite:///{tmp_path}/held.db")
    transact(ours, lambda c: c.execute(text("CREATE TABLE counter AS SELECT 7 AS n")))
    other = sqlite3.connect(tmp_path / "held.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="locked"):
        transact(ours, lambda c: c.execute(text("UPDATE counter SET n = 8")))
    assert transact(ours, count, read_only=True) == 7, "readers do not wait"
    other.execute("ROLLBACK")
    transact(ours, lambda c: c.execute(text("UPDATE counter SET n = 8")))
    other.close()
    ours.dispose()


def test_only_a_commit_that_promises_something_waits_for_the_disk(tmp_path: Path) -> None:
    ours = open_engine(f"sqlite:///{tmp_path}/flush.db")

    def level(connection: Connection) -> int:
        return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    full, normal = 2, 1
    levels = [transact(ours, level, flush=flush) for flush in (True, False, False, True)]
    assert levels == [full, normal, normal, full]
    transact(ours, level, flush=False)
    with ours.begin() as connection:
        assert level(connection) == full, "whoever says nothing means a promise"
    ours.dispose()
