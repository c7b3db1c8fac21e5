"""WebSub: a hub that a feed names is asked, answered when it comes back, and shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select

from pipeline.store.tables.lists import subscriptions
from tests.workers.conftest import Run
from tests.workers.hub import CHALLENGE
from tests.workers.websub_desk import TOKEN, Desk
from tests.workers.websub_desk import desk as desk
from tests.workers.websub_desk import make_desk as make_desk
from tests.workers.websub_desk import parts as parts
from workers.app import make_app
from workers.hubs import Hubs, ask_hub
from workers.tasks import register
from workers.wiring import Services


def test_only_what_was_asked_for_is_confirmed_to_a_hub(desk: Desk) -> None:
    desk.hub.comes_back = False
    desk.poll()
    desk.ask()
    hub = desk.hub
    for changes in (
        {"topic": desk.site.url("/other")},
        {"topic": ""},
        {"challenge": ""},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": "denied", "topic": desk.site.url("/other")},
    ):
        assert hub.come_back(**changes)[0] == 404, changes
    asked = urlencode({"hub.mode": "subscribe", "hub.topic": desk.row.topic, "hub.challenge": "x"})
    assert desk.web.ask("HEAD", f"/websub/{desk.row.token}?{asked}").status == 405
    assert desk.row.state == "pending"
    got = desk.web.ask("GET", "/websub/nobody?hub.mode=subscribe&hub.challenge=x")
    assert (got.status, got.code) == (404, "not_asked_for")
    assert hub.come_back() == (200, CHALLENGE)
    assert desk.row.state == "active"
    assert hub.come_back("denied", reason="no\nmore")[0] == 200
    assert (desk.row.state, desk.row.reason) == ("refused", "no\nmore")
    assert desk.web.ask("HEAD", f"/websub/{desk.row.token}").status == 405
    hub.come_back("denied", reason=f"{hub.callback} is not known")
    assert desk.row.token not in desk.row.reason
    assert hub.come_back()[0] == 404


def test_a_lease_is_renewed_under_the_same_address_without_any_poll(desk: Desk) -> None:
    desk.hub.lease = "86400"
    desk.subscribe()
    assert desk.ask() == 0
    desk.ahead = timedelta(hours=22)
    assert desk.ask() == 1
    first, second = desk.hub.requests
    assert first == second
    assert desk.row.lease_until > desk.now() - timedelta(hours=1)
    [request] = desk.rows(select(subscriptions.c.asked_at))
    ask_hub(desk.services, desk.row.id, request.asked_at.isoformat())
    assert len(desk.hub.requests) == 2, "a message that comes twice asks once"


@pytest.mark.parametrize(
    ("status", "state", "days"), [(403, "refused", 5.6), (500, "pending", 0), (429, "pending", 1)]
)
def test_what_a_hub_answers_decides_when_it_is_asked_again(
    desk: Desk, status: int, state: str, days: float
) -> None:
    desk.hub.status, desk.hub.headers = status, {"Retry-After": "86400"} if status == 429 else {}
    desk.poll()
    desk.ask()
    assert desk.row.state == state
    assert str(status) in desk.row.reason
    assert desk.row.next_ask_at - desk.now() > timedelta(days=days) - timedelta(minutes=1)
    desk.ahead = timedelta(days=10)
    desk.hub.status = 202
    assert desk.ask() == 1
    assert desk.row.state == "active"


@pytest.mark.parametrize("length", [0, 150])
def test_a_hub_that_leads_back_to_the_callback_brings_its_token_into_no_log(
    desk: Desk, caplog: pytest.LogCaptureFixture, length: int
) -> None:
    desk.poll()
    back = f"/websub/{desk.row.token}"
    desk.hub.headers = {"Location": f"ftp://desk.example/{'x' * length}{back}?{quote(back, '')}"}
    desk.hub.status = 307
    desk.ask()
    assert desk.row.state == "refused"
    for told in (desk.row.reason, caplog.text):
        assert "/websub/…" in told
        assert desk.row.token[:8] not in told


def test_hubs_come_in_under_the_public_name_where_callers_without_a_token_may_not(
    make_desk: Any, sqlite_url: str
) -> None:
    desk: Desk = make_desk(sqlite_url, web_token="")
    got = desk.web.ask("GET", "/websub/x?hub.mode=subscribe", Host="desk.example.org")
    assert (got.status, got.code) == (404, "not_asked_for")
    assert desk.web.ask("GET", "/v1/runs", Host="desk.example.org").status == 421
    assert desk.web.ask("DELETE", "/websub/x").status == 405


def test_a_desk_that_wants_no_pushes_any_more_says_so(make_desk: Any, sqlite_url: str) -> None:
    desk: Desk = make_desk(sqlite_url, websub_callback_url="")
    desk.poll()
    desk.ask()
    assert desk.hub.came_back[0][0] == 404
    assert desk.hub.push(desk.news([7])) == 410
    off = replace(desk.services.settings, websub_callback_url="")
    Hubs(Services(off, desk.services.engine, desk.services.raw_pages), make_app(off)).when_due()
    ask_hub(Services(off, desk.services.engine, desk.services.raw_pages), 1, "2026-01-01T00:00:00Z")
    assert len(desk.hub.requests) == 1


def test_how_it_stands_with_hubs_is_shown(desk: Desk, run: Run) -> None:
    settings = {"database_url": desk.web.services.settings.database_url}
    on = settings | {"websub_callback_url": "https://desk.example"}
    shown = "source", "show", "paper"
    desk.poll()
    assert "wanted" in run(*shown, **on).out
    assert "off" in run(*shown, **settings).out
    desk.ask()
    desk.hub.push(desk.news([7]))
    desk.hub.push(desk.news([7]), signature="")
    [one] = run(*shown, "--json", **on).json["lists"]
    assert (one["hub"], one["push"], one["push_reason"]) == (desk.hub.url, "active", None)
    assert datetime.fromisoformat(one["pushed_until"]) > desk.now() + timedelta(days=9)
    assert "until" in run(*shown, **on).out
    assert "pushed by its hub" in run("explain", desk.site.url("/feed"), **on).out
    [source] = run("status", "--sources", "--json", **on).json
    assert (source["pushed"], source["problems"]) == (1, [])
    figures = desk.web.ask("GET", "/metrics", Authorization=f"Bearer {TOKEN}").body.decode()
    for line in (
        'copydesk_subscriptions{state="active"} 1',
        'copydesk_subscriptions{state="refused"} 0',
        'copydesk_pushes_total{fate="taken"} 1',
        'copydesk_pushes_total{fate="ignored"} 1',
        'copydesk_polls_total{outcome="listed"} 1',
    ):
        assert line in figures.splitlines()
    desk.hub.come_back("denied", reason="\x1b[2Jnot\nfor\x9b you")
    assert "[2Jnot for  you" in run(*shown, **on).err
    assert not {"\x1b", "\x9b"} & set(run(*shown, **on).err)
    secret = desk.row.secret, desk.row.token
    assert not any(word in run(*shown, "--json", **on).out for word in secret)


def test_the_dispatcher_has_each_hub_asked_once_by_a_message_of_the_fetch_queue(
    desk: Desk, broker_url: str
) -> None:
    desk.poll()
    app = make_app(replace(desk.services.settings, broker_url=broker_url))
    register(app, lambda: desk.services)
    for _ in range(2):  # two dispatchers
        Hubs(desk.services, app).when_due()
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue("fetch")
        message = queue.get(timeout=10)
        message.ack()
        with pytest.raises(queue.Empty):
            queue.get(block=False)
        queue.close()
    arguments, _, _ = message.payload
    app.tasks[message.headers["task"]](*arguments)
    assert desk.row.state == "active"
    assert len(desk.hub.requests) == 1
