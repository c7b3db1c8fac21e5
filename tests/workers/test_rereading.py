"""Stored pages read again: what a trial announces is what the chain then writes, once."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from config.settings import Settings
from pipeline.fetch import page_from_bytes
from pipeline.models import FetchedPage, ParsedArticle, SourceProfile
from pipeline.parse import parse
from pipeline.store.engine import open_engine
from pipeline.store.events import changes_after
from pipeline.store.ids import new_id
from pipeline.store.ledger.accounting import Account, account, faults
from pipeline.store.ledger.dispatch import due_beyond_fetch
from pipeline.store.ledger.rereading import WhichArticles
from pipeline.store.ledger.runs import KeyReused, open_run
from pipeline.store.ledger.sources import save_source, source_finder
from pipeline.store.ledger.stored_pages import StoredPage, accept_pages
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.articles import article_revisions, articles, enricher_runs
from pipeline.store.tables.ledger import jobs, urls
from pipeline.store.tables.pages import fetches, raw_pages
from pipeline.store.transactions import transact
from pipeline.store.versions import is_older
from pipeline.store.withdrawals import withdraw
from tests.faults.site import story
from tests.marking import mark_queued
from workers import rereading
from workers.reading_trial import try_again
from workers.rereading import accept_again
from workers.run import run_step
from workers.wiring import Services

ZONE = b"2026-02-25T07:15:00Z"
BARE = b"2026-02-25T07:15:00"  # without a zone: a source profile may know it
HOSTS = ("one.example", "two.example")


@pytest.fixture
def services(engine: Engine, tmp_path: Path) -> Services:
    return services_on(engine, tmp_path)


def services_on(engine: Engine, tmp_path: Path) -> Services:
    settings = Settings(
        database_url=engine.url.render_as_string(hide_password=False), data_dir=str(tmp_path)
    )
    return Services(settings, engine, RawPages(tmp_path / "raw"))


def hand_in(services: Services, number: int) -> None:
    """So many stored pages, each host in turn, through the whole chain."""
    accept_stories(services, number)
    work_off(services)


def accept_stories(services: Services, number: int) -> None:

    def work(connection):  # type: ignore[no-untyped-def]
        run = open_run(connection, "ingest", services.now())
        pages = []
        for n in range(number):
            url = f"https://{HOSTS[n % 2]}/story/{n}"
            page = page_from_bytes(url, story(url).replace(ZONE, BARE), content_type="text/html")
            pages.append(StoredPage(url, page, services.raw_pages.put(page.body)))
        find = source_finder(connection)
        accept_pages(
            connection, run.id, pages, services.now(), host_interval_seconds=1, source_of=find
        )

    transact(services.engine, work)


def work_off(services: Services) -> None:
    """What a dispatcher and its workers do, in this process."""
    while due := transact(
        services.engine, lambda c: due_beyond_fetch(c, services.now(), 100), read_only=True
    ):
        stage, message = due[0].stage, new_id()
        ids = [job.job_id for job in due if job.stage == stage]
        transact(
            services.engine,
            lambda c, m=message, i=ids: mark_queued(c, i, m, services.now()),  # type: ignore[misc]
        )
        run_step(services, stage, ids, message, followed=False)


def learn_the_zone_of(services: Services, host: str) -> int:
    profile = SourceProfile(host, domains=(host,), timezone="Europe/Berlin")
    return transact(services.engine, lambda c: save_source(c, profile, services.now()))


def account_of(services: Services, run_id: int) -> Account:
    return transact(services.engine, lambda c: account(c, run_id=run_id), read_only=True)


def kinds(services: Services) -> list[str]:
    found = select(article_revisions.c.kind).order_by(article_revisions.c.id)
    with services.engine.connect() as connection:
        return list(connection.execute(found).scalars())


@pytest.mark.skipif(sys.platform != "linux", reason="the faults get into the processes by a fork")
def test_a_page_that_kills_or_hangs_its_reader_fails_alone_in_the_trial(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = services_on(open_engine(sqlite_url), tmp_path)
    hand_in(services, 45)

    def poisoned(page: FetchedPage, *more: Any) -> ParsedArticle:
        if page.url.endswith(("/story/0", "/story/7", "/story/8", "/story/44")):
            os.kill(os.getpid(), signal.SIGKILL)
        if page.url.endswith("/story/21"):
            time.sleep(600)
        if page.url.endswith("/story/30"):
            bytearray(64 << 30)
        return parse(page, *more)

    monkeypatch.setattr("workers.stages.parse.parse", poisoned)
    patient = replace(services, settings=replace(services.settings, task_limit_seconds=2))
    read: list[int] = []
    found = try_again(patient, WhichArticles(), processes=2, on_progress=read.append).values()
    assert (found["pages"], found["unchanged"], found["failed"]) == (45, 39, 6)
    assert found["reasons"] == [
        {"outcome": "failed", "reason": "bug", "count": 1},
        {"outcome": "failed", "reason": "crashed", "count": 5},
    ]
    assert read[-1] == 45
    services.engine.dispose()


def test_what_the_trial_counts_is_what_reading_again_comes_to(services: Services) -> None:
    hand_in(services, 8)
    learn_the_zone_of(services, "one.example")
    with services.engine.begin() as connection:
        of_path = select(fetches.c.raw_sha256).join(urls, urls.c.id == fetches.c.url_id)
        lost = connection.execute(of_path.where(urls.c.url.endswith("/story/0"))).scalar_one()
        pruned = connection.execute(of_path.where(urls.c.url.endswith("/story/1"))).scalar_one()
        services.raw_pages.path_of(lost).unlink()
        gone = update(raw_pages).where(raw_pages.c.sha256 == pruned)
        connection.execute(gone.values(pruned_at=services.now()))
        two = select(urls.c.id).where(urls.c.url.endswith("/story/2"))
        assert withdraw(connection, connection.execute(two).scalar_one(), "gone", services.now())
    found = try_again(services, WhichArticles(), processes=2, most_examples=1).values()
    assert kinds(services) == ["first"] * 8  # nothing was written
    assert (found["pages"], found["revised"], found["unchanged"]) == (8, 3, 3)
    assert {(row["reason"], row["count"]) for row in found["reasons"]} == {
        ("raw_page_lost", 1),
        ("raw_page_pruned", 1),
    }
    field, zone = found["fields"]
    assert (field["field"], field["changed"]) == ("published_at", 3)
    assert (zone["field"], zone["changed"]) == ("published_zone", 3)
    assert (field["examples"][0]["old"], field["examples"][0]["new"]) == (
        "2026-02-25T07:15:00Z",
        "2026-02-25T06:15:00Z",
    )

    run = accept_again(services, WhichArticles())
    work_off(services)
    counted = account_of(services, run.id)
    assert (counted.accepted, counted.revised, counted.unchanged) == (8, 3, 3)
    assert {reason for _, reason, _ in counted.reasons} == {"raw_page_lost", "raw_page_pruned"}
    assert kinds(services) == ["first"] * 8 + ["extractor"] * 3
    with services.engine.begin() as connection:
        assert faults(connection) == []
        withdrawn = select(articles.c.url).where(articles.c.withdrawn_at.is_not(None))
        assert connection.execute(withdrawn).scalar_one().endswith("/story/2")
        assert [e.kind for e in changes_after(connection, 0)].count("revised") == 3

    again = accept_again(services, WhichArticles())
    work_off(services)
    assert account_of(services, again.id).unchanged == 6
    assert len(kinds(services)) == 11


def test_a_trigger_that_was_cut_off_goes_on_under_its_key(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(services, 7)
    learn_the_zone_of(services, "one.example")
    monkeypatch.setattr(rereading, "BATCH", 2)

    def cut_off(accepted: int) -> None:
        if accepted == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        accept_again(services, WhichArticles(), ("7d",), run_key="k", on_progress=cut_off)
    work_off(services)  # part of it is done when the trigger comes again
    run = accept_again(services, WhichArticles(), ("7d",), run_key="k")
    work_off(services)
    accept_again(services, WhichArticles(), ("7d",), run_key="k")
    counted = account_of(services, run.id)
    assert (counted.accepted, counted.revised, counted.unchanged, counted.pending) == (7, 4, 3, 0)
    assert kinds(services).count("extractor") == 4
    with pytest.raises(KeyReused):
        accept_again(services, WhichArticles(), ("another choice",), run_key="k")


def test_a_page_on_its_way_in_another_run_is_left_to_it(services: Services) -> None:
    hand_in(services, 2)
    first, second = (accept_again(services, WhichArticles()) for _ in range(2))
    assert account_of(services, second.id).duplicate == 2
    work_off(services)
    assert account_of(services, first.id).unchanged == 2


def test_articles_are_chosen_by_source_address_time_and_who_read_them(services: Services) -> None:
    hand_in(services, 6)
    source_id = learn_the_zone_of(services, "two.example")
    with services.engine.begin() as connection:
        old = articles.c.url.endswith("/story/3")
        connection.execute(update(articles).where(old).values(extractor="copydesk-parse/0"))
        behind = enricher_runs.c.name == "entities"
        oldest = select(articles.c.id).where(articles.c.url.endswith("/story/5")).scalar_subquery()
        connection.execute(
            update(enricher_runs)
            .where(behind, enricher_runs.c.article_id == oldest)
            .values(version=0)
        )

    def chosen(**which: object) -> list[str]:
        found = rereading.batches(services, WhichArticles(**which))  # type: ignore[arg-type]
        return [one.url.rpartition("/")[2] for batch in found for one in batch]

    assert chosen() == ["0", "1", "2", "3", "4", "5"]
    assert chosen(source_id=source_id) == ["1", "3", "5"]
    assert chosen(urls=("https://www.two.example/story/1/?utm_source=x",)) == ["1"]
    assert chosen(since=datetime(2100, 1, 1, tzinfo=UTC)) == []
    assert chosen(extractor_older_than="copydesk-parse/1") == ["3"]
    assert chosen(enricher_older_than="entities/1") == ["5"]
    run = accept_again(services, WhichArticles(extractor_older_than="copydesk-parse/1"))
    work_off(services)
    assert account_of(services, run.id).revised == 1  # its zone is known now
    assert chosen(extractor_older_than="copydesk-parse/1") == []


def test_the_newest_page_of_an_article_is_read(services: Services) -> None:
    hand_in(services, 1)
    hand_in(services, 1)
    with services.engine.connect() as connection:
        newest = connection.execute(select(fetches.c.id).order_by(fetches.c.id.desc())).scalars()
        newest_id = newest.first()
    run = accept_again(services, WhichArticles())
    with services.engine.connect() as connection:
        of_run = select(jobs.c.fetch_id).where(jobs.c.run_id == run.id)
        assert connection.execute(of_run).scalar_one() == newest_id


@pytest.mark.parametrize(
    ("made_by", "wanted", "older"),
    [
        ("copydesk-parse/1", "copydesk-parse/2", True),
        ("copydesk-parse/9", "copydesk-parse/10", True),
        ("copydesk-parse/2", "copydesk-parse/2", False),
        ("copydesk-parse/2.1", "copydesk-parse/2", False),
        ("copydesk-parse/3", "copydesk-parse/2", False),
        ("another/7", "copydesk-parse/2", True),
        ("", "copydesk-parse/0", True),
    ],
)
def test_versions_are_compared_by_their_numbers(made_by: str, wanted: str, older: bool) -> None:
    assert is_older(made_by, wanted) is older
