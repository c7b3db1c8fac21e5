"""The schema's version: bring it up, take it down, say where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from pipeline.store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"


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
    """Bring the database to a revision; safe when several processes do it at once."""
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back to a revision; ``base`` removes every table."""
    _run(engine, lambda config: command.downgrade(config, revision))


def revise(engine: Engine, message: str) -> None:
    """Write a new migration file from the differences to the database at head."""
    _run(engine, lambda config: command.revision(config, message, autogenerate=True))


def check(engine: Engine) -> SchemaState:
    """Where the schema stands, and whether code and database agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
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


def _run(engine: Engine, work: Callable[[Config], object]) -> None:
    with engine.begin() as connection:
        _wait_for_others(connection)
        config = _config()
        config.attributes["connection"] = connection
        work(config)


def _wait_for_others(connection: Connection) -> None:
    # SQLite's write lock is already held; PostgreSQL needs a lock of its own for this.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7161923402811)")
