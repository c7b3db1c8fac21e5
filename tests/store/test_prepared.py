"""Statements that are handed to the driver as they are behave as all others do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, Engine, bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from pipeline.store.engine import open_engine
from pipeline.store.prepared import Among, Prepared
from pipeline.store.tables.ledger import hosts, runs
from pipeline.store.transactions import transact
from pipeline.store.types import UtcTime

NOW = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
ADD = Prepared(
    insert(hosts).values(
        host=bindparam("of_host"),
        next_turn_at=bindparam("at", type_=UtcTime),
        interval_seconds=1.5,
    )
)
HOST = Prepared(
    select(
        hosts.c.host, hosts.c.next_turn_at, hosts.c.blocked_until, hosts.c.interval_seconds
    ).where(hosts.c.host == bindparam("of_host"))
)


def add(engine: Engine, host: str, at: datetime = NOW) -> int:
    return transact(engine, lambda c: ADD.changed(c, {"of_host": host, "at": at}))


def test_values_are_made_storable_and_times_come_back_aware(engine: Engine) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert add(engine, "a\x00.example", there) == 1
    found = transact(engine, lambda c: HOST.rows(c, {"of_host": "a\ufffd.example"}))
    assert found == [("a\ufffd.example", NOW, None, 1.5)]
    assert found[0][1].tzinfo is UTC


def test_ids_are_one_value_however_many_they_are(engine: Engine) -> None:
    def rows(connection: Connection) -> list[int]:
        added = insert(runs).values(public_id=bindparam("p"), kind="ingest", created_at=NOW)
        connection.execute(added, [{"p": str(n)} for n in range(30)])
        return list(connection.execute(select(runs.c.id).order_by(runs.c.id)).scalars())

    ids = transact(engine, rows)
    among = Prepared(select(runs.c.id).where(Among(runs.c.id, "ids")).order_by(runs.c.id))
    for some in ([], ids[:1], ids[3:28]):
        found = transact(engine, lambda c, some=some: among.rows(c, {"ids": some}))  # type: ignore[misc]
        assert found == [(one,) for one in some]


def test_a_value_that_is_not_given_is_an_error_and_no_null(engine: Engine) -> None:
    by_id = Prepared(select(runs.c.id).where(runs.c.id == bindparam("of_run")))
    for statement in (HOST, by_id):
        with pytest.raises((KeyError, DBAPIError)):
            transact(engine, lambda c, statement=statement: statement.rows(c, {}))  # type: ignore[misc]


def test_what_the_database_refuses_is_the_same_error_and_leaves_nothing(engine: Engine) -> None:
    def twice(connection: Connection) -> None:
        for _ in range(2):
            ADD.changed(connection, {"of_host": "a.example", "at": NOW})

    with pytest.raises(IntegrityError):
        transact(engine, twice)
    assert transact(engine, lambda c: HOST.rows(c, {"of_host": "a.example"})) == []


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("atomic", [True, False])
def test_a_connection_that_broke_costs_the_next_work_nothing(
    postgres: Engine, atomic: bool
) -> None:
    with postgres.connect() as one, postgres.connect() as two:  # as many as the pool keeps
        pids = [c.connection.driver_connection.info.backend_pid for c in (one, two)]  # type: ignore[union-attr]
    other = open_engine(postgres.url.render_as_string(hide_password=False))
    kill = text("SELECT pg_terminate_backend(:pid, 5000)")
    for pid in pids:
        transact(other, lambda c, pid=pid: c.execute(kill, {"pid": pid}))  # type: ignore[misc]
    other.dispose()
    assert transact(postgres, lambda c: HOST.rows(c, {"of_host": "x"}), atomic=atomic) == []
