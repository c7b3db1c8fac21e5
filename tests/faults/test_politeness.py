"""One turn a host for all workers: by the real fetch step against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from config.settings import Settings
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.host_turns import HostTurn, host_turns
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.turns import due_turns, take_turns
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.faults.site import story
from tests.loopback import HTML, Answer, LoopbackServer
from tests.marking import mark_queued
from workers.run import run_step
from workers.wiring import Services, bootstrap, utc_now


class Host(LoopbackServer):
    """Asks for a crawl-delay of 7 s, and refuses ``/busy`` in three ways."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def _answer(self, request: BaseHTTPRequestHandler) -> Answer:
        self.asked.append(request.path)
        page = story(request.path)
        match request.path:
            case "/robots.txt":
                return Answer(
                    200, b"User-agent: *\nCrawl-delay: 7\n", {"Content-Type": "text/plain"}
                )
            case "/busy/seconds":
                return Answer(429, page, HTML | {"Retry-After": "120"})
            case "/busy/date":
                date = utc_now() + timedelta(seconds=600)
                return Answer(
                    503, page, HTML | {"Retry-After": f"{date:%a, %d %b %Y %H:%M:%S} GMT"}
                )
            case "/busy/silent":
                return Answer(429, page)
            case _:
                return Answer(200, page)


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    services = bootstrap(
        replace(
            Settings(),
            database_url=database_url,
            data_dir=str(tmp_path),
            contact="https://desk.example/bot",
            fetch_allowed_networks=("127.0.0.0/8",),
        )
    )
    yield services
    services.close()


def fetch(services: Services, url: str, at: datetime) -> None:
    """Accept a URL, take its turn and fetch it, as dispatcher and worker do at that time."""
    then = replace(services, now=lambda: at)

    def queue(connection: Connection) -> int:
        run = open_run(connection, "ingest", at)
        accept(connection, run.id, [url], at, host_interval_seconds=1.0)
        [due] = take_turns(connection, due_turns(connection, at, 10, 2), at)
        mark_queued(connection, [due.job_id], f"m{due.job_id}", at)
        return due.job_id

    job_id = transact(services.engine, queue)
    run_step(then, "fetch", [job_id], f"m{job_id}")
    then.close()


def job_of(services: Services, url: str) -> Any:
    with services.engine.connect() as connection:
        return connection.execute(select(jobs).where(jobs.c.url == url)).one()


def turn(services: Services) -> HostTurn:
    [found] = transact(services.engine, lambda c: host_turns(c, 10))
    return found


@pytest.mark.parametrize(
    ("kind", "least", "most"), [("seconds", 119, 121), ("date", 590, 600), ("silent", 40, 80)]
)
def test_a_host_that_refuses_is_left_alone_by_everybody_for_as_long_as_it_asks(
    services: Services, host: Host, kind: str, least: float, most: float
) -> None:
    now = utc_now()
    fetch(services, host.url(f"/busy/{kind}"), now)
    found = turn(services)
    assert found.blocked_until is not None
    assert least <= (found.blocked_until - now).total_seconds() <= most
    assert found.interval_seconds == 2.0, "and slowed down after that"
    waiting = job_of(services, host.url(f"/busy/{kind}"))
    assert (waiting.state, waiting.reason) == ("waiting", "rate_limited")
    assert waiting.next_at >= found.blocked_until

    def other(connection: Connection) -> list[Any]:
        run = open_run(connection, "ingest", now)
        accept(connection, run.id, [host.url("/other")], now, host_interval_seconds=1.0)
        return take_turns(
            connection,
            due_turns(connection, found.blocked_until - timedelta(seconds=1), 10, 2),
            found.blocked_until - timedelta(seconds=1),
        )

    assert transact(services.engine, other) == []


def test_the_crawl_delay_of_robots_txt_is_the_interval_from_the_first_page_on(
    services: Services, host: Host
) -> None:
    now = utc_now()
    fetch(services, host.url("/one"), now)
    assert job_of(services, host.url("/one")).stage == "parse"
    transact(
        services.engine,
        lambda c: accept(
            c, open_run(c, "ingest", now).id, [host.url("/2")], now, host_interval_seconds=1.0
        ),
    )
    assert turn(services).interval_seconds == 7.0


def test_a_late_message_is_sent_back_uncounted_instead_of_asking_too_soon(
    services: Services, host: Host
) -> None:
    now = utc_now()
    urls = [host.url(f"/late/{n}") for n in range(2)]

    def queue(connection: Connection) -> list[int]:
        run = open_run(connection, "ingest", now)
        live = accept(connection, run.id, urls, now, host_interval_seconds=10.0)
        for job in live:
            mark_queued(connection, [job.job_id], f"m{job.job_id}", now)
        return [job.job_id for job in live]

    for job_id in transact(services.engine, queue):
        run_step(services, "fetch", [job_id], f"m{job_id}")
    assert [path for path in host.asked if path != "/robots.txt"] == ["/late/0"]
    second = job_of(services, urls[1])
    assert (second.state, second.reason, second.attempts) == ("waiting", "host_busy", 0)
