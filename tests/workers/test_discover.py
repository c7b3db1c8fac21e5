"""Polls through the engine's own steps: what is new is accepted once, hostile lists end by name."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from pipeline.store.ledger.indexes import DEEPEST
from pipeline.store.ledger.notices import standing_notices
from pipeline.store.retention import Retention, prune
from pipeline.store.tables.ledger import hosts, jobs
from pipeline.store.tables.lists import lists, polls
from tests.marking import mark_queued
from tests.workers.lists_site import ListsSite
from tests.workers.polling import accepted, found, poll, save, work_off
from workers import stages
from workers.crawl import start_crawl
from workers.run import run_step
from workers.stages.discover import DiscoverStep
from workers.wiring import Services


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
