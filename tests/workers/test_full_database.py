"""A database whose disk is full: what is in hand waits, and nothing dies of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, update

from pipeline.store.tables.articles import articles
from pipeline.store.tables.ledger import attempts, jobs
from pipeline.store.transactions import DatabaseFull
from tests.store.test_articles import save
from tests.workers.test_rereading import accept_stories, services_on, work_off
from workers.cli import exit_codes
from workers.cli.failure import failure_of

ROUNDS = 7
"""More than any job may fail."""


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    """No table grows: SQLite has its limit, PostgreSQL says what it says of a full disk."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", _no_more_pages)
        yield
        event.remove(engine, "connect", _no_more_pages)
        engine.dispose()
        return
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
            "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER no_room BEFORE INSERT ON articles EXECUTE FUNCTION no_room()"
        )
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")


def _no_more_pages(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA max_page_count = 1")  # never below what is there already


def test_a_full_database_costs_no_job_an_attempt_however_long_it_is_full(
    engine: Engine, tmp_path: Path
) -> None:
    services = services_on(engine, tmp_path)
    accept_stories(services, 12)
    now_due = update(jobs).values(next_at=services.now() - timedelta(seconds=1))
    with full(engine):
        for _ in range(ROUNDS):
            work_off(services)
            with engine.begin() as connection:
                rows = connection.execute(select(jobs)).all()
                connection.execute(now_due)
            assert {(r.state, r.reason) for r in rows} == {("waiting", "storage_full")}
            assert {r.attempts for r in rows} == {0}
            assert all(r.next_at > services.now() for r in rows)
            assert "full" in rows[0].detail or "No space left" in rows[0].detail
    work_off(services)
    with engine.begin() as connection:
        assert set(connection.execute(select(jobs.c.outcome)).scalars()) == {"stored"}
        assert connection.execute(select(func.count()).select_from(articles)).scalar_one() == 12
        assert connection.execute(select(func.count()).select_from(attempts)).scalar_one() == 0


def test_a_command_that_meets_a_full_database_ends_with_the_code_for_no_room(
    engine: Engine,
) -> None:
    with full(engine), pytest.raises(DatabaseFull) as told:
        save(engine, "https://post.example/1", body_text="word " * 50_000)
    failure = failure_of(told.value)
    assert failure.code == exit_codes.NO_ROOM
    assert "the database" in str(failure) and "make room" in str(failure)
