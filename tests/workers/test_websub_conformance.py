"""What the W3C recommendation and websub.rocks ask of a subscriber, and is not asked elsewhere."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from pipeline.store.ledger.subscriptions import LONGEST_LEASE, UNNAMED_LEASE
from pipeline.store.tables.lists import subscriptions
from tests.workers.hub import CHALLENGE, Hub
from tests.workers.websub_desk import Desk
from tests.workers.websub_desk import desk as desk
from tests.workers.websub_desk import make_desk as make_desk
from tests.workers.websub_desk import parts as parts

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def move_the_feed(desk: Desk, status: int, *, itself: str | None) -> None:
    """Let the feed's address lead to another, where the feed may name itself."""
    links = [f'<{desk.hub.url}>; rel="hub"'] + ([f'<{itself}>; rel="self"'] if itself else [])
    target = desk.site.feed("/moved", [2, 1, 0], headers={"Link": ", ".join(links)})
    to = {"Location": target}
    desk.site.put("/feed", b"", status=status, headers=to, validated=False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("names_itself", [True, False])
def test_a_topic_behind_a_redirect_is_what_the_feed_calls_itself_there(
    desk: Desk, status: int, names_itself: bool
) -> None:
    itself = desk.site.url("/main?self=other") if names_itself else None
    move_the_feed(desk, status, itself=itself)
    desk.subscribe()
    assert desk.hub.requests[-1]["hub.topic"] == (itself or desk.site.url("/moved"))
    desk.assert_takes(7)


def test_a_topic_that_moves_is_subscribed_to_anew_and_the_old_one_is_a_stranger(
    desk: Desk,
) -> None:
    desk.subscribe()
    old = desk.hub.callback
    desk.ahead = DAY + HOUR
    move_the_feed(desk, 301, itself=desk.site.url("/main"))
    desk.subscribe()
    assert desk.hub.requests[-1]["hub.topic"] == desk.site.url("/main")
    assert desk.hub.callback != old
    assert desk.hub.push(desk.news([7]), to=old) == 404
    desk.assert_takes(8)


@pytest.mark.parametrize("status", [307, 308])
def test_a_hub_that_moved_is_asked_where_it_is_now_and_believed_from_there(
    desk: Desk, status: int
) -> None:
    with Hub() as new:
        desk.hub.status, desk.hub.headers = status, {"Location": new.url}
        desk.subscribe()
        assert new.requests == desk.hub.requests
        assert (new.came_back, desk.hub.came_back) == ([(200, CHALLENGE)], [])
        desk.assert_takes(7, new)


@pytest.mark.parametrize(
    ("told", "lease"),
    [
        ("3600", HOUR),
        ("3600.9", HOUR),
        ("", UNNAMED_LEASE),
        ("0", UNNAMED_LEASE),
        ("-60", UNNAMED_LEASE),
        ("nan", UNNAMED_LEASE),
        ("inf", UNNAMED_LEASE),
        ("for ever", UNNAMED_LEASE),
        ("9" * 400, UNNAMED_LEASE),
        ("315360000", LONGEST_LEASE),
    ],
)
def test_a_lease_is_as_long_as_the_hub_says_within_reason(
    desk: Desk, told: str, lease: timedelta
) -> None:
    desk.hub.lease = told
    desk.subscribe()
    assert abs(desk.row.lease_until - desk.now() - lease) < MINUTE
    assert desk.hub.come_back(lease_seconds="7200") == (200, CHALLENGE), "it may change its mind"
    assert abs(desk.row.lease_until - desk.now() - 2 * HOUR) < MINUTE


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("/feed", True),
        ("/%66eed", True),
        ("/feed#all", True),
        ("/Feed", False),
        ("/feed/", False),
        ("/feed?all", False),
        ("/%2566eed", False),
    ],
)
def test_a_hub_may_spell_the_topic_otherwise_and_not_mean_another(
    desk: Desk, path: str, is_ours: bool
) -> None:
    desk.hub.comes_back = False
    desk.poll()
    desk.ask()
    assert desk.hub.come_back("denied", topic="http://[")[0] == 404
    told = desk.hub.come_back(topic=desk.site.url(path))
    assert told == (200, CHALLENGE) if is_ours else told[0] == 404
    assert desk.row.state == ("active" if is_ours else "pending")
    denied = desk.hub.come_back("denied", topic=desk.site.url(path))[0]
    assert (denied, desk.row.state) == ((200, "refused") if is_ours else (404, "pending"))
    assert desk.row.reason == ("no reason given" if is_ours else None)


def test_a_challenge_comes_back_as_text_that_no_browser_runs(desk: Desk) -> None:
    desk.subscribe()
    challenge = "<script>alert('ü')</script>"
    asked = {"hub.mode": "subscribe", "hub.topic": desk.row.topic, "hub.challenge": challenge}
    got = desk.web.ask("GET", f"/websub/{desk.row.token}?{urlencode(asked)}")
    assert (got.status, got.body.decode()) == (200, challenge)
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.headers["X-Content-Type-Options"] == "nosniff"


def atom(desk: Desk, *numbers: int) -> bytes:
    entries = "".join(
        f'<entry><title>Story {n}</title><link href="{desk.site.url(f"/story/{n}")}"/></entry>'
        for n in numbers
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


def json_feed(desk: Desk, *numbers: int) -> bytes:
    items = [{"id": str(n), "url": desk.site.url(f"/story/{n}")} for n in numbers]
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "items": items}).encode()


def rss(desk: Desk, *numbers: int) -> bytes:
    return desk.news(list(numbers))


@pytest.mark.parametrize("make", [rss, atom, json_feed])
@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "text/html; charset=utf-8", "application/octet-stream", ""]
)
def test_a_push_is_read_for_what_it_is_whatever_it_is_called_in_whole_or_what_is_new(
    desk: Desk, make: Any, kind: str
) -> None:
    desk.subscribe()
    for numbers in ((7, 2, 1, 0), (8,)):
        assert desk.hub.push(make(desk, *numbers), content_type=kind) == 202
        desk.work_off()
    assert desk.accepted() == ["0", "1", "2", "7", "8"]


def test_a_signature_counts_however_its_letters_are_written(desk: Desk) -> None:
    desk.subscribe()
    body = desk.news([7])
    right = hmac.new(desk.row.secret.encode(), body, "sha256").hexdigest()
    assert desk.hub.push(body, signature=f" SHA256={right.upper()} ") == 202
    desk.work_off()
    assert (desk.accepted(), desk.row.ignored_pushes) == (["0", "1", "2", "7"], 0)


def test_a_topic_that_is_gone_is_neither_asked_for_nor_taken_any_more(desk: Desk) -> None:
    desk.subscribe()
    desk.site.put("/feed", b"", status=410, validated=False)
    desk.poll()
    assert desk.list.disabled_reason == "gone"
    assert desk.hub.push(desk.news([7])) == 202
    assert desk.hub.come_back()[0] == 404
    desk.change(subscriptions, next_ask_at=desk.now())
    assert desk.ask() == 0
    desk.work_off()
    assert (desk.accepted(gone=True), desk.row.pushes) == (["0", "1", "2"], 0)
