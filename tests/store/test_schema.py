"""Migrations: up, down, and in step with the tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from pipeline.store import schema
from pipeline.store.engine import open_engine
from pipeline.store.tables import metadata


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
    assert set(inspect(empty).get_table_names()) == {*metadata.tables, "alembic_version"}
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
