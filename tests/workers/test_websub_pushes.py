"""WebSub from end to end: a hub pushes what is new, and articles are accepted."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.models import SourceProfile
from pipeline.store.ledger.source_states import pause_source, remove_source, resume_source
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists, polls, subscriptions
from tests.workers.hub import CHALLENGE
from tests.workers.websub_desk import Desk
from tests.workers.websub_desk import desk as desk
from tests.workers.websub_desk import make_desk as make_desk
from tests.workers.websub_desk import parts as parts
from workers.crawl import crawl_due


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
