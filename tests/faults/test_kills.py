"""kill -9 of anything, at any moment: every accepted URL ends exactly once."""

from __future__ import annotations

import signal
import time

import pytest
from sqlalchemy import func, select

from pipeline.store.tables.ledger import attempts, jobs
from tests.faults.desk import Desk
from tests.faults.site import Site

PAGES = 25
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


def test_a_rolling_restart_of_all_workers_leaves_nothing_waiting_for_a_lease(
    desk: Desk, site: Site
) -> None:
    run_id = desk.give(stories(site))
    desk.until_ended(run_id, 3)
    for role in ("fetch", "cpu", "store", "dispatcher"):
        assert desk.children[role].stop(desk.settings.stop_grace_seconds) == 0
        desk.revive()
    assert_all_stored_once(desk, run_id)
    given_up = select(func.count()).select_from(attempts.join(jobs)).where(jobs.c.run_id == run_id)
    assert desk.ask(lambda c: c.execute(given_up).scalar_one()) == 0, "each attempt came back"


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
