"""The dispatcher deletes raw pages whose days are over, and goes on when that fails."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.settings import Settings
from pipeline.models import FetchedPage, Rights, SourceProfile
from pipeline.store.fetches import record_fetch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.sources import save_source
from pipeline.store.raw_pages import RawPage, RawPages
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import polls
from workers.crawl import crawl_due
from workers.pruning import Pruning
from workers.wiring import Services, bootstrap

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pruning_on(sqlite_url: str, directory: Path, **changes: float) -> tuple[Pruning, Services]:
    settings = replace(
        Settings(),
        database_url=sqlite_url,
        data_dir=str(directory),
        **changes,  # type: ignore[arg-type]
    )
    services = replace(bootstrap(settings), now=lambda: THEN + timedelta(days=3))
    return Pruning(services), services


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
    pruning, services = pruning_on(sqlite_url, tmp_path)
    raw = keep_page(services, robots)
    pruning.when_due()
    assert services.raw_pages.path_of(raw.sha256).exists(), "not in its first hour"
    pruning._next = 0.0
    pruning.when_due()
    assert services.raw_pages.path_of(raw.sha256).exists() is kept
    services.close()


def test_a_disk_that_refuses_stops_no_dispatcher(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruning, services = pruning_on(sqlite_url, tmp_path, raw_days=1.0)
    raw = keep_page(services, ())

    def refuse(*_: object) -> bool:
        raise PermissionError(13, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr(RawPages, "discard", refuse)
        pruning._next = 0.0
        pruning.when_due()
    assert services.raw_pages.get(raw.sha256) == b"text"
    pruning._next = 0.0
    pruning.when_due()
    assert not services.raw_pages.path_of(raw.sha256).exists()
    services.close()


def test_while_pages_pile_up_each_pass_deletes_pages_and_forgets_no_rows_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruning, services = pruning_on(sqlite_url, tmp_path)
    done: list[str] = []
    more = iter([True, True, False, False])
    monkeypatch.setattr("workers.pruning.forget_rows", lambda *_: done.append("rows"))
    monkeypatch.setattr(pruning, "prune", lambda: done.append("pages") or next(more))
    pruning._next = 0.0
    for _ in range(5):
        pruning.when_due()
    assert done == ["rows", "pages", "pages", "pages"], "the last pass was for the next hour"
    pruning._next = 0.0
    pruning.when_due()
    assert done[4:] == ["rows", "pages"]
    services.close()


def test_polls_older_than_a_year_and_a_month_are_forgotten_younger_ones_stay(
    sqlite_url: str, tmp_path: Path
) -> None:
    pruning, services = pruning_on(sqlite_url, tmp_path)
    with services.engine.begin() as connection:
        save_source(connection, SourceProfile("paper", feeds=("https://p.example/f",)), THEN)
    assert crawl_due(services) is not None
    ages = (399, 401, 500)
    with services.engine.begin() as connection:
        poll = connection.execute(select(polls)).one()._mapping
        connection.execute(polls.delete())
        for days in ages:
            at = services.now() - timedelta(days=days)
            row = {**poll, "id": days, "at": at, "job_id": None, "outcome": "listed"}
            connection.execute(polls.insert().values(**row))
    pruning._next = 0.0
    pruning.when_due()
    with services.engine.begin() as connection:
        assert list(connection.execute(select(polls.c.id)).scalars()) == [399]
    services.close()
