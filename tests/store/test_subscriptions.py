"""Subscriptions: a hub is asked once at a time, and believed when it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from pipeline.models import SourceProfile
from pipeline.store.ledger.hub_requests import (
    note_refused,
    note_unanswered,
)
from pipeline.store.ledger.source_states import pause_source, remove_source, resume_source
from pipeline.store.ledger.sources import save_source
from pipeline.store.ledger.subscriptions import (
    LONGEST_LEASE,
    denied,
    note_hub,
    note_no_hub,
    verified,
)
from pipeline.store.tables.ledger import hosts
from pipeline.store.tables.lists import lists, subscriptions
from tests.store.subscriptions_desk import DAY, FEED, HUB, MINUTE, NOW, Desk
from tests.store.subscriptions_desk import desk as desk


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


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="subscriptions") as caught:
        desk.do(lambda c: note_hub(c, 999, FEED, HUB, FEED, NOW, host_interval_seconds=0.0))
    assert "token" in str(caught.value)
    for value in (HUB, FEED):
        assert value not in str(caught.value)
