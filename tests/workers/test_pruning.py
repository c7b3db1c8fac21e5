"""The dispatcher deletes raw pages whose days are over, and goes on when that fails."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from config.settings import Settings
from pipeline.models import FetchedPage, Rights
from pipeline.store.fetches import record_fetch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.raw_pages import RawPage, RawPages
from pipeline.store.tables.ledger import jobs
from workers.app import make_app
from workers.dispatcher import Dispatcher
from workers.wiring import Services, bootstrap

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def dispatcher_on(
    sqlite_url: str, directory: Path, **changes: float
) -> tuple[Dispatcher, Services]:
    settings = replace(
        Settings(),
        database_url=sqlite_url,
        data_dir=str(directory),
        **changes,  # type: ignore[arg-type]
    )
    services = replace(bootstrap(settings), now=lambda: THEN + timedelta(days=3))
    return Dispatcher(services, make_app(settings)), services


def keep_page(services: Services, robots: tuple[str, ...]) -> RawPage:
    """A page that was fetched, used, and last touched long ago."""
    raw = services.raw_pages.put(b"text")
    url = "https://paper.example/a"
    with services.engine.begin() as connection:
        run = open_run(connection, "ingest", THEN)
        [live] = accept(connection, run.id, [url], THEN, host_interval_seconds=1.0)
        page = FetchedPage(url, url, 200, (), b"text", THEN, rights=Rights(robots=robots))
        record_fetch(connection, live.job_id, live.url_id, page, raw)
        ended = {"state": "ended", "outcome": "dropped", "reason": "no_body", "ended_at": THEN}
        connection.execute(update(jobs).values(ended))
    os.utime(services.raw_pages.path_of(raw.sha256), (0, 0))
    return raw


@pytest.mark.parametrize(("robots", "kept"), [((), True), (("noarchive",), False)])
def test_a_page_without_archive_goes_after_a_day_by_default_others_stay(
    sqlite_url: str, tmp_path: Path, robots: tuple[str, ...], kept: bool
) -> None:
    dispatcher, services = dispatcher_on(sqlite_url, tmp_path)
    raw = keep_page(services, robots)
    dispatcher.prune_when_due()
    assert services.raw_pages.path_of(raw.sha256).exists(), "not in its first hour"
    dispatcher._next_pruning = 0.0
    dispatcher.prune_when_due()
    assert services.raw_pages.path_of(raw.sha256).exists() is kept
    services.close()


def test_a_disk_that_refuses_stops_no_dispatcher(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher, services = dispatcher_on(sqlite_url, tmp_path, raw_days=1.0)
    raw = keep_page(services, ())

    def refuse(*_: object) -> bool:
        raise PermissionError(13, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr(RawPages, "discard", refuse)
        dispatcher._next_pruning = 0.0
        dispatcher.prune_when_due()
    assert services.raw_pages.get(raw.sha256) == b"text"
    dispatcher._next_pruning = 0.0
    dispatcher.prune_when_due()
    assert not services.raw_pages.path_of(raw.sha256).exists()
    services.close()
