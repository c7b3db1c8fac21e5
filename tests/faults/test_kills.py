"""kill -9 of anything, at any moment: every accepted URL ends exactly once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from pipeline.models import SourceProfile
from pipeline.store.ledger.accounting import faults
from pipeline.store.ledger.sources import save_source
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import attempts, jobs
from pipeline.store.tables.lists import lists, polls
from tests.faults.desk import Desk
from tests.faults.site import Site
from tests.workers.lists_site import ListsSite
from workers.crawl import start_crawl
from workers.wiring import Services, utc_now

PAGES = 25
EACH = 6
"""Entries of a list."""
_next = iter(range(0, 1_000_000, 1000))


def stories(site: Site, number: int = PAGES) -> list[str]:
    """Addresses that no other test has used."""
    first = next(_next)
    return [site.url(n) for n in range(first, first + number)]


def assert_all_stored_once(desk: Desk, run_id: int, number: int = PAGES) -> None:
    desk.until_ended(run_id, number)
    counts = desk.count(run_id)
    assert counts.account.balances and counts.account.accepted == number
    assert counts.account.stored == number, counts.account.reasons
    assert (counts.articles, counts.doubled, counts.drafts_left) == (number, 0, 0)


def test_killing_pool_children_loses_and_doubles_nothing(desk: Desk, site: Site) -> None:
    run_id = desk.give(stories(site))
    for role in ("cpu", "store", "cpu"):
        desk.until_ended(run_id, 3)
        desk.kill_pool_child(role)
        desk.rest(0.5)
    assert_all_stored_once(desk, run_id)


@pytest.mark.parametrize("role", ["fetch", "cpu", "store", "dispatcher"])
def test_killing_a_whole_worker_loses_and_doubles_nothing(
    desk: Desk, site: Site, role: str
) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 5)
    desk.signal(role, signal.SIGKILL)
    assert_all_stored_once(desk, run_id)


def test_killing_the_broker_loses_and_doubles_nothing(desk: Desk, site: Site) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 5)
    desk.kill_server(with_data=False)
    assert_all_stored_once(desk, run_id)


def test_killing_the_broker_with_all_its_data_loses_and_doubles_nothing(
    desk: Desk, site: Site
) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 5)
    desk.kill_server(with_data=True)
    assert_all_stored_once(desk, run_id)


def test_emptying_the_broker_loses_and_doubles_nothing(desk: Desk, site: Site) -> None:
    run_id = desk.give(stories(site))
    for done in (2, 12):
        desk.until_ended(run_id, done)
        desk.broker.flushall()
    assert_all_stored_once(desk, run_id)


def test_a_worker_frozen_past_its_lease_changes_nothing_when_it_thaws(
    desk: Desk, site: Site
) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 5)
    for role in ("fetch", "cpu", "store"):
        desk.signal(role, signal.SIGSTOP, pool=True)
    time.sleep(desk.settings.lease_seconds + 1)
    for role in ("fetch", "cpu", "store"):
        desk.signal(role, signal.SIGCONT, pool=True)
    assert_all_stored_once(desk, run_id)


def test_every_message_delivered_twice_stores_nothing_twice(desk: Desk, site: Site) -> None:
    run_id = desk.give(stories(site))
    doubled = 0
    for _ in range(200):
        doubled += desk.send_all_twice() if doubled < 100 else 0
        time.sleep(0.01)
    assert doubled > 0
    assert_all_stored_once(desk, run_id)


def test_in_a_rolling_restart_the_other_worker_goes_on_and_nothing_waits_for_a_lease(
    desk: Desk, site: Site
) -> None:
    number = 2 * PAGES
    with desk.with_one_more("all-2"):
        run_id = desk.give(stories(site, number))
        for role in ("fetch", "cpu", "store", "dispatcher"):
            desk.until_ended(run_id, 3)
            # On a machine with ten others at work the grace of these tests is short.
            assert desk.children[role].stop(3 * desk.settings.stop_grace_seconds) == 0
            if role != "dispatcher":  # of which there is one
                done_by_the_other(desk, run_id, number, 5)
            desk.revive()
        assert_all_stored_once(desk, run_id, number)
    given_up = select(func.count()).select_from(attempts.join(jobs)).where(jobs.c.run_id == run_id)
    assert desk.ask(lambda c: c.execute(given_up).scalar_one()) == 0, "each attempt came back"
    twice = select(func.count()).where(jobs.c.run_id == run_id, jobs.c.attempts > 1)
    assert desk.ask(lambda c: c.execute(twice).scalar_one()) == 0, "and none was made again"


def done_by_the_other(desk: Desk, run_id: int, number: int, more: int) -> None:
    """Wait, without starting anything again, until so many more jobs have ended."""
    enough = min(number, desk.ended(run_id) + more)
    give_up_at = time.monotonic() + 30
    while desk.ended(run_id) < enough:
        assert time.monotonic() < give_up_at, "everything waits for the worker that was stopped"
        time.sleep(0.05)


def test_sigterm_under_load_hands_everything_back_within_the_grace(desk: Desk, site: Site) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 5)
    for role in ("fetch", "cpu", "store"):
        desk.children[role].ask_to_stop()
    codes = [
        desk.children[role].stop(desk.settings.stop_grace_seconds)
        for role in ("fetch", "cpu", "store")
    ]
    assert codes == [0, 0, 0], "none had to be killed"
    running = select(func.count()).where(jobs.c.run_id == run_id, jobs.c.state == "running")
    assert desk.ask(lambda c: c.execute(running).scalar_one()) == 0, "no job waits for a lease"
    assert_all_stored_once(desk, run_id)


@pytest.fixture
def newspaper() -> Iterator[ListsSite]:
    with ListsSite() as site:
        yield site


def rows(desk: Desk, statement: Any) -> list[Any]:
    return desk.ask(lambda c: list(c.execute(statement).all()))


def test_killing_the_workers_that_poll_accepts_every_entry_once_and_the_schedule_goes_on(
    desk: Desk, newspaper: ListsSite
) -> None:
    """The fetch worker while it waits for one list, the cpu worker when it has accepted what the
    other names and not committed it."""
    held, first = threading.Event(), next(_next)
    numbers = range(first, first + 2 * EACH)
    asked_for = newspaper.feed("/asked/feed", numbers[:EACH], held=held)
    read = newspaper.feed("/paused/feed", numbers[EACH:])
    profile = SourceProfile("paper", feeds=(asked_for, read))
    desk.ask(lambda c: save_source(c, profile, utc_now()))
    services = Services(desk.settings, desk.engine, RawPages(desk.settings.raw_pages_dir))
    run = start_crawl(services, ["paper"])

    desk.until(lambda: newspaper.asked["/asked/feed", 200] > 0, 30)
    desk.signal("fetch", signal.SIGKILL)
    held.set()
    desk.until(lambda: any(desk.faults.glob("paused-*")), 60)
    desk.signal("cpu", signal.SIGKILL, pool=True)

    of_run = jobs.c.run_id == run.id
    desk.until_ended(run.id, 2 * EACH + 2, 90)
    assert newspaper.asked["/asked/feed", 200] == 2, "polled again"
    ends = rows(desk, select(jobs.c.url, jobs.c.kind, jobs.c.outcome).where(of_run))
    stories = [row.url for row in ends if row.kind == "article"]
    assert sorted(stories) == sorted(newspaper.url(f"/story/{n}") for n in numbers)
    assert {(row.kind, row.outcome) for row in ends} == {("article", "stored"), ("list", "listed")}
    counts = desk.count(run.id)
    assert (counts.articles, counts.doubled, counts.drafts_left) == (2 * EACH, 0, 0)
    assert counts.account.balances and desk.ask(lambda c: faults(c, run_id=run.id)) == []
    found = rows(desk, select(polls.c.fresh, polls.c.outcome).where(polls.c.run_id == run.id))
    assert [tuple(row) for row in found] == [(EACH, "listed")] * 2

    planned = select(lists.c.id).where(lists.c.job_id.is_(None), lists.c.next_due > utc_now())
    desk.until(lambda: len(rows(desk, planned)) == 2, 30)
    desk.ask(lambda c: c.execute(update(lists).values(next_due=utc_now())))
    again = select(polls.c.id).where(polls.c.run_id != run.id, polls.c.outcome == "unchanged")
    desk.until(lambda: len(rows(desk, again)) == 2, 30)
