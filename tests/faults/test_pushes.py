"""kill -9 while hubs push: what was answered with 2xx is kept, what was not is sent again, and
neither makes an article twice."""

from __future__ import annotations

import random
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, func, select, update

from pipeline.models import SourceProfile
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.articles import article_revisions, articles
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import polls, subscriptions
from pipeline.store.tables.pages import fetches
from tests.faults.conftest import at_work
from tests.faults.desk import Desk
from tests.faults.pushing_hub import PATIENCE_SECONDS, PushingHub
from tests.workers.lists_site import ListsSite
from workers.wiring import utc_now

FEEDS = ("/pushed/held", "/town/feed", "/sea/feed")
PUSHES, EACH = 4, 2
"""Documents that are pushed of each feed, and stories that are new in each."""
TRUSTED = timedelta(seconds=80)
"""Within so long a hint makes a list due, by clocks that are some seconds apart."""
Told = TypeVar("Told")
s = subscriptions.c


class Paper:
    """A site of three feeds, the hub that they name, and what was published."""

    def __init__(self, site: ListsSite, hub: PushingHub) -> None:
        self.site, self.hub = site, hub
        self.published: dict[str, list[int]] = {}
        for first, feed in enumerate(FEEDS):
            self.publish(feed, [first * 1000])

    def publish(self, feed: str, numbers: Sequence[int]) -> None:
        """Add these stories to the feed."""
        told = self.published.setdefault(feed, [])
        told += numbers
        links = f'<{self.hub.url}>; rel="hub", <{self.site.url(feed)}>; rel="self"'
        self.site.feed(feed, told[::-1], headers={"Link": links})

    def push(self, feed: str, numbers: Sequence[int]) -> int:
        """Publish them and have the hub tell; the status that it got in the end."""
        self.publish(feed, numbers)
        alone = f"{feed}/{numbers[0]}"
        self.site.feed(alone, numbers)
        return self.hub.deliver(self.site.url(feed), self.site.documents[alone].body)

    def push_all(self, feed: str) -> list[int]:
        """Push documents of this feed one after another."""
        first = max(self.published[feed]) + 1
        return [
            self.push(feed, range(first + EACH * n, first + EACH * (n + 1))) for n in range(PUSHES)
        ]

    @property
    def stories(self) -> list[str]:
        return [self.site.url(f"/story/{n}") for told in self.published.values() for n in told]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    callback = f"http://127.0.0.1:{port}"
    names = ("all", "dispatcher", "web")
    with at_work(request, names, web_port=port, websub_callback_url=callback) as desk:
        yield desk


@pytest.fixture(scope="module")
def paper(desk: Desk) -> Iterator[Paper]:
    """A source whose hub pushes it."""
    with ListsSite() as site, PushingHub() as hub:
        paper = Paper(site, hub)
        profile = SourceProfile("paper", feeds=tuple(site.url(feed) for feed in FEEDS))
        desk.ask(lambda c: save_source(c, profile, utc_now()))
        yield paper


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(len(FEEDS)) as pool:
        yield pool


def answered_after_a_kill(
    desk: Desk, done: Callable[[], bool], answered: Callable[[], Future[Told]]
) -> Told:
    """What the hub is told in the end when the web process is killed after it has written what
    came, and ``done`` with it, and before it has answered."""
    waiting, said = desk.faults / "held_answers", desk.faults / "unanswered"
    said.unlink(missing_ok=True)
    waiting.touch()
    answer = answered()
    desk.until(lambda: said.exists() and done(), PATIENCE_SECONDS)
    desk.signal("web", signal.SIGKILL)
    waiting.unlink()
    desk.until(answer.done, PATIENCE_SECONDS)
    return answer.result()


def subscribed(connection: Connection) -> list[Any]:
    return list(connection.execute(select(subscriptions).order_by(s.id)).all())


def test_a_hub_whose_question_got_no_answer_asks_again_and_is_confirmed_then(
    desk: Desk, paper: Paper, pool: ThreadPoolExecutor
) -> None:
    hub, topics = paper.hub, [paper.site.url(feed) for feed in FEEDS]
    desk.until(lambda: {one["hub.topic"] for one in hub.requests} >= set(topics), PATIENCE_SECONDS)
    assert answered_after_a_kill(desk, lambda: True, lambda: pool.submit(hub.confirm, topics[0]))
    assert all(hub.confirm(topic) for topic in topics[1:])
    rows = desk.ask(subscribed)
    assert {(row.state, row.failures) for row in rows} == {("active", 0)}


def test_a_lease_that_is_nearly_over_is_renewed_under_the_same_address(
    desk: Desk, paper: Paper
) -> None:
    hub, topic = paper.hub, paper.site.url(FEEDS[0])
    asked, before = len(hub.requests), hub.request_for(topic)
    nearly_over = {"next_ask_at": utc_now(), "lease_until": utc_now() + timedelta(minutes=9)}
    ours = update(subscriptions).where(s.topic == topic)
    desk.ask(lambda c: c.execute(ours.values(**nearly_over)))
    desk.until(lambda: len(hub.requests) > asked, PATIENCE_SECONDS)
    assert hub.requests[asked:] == [before]
    assert hub.confirm(topic)
    rows = desk.ask(subscribed)
    assert all(row.lease_until > utc_now() + timedelta(days=9) for row in rows)


def test_killing_the_web_process_and_the_worker_loses_and_doubles_nothing_that_is_pushed(
    desk: Desk, paper: Paper, pool: ThreadPoolExecutor
) -> None:
    held, *others = FEEDS
    # The web process, when a push is read already and not answered.
    read = select(polls.c.id).where(polls.c.pushed, polls.c.outcome == "listed")
    push = lambda: pool.submit(paper.push, others[0], [1500, 1501])  # noqa: E731
    assert answered_after_a_kill(desk, lambda: len(ask(desk, read)) == 1, push) == 202
    # The worker, when it has accepted what was pushed and not committed it. Its lease ends soon.
    assert paper.push(held, [500, 501]) == 202
    desk.until(lambda: any(desk.faults.glob("paused-*")), PATIENCE_SECONDS)
    desk.signal("all", signal.SIGKILL, pool=True)
    (desk.faults / "clock").write_text(str(desk.settings.lease_seconds))
    # The web process at any moment.
    pushing: list[Future[list[int]]] = [pool.submit(paper.push_all, feed) for feed in others]
    desk.rest(random.uniform(0.0, 1.0))
    desk.signal("web", signal.SIGKILL)
    desk.until(lambda: all(one.done() for one in pushing), PATIENCE_SECONDS)
    assert {status for one in pushing for status in one.result()} == {202}
    assert paper.hub.repeated > 0

    # What came while its list was busy is found when that is polled, within a minute.
    (desk.faults / "clock").write_text(str(TRUSTED.total_seconds()))
    stories = sorted(paper.stories)
    ended = select(jobs.c.url).where(jobs.c.kind == "article", jobs.c.outcome.is_not(None))
    desk.until(lambda: len(ask(desk, ended)) >= len(stories), PATIENCE_SECONDS)

    ends = select(jobs.c.url, jobs.c.outcome).where(jobs.c.kind == "article")
    assert sorted(ask(desk, ends)) == [(url, "stored") for url in stories]
    for table in (articles, article_revisions):
        counted = select(func.count()).select_from(table)
        assert ask(desk, counted) == [(len(stories),)]
    assert desk.ask(faults) == []
    assert desk.ask(lambda c: account(c).balances)
    pushed = select(fetches.c.raw_sha256, func.count()).join(
        polls, polls.c.job_id == fetches.c.job_id
    )
    pushed = pushed.where(polls.c.pushed).group_by(fetches.c.raw_sha256)
    assert {row[1] for row in ask(desk, pushed)} == {1}, "what is sent again is not read again"


def ask(desk: Desk, statement: Any) -> list[tuple[Any, ...]]:
    return desk.ask(lambda c: [tuple(row) for row in c.execute(statement)])
