"""Pushes of hubs make polls that begin at discover, and change when their list is polled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from pipeline.models import SourceProfile
from pipeline.store.ledger import schedule
from pipeline.store.ledger.accounting import faults
from pipeline.store.ledger.dead_letters import retry
from pipeline.store.ledger.intervals import PUSHED_FACTOR
from pipeline.store.ledger.pushes import hint
from pipeline.store.ledger.sources import save_source
from pipeline.store.ledger.subscriptions import (
    denied,
    note_hub,
)
from pipeline.store.ledger.watch import source_states
from pipeline.store.tables.ledger import jobs, runs
from pipeline.store.tables.lists import lists, polls
from tests.marking import mark_queued
from tests.store.subscriptions_desk import DAY, FEED, HUB, MINUTE, NOW, Desk
from tests.store.subscriptions_desk import desk as desk
from workers.crawl import crawl_due
from workers.run import run_step


def test_a_push_is_a_poll_that_begins_at_discover_and_changes_no_pace(desk: Desk) -> None:
    desk.poll(fresh=1)
    desk.subscribe()
    planned = desk.list
    desk.pass_by(MINUTE)
    assert desk.push()
    job = desk.do(lambda c: c.execute(select(jobs).where(jobs.c.outcome.is_(None))).one())
    assert (job.kind, job.stage, job.state, job.list_id) == ("list", "discover", "waiting", 1)
    assert job.fetch_id is not None
    assert desk.poll(stage="discover", fresh=1) == 1
    after = desk.list
    kept = ("next_due", "interval_seconds", "failures", "last_polled_at", "last_keys")
    assert [getattr(after, k) for k in kept] == [getattr(planned, k) for k in kept]
    assert (after.job_id, after.last_new_at) == (None, desk.now)
    assert (desk.row.pushes, desk.row.last_push_at) == (1, desk.now)
    [run] = desk.do(lambda c: c.execute(select(runs).where(runs.c.run_key.is_not(None))).all())
    assert (run.run_key, run.kind) == ("websub:2026-03-01", "crawl")
    assert run.all_accepted_at is not None
    assert desk.do(faults) == []
    desk.pass_by(MINUTE)
    assert desk.push()
    assert desk.poll("dropped", stage="discover") == 1
    assert desk.list.next_due == desk.now, "what cannot be read has the list itself asked for"
    assert desk.list.failures == 0


def test_of_pushes_at_the_same_time_one_is_taken_and_the_others_have_the_list_polled(
    desk: Desk,
) -> None:
    desk.poll()
    desk.subscribe()
    with ThreadPoolExecutor(5) as pool:
        begun = pool.submit(crawl_due, desk.services)
        taken = list(pool.map(lambda n: desk.push(b"<rss>%d</rss>" % n), range(4)))
    assert (begun.result(), sum(taken)) == (None, 1)
    assert (
        len(desk.do(lambda c: c.execute(select(jobs).where(jobs.c.outcome.is_(None))).all())) == 1
    )
    assert (desk.row.pushes, desk.list.next_due) == (4, desk.now + MINUTE)
    assert desk.do(faults) == []


def test_pushes_that_come_during_a_poll_are_followed_by_another_poll(desk: Desk) -> None:
    desk.poll(fresh=1)
    desk.subscribe()
    desk.now = desk.list.next_due
    crawl_due(desk.services)
    desk.pass_by(MINUTE)
    with ThreadPoolExecutor(3) as pool:
        assert not any(pool.map(lambda _: desk.push(), range(3)))
    assert desk.poll(fresh=0) == 1
    assert desk.list.next_due <= desk.now + MINUTE
    desk.now = desk.list.next_due
    assert desk.poll(fresh=1) == 1
    assert desk.list.next_due > desk.now + MINUTE, "once"
    assert desk.row.pushes == 3


def test_a_push_leaves_alone_what_another_source_polls_at_the_same_address(desk: Desk) -> None:
    desk.do(lambda c: save_source(c, SourceProfile("other", feeds=(FEED,)), NOW))
    desk.do(lambda c: c.execute(update(lists).where(lists.c.id == 2).values(next_due=NOW + DAY)))
    crawl_due(desk.services)
    before = desk.do(lambda c: c.execute(select(jobs)).all())
    desk.do(lambda c: note_hub(c, 2, FEED, HUB, FEED, desk.now, host_interval_seconds=0.0))
    assert not desk.push()
    assert desk.do(lambda c: c.execute(select(jobs)).all()) == before
    due = select(lists.c.next_due).where(lists.c.id == 2)
    assert desk.do(lambda c: c.execute(due).scalar_one()) <= desk.now + MINUTE


def test_a_list_that_is_pushed_is_polled_less_often_until_the_lease_ends(desk: Desk) -> None:
    def wait_after(**found: Any) -> float:
        desk.do(lambda c: c.execute(update(lists).values(next_due=desk.now)))
        assert desk.poll(**found) == 1
        return float((desk.list.next_due - desk.now).total_seconds() / desk.list.interval_seconds)

    wait_after()
    desk.pass_by(timedelta(minutes=15))
    assert 0.8 < wait_after() < 1.2
    desk.subscribe()
    steps = (
        (False, 0, 1, "its hub has shown nothing yet"),
        (True, 0, PUSHED_FACTOR, ""),
        (False, 0, PUSHED_FACTOR, ""),
        (False, 1, 1, "its hub does not tell everything"),
        (False, 0, 1, "and may be gone"),
        (True, 0, PUSHED_FACTOR, ""),
    )
    for is_pushed, fresh, factor, why in steps:
        desk.pass_by(timedelta(minutes=15))
        if is_pushed:
            assert desk.push()
            desk.poll(stage="discover", fresh=1)
            desk.pass_by(MINUTE)
        assert 0.8 * factor < wait_after(fresh=fresh) < 1.2 * factor, why
    desk.pass_by(DAY)
    assert 0.8 < wait_after() < 1.2


def test_a_push_that_comes_while_a_lists_next_time_is_set_is_not_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.poll()
    desk.subscribe()
    desk.now = desk.list.next_due
    crawl_due(desk.services)
    desk.do(lambda c: desk.end_polls(c, "listed", "fetch", {}))
    to, reckon, pool = desk.subscription, schedule.plan, ThreadPoolExecutor(1)
    told: list[Any] = []

    def plan_while_a_push_comes(polled: Any, bounds: Any) -> Any:
        told.append(pool.submit(desk.do, lambda c: hint(c, to, desk.now)))
        wait(told, 0.3)
        return reckon(polled, bounds)

    monkeypatch.setattr(schedule, "plan", plan_while_a_push_comes)
    with pool:
        crawl_due(desk.services)
    assert told[0].result() is None
    assert desk.list.next_due <= desk.now + MINUTE


def test_a_pushed_index_changes_no_list_and_has_the_index_itself_asked_for(desk: Desk) -> None:
    desk.poll()
    desk.subscribe()
    child = b"<sitemap><loc>https://other.example/c.xml</loc></sitemap>"
    assert desk.push(b"<sitemapindex>" + child + b"</sitemapindex>")
    [job] = desk.do(lambda c: c.execute(select(jobs.c.id).where(jobs.c.outcome.is_(None))).all())
    desk.do(lambda c: mark_queued(c, [job.id], "m", desk.now))
    run_step(desk.services, "discover", [job.id], "m")
    crawl_due(desk.services)
    pushed = select(polls.c.outcome, polls.c.reason).where(polls.c.pushed)
    assert desk.do(lambda c: c.execute(pushed).one()) == ("failed", "not_a_list")
    assert desk.list.next_due == desk.now


def test_a_push_that_is_retried_from_its_fetch_is_a_poll_like_others(desk: Desk) -> None:
    desk.subscribe()
    assert desk.push()
    dead = {"state": "ended", "outcome": "dead", "reason": "internal_error", "ended_at": NOW}
    desk.do(lambda c: c.execute(update(jobs).values(**dead)))
    again = desk.do(lambda c: c.execute(select(jobs.c.id)).scalars().all())
    for stage, is_pushed in ((None, True), ("fetch", False)):
        assert desk.do(lambda c, s=stage: retry(c, again, NOW, s)) == again  # type: ignore[misc]
        assert desk.do(lambda c: c.execute(select(polls.c.pushed)).scalar()) is is_pushed
        desk.do(lambda c: c.execute(update(jobs).values(**dead)))


def test_a_list_that_is_pushed_is_not_called_stale_for_being_polled_less_often(desk: Desk) -> None:
    desk.poll()
    desk.subscribe(lease=20 * DAY)
    desk.do(lambda c: c.execute(update(lists).values(interval_seconds=7200.0)))

    def problems() -> list[str]:
        [state] = desk.do(lambda c: source_states(c, desk.now))
        return [one.kind for one in state.problems]

    desk.pass_by(timedelta(hours=8))
    assert problems() == []
    token = desk.row.token
    desk.do(lambda c: denied(c, token, FEED, "no more", desk.now))
    assert problems() == ["stale"]
