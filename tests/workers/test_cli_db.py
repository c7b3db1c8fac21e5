"""``copydesk db reader-role``: who may read the views, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from pipeline.store.engine import open_engine
from pipeline.store.tables import metadata
from pipeline.store.views import VIEWS_V1
from tests.store.test_articles import save
from tests.workers.conftest import Run

ROLE = 'news "reader"'


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url)
    yield engine
    with engine.begin() as connection:
        for role in ("service", ROLE):
            quoted = connection.dialect.identifier_preparer.quote_identifier(role)
            connection.exec_driver_sql(f"DROP OWNED BY {quoted}")
            connection.exec_driver_sql(f"DROP ROLE {quoted}")
    engine.dispose()


@pytest.fixture
def service(run: Run, owner: Engine, postgres_url: str) -> Iterator[Engine]:
    """Somebody who logs in with the reader role granted."""
    made = run("db", "reader-role", ROLE, database_url=postgres_url)
    assert (made.code, "made" in made.err) == (0, True), made.err
    with owner.begin() as connection:
        connection.exec_driver_sql('CREATE ROLE service LOGIN IN ROLE "news ""reader"""')
    url = make_url(postgres_url).set(drivername="postgresql+psycopg", username="service")
    engine = create_engine(url)
    yield engine
    engine.dispose()


def test_the_reader_role_reads_every_view_and_no_table(owner: Engine, service: Engine) -> None:
    save(owner)
    for view in VIEWS_V1:
        with service.connect() as connection:
            connection.exec_driver_sql(f"SELECT * FROM news_v1.{view}").fetchall()
    with service.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM news_v1.articles").scalar_one()
    assert count == 1
    for table in inspect(owner).get_table_names():
        assert _refused(service, f"SELECT * FROM {table}"), table
    assert {*metadata.tables} < {*inspect(owner).get_table_names()}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events",
        "UPDATE articles SET headline = ''",
        "CREATE TABLE news_v1.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "DROP VIEW news_v1.changes",
    ],
)
def test_the_reader_role_changes_nothing(service: Engine, statement: str) -> None:
    assert _refused(service, statement)


def test_the_reader_role_reads_a_view_that_a_later_version_adds(
    owner: Engine, service: Engine, run: Run, postgres_url: str
) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW news_v1.later AS SELECT 1 AS x")
    with service.connect() as connection:
        assert connection.exec_driver_sql("SELECT x FROM news_v1.later").scalar_one() == 1
    again = run("db", "reader-role", ROLE, database_url=postgres_url)
    assert (again.code, "was there" in again.err) == (0, True)


def test_a_sqlite_file_has_no_roles_and_one_is_told_what_to_do(run: Run, sqlite_url: str) -> None:
    refused = run("db", "reader-role", "reader", database_url=sqlite_url)
    assert (refused.code, "mode=ro" in refused.err) == (2, True)


def test_who_may_not_create_roles_is_told(run: Run, service: Engine, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("GRANT SELECT ON alembic_version TO service")
    url = service.url.set(drivername="postgresql").render_as_string(hide_password=False)
    refused = run("db", "reader-role", "another", database_url=url)
    assert (refused.code, "CREATEROLE" in refused.err) == (4, True), refused.err


def _refused(engine: Engine, statement: str) -> bool:
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql(statement)
        except ProgrammingError as error:
            return getattr(error.orig, "sqlstate", None) == "42501"
    return False
