"""Subscriptions: a hub is asked once at a time, believed when it was; its pushes make polls."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from pipeline.models import FetchedPage, SourceProfile
from pipeline.store.ledger import schedule
from pipeline.store.ledger.accounting import faults
from pipeline.store.ledger.claims import claim
from pipeline.store.ledger.dead_letters import retry
from pipeline.store.ledger.ends import end
from pipeline.store.ledger.hub_requests import (
    Asking,
    claim_asking,
    note_refused,
    note_unanswered,
)
from pipeline.store.ledger.intervals import PUSHED_FACTOR
from pipeline.store.ledger.polls import note_listing
from pipeline.store.ledger.pushes import Subscription, accept_push, hint, subscription_of
from pipeline.store.ledger.source_states import pause_source, remove_source, resume_source
from pipeline.store.ledger.sources import save_source
from pipeline.store.ledger.subscriptions import (
    LONGEST_LEASE,
    denied,
    note_hub,
    note_no_hub,
    verified,
)
from pipeline.store.ledger.watch import source_states
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import hosts, jobs, runs
from pipeline.store.tables.lists import lists, polls, subscriptions
from tests.marking import mark_queued
from workers.crawl import crawl_due
from workers.run import run_step
from workers.wiring import Services

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://paper.example/feed.xml"
HUB = "https://hub.example/"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Result = TypeVar("Result")


class Desk:
    """A source with one feed that names a hub, on a clock that a test moves."""

    def __init__(self, engine: Engine, directory: Path) -> None:
        self.now, self.url = NOW, FEED
        settings = Settings(websub_callback_url="https://desk.example", host_interval_seconds=0.0)
        self.services = Services(settings, engine, RawPages(directory / "raw"), lambda: self.now)
        self.source_id = self.do(
            lambda c: save_source(c, SourceProfile("paper", feeds=(FEED,)), NOW)
        )

    def do(self, work: Callable[[Connection], Result]) -> Result:
        with self.services.engine.begin() as connection:
            return work(connection)

    def pass_by(self, time: timedelta) -> None:
        self.now += time

    def name(self, hub: str = HUB, topic: str = FEED) -> None:
        self.do(lambda c: note_hub(c, 1, self.url, hub, topic, self.now, host_interval_seconds=0.0))

    def ask(self) -> list[Asking]:
        return self.do(lambda c: claim_asking(c, self.now))

    def verify(self, lease: timedelta | None = DAY, topic: str = FEED) -> bool:
        token = self.row.token
        return self.do(lambda c: verified(c, token, topic, lease, self.now))

    def subscribe(self, lease: timedelta = DAY) -> None:
        self.name()
        self.ask()
        assert self.verify(lease)

    def push(self, body: bytes = b"<rss/>") -> bool:
        to, raw = self.subscription, self.services.raw_pages.put(body)
        page = FetchedPage(FEED, FEED, 200, (), body, self.now, wire_bytes=len(body))
        return self.do(lambda c: accept_push(c, to, page, raw, self.now, host_interval_seconds=0.0))

    def poll(self, outcome: str = "listed", stage: str = "fetch", **found: Any) -> int:
        """Open what is due and end every poll under way like this; how many there were."""
        crawl_due(self.services)
        ended = self.do(lambda c: self._end_polls(c, outcome, stage, found))
        crawl_due(self.services)
        return ended

    def _end_polls(
        self, connection: Connection, outcome: str, stage: str, found: dict[str, Any]
    ) -> int:
        live = select(jobs.c.id).where(jobs.c.outcome.is_(None))
        ids = list(connection.execute(live).scalars())
        mark_queued(connection, ids, "m", self.now)
        held = claim(connection, ids, stage, "m", self.now, 60, most_takeovers=9)
        for one in held:
            note_listing(connection, one.job_id, **({"entries": 1} | found))
            reason = "not_a_list" if outcome == "dropped" else None
            end(connection, one, outcome, self.now, reason=reason)
        return len(held)

    @property
    def row(self) -> Any:
        return self.do(lambda c: c.execute(select(subscriptions)).one())

    @property
    def list(self) -> Any:
        return self.do(lambda c: c.execute(select(lists)).one())

    @property
    def subscription(self) -> Subscription:
        token = self.row.token
        found = self.do(lambda c: subscription_of(c, token))
        assert found is not None
        return found


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


def test_many_workers_ask_a_hub_once_and_not_again_while_it_may_still_answer(desk: Desk) -> None:
    desk.name()
    desk.name()
    with ThreadPoolExecutor(4) as pool:
        asked = [one for found in pool.map(lambda _: desk.ask(), range(8)) for one in found]
    assert [(one.hub, one.topic, one.host) for one in asked] == [(HUB, FEED, "hub.example")]
    assert (desk.row.state, desk.row.failures) == ("pending", 1)
    desk.pass_by(7 * MINUTE)
    assert desk.ask() == []


def test_a_request_without_an_answer_is_sent_again_ever_later(desk: Desk) -> None:
    desk.name()
    pauses = []
    for _ in range(12):
        [asking] = desk.ask()
        desk.do(lambda c, a=asking: note_unanswered(c, a, "server_error", desk.now, None))
        pauses.append(desk.row.next_ask_at - desk.now)
        desk.now = desk.row.next_ask_at
    assert 8 * MINUTE <= pauses[0] <= 12 * MINUTE < 16 * MINUTE <= pauses[1] <= 24 * MINUTE
    assert all(0.8 * DAY <= pause <= 1.2 * DAY for pause in pauses[-3:])
    assert (desk.row.state, desk.row.reason) == ("pending", "server_error")
    [asking] = desk.ask()
    desk.do(lambda c: note_unanswered(c, asking, "rate_limited", desk.now, 3 * DAY))
    assert desk.row.next_ask_at == desk.now + 3 * DAY
    blocked = desk.do(lambda c: c.execute(select(hosts.c.blocked_until)).scalars().all())
    assert desk.now + 3 * DAY in blocked


def test_only_what_was_asked_for_is_confirmed(desk: Desk) -> None:
    desk.name()
    assert not desk.verify(), "nobody asked yet"
    [asking] = desk.ask()
    assert not desk.verify(topic=FEED + "?other")
    assert not desk.do(lambda c: verified(c, "another token", FEED, DAY, desk.now))
    assert desk.row.state == "pending"
    assert desk.verify()
    assert (desk.row.state, desk.row.failures) == ("active", 0)
    assert desk.row.lease_until == desk.now + DAY
    # The answer to the request itself may come after that, and be lost.
    desk.do(lambda c: note_unanswered(c, asking, "deadline_exceeded", desk.now, 9 * DAY))
    assert (desk.row.state, desk.row.reason) == ("active", None)
    assert desk.row.next_ask_at < desk.now + DAY


def test_a_lease_is_renewed_before_it_ends_and_holds_meanwhile(desk: Desk) -> None:
    desk.subscribe(lease=100 * DAY)
    assert desk.row.lease_until == desk.now + LONGEST_LEASE
    assert desk.verify(DAY), "a hub may come back by itself"
    desk.pass_by(0.7 * DAY)
    assert desk.ask() == []
    desk.pass_by(0.2 * DAY)
    assert len(desk.ask()) == 1
    assert desk.row.state == "active"
    assert desk.verify(DAY)
    assert desk.row.lease_until == desk.now + DAY
    desk.pass_by(2 * DAY)
    assert len(desk.ask()) == 1
    assert desk.row.state == "pending", "the lease ended before it was renewed"
    assert desk.verify(timedelta(seconds=1))
    desk.pass_by(4 * MINUTE)
    assert desk.ask() == [], "no hub has us ask every second"


def test_a_hub_that_says_no_is_left_alone_for_a_week_and_its_list_polled_as_ever(
    desk: Desk,
) -> None:
    assert desk.poll(entries=5, fresh=5) == 1
    desk.subscribe(lease=20 * DAY)
    usual = desk.list.next_due
    desk.do(lambda c: c.execute(update(lists).values(next_due=usual + DAY)))
    token = desk.row.token
    assert not desk.do(lambda c: denied(c, token, "another topic", "no", desk.now))
    assert desk.do(lambda c: denied(c, token, FEED, "no more", desk.now))
    assert (desk.row.state, desk.row.reason, desk.row.lease_until) == ("refused", "no more", None)
    assert desk.list.next_due == NOW + timedelta(seconds=desk.list.interval_seconds)
    assert not desk.verify()
    desk.pass_by(5 * DAY)
    assert desk.ask() == []
    desk.pass_by(4 * DAY)
    [asking] = desk.ask()
    desk.do(lambda c: note_refused(c, asking, "client_error", desk.now))
    assert (desk.row.state, desk.row.reason) == ("refused", "client_error")


def test_another_hub_gets_another_token_once_a_day_at_most(desk: Desk) -> None:
    desk.subscribe()
    before = desk.row
    desk.name("https://second.example/")
    desk.do(lambda c: note_no_hub(c, 1, desk.now))
    assert desk.row == before, "two hubs in changing order are no reason to ask again and again"
    desk.pass_by(DAY)
    desk.name()
    assert desk.row == before
    desk.name("https://second.example/")
    after = desk.row
    assert after.hub == "https://second.example/"
    assert (after.state, after.lease_until) == ("wanted", None)
    assert after.token != before.token and after.secret != before.secret
    desk.pass_by(DAY)
    desk.do(lambda c: note_no_hub(c, 1, desk.now))
    assert desk.do(lambda c: c.execute(select(subscriptions)).all()) == []


@pytest.mark.parametrize(
    ("url", "topic", "hub", "asked"),
    [
        (FEED, FEED, "http://hub.example/", HUB),
        (FEED, "http://paper.example/feed.xml", "HTTP://hub.example/", HUB),
        (
            "http://paper.example/feed.xml",
            "HTTPS://paper.example/feed.xml",
            "http://hub.example/",
            HUB,
        ),
        (FEED, FEED, "http://hub.example:8080/in?a=b", "https://hub.example:8080/in?a=b"),
        (
            "http://paper.example/",
            "http://paper.example/",
            "http://hub.example/",
            "http://hub.example/",
        ),
        ("http://paper.example/", "http://paper.example/", HUB, HUB),
    ],
)
def test_a_hub_of_a_list_with_tls_is_asked_with_tls_however_it_is_named(
    desk: Desk, url: str, topic: str, hub: str, asked: str
) -> None:
    desk.url = url
    desk.name(hub, topic)
    [asking] = desk.ask()
    assert (asking.hub, len(asking.secret)) == (asked, 64)
    desk.pass_by(2 * DAY)
    before = desk.row
    desk.name(hub, topic)
    assert desk.row == before, "the same hub as before"


def test_a_hub_that_is_named_now_and_then_keeps_its_lease_and_is_renewed_while_named(
    desk: Desk,
) -> None:
    desk.subscribe(lease=10 * DAY)
    before = desk.row
    desk.pass_by(2 * DAY)
    desk.do(lambda c: note_no_hub(c, 1, desk.now))
    assert (desk.row.state, desk.row.token) == ("active", before.token)
    assert desk.row.next_ask_at == before.lease_until, "nobody asks for more of it"
    desk.name()
    assert desk.row.next_ask_at < before.lease_until
    desk.do(lambda c: note_no_hub(c, 1, desk.now))
    desk.pass_by(8 * DAY)
    desk.do(lambda c: note_no_hub(c, 1, desk.now))
    assert desk.do(lambda c: c.execute(select(subscriptions)).all()) == []


def test_no_hub_is_asked_for_a_source_that_is_paused_or_removed(desk: Desk) -> None:
    desk.name()
    desk.do(lambda c: pause_source(c, desk.source_id, desk.now))
    assert desk.ask() == []
    assert (desk.subscription.is_wanted, desk.subscription.is_polled) == (True, False)
    desk.do(lambda c: resume_source(c, desk.source_id, desk.now))
    assert desk.subscription.is_polled
    assert len(desk.ask()) == 1
    desk.do(lambda c: remove_source(c, desk.source_id, desk.now))
    assert not desk.verify()
    assert (desk.subscription.is_wanted, desk.subscription.is_polled) == (False, False)


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


def test_a_hub_that_knows_many_of_our_lists_is_asked_at_its_pace(desk: Desk) -> None:
    feeds = tuple(f"https://paper.example/{n}.xml" for n in range(3))
    desk.do(lambda c: save_source(c, SourceProfile("paper", feeds=feeds), NOW))
    for n, feed in enumerate(feeds, 2):
        desk.do(lambda c, n=n, f=feed: note_hub(c, n, f, HUB, f, NOW, host_interval_seconds=10.0))  # type: ignore[misc]
    topics = []
    for _ in range(16):
        topics += [one.topic for one in desk.ask()]
        desk.pass_by(timedelta(seconds=2))
    assert sorted(topics) == sorted(feeds)
    times = desk.do(lambda c: c.execute(select(subscriptions.c.asked_at)).scalars().all())
    first, second, third = sorted(times)
    # Requests may come up to half an interval early, and never more in the mean.
    assert second - first >= timedelta(seconds=5) and third - first >= timedelta(seconds=14)


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
    desk.do(lambda c: desk._end_polls(c, "listed", "fetch", {}))
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


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="subscriptions") as caught:
        desk.do(lambda c: note_hub(c, 999, FEED, HUB, FEED, NOW, host_interval_seconds=0.0))
    assert "token" in str(caught.value)
    for value in (HUB, FEED):
        assert value not in str(caught.value)
