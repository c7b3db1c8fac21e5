"""The schema's version: bring it up, take it down, say where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from pipeline.store.search_index import TERMS
from pipeline.store.tables import metadata
from pipeline.store.views import create_views, drop_views

MIGRATIONS = Path(__file__).parent / "migrations"


def is_ours_to_compare(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a thing in the database has its like among the tables in the code; the full-text
    index, which each database has in a form of its own, has not."""
    return kind != "table" or not (name or "").startswith(TERMS)


FALLING = ("ix_jobs_turn",)
"""Indexes with a column in falling order, of which SQLite does not tell."""


def can_be_compared(_thing: object, name: str | None, *_: object) -> bool:
    """Whether the database tells enough of a thing to compare it with the code."""
    return name not in FALLING


COMPARISON: dict[str, Any] = {
    "compare_type": True,
    "include_name": is_ours_to_compare,
    "include_object": can_be_compared,
}


@dataclass(frozen=True, slots=True)
class SchemaState:
    """``current`` is None for an empty database; ``pending`` lists differences between the
    tables in the code and those in the database, as text."""

    current: str | None
    head: str
    pending: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        return self.current == self.head and not self.pending


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision; safe when several processes do it at once.

    The readers' views stand in no migration: at the newest revision they are made from the code.
    """
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back to a revision; ``base`` removes every table."""
    _run(engine, lambda config: command.downgrade(config, revision), going_down=True)


def check(engine: Engine) -> SchemaState:
    """Where the schema stands, and whether code and database agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=COMPARISON)
        current = context.get_current_revision()
        pending = () if current is None else compare_metadata(context, metadata)
    head = ScriptDirectory.from_config(_config()).get_current_head() or ""
    return SchemaState(current, head, tuple(str(difference) for difference in pending))


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest revision; cheap enough to ask at every start."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _run(engine: Engine, work: Callable[[Config], object], *, going_down: bool = False) -> None:
    with _without_foreign_keys(engine) as connection, connection.begin():
        _wait_for_others(connection)
        config = _config()
        config.attributes["connection"] = connection
        if (
            going_down or connection.dialect.name == "sqlite"
        ):  # which keeps a table that a view names
            drop_views(connection)
        work(config)
        current = MigrationContext.configure(connection).get_current_revision()
        if current == ScriptDirectory.from_config(config).get_current_head():
            create_views(connection)
        _check_foreign_keys(connection)


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """SQLite changes a table by copying and dropping it; with foreign keys on, the drop would
    take the rows that refer to it along."""
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction
        try:
            yield connection
        finally:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave rows without their owner: {broken[:5]}")


def _wait_for_others(connection: Connection) -> None:
    # SQLite's write lock is already held; PostgreSQL needs a lock of its own for this.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7161923402811)")
