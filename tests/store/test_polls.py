"""Polls: each due list to one run, ends with its job, and its next time from what it showed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from config.settings import Settings
from pipeline.models import SourceProfile
from pipeline.store.ledger.accept import read_line
from pipeline.store.ledger.accept_listed import Listed, accept_listed, known_keys
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.ledger.biography import biography
from pipeline.store.ledger.claims import claim
from pipeline.store.ledger.crawls import forget_polls
from pipeline.store.ledger.ends import end
from pipeline.store.ledger.indexes import DEEPEST, Child, adopt
from pipeline.store.ledger.intervals import DISABLE_AFTER
from pipeline.store.ledger.notices import clear_notice, raise_notice, standing_notices
from pipeline.store.ledger.polls import note_listing
from pipeline.store.ledger.runs import KeyReused, open_run, request_digest
from pipeline.store.ledger.schedule import LOOK_BACK
from pipeline.store.ledger.sources import save_source
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import jobs, runs, sources
from pipeline.store.tables.lists import lists, polls, source_notices
from tests.marking import mark_queued
from workers.crawl import CrawlRefused, crawl_due, start_crawl
from workers.wiring import Services

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = "https://paper.example"
FEED = SITE + "/feed.xml"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(engine: Engine, tmp_path: Path, clock: Clock) -> Services:
    return Services(Settings(), engine, RawPages(tmp_path / "raw"), clock)


def save(services: Services, name: str = "paper", **profile: Any) -> int:
    with services.engine.begin() as connection:
        return save_source(connection, SourceProfile(name, **profile), services.now())


def finish(
    services: Services, outcome: str = "listed", reason: str | None = None, **found: Any
) -> int:
    """End every poll under way like this; how many there were."""
    with services.engine.begin() as connection:
        live = (jobs.c.kind == "list") & jobs.c.outcome.is_(None)
        ids = list(connection.execute(select(jobs.c.id).where(live)).scalars())
        mark_queued(connection, ids, "m", services.now())
        for held in claim(connection, ids, "fetch", "m", services.now(), 60, most_takeovers=9):
            if found:
                note_listing(connection, held.job_id, **found)
            end(connection, held, outcome, services.now(), reason=reason)
    return len(ids)


def rows(services: Services, statement: Any) -> Sequence[Any]:
    with services.engine.begin() as connection:
        return connection.execute(statement).all()


def the_list(services: Services) -> Any:
    [row] = rows(services, select(lists))
    return row


def test_two_dispatchers_open_one_poll_of_each_due_list(services: Services) -> None:
    save(services, feeds=tuple(f"{SITE}/{n}.xml" for n in range(20)))
    with ThreadPoolExecutor(4) as pool:
        opened = [run for run in pool.map(lambda _: crawl_due(services), range(8)) if run]
    assert len(rows(services, select(polls))) == 20
    assert len(rows(services, select(jobs).where(jobs.c.kind == "list"))) == 20
    assert len(rows(services, select(runs))) == len(opened), "no run without a poll"
    assert crawl_due(services) is None


def test_the_same_key_opens_one_crawl_however_often_it_is_given(services: Services) -> None:
    save(services, feeds=(FEED,))
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: start_crawl(services, "all", run_key="k"), range(4)))
    assert len({run.public_id for run in given}) == 1
    assert len(rows(services, select(polls))) == 1
    with services.engine.begin() as connection:
        open_run(connection, "ingest", NOW, "theirs", request_digest("ingest", [FEED]))
    for names, key in (("all", "theirs"), (["paper"], "k")):
        with pytest.raises(KeyReused):
            start_crawl(services, names, run_key=key)


def test_a_named_crawl_polls_what_is_not_due_and_says_what_another_run_polls(
    services: Services,
) -> None:
    save(services, feeds=(FEED,))
    first = start_crawl(services, ["paper"])
    second = start_crawl(services, ["paper"])
    found = rows(services, select(polls.c.run_id, polls.c.outcome).order_by(polls.c.id))
    assert found == [(first.id, None), (second.id, "under_way")]
    finish(services)
    start_crawl(services, ["paper"])
    assert [row.outcome for row in rows(services, select(polls).order_by(polls.c.id))] == [
        "listed", "under_way", None,
    ]  # fmt: skip


def test_one_address_is_polled_once_at_a_time_whichever_sources_name_it(
    services: Services, clock: Clock
) -> None:
    save(services, "a", feeds=(FEED,))
    save(services, "b", feeds=(FEED,))
    crawl_due(services)
    assert [row.outcome for row in rows(services, select(polls).order_by(polls.c.id))] == [
        None, "under_way",
    ]  # fmt: skip
    finish(services)
    clock.now += timedelta(minutes=2)
    assert crawl_due(services) is not None


@pytest.mark.parametrize("column", ["paused_at", "disabled_at", "removed_at"])
def test_a_source_that_is_set_aside_is_not_polled(services: Services, column: str) -> None:
    save(services, feeds=(FEED,))
    with services.engine.begin() as connection:
        values = {column: NOW} | ({"disabled_reason": "gone"} if column == "disabled_at" else {})
        connection.execute(update(sources).values(values))
    assert crawl_due(services) is None
    start_crawl(services, "all")
    assert rows(services, select(polls)) == []
    with pytest.raises(CrawlRefused):
        start_crawl(services, ["paper"])


def test_polls_are_no_part_of_the_account_of_articles(services: Services) -> None:
    save(services, feeds=(FEED,))
    run = start_crawl(services, ["paper"])
    with services.engine.begin() as connection:
        counted = account(connection, run_id=run.id)
        assert (counted.accepted, counted.pending, counted.balances) == (0, 0, True)
        assert faults(connection) == []


def test_a_list_that_brings_news_comes_sooner_and_one_that_does_not_later(
    services: Services, clock: Clock
) -> None:
    save(services, feeds=(FEED,))
    crawl_due(services)
    finish(services, entries=10, fresh=10)
    crawl_due(services)
    assert the_list(services).interval_seconds == 900, "the first poll shows no arrivals"
    clock.now = the_list(services).next_due
    crawl_due(services)
    finish(services, entries=10, fresh=8, already_seen=2)
    assert crawl_due(services) is None
    assert the_list(services).interval_seconds == 450
    for _ in range(LOOK_BACK + 3):
        before = the_list(services).interval_seconds
        clock.now = the_list(services).next_due
        crawl_due(services)
        finish(services, "unchanged", "not_modified")
        crawl_due(services)
        assert the_list(services).interval_seconds >= before
    assert the_list(services).interval_seconds > 900
    due = the_list(services).next_due - clock.now
    assert 0.9 <= due.total_seconds() / the_list(services).interval_seconds <= 1.1


def test_the_servers_word_is_a_least_time_and_a_profiles_interval_is_kept(
    services: Services, clock: Clock
) -> None:
    save(services, feeds=(FEED,), poll_seconds=60.0)
    crawl_due(services)
    finish(services, entries=10, fresh=10, wait_seconds=3600.0)
    crawl_due(services)
    assert the_list(services).interval_seconds == 60
    assert the_list(services).next_due - clock.now >= timedelta(minutes=54)


def test_a_list_that_fails_waits_longer_and_longer_and_is_disabled_by_name(
    services: Services, clock: Clock
) -> None:
    source_id = save(services, feeds=(FEED,))
    waits = []
    for _ in range(DISABLE_AFTER):
        clock.now = the_list(services).next_due
        crawl_due(services)
        assert finish(services, "dropped", "dns_failed") == 1
        crawl_due(services)
        waits.append((the_list(services).next_due - clock.now).total_seconds())
    assert waits[4] > 5 * waits[0]
    assert the_list(services).disabled_reason == "dns_failed"
    [notice] = rows_of_notices(services, source_id)
    assert (notice.kind, notice.about) == ("disabled", FEED)
    [source] = rows(services, select(sources))
    assert source.disabled_reason == "dns_failed", "it has no list left"
    clock.now += timedelta(days=30)
    assert crawl_due(services) is None


def rows_of_notices(services: Services, source_id: int) -> list[Any]:
    with services.engine.begin() as connection:
        return list(standing_notices(connection, source_id))


def test_a_list_that_is_gone_is_disabled_at_once_and_our_own_faults_never_do_it(
    services: Services, clock: Clock
) -> None:
    save(services, feeds=(FEED,))
    for _ in range(DISABLE_AFTER + 1):
        clock.now = the_list(services).next_due
        crawl_due(services)
        finish(services, "dropped", "contact_missing")
    crawl_due(services)
    assert (the_list(services).failures, the_list(services).disabled_at) == (0, None)
    clock.now = the_list(services).next_due
    crawl_due(services)
    finish(services, "dropped", "gone")
    crawl_due(services)
    assert the_list(services).disabled_reason == "gone"


def listed(*paths: str) -> list[Listed]:
    return [Listed(read_line(SITE + path), "rss", "A title", NOW) for path in paths]


def test_an_address_that_two_lists_name_at_once_is_accepted_once(services: Services) -> None:
    save(services, feeds=(FEED, SITE + "/other.xml"))
    run = start_crawl(services, "all")
    ids = [row.id for row in rows(services, select(lists))]
    paths = [f"/story-{n}" for n in range(300)]

    def accept(number: int) -> int:
        some = listed(*(paths if number % 2 else reversed(paths)))
        with services.engine.begin() as connection:
            return accept_listed(
                connection, run.id, ids[number % 2], some, NOW,
                host_interval_seconds=1.0, source_of=lambda host: None,
            )  # fmt: skip

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(accept, range(4))) == 300
    with services.engine.begin() as connection:
        counted = account(connection, run_id=run.id)
        assert (counted.accepted, counted.pending, counted.balances) == (300, 300, True)
        keys = [one.candidate.key_hash for one in listed("/story-1", "/never")]
        assert known_keys(connection, keys) == {keys[0]}
    [job] = rows(services, select(jobs).where(jobs.c.url == SITE + "/story-7"))
    assert (job.hint_title, job.hint_published_at) == ("A title", NOW)
    with services.engine.begin() as connection:
        told = biography(connection, SITE + "/story-7")
    assert told is not None
    assert told["jobs"][0]["named_by"] in {row.url for row in rows(services, select(lists))}
    assert told["jobs"][0]["named_title"] == "A title"


def children(*paths: str, changed_at: datetime | None = None) -> list[Child]:
    return [Child(read_line(SITE + path), changed_at) for path in paths]


def test_an_index_names_lists_which_are_polled_when_they_changed(services: Services) -> None:
    source_id = save(services, sitemaps=(SITE + "/index.xml",))
    index = the_list(services).id

    def named(*given: Child, now: datetime = NOW) -> list[str]:
        with services.engine.begin() as connection:
            wanted = adopt(connection, index, source_id, 0, given, now)
            urls = select(lists.c.url).where(lists.c.id.in_(wanted)).order_by(lists.c.id)
            found = list(connection.execute(urls).scalars())
            polled = {"last_polled_at": now, "last_listed_at": now}
            connection.execute(update(lists).where(lists.c.id.in_(wanted)).values(polled))
            return [url.removeprefix(SITE) for url in found]

    old, new = NOW - timedelta(days=9), NOW + timedelta(days=3)
    assert named(*children("/a", changed_at=old), *children("/b")) == ["/a", "/b"]
    assert named(*children("/a", changed_at=old), *children("/b")) == ["/b"], "b does not say"
    assert named(*children("/a", changed_at=new), now=new) == ["/a"], "b is named no more"
    [b] = rows(services, select(lists).where(lists.c.url == SITE + "/b"))
    assert b.removed_at == new
    assert named(*children("/a", changed_at=old), *children("/b"), now=new)[-1] == "/b"


def test_a_circle_of_indexes_and_a_tower_of_them_end(services: Services) -> None:
    source_id = save(services, sitemaps=(SITE + "/index.xml",))
    with services.engine.begin() as connection:
        index = connection.execute(select(lists.c.id)).scalar_one()
        assert adopt(connection, index, source_id, 0, children("/index.xml"), NOW) == []
        for depth in range(DEEPEST):
            assert adopt(connection, index, source_id, depth, children(f"/{depth}"), NOW)
        assert adopt(connection, index, source_id, DEEPEST, children("/deeper"), NOW) == []
        assert connection.execute(select(func.count()).select_from(lists)).scalar_one() == 4


def test_old_polls_and_cleared_notices_are_forgotten_but_what_stands_is_kept(
    services: Services,
) -> None:
    source_id = save(services, feeds=(SITE + "/feed",))
    later = NOW + timedelta(days=1)
    with services.engine.begin() as connection:
        old, new = (open_run(connection, "crawl", NOW).id for _ in range(2))
        list_id = connection.execute(select(lists.c.id)).scalar_one()
        for run, at in ((old, NOW), (new, later)):
            ended = {"list_id": list_id, "run_id": run, "opened_at": NOW, "at": at}
            connection.execute(polls.insert().values(ended | {"outcome": "under_way"}))
        for about in ("cleared", "standing"):
            raise_notice(connection, source_id, "gap", about, "rolled over", NOW)
        clear_notice(connection, source_id, "gap", "cleared", NOW)
        forget_polls(connection, later)
    assert [row.run_id for row in rows(services, select(polls))] == [new]
    assert [row.about for row in rows(services, select(source_notices))] == ["standing"]
