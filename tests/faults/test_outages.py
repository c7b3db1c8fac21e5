"""What the desk stands on goes away for a while: database, disk, time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from pipeline.store.engine import sqlite_path
from pipeline.store.tables.ledger import attempts, jobs
from tests.faults.conftest import administer
from tests.faults.desk import Desk
from tests.faults.site import Site
from tests.faults.steps import HANG_SECONDS
from tests.faults.test_kills import PAGES, assert_all_stored_once, stories

AWAY_SECONDS = 10.0


@contextmanager
def database_gone(desk: Desk, server_url: str) -> Iterator[None]:
    """SQLite locked by somebody else; PostgreSQL without connections, old and new."""
    path = sqlite_path(desk.settings.database_url)
    if path is not None:
        with sqlite3.connect(path, isolation_level=None, timeout=10) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            yield
            lock.execute("ROLLBACK")
        lock.close()
        return
    name = make_url(desk.settings.database_url).database
    kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", kick)
    try:
        yield
    finally:
        administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_a_database_that_is_gone_for_ten_seconds_costs_nothing_but_time(
    desk: Desk, site: Site, postgres_server_url: str
) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 5)
    with database_gone(desk, postgres_server_url):
        time.sleep(AWAY_SECONDS)
    assert_all_stored_once(desk, run_id)


def test_connections_that_break_again_and_again_kill_no_article(
    desk: Desk, site: Site, postgres_server_url: str
) -> None:
    run_id = desk.give(stories(site))
    for _ in range(2 * desk.settings.max_attempts):
        with database_gone(desk, postgres_server_url):
            time.sleep(0.1)
        desk.rest(0.2)
    assert_all_stored_once(desk, run_id)


def test_a_full_disk_kills_no_article_however_long_it_is_full(desk: Desk, site: Site) -> None:
    full = desk.faults / "full_disk"
    full.touch()
    run_id = desk.give(stories(site, 12))
    refused = (
        select(func.count())
        .select_from(attempts.join(jobs))
        .where(jobs.c.run_id == run_id, attempts.c.reason == "storage_full")
    )
    # More often than a page may fail.
    enough = 12 * (desk.settings.max_attempts + 1)
    desk.until(lambda: desk.ask(lambda c: c.execute(refused).scalar_one()) >= enough, 60)
    assert desk.ended(run_id) == 0
    full.unlink()
    assert_all_stored_once(desk, run_id, 12)


def test_a_fetch_longer_than_lease_and_visibility_timeout_stores_its_page_once(
    desk: Desk, site: Site
) -> None:
    hanging = site.url(5, "hang")
    run_id = desk.give([hanging, *stories(site, 4)])
    desk.until(lambda: any(desk.faults.glob("hung-*")), 20)
    assert_all_stored_once(desk, run_id, 5)
    # It comes back from its hang and finds that the page is stored.
    time.sleep(HANG_SECONDS - desk.settings.lease_seconds)
    counts = desk.count(run_id)
    assert (counts.articles, counts.doubled) == (5, 0)
    assert counts.ends[hanging] == ("stored", None)


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0], ids=["back", "forward"])
def test_a_clock_that_is_set_an_hour_off_under_load_stops_and_doubles_nothing(
    desk: Desk, site: Site, seconds: float
) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 5)
    (desk.faults / "clock").write_text(str(seconds))
    try:
        assert_all_stored_once(desk, run_id, PAGES)
    finally:
        (desk.faults / "clock").unlink()
