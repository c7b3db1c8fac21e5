"""PostgreSQL: statements by themselves, and connections that broke while nobody looked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from pipeline.store import engine as engines
from pipeline.store.engine import open_engine
from pipeline.store.transactions import transact


@pytest.fixture
def engine(empty_postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(empty_postgres_url)
    transact(engine, lambda c: c.execute(text("CREATE TABLE counter AS SELECT 0 AS n")))
    yield engine
    engine.dispose()


def add(connection: Connection) -> None:
    connection.execute(text("UPDATE counter SET n = n + 1"))


def count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT n FROM counter")).scalar_one())


def add_and_fail(connection: Connection) -> None:
    add(connection)
    raise KeyError


def test_a_transaction_is_whole_also_on_a_connection_that_took_none_before(engine: Engine) -> None:
    for _ in range(2):
        transact(engine, add, atomic=False)
        with pytest.raises(KeyError):
            transact(engine, add_and_fail)
    assert transact(engine, count, atomic=False) == 2


def test_a_statement_by_itself_stays_whatever_comes_after_it(engine: Engine) -> None:
    with pytest.raises(KeyError):
        transact(engine, add_and_fail, atomic=False)
    assert transact(engine, count) == 1


@pytest.mark.parametrize("after_seconds", [0.0, 3600.0], ids=["asked first", "just used"])
@pytest.mark.parametrize("atomic", [True, False])
def test_a_connection_that_broke_meanwhile_costs_the_next_work_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, after_seconds: float, atomic: bool
) -> None:
    monkeypatch.setattr(engines, "ASK_AFTER_SECONDS", after_seconds)
    with engine.connect() as one, engine.connect() as two:  # as many as the pool keeps
        pids = [c.connection.driver_connection.info.backend_pid for c in (one, two)]  # type: ignore[union-attr]
    other = open_engine(engine.url.render_as_string(hide_password=False))
    kill = text("SELECT pg_terminate_backend(:pid, 5000)")
    for pid in pids:
        transact(other, lambda c, pid=pid: c.execute(kill, {"pid": pid}))  # type: ignore[misc]
    other.dispose()
    transact(engine, add, atomic=atomic)
    assert transact(engine, count) == 1
