"""One desk a file and database, shared by its tests: each test gives it a run of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.conftest import copy_of
from tests.faults.desk import ROLES, Desk, ForkedDesk, short_settings
from tests.faults.site import Site
from workers.embedded.valkey import EmbeddedServer


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The site that is crawled; slow enough to be interrupted."""
    with Site(delay_seconds=0.02) as site:
        yield site


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, site: Site) -> Iterator[Desk]:
    """A desk at work on either database."""
    with at_work(request) as desk:
        yield desk


@contextmanager
def at_work(
    request: pytest.FixtureRequest, names: tuple[str, ...] = ROLES, **settings: object
) -> Iterator[Desk]:
    """A desk of these processes on the database that ``request`` names. Nothing of it may be left
    at the end."""
    directory = Path(tempfile.mkdtemp(prefix="copydesk-faults-"))
    url, drop = database(request, directory)
    server = EmbeddedServer(directory / "valkey")
    short = short_settings(directory, url, server.broker_url, **settings)
    desk = ForkedDesk(directory, short, server, names=names)
    desk.start()
    failed_before = request.session.testsfailed
    yield desk
    left = desk.stop()
    drop()
    assert left == []
    if request.session.testsfailed == failed_before:  # else its logs say why
        shutil.rmtree(directory)


def database(request: pytest.FixtureRequest, directory: Path) -> tuple[str, Any]:
    """A migrated database for a whole file, and what takes it away."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), directory / "copydesk.db")
        return f"sqlite:///{directory / 'copydesk.db'}", lambda: None
    server, template = (
        request.getfixturevalue(name) for name in ("postgres_server_url", "postgres_template")
    )
    name = directory.name.replace("-", "_").lower()
    administer(server, copy_of(template, name))
    url = make_url(server).set(drivername="postgresql", database=name)
    drop = lambda: administer(server, f"DROP DATABASE {name} WITH (FORCE)")  # noqa: E731
    return url.render_as_string(hide_password=False), drop


def administer(url: str, *statements: str) -> None:
    """Run statements on a PostgreSQL server, outside any transaction."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
