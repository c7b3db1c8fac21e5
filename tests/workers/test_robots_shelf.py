"""N workers ask a host for its robots.txt once; whatever goes wrong, each can still ask itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from pipeline.errors import Drop, TryLater
from pipeline.fetch.robots import KEEP, Answer, Robots
from pipeline.store.engine import open_engine
from pipeline.store.robots_files import forget_robots
from pipeline.store.tables.pages import robots_files
from workers.robots_shelf import TURN, RobotsShelf

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = b"User-agent: *\nDisallow: /members/\nCrawl-delay: 7\n# caf\xc3\xa9 e\xcc\x81\n"
HOST = "https://paper.example"
Get = Callable[[str], Answer]


class Asked:
    """A host that counts how often it is asked."""

    def __init__(self, *, status: int = 200, seconds: float = 0.0, error: Exception | None = None):
        self.times = 0
        self.status, self.seconds, self.error = status, seconds, error
        self._lock = threading.Lock()

    def __call__(self, url: str) -> Answer:
        with self._lock:
            self.times += 1
        time.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return self.status, RULES, None


def process(engine: Engine, get: Get, now: datetime = NOW, patience: float = 10.0) -> Robots:
    """What each worker process has: a cache of its own over the shelf of all."""
    shelf = RobotsShelf(engine, lambda: now, patience_seconds=patience)
    return Robots("Copydesk/0.1", get, lambda: now, shelf)


def test_many_workers_that_begin_at_once_ask_a_host_once(engine: Engine) -> None:
    host = Asked(seconds=0.3)
    workers = [process(engine, host) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda robots: robots.check(f"{HOST}/news"), workers))
    assert host.times == 1
    for robots in workers:
        with pytest.raises(Drop, match="robots_forbidden"):
            robots.check(f"{HOST}/members/a")
        assert robots.crawl_delay_seconds(f"{HOST}/news") == 7
    assert host.times == 1


def test_another_origin_is_another_host(engine: Engine) -> None:
    host = Asked()
    process(engine, host).check(f"{HOST}/news")
    process(engine, host).check("http://paper.example/news")
    assert host.times == 2


def test_the_rules_are_kept_byte_by_byte(engine: Engine) -> None:
    process(engine, Asked()).check(HOST)
    with engine.begin() as connection:
        assert bytes(connection.execute(select(robots_files.c.text)).scalar_one()) == RULES


def test_rules_that_have_expired_are_asked_for_again_by_one(engine: Engine) -> None:
    host = Asked()
    process(engine, host).check(HOST)
    process(engine, host, NOW + KEEP - timedelta(seconds=1)).check(HOST)
    assert host.times == 1
    for _ in range(2):
        process(engine, host, NOW + KEEP + timedelta(seconds=1)).check(HOST)
    assert host.times == 2


def test_a_host_that_cannot_be_asked_is_left_alone_by_all_for_a_while(engine: Engine) -> None:
    host = Asked(error=TryLater("connection_failed", "refused"))
    for _ in range(3):
        with pytest.raises(TryLater, match="connection_failed") as refused:
            process(engine, host).check(HOST)
        assert refused.value.after
    broken = Asked(status=503)
    for _ in range(2):
        with pytest.raises(TryLater, match="robots_unreachable"):
            process(engine, broken).check("https://other.example/")
    assert (host.times, broken.times) == (1, 1)


def test_a_turn_that_ends_without_an_answer_goes_to_the_next(engine: Engine) -> None:
    host = Asked(error=Drop("tls_failed"))
    for _ in range(2):
        with pytest.raises(Drop, match="tls_failed"):
            process(engine, host).check(HOST)
    assert host.times == 2


def test_who_died_while_asking_is_waited_for_only_so_long(engine: Engine) -> None:
    shelf = RobotsShelf(engine, lambda: NOW)
    assert shelf.take(HOST) is None  # and dies
    host = Asked()
    process(engine, host, patience=0.2).check(HOST)
    assert host.times == 1, "asked itself when its patience ended"
    assert shelf.take("https://b.example") is None
    process(engine, host, NOW + TURN).check("https://b.example/")
    assert host.times == 2


def test_a_database_that_is_away_or_broken_fails_no_fetch(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    host = Asked()
    empty = open_engine(f"sqlite:///{tmp_path_factory.mktemp('x') / 'empty.db'}")
    gone = open_engine("postgresql://nobody@127.0.0.1:1/none")
    for engine in (empty, gone):
        process(engine, host).check(f"{HOST}/news")
        engine.dispose()
    assert host.times == 2


def test_answers_that_nobody_asks_for_any_more_are_forgotten(engine: Engine) -> None:
    process(engine, Asked()).check(HOST)
    with engine.begin() as connection:
        forget_robots(connection, NOW)
        assert connection.execute(select(robots_files)).first() is not None
        forget_robots(connection, NOW + KEEP + timedelta(seconds=1))
        assert connection.execute(select(robots_files)).first() is None
