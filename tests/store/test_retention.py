"""Raw pages go when their time is over, and never one that is still needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from pipeline.errors import Drop
from pipeline.models import FetchedPage, Rights
from pipeline.store import retention as module
from pipeline.store.fetches import load_page, record_fetch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.raw_pages import RawPages
from pipeline.store.retention import Pruned, Retention, prune, prune_leftovers, use_page
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.pages import raw_pages

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=40)
NOTHING_SAID = Rights()
KEEP_30 = Retention(days=30, noarchive_days=1)
Fetched = Callable[..., int]


@pytest.fixture
def pages(tmp_path: Path) -> RawPages:
    return RawPages(tmp_path / "raw")


@pytest.fixture
def fetched(engine: Engine, pages: RawPages) -> Fetched:
    """Fetch a page, its job ended as told; the fetch's id. Files look old to the pruner."""

    def fetch(
        body: bytes,
        *,
        outcome: str | None = "stored",
        at: datetime = NOW,
        rights: Rights = NOTHING_SAID,
    ) -> int:
        raw = pages.put(body)
        url = f"https://paper.example/{raw.sha256}"
        with engine.begin() as connection:
            run = open_run(connection, "ingest", at)
            [live] = accept(connection, run.id, [url], at, host_interval_seconds=1.0)
            page = FetchedPage(url, url, 200, (), body, at, rights=rights)
            fetch_id = record_fetch(connection, live.job_id, live.url_id, page, raw)
            values = {"fetch_id": fetch_id}
            if outcome:
                values |= {"state": "ended", "outcome": outcome, "ended_at": at}
            if outcome == "dead":
                values |= {"reason": "bug"}
            connection.execute(update(jobs).where(jobs.c.id == live.job_id).values(values))
        os.utime(pages.path_of(raw.sha256), (0, 0))
        return fetch_id

    return fetch


def kept(engine: Engine, pages: RawPages, fetch_id: int) -> bool:
    with engine.begin() as connection:
        try:
            load_page(connection, pages, fetch_id)
        except Drop as gone:
            assert gone.reason == "raw_page_pruned"
            return False
    return True


def test_a_page_goes_when_its_days_are_over_and_its_row_says_when(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    old, young = fetched(b"old"), fetched(b"young", at=LATER - timedelta(days=29))
    assert prune(engine, pages, KEEP_30, LATER).pages == 1
    assert (kept(engine, pages, old), kept(engine, pages, young)) == (False, True)
    with engine.begin() as connection:
        rows = {bool(row.pruned_at): row for row in connection.execute(select(raw_pages))}
    assert rows[True].pruned_at == LATER
    assert not pages.path_of(rows[True].sha256).exists()
    assert prune(engine, pages, KEEP_30, LATER) == Pruned()


def test_a_page_whose_owner_wants_no_copy_goes_sooner(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    unwanted = fetched(b"unwanted", rights=Rights(robots=("noindex", "noarchive")))
    other = fetched(b"other", rights=Rights(robots=("noarchives", "max-snippet:5")))
    soon = NOW + timedelta(days=2)
    assert prune(engine, pages, KEEP_30, soon).pages == 1
    assert (kept(engine, pages, unwanted), kept(engine, pages, other)) == (False, True)
    assert prune(engine, pages, Retention(noarchive_days=0), LATER) == Pruned()


@pytest.mark.parametrize("outcome", [None, "dead"])
def test_a_page_of_a_job_under_way_or_dead_is_never_deleted(
    engine: Engine, pages: RawPages, fetched: Fetched, outcome: str | None
) -> None:
    needed = fetched(b"needed", outcome=outcome, rights=Rights(robots=("noarchive",)))
    assert prune(engine, pages, KEEP_30, LATER) == Pruned()
    assert kept(engine, pages, needed)


def test_a_body_fetched_again_or_put_to_work_again_begins_anew(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    first, other = fetched(b"same"), fetched(b"other")
    again = LATER - timedelta(days=1)
    with engine.begin() as connection:
        assert use_page(connection, other, again)
    raw = pages.put(b"same")
    with engine.begin() as connection:
        run = open_run(connection, "ingest", again)
        url = "https://paper.example/else"
        [live] = accept(connection, run.id, [url], again, host_interval_seconds=1.0)
        page = FetchedPage(url, url, 200, (), b"same", again)
        record_fetch(connection, live.job_id, live.url_id, page, raw)
    os.utime(pages.path_of(raw.sha256), (0, 0))
    assert prune(engine, pages, KEEP_30, LATER) == Pruned()
    assert kept(engine, pages, first)
    assert kept(engine, pages, other)


def test_a_page_that_is_gone_cannot_be_put_to_work_and_comes_back_by_a_fetch(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    first = fetched(b"text")
    prune(engine, pages, KEEP_30, LATER)
    with engine.begin() as connection:
        assert not use_page(connection, first, LATER)
    assert not kept(engine, pages, first)
    raw = pages.put(b"text")
    with engine.begin() as connection:
        run = open_run(connection, "ingest", LATER)
        url = "https://paper.example/again"
        [live] = accept(connection, run.id, [url], LATER, host_interval_seconds=1.0)
        page = FetchedPage(url, url, 200, (), b"text", LATER)
        record_fetch(connection, live.job_id, live.url_id, page, raw)
    assert kept(engine, pages, first), "its file is there again"


def test_a_page_put_in_the_very_moment_of_its_pruning_is_kept(
    engine: Engine, pages: RawPages, fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fetched(b"text")
    discard = pages.discard

    def put_first(sha256: str) -> bool:
        pages.put(b"text")
        return discard(sha256)

    monkeypatch.setattr(pages, "discard", put_first)
    assert prune(engine, pages, KEEP_30, LATER) == Pruned()
    assert kept(engine, pages, first)


def test_many_who_prune_and_put_at_once_lose_nothing(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    bodies = [f"page {n}".encode() for n in range(20)]
    for body in bodies:
        fetched(body)
    pruners = [
        threading.Thread(target=prune, args=(engine, pages, KEEP_30, LATER)) for _ in range(2)
    ]
    for thread in pruners:
        thread.start()
    put = [pages.put(body) for body in bodies]
    for thread in pruners:
        thread.join()
    assert [pages.get(raw.sha256) for raw in put] == bodies


def test_without_a_limit_or_without_the_directory_nothing_is_touched(
    engine: Engine, pages: RawPages, fetched: Fetched, tmp_path: Path
) -> None:
    first = fetched(b"text")
    assert prune(engine, pages, Retention(), LATER) == Pruned()
    assert prune(engine, RawPages(tmp_path / "elsewhere"), KEEP_30, LATER) == Pruned()
    (tmp_path / "elsewhere").mkdir()
    assert prune(engine, RawPages(tmp_path / "elsewhere"), KEEP_30, LATER) == Pruned(missing=1)
    assert kept(engine, pages, first), "another machine's files are not judged from here"


def test_files_without_a_row_are_cleared_away_once_they_are_old(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    first = fetched(b"text")
    orphan, fresh = pages.put(b"orphan"), pages.put(b"fresh")
    os.utime(pages.path_of(orphan.sha256), (0, 0))
    assert prune_leftovers(engine, pages).pages == 1
    assert pages.path_of(fresh.sha256).exists()
    assert not pages.path_of(orphan.sha256).exists()
    assert kept(engine, pages, first)


def test_a_pruning_that_died_before_its_commit_is_undone(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    first = fetched(b"text")
    with engine.begin() as connection:
        [row] = connection.execute(select(raw_pages)).all()
    path = pages.path_of(row.sha256)
    path.replace(path.with_suffix(module.GOING))
    assert prune_leftovers(engine, pages) == Pruned()
    assert kept(engine, pages, first)


def test_what_the_owner_says_is_kept_with_the_fetch_and_comes_back_with_the_page(
    engine: Engine, pages: RawPages, fetched: Fetched
) -> None:
    said = Rights(
        robots=("noarchive", "max-snippet:50"),
        tdm_reserved=True,
        tdm_policy_url="https://paper.example/tdm",
        licence_urls=("https://cc.example/by", "https://cc.example/nc"),
    )
    first, silent = fetched(b"text", rights=said), fetched(b"other")
    with engine.begin() as connection:
        assert load_page(connection, pages, first).rights == said
        assert load_page(connection, pages, silent).rights == Rights()
