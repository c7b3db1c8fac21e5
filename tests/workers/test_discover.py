"""Polls through the engine's own steps: what is new is accepted once, hostile lists end by name."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from config.settings import Settings
from pipeline.discover import portions
from pipeline.discover.found import Entry
from pipeline.models import ListHint, SourceProfile
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.ledger.biography import biography
from pipeline.store.ledger.crawls import poll_counts
from pipeline.store.ledger.gauges import gauges
from pipeline.store.ledger.hints import list_hint
from pipeline.store.ledger.indexes import DEEPEST
from pipeline.store.ledger.notices import standing_notices
from pipeline.store.ledger.rereading import WhichArticles
from pipeline.store.ledger.sources import save_source
from pipeline.store.raw_pages import RawPages
from pipeline.store.retention import Retention, prune
from pipeline.store.tables.articles import articles
from pipeline.store.tables.ledger import hosts, jobs
from pipeline.store.tables.lists import lists, polls
from pipeline.store.tables.pages import fetches
from pipeline.store.transactions import transact
from tests.faults.site import story
from tests.marking import mark_queued
from tests.workers.lists_site import ListsSite
from workers import stages
from workers.crawl import crawl_due, start_crawl
from workers.rereading import accept_again
from workers.run import run_step
from workers.stages.discover import DiscoverStep
from workers.wiring import Services


@pytest.fixture
def site() -> Iterator[ListsSite]:
    with ListsSite() as site:
        yield site


@pytest.fixture
def services(engine: Engine, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(
        contact="https://desk.example",
        fetch_allowed_networks=("127.0.0.0/8",),
        host_interval_seconds=0.0,
        retry_base_seconds=0.0,
    )
    services = Services(settings, engine, RawPages(tmp_path / "raw"), lambda: datetime.now(UTC))
    yield services
    services.client.close()


def save(services: Services, **profile: Any) -> int:
    profile = {"name": "paper"} | profile
    with services.engine.begin() as connection:
        return save_source(connection, SourceProfile(**profile), services.now())


def poll(services: Services) -> int:
    """Crawl everything, and work off every poll in it, articles left aside; the run's id."""
    run = start_crawl(services, "all")
    while work_off(services):
        pass
    return run.id


def work_off(services: Services, message: str = "m") -> int:
    live = (jobs.c.kind == "list") & jobs.c.outcome.is_(None)
    with services.engine.begin() as connection:
        ids = list(connection.execute(select(jobs.c.id).where(live)).scalars())
    for job_id in ids:
        one = f"{message}{job_id}"
        transact(
            services.engine,
            lambda c, i=job_id, m=one: mark_queued(c, [i], m, services.now()),
        )
        for stage in ("fetch", "discover"):
            run_step(services, stage, [job_id], one)
    return len(ids)


def found(services: Services, run_id: int) -> dict[str, tuple[Any, ...]]:
    """Outcome, reason, entries, fresh, already seen, gap of each poll of a run, by path."""
    p = polls.c
    statement = (
        select(lists.c.url, p.outcome, p.reason, p.entries, p.fresh, p.already_seen, p.gap)
        .join(lists, lists.c.id == p.list_id)
        .where(p.run_id == run_id)
    )
    with services.engine.begin() as connection:
        rows = connection.execute(statement).all()
    return {"/" + row[0].split("/", 3)[3]: tuple(row[1:]) for row in rows}


def accepted(services: Services, run_id: int) -> int:
    """Articles that the run accepted; its account must balance."""
    with services.engine.begin() as connection:
        counted = account(connection, run_id=run_id)
        assert counted.balances
        assert faults(connection) == []
        return counted.accepted


class NotNeeded(DiscoverStep):
    def work(self, *_: Any) -> Any:
        raise AssertionError("nothing is read of a list that did not change")


def test_a_feed_gives_its_new_articles_once_and_an_unchanged_one_costs_a_round_trip(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(services, feeds=(site.feed("/feed", range(5)),))
    first = poll(services)
    assert found(services, first) == {"/feed": ("listed", None, 5, 5, 0, False)}
    site.feed("/feed", range(3, 9))
    second = poll(services)
    assert found(services, second) == {"/feed": ("listed", None, 6, 4, 2, False)}
    monkeypatch.setitem(stages.STEPS, "discover", NotNeeded())
    third = poll(services)
    assert found(services, third) == {"/feed": ("unchanged", "not_modified", 0, 0, 0, False)}
    assert site.asked["/feed", 304] == 1
    assert [accepted(services, run) for run in (first, second, third)] == [5, 4, 0]
    with services.engine.begin() as connection:
        hint = select(jobs.c.hint_title, jobs.c.hint_published_at, jobs.c.source_id)
        row = connection.execute(hint.where(jobs.c.url == site.url("/story/4"))).one()
    assert row == ("Story 4", datetime(2026, 3, 1, 8, 30, tzinfo=UTC), 1)


def test_a_feed_that_rolled_over_raises_a_gap_until_polls_overlap_again(
    services: Services, site: ListsSite
) -> None:
    save(services, feeds=(site.feed("/feed", range(5)),))
    poll(services)
    site.feed("/feed", range(50, 55))
    assert found(services, poll(services))["/feed"] == ("listed", None, 5, 5, 0, True)
    with services.engine.begin() as connection:
        [notice] = standing_notices(connection)
        seconds = connection.execute(select(lists.c.interval_seconds)).scalar_one()
    assert (notice.kind, notice.about, notice.source) == ("gap", site.url("/feed"), "paper")
    assert "of 5 entries of the poll before none is left among 5" in notice.detail
    site.feed("/feed", range(54, 58))
    poll(services)
    with services.engine.begin() as connection:
        assert standing_notices(connection) == []
        assert connection.execute(select(lists.c.interval_seconds)).scalar_one() < seconds


def test_an_index_has_its_sitemaps_read_in_the_same_run_gzipped_or_not(
    services: Services, site: ListsSite
) -> None:
    site.sitemap("/a.xml", range(10))
    site.sitemap("/b.xml", range(5, 20))
    packed = gzip.compress(site.documents["/b.xml"].body)
    site.put("/b.xml.gz", packed, content_type="application/x-gzip")
    index = site.index("/index.xml", ["/a.xml", "/b.xml.gz", "/index.xml", "/inner.xml"])
    site.index("/inner.xml", ["/index.xml", "/a.xml", "/c.xml"])
    save(services, sitemaps=(index,))
    run = poll(services)
    polled = found(services, run)
    assert {path: row[0] for path, row in polled.items()} == {
        "/index.xml": "listed", "/inner.xml": "listed", "/a.xml": "listed",
        "/b.xml.gz": "listed", "/c.xml": "failed",
    }  # fmt: skip
    assert polled["/c.xml"][1] == "not_found"
    assert accepted(services, run) == 20
    assert max(site.asked.values()) == 1, "a circle of indexes is walked once"


def test_a_tower_of_indexes_ends(services: Services, site: ListsSite) -> None:
    for depth in range(DEEPEST + 3):
        site.index(f"/{depth}", [f"/{depth + 1}"])
    save(services, sitemaps=(site.url("/0"),))
    assert len(found(services, poll(services))) == DEEPEST + 1


def test_a_section_page_gives_the_links_that_look_like_articles(
    services: Services, site: ListsSite
) -> None:
    page = b"<a href='/about'>About</a><a href='/2026/03/01/pier'>Pier</a>"
    save(services, pages=(site.put("/news", page, content_type="text/html"),))
    assert found(services, poll(services)) == {"/news": ("listed", None, 1, 1, 0, False)}


BOMB = "<!DOCTYPE rss [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY a{n} '{'&a;' * 10}'>" for n in range(9)
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>No feed here</body></html>", "not_a_list"),
        (b"{not json", "not_a_list"),
        (f"{BOMB}]><rss><channel>&a8;</channel></rss>".encode(), "entities"),
        (gzip.compress(bytes(51 * 2**20)), "too_large"),
        (gzip.compress(b"<rss/>")[:-8] + bytes(8), "bad_gzip"),
        (b"  \n ", "empty"),
    ],
    ids=["html", "json", "entities", "gzip-bomb", "gzip", "empty"],
)
def test_a_hostile_list_fails_by_name_and_its_neighbour_is_read(
    services: Services, site: ListsSite, body: bytes, reason: str
) -> None:
    save(services, feeds=(site.put("/bad", body), site.feed("/good", range(3))))
    run = poll(services)
    assert found(services, run) == {
        "/bad": ("failed", reason, 0, 0, 0, False),
        "/good": ("listed", None, 3, 3, 0, False),
    }
    assert accepted(services, run) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_fifty_thousand_entries_are_read_in_portions_and_the_next_one_is_not(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 2_000)
    save(services, sitemaps=(site.sitemap("/all.xml", range(50_001)),))
    run = poll(services)
    assert found(services, run) == {"/all.xml": ("listed", None, 50_000, 3_000, 0, False)}
    assert accepted(services, run) == 3_000
    with services.engine.begin() as connection:
        assert poll_counts(connection, run).left_over == 47_000
        assert gauges(connection, services.now()).entries_left_over == 47_000


def test_a_list_longer_than_a_portion_is_due_at_once_until_each_entry_is_accepted_once(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 300)
    save(services, sitemaps=(site.sitemap("/all.xml", range(1_700)),), poll_seconds=3600)
    assert [listed(services) for _ in range(4)] == [
        (1_300, 0, 400),
        (300, 1_300, 100),  # asked without the validators: "unchanged" would leave them unread
        (100, 1_600, 0),
        None,
    ]
    site.sitemap("/all.xml", range(1_690, 5, -1))  # read from its end: nothing is new, no gap
    run = poll(services)
    assert found(services, run) == {"/all.xml": ("listed", None, 1_685, 0, 1_685, False)}
    with services.engine.begin() as connection:
        assert connection.execute(select(func.count()).select_from(jobs)).scalar_one() == 1_704


def test_the_newest_entries_of_a_long_sitemap_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 2)
    day = datetime(2026, 3, 1, tzinfo=UTC)
    dated = [Entry(f"https://a.example/{n}", "", day + timedelta(days=n)) for n in range(1_005)]
    first = portions.portion(dated, None)
    assert [entry.url for entry in first.entries[-2:]] == [
        "https://a.example/1003",
        "https://a.example/1004",
    ]
    rest = portions.portion(dated, first.read)
    assert (first.left_over, rest.skipped, rest.left_over) == (3, 2, 1)


def test_a_long_list_that_spells_its_addresses_anew_each_time_is_not_read_without_end(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST_UNREAD", 100)
    save(services, sitemaps=(site.url("/all.xml"),), poll_seconds=3600)
    polled = []
    for n in range(4):
        site.sitemap("/all.xml", [f"{i}?utm_source={n}" for i in range(1_300)])
        polled.append(listed(services))
    assert polled == [(1_100, 0, 200), (0, 1_100, 200), None, None]


def listed(services: Services) -> tuple[int, int, int] | None:
    """Poll what is due; how many entries were fresh, already seen, left over, if anything was."""
    run = crawl_due(services)
    if run is None:
        return None
    work_off(services)
    with services.engine.begin() as connection:
        counted = poll_counts(connection, run.id)
    return counted.fresh, counted.already_seen, counted.left_over


class Dies(DiscoverStep):
    """Does all of its work, and the process dies before the commit."""

    def write(self, *given: Any) -> None:
        super().write(*given)
        raise SystemExit


def test_a_poll_that_dies_in_its_last_moment_or_comes_twice_accepts_once(
    services: Services, site: ListsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(services, feeds=(site.feed("/feed", range(5)),))
    run = start_crawl(services, "all")
    with monkeypatch.context() as killed:
        killed.setitem(stages.STEPS, "discover", Dies())
        with pytest.raises(SystemExit):
            work_off(services)
    assert accepted(services, run.id) == 0
    with services.engine.begin() as connection:
        [job_id] = connection.execute(select(jobs.c.id)).scalars()
    for _ in range(2):  # the broker delivers the message again, and once more
        run_step(services, "discover", [job_id], f"m{job_id}")
    assert found(services, run.id) == {"/feed": ("listed", None, 5, 5, 0, False)}
    assert accepted(services, run.id) == 5


def test_what_a_host_refuses_for_long_fails_the_poll_and_waits_that_long(
    services: Services, site: ListsSite
) -> None:
    busy = {"status": 503, "headers": {"Retry-After": "7200"}}
    save(services, feeds=(site.put("/feed", b"later", **busy),))
    assert found(services, poll(services)) == {"/feed": ("failed", "rate_limited", 0, 0, 0, False)}
    with services.engine.begin() as connection:
        connection.execute(update(hosts).values(blocked_until=None))
    start_crawl(services, [])
    with services.engine.begin() as connection:
        due = connection.execute(select(lists.c.next_due)).scalar_one()
    assert due > services.now() + timedelta(hours=1.5)


def test_what_a_list_dates_as_too_old_is_left_out_when_a_limit_is_set(
    services: Services, site: ListsSite
) -> None:
    from dataclasses import replace

    limited = replace(services, settings=replace(services.settings, discover_max_age_days=3.0))
    save(limited, feeds=(site.feed("/feed", range(5)),))
    run = poll(limited)
    assert found(limited, run) == {"/feed": ("listed", None, 5, 0, 0, False)}
    with services.engine.begin() as connection:
        assert connection.execute(select(polls.c.left_out)).scalar_one() == 5


def test_what_a_list_sent_is_deleted_after_its_day_and_an_articles_page_is_not(
    services: Services, site: ListsSite
) -> None:
    save(services, feeds=(site.feed("/feed", range(1)),))
    poll(services)
    with services.engine.begin() as connection:
        article = jobs.c.kind == "article"
        [job_id] = connection.execute(select(jobs.c.id).where(article)).scalars()
        mark_queued(connection, [job_id], "a", services.now())
    run_step(services, "fetch", [job_id], "a")
    end = {"state": "ended", "outcome": "dropped", "reason": "no_body", "ended_at": services.now()}
    with services.engine.begin() as connection:
        connection.execute(update(jobs).where(article).values(end))
    for path in services.raw_pages.root.glob("??/??/*"):
        os.utime(path, (0, 0))
    for days, pages in ((0.5, 0), (2, 1), (90, 0)):
        later = services.now() + timedelta(days=days)
        done = prune(services.engine, services.raw_pages, Retention(list_days=1.0), later)
        assert done.pages == pages, days


def test_what_the_list_says_dates_an_article_whose_page_does_not_also_when_it_is_read_again(
    services: Services, site: ListsSite
) -> None:
    page = re.sub(rb"<meta property='article:published_time'[^>]*>", b"", story("/plain"))
    item = f"<item><link>{site.put('/plain', page, content_type='text/html')}</link>"
    item += "<title>T</title><pubDate>Sun, 01 Mar 2026 08:30:00 GMT</pubDate></item>"
    body = f"<rss><channel>{item}</channel></rss>".encode()
    save(services, feeds=(site.put("/feed", body),))
    poll(services)
    with services.engine.begin() as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.kind == "article")).all()
        mark_queued(connection, [job.id], "a", services.now())
    for stage in ("fetch", "parse", "enrich", "store"):
        run_step(services, stage, [job.id], "a")
    at = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    with services.engine.begin() as connection:
        article = connection.execute(select(articles)).one()
        assert (article.published_at, article.published_precision) == (at, "instant")
        assert json.loads(article.evidence)["published_at"]["from"] == "list:rss"
    run = accept_again(services, WhichArticles())
    with services.engine.begin() as connection:
        again = select(jobs.c.id).where(jobs.c.run_id == run.id)
        job_id = connection.execute(again).scalar_one()
        mark_queued(connection, [job_id], "b", services.now())
    for stage in ("parse", "enrich", "store"):
        run_step(services, stage, [job_id], "b")
    with services.engine.begin() as connection:
        outcome = select(jobs.c.outcome).where(jobs.c.id == job_id)
        assert connection.execute(outcome).scalar_one() == "unchanged"


def test_what_a_list_says_of_a_page_of_another_site_is_told_and_is_no_evidence(
    services: Services, site: ListsSite
) -> None:
    save(services, feeds=(site.feed("/feed", range(1)),))
    poll(services)
    with services.engine.begin() as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.kind == "article")).all()
        mark_queued(connection, [job.id], "a", services.now())
    run_step(services, "fetch", [job.id], "a")

    def titles(list_url: str, page_url: str) -> str | None:
        with services.engine.begin() as connection:
            fetch_id = connection.execute(select(jobs.c.fetch_id).where(jobs.c.id == job.id))
            connection.execute(update(lists).values(url=list_url))
            connection.execute(update(fetches).values(final_url=page_url))
            hint = list_hint(connection, fetch_id.scalar_one())
            told = biography(connection, job.url)
        assert told is not None
        assert told["jobs"][0]["named_title"] == "Story 0"
        return hint.title if hint else None

    page = "https://www.example.co.uk/story"
    assert titles("https://feeds.example.co.uk/rss", page) == "Story 0"
    assert titles("https://feeds.other.co.uk/rss", page) is None
    assert titles("https://feeds.example.co.uk/rss", "https://www.example.org/") is None


def test_the_time_of_a_pages_last_change_is_kept_and_dates_no_article(
    services: Services, site: ListsSite
) -> None:
    loc = site.url("/story/1")
    entry = f"<url><loc>{loc}</loc><lastmod>2026-03-02T10:00:00Z</lastmod></url>"
    save(services, sitemaps=(site.put("/map.xml", f"<urlset>{entry}</urlset>".encode()),))
    poll(services)
    with services.engine.begin() as connection:
        [job] = connection.execute(select(jobs).where(jobs.c.url == loc)).all()
        mark_queued(connection, [job.id], "a", services.now())
    assert (job.hint_kind, job.hint_published_at, job.hint_has_time) == ("urlset", None, False)
    assert job.hint_changed_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    run_step(services, "fetch", [job.id], "a")
    with services.engine.begin() as connection:
        fetch_id = connection.execute(select(jobs.c.fetch_id).where(jobs.c.id == job.id))
        assert list_hint(connection, fetch_id.scalar_one()) == ListHint("urlset")
        told = biography(connection, loc)
    assert told is not None
    assert told["jobs"][0]["named_change"] == job.hint_changed_at
