"""WebSub from end to end: a feed names a hub, we subscribe, it pushes, articles are accepted."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select

from pipeline.models import SourceProfile
from pipeline.store.ledger.source_states import pause_source, remove_source, resume_source
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists, polls, subscriptions
from tests.workers.conftest import Run
from tests.workers.hub import CHALLENGE
from tests.workers.websub_desk import TOKEN, Desk
from tests.workers.websub_desk import desk as desk
from tests.workers.websub_desk import make_desk as make_desk
from tests.workers.websub_desk import parts as parts
from workers.app import make_app
from workers.crawl import crawl_due
from workers.hubs import Hubs, ask_hub
from workers.tasks import register
from workers.wiring import Services


def test_what_a_hub_pushes_is_accepted_once_and_leaves_the_list_as_its_polls_made_it(
    make_desk: Any, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk: Desk = make_desk(database_url)
    desk.poll()
    assert desk.row.state == "wanted"
    assert desk.ask() == 1
    [request] = desk.hub.requests
    assert request["hub.mode"] == "subscribe"
    assert request["hub.topic"] == desk.site.url("/feed")
    assert desk.hub.came_back == [(200, CHALLENGE)]
    assert (desk.row.state, desk.row.failures, desk.ask()) == ("active", 0, 0)
    before = desk.list
    for stranger in ("%00", f"{desk.row.token}%00", "%ff%fe", "x" * 43):
        for method in ("GET", "POST"):
            assert desk.web.ask(method, f"/websub/{stranger}").code == "not_asked_for"

    assert desk.hub.push(desk.news([7, 8])) == 202
    desk.work_off()
    assert desk.accepted() == ["0", "1", "2", "7", "8"]
    [pushed] = desk.rows(select(polls).where(polls.c.pushed))
    assert (pushed.outcome, pushed.entries, pushed.fresh, pushed.gap) == ("listed", 2, 2, False)
    same = ("next_due", "interval_seconds", "read_entries", "left_over", "failures", "job_id")
    assert desk.list.last_keys == before.last_keys
    assert [getattr(desk.list, k) for k in same] == [getattr(before, k) for k in same]
    assert desk.hub.push(desk.news([8])) == 202
    desk.work_off()
    for numbers in ([7, 8], [8], [7, 8]):  # a hub may send it again, and so may a thief
        assert desk.hub.push(desk.news(numbers)) == 202
    assert len(desk.rows(select(polls).where(polls.c.pushed))) == desk.row.pushes == 2
    assert len(desk.accepted()) == 5

    desk.poll()
    assert desk.site.asked["/feed", 304] == 1, "the next poll asks with what the last one was given"
    desk.feed([9, 8])  # rolled over, and no gap: the hub told what was between
    desk.poll()
    assert desk.accepted() == ["0", "1", "2", "7", "8", "9"]
    assert desk.site.asked["/feed", 200] == 2
    assert desk.site.asked["/news", 200] == 0
    assert desk.hub.push(desk.news([29])) == 202
    desk.work_off()
    desk.feed([29, 28])  # what was before 28 is lost: the hub told of the newest alone
    desk.poll()
    gap = select(polls.c.gap).where(~polls.c.pushed).order_by(polls.c.id.desc()).limit(1)
    assert desk.rows(gap) == [(True,)]
    # What the server says when a caller hangs up.
    logging.getLogger("waitress").info(
        "Client disconnected while serving /websub/" + desk.row.token
    )
    assert "serving /websub/…" in caplog.text
    for secret in (desk.row.token, desk.row.secret):
        assert secret not in caplog.text


def test_a_push_counts_by_its_signature_alone(desk: Desk) -> None:
    desk.subscribe()
    body = desk.news([7])
    good = desk.row.secret
    wrong: list[dict[str, str]] = [
        {"secret": "guessed"},
        {"signature": ""},
        {"signature": "sha256="},
        {"signature": "sha256"},
        {"signature": "md5=" + "0" * 32},
        {"signature": "sha3_256=" + "0" * 64},
        {"signature": "sha256=" + "é" * 64},
        {"method": "sha1", "signature": "sha1=" + good[:40]},
    ]
    assert {desk.hub.push(body, **changes) for changes in wrong} == {202}
    desk.work_off()
    assert desk.accepted() == ["0", "1", "2"]
    assert (desk.row.ignored_pushes, desk.row.pushes) == (len(wrong), 0)
    assert desk.hub.push(body, to=desk.hub.callback[:-1] + "~") == 404
    for n, method in enumerate(("sha1", "sha256", "sha384", "sha512")):
        assert desk.hub.push(desk.news([20 + n]), method) == 202
        desk.work_off()
    assert desk.accepted() == ["0", "1", "2", "20", "21", "22", "23"]
    desk.change(subscriptions, secret="")
    assert desk.hub.push(body, secret="") == 202
    assert desk.hub.push(body, signature="") == 202
    desk.work_off()
    assert len(desk.accepted()) == 7, "without a secret nothing counts"


def test_a_section_page_that_names_a_hub_is_pushed_too(desk: Desk) -> None:
    stories = ["the-old-pier-is-rebuilt", "ferry-is-late-again-today"]
    links = "".join(f"<a href='/story/{slug}'>{slug}</a>" for slug in stories)
    head = f"<head><link rel='hub' href='{desk.hub.url}'></head>"
    page = f"<html>{head}<body>{links} Überblick</body></html>"
    desk.site.put("/news", head.encode(), content_type="text/html")
    with desk.services.engine.begin() as connection:
        profile = SourceProfile("paper", pages=(desk.site.url("/news"),))
        save_source(connection, profile, desk.now())
    desk.change(subscriptions, state="refused", next_ask_at=desk.now() + timedelta(days=1))
    desk.poll()
    assert desk.ask() == 1
    assert desk.hub.requests[-1]["hub.topic"] == desk.site.url("/news")
    assert desk.hub.push(page.encode("latin-1")) == 202
    desk.work_off()
    assert desk.accepted() == sorted(stories)
    assert desk.hub.push(b"%PDF-1.7") == 202
    desk.work_off()
    assert len(desk.rows(select(polls).where(polls.c.pushed))) == 1


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


def test_the_body_of_a_stranger_is_not_read(desk: Desk) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

    told: list[str] = []
    path = "/websub/" + "x" * 43
    call = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "wsgi.input": Unread()}
    desk.web.application(call, lambda status, _: told.append(status))
    assert told == ["404 Not Found"]


def test_a_push_that_comes_during_a_poll_is_followed_by_another(desk: Desk) -> None:
    desk.subscribe()
    desk.change(lists, next_due=desk.now())
    crawl_due(desk.services)
    desk.feed([1, 2, 3])
    assert desk.hub.push(desk.news([3])) == 202
    assert len(desk.rows(select(polls).where(polls.c.pushed))) == 0
    desk.work_off()
    assert desk.accepted() == ["0", "1", "2", "3"]
    desk.feed([2, 3, 4])  # came between the poll's request and the push, say
    desk.ahead = timedelta(minutes=2)
    desk.poll(at_once=False)
    assert desk.accepted() == ["0", "1", "2", "3", "4"]


def test_a_source_that_was_paused_or_removed_takes_no_push(desk: Desk) -> None:
    desk.subscribe()
    with desk.services.engine.begin() as connection:
        pause_source(connection, desk.source_id, desk.now())
    assert desk.hub.push(desk.news([7])) == 202
    with desk.services.engine.begin() as connection:
        resume_source(connection, desk.source_id, desk.now())
        remove_source(connection, desk.source_id, desk.now())
    assert desk.hub.push(desk.news([7])) == 410
    assert desk.hub.come_back()[0] == 404
    desk.work_off()
    assert desk.accepted() == ["0", "1", "2"]


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


@pytest.mark.parametrize("place", ["nowhere", "its own disk"])
def test_a_web_process_without_the_workers_disk_has_the_list_polled_instead(
    make_desk: Any, sqlite_url: str, tmp_path: Path, place: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    if place == "nowhere":
        elsewhere.write_text("a file")
    desk: Desk = make_desk(sqlite_url, data_dir=str(elsewhere))
    desk.subscribe()
    desk.ahead = timedelta(minutes=2)
    desk.change(lists, next_due=desk.now() + timedelta(hours=5))
    desk.feed([1, 2, 3])
    assert desk.hub.push(desk.news([3])) == 202
    desk.work_off()
    assert desk.list.next_due <= desk.now()
    assert desk.rows(select(jobs).where(jobs.c.outcome == "dead")) == [], "nobody has to look"
    assert desk.hub.push(desk.news([3])) == 202
    assert desk.row.pushes == 2, "what could not be read may come again"
    desk.poll(at_once=False)
    assert desk.accepted() == ["0", "1", "2", "3"]
    assert desk.list.failures == 0


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
