"""Migrations: up, down, and in step with the tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Connection, Engine, Table, func, inspect, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.store import schema
from pipeline.store.engine import open_engine
from pipeline.store.search_index import TERMS
from pipeline.store.tables import metadata
from pipeline.store.tables.articles import article_authors
from pipeline.store.tables.lists import subscriptions
from pipeline.store.tables.search import search_documents
from tests.store.subscriptions_desk import Desk
from tests.store.test_articles import save


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("empty_postgres_url"))
    engine = open_engine(url)
    yield engine
    engine.dispose()


def test_upgrading_an_empty_database_gives_every_table_and_no_pending_change(
    empty: Engine,
) -> None:
    assert schema.check(empty).current is None
    schema.upgrade(empty)
    found = {name for name in inspect(empty).get_table_names() if not name.startswith(TERMS)}
    assert found == {*metadata.tables, "alembic_version"}
    assert schema.check(empty).pending == ()
    assert schema.is_current(empty)


def test_downgrading_to_base_leaves_nothing_and_upgrading_works_again(empty: Engine) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty)
    assert inspect(empty).get_table_names() == ["alembic_version"]
    assert inspect(empty).get_view_names() == []
    schema.upgrade(empty)
    assert schema.is_current(empty)


def test_processes_that_upgrade_at_once_do_it_once(empty: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: schema.upgrade(empty), range(4)))
    assert schema.is_current(empty)


def test_every_foreign_key_and_unique_of_the_tables_is_in_the_database(engine: Engine) -> None:
    inspector = inspect(engine)
    for table in metadata.sorted_tables:
        wanted = {tuple(c.name for c in key.columns) for key in table.foreign_key_constraints}
        found = {tuple(k["constrained_columns"]) for k in inspector.get_foreign_keys(table.name)}
        assert wanted == found, table.name


def test_every_check_of_the_tables_is_in_the_database(engine: Engine) -> None:
    """Also after a migration that, on SQLite, made the table anew."""
    inspector = inspect(engine)
    for table in metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        found = {c["name"] for c in inspector.get_check_constraints(table.name)}
        assert wanted == found, table.name


def test_a_table_that_is_made_anew_keeps_the_rows_that_refer_to_it(engine: Engine) -> None:
    save(engine)
    with engine.begin() as connection:
        tables = [t for t in metadata.sorted_tables if t is not search_documents]  # see reindex
        before = {t: _count(connection, t) for t in tables}
    schema.downgrade(engine, "0002")
    schema.upgrade(engine)
    with engine.begin() as connection:
        assert {t: _count(connection, t) for t in tables} == before
        with pytest.raises(IntegrityError):  # foreign keys are on again
            connection.execute(
                article_authors.insert().values(article_id=99, position=1, author_id=1, name_raw="")
            )


def test_a_hub_without_a_secret_gets_one_and_is_asked_again_with_it(
    engine: Engine, tmp_path: Path
) -> None:
    desk = Desk(engine, tmp_path)
    desk.subscribe()
    desk.ask()
    schema.downgrade(engine, "0021")
    before = desk.row
    desk.do(lambda c: c.execute(update(subscriptions).values(secret=None)))
    schema.upgrade(engine)
    assert len(desk.row.secret) == 64 != before.secret
    desk.now = datetime.now(UTC)
    [asking] = desk.ask()
    assert (asking.secret, asking.token) == (desk.row.secret, before.token)
    assert desk.verify() and desk.row.state == "active"
    with pytest.raises(IntegrityError):
        desk.do(lambda c: c.execute(update(subscriptions).values(secret=None)))


def test_a_hub_that_has_its_secret_is_left_alone_by_the_same_migration(
    engine: Engine, tmp_path: Path
) -> None:
    desk = Desk(engine, tmp_path)
    desk.subscribe()
    before = desk.row
    schema.downgrade(engine, "0021")
    schema.upgrade(engine)
    assert desk.row == before


def test_a_readers_own_view_over_ours_survives_an_upgrade(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW theirs AS SELECT headline FROM news_v1.articles")
    schema.upgrade(engine)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT * FROM theirs").fetchall() == []
    engine.dispose()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
