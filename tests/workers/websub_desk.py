"""A desk whose feed names a hub, for the tests of WebSub: what it polls, asks and is pushed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from config.settings import Settings
from pipeline.models import SourceProfile
from pipeline.store.engine import open_engine
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.ledger.hub_requests import claim_asking
from pipeline.store.ledger.notices import standing_notices
from pipeline.store.ledger.sources import save_source
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists, subscriptions
from tests.marking import mark_queued
from tests.web.conftest import Web, serving
from tests.workers.hub import Hub
from tests.workers.lists_site import ListsSite
from workers.crawl import crawl_due
from workers.hubs import ask_hub
from workers.run import run_step
from workers.wiring import Services

TOKEN = "0123456789abcdef"


class Desk:
    """A worker's services and a web process of their own on one database, and a feed with a hub."""

    def __init__(self, web: Web, site: ListsSite, hub: Hub, directory: Path) -> None:
        self.web, self.site, self.hub = web, site, hub
        self.ahead = timedelta()
        settings = Settings(
            contact="https://desk.example",
            fetch_allowed_networks=("127.0.0.0/8",),
            host_interval_seconds=0.0,
            websub_callback_url=f"http://127.0.0.1:{web.port}/",
        )
        engine = open_engine(web.services.settings.database_url)
        self.services = Services(settings, engine, RawPages(directory / "raw"), self.now)
        self.feed([0, 1, 2])
        with engine.begin() as connection:
            profile = SourceProfile("paper", feeds=(site.url("/feed"),))
            self.source_id = save_source(connection, profile, self.now())

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def feed(self, numbers: list[int]) -> None:
        headers = {"Link": f'<{self.hub.url}>; rel="hub", <{self.site.url("/feed")}>; rel="self"'}
        self.site.feed("/feed", numbers, headers=headers)

    def news(self, numbers: list[int]) -> bytes:
        """A feed of these stories alone, as a hub sends it."""
        self.site.feed("/news", numbers)
        return self.site.documents["/news"].body

    def call_back_at(self, url: str) -> None:
        """Tell hubs this address from now on."""
        settings = replace(self.services.settings, websub_callback_url=url)
        self.services = replace(self.services, settings=settings)

    def subscribe(self) -> None:
        self.poll()
        self.ask()
        assert self.row.state == "active"

    def assert_takes(self, number: int, hub: Hub | None = None) -> None:
        """A push of this story is accepted, besides what the feed had at first."""
        assert (hub or self.hub).push(self.news([number])) == 202
        self.work_off()
        assert self.accepted() == ["0", "1", "2", str(number)]

    def ask(self) -> int:
        with self.services.engine.begin() as connection:
            found = claim_asking(connection, self.now())
        for one in found:
            ask_hub(self.services, one.subscription_id, one.asked_at.isoformat())
        return len(found)

    def poll(self, at_once: bool = True) -> None:
        """Open what is due, or every list, and work off every poll there is."""
        if at_once:
            self.change(lists, next_due=self.now())
        crawl_due(self.services)
        self.work_off()

    def work_off(self) -> None:
        live = select(jobs.c.id, jobs.c.stage).where(
            jobs.c.kind == "list", jobs.c.outcome.is_(None)
        )
        for job_id, first in self.rows(live):
            message = f"m{job_id}"
            with self.services.engine.begin() as connection:
                mark_queued(connection, [job_id], message, self.now())
            for stage in ("fetch", "discover")[first == "discover" :]:
                run_step(self.services, stage, [job_id], message)
        crawl_due(self.services)

    def change(self, table: Any, **values: Any) -> None:
        with self.services.engine.begin() as connection:
            connection.execute(update(table).values(**values))

    def rows(self, statement: Any) -> list[Any]:
        with self.services.engine.begin() as connection:
            return list(connection.execute(statement).all())

    def accepted(self, *, gone: bool = False) -> list[str]:
        """The stories accepted so far; the account must balance, and nothing seem wrong but a list
        that is gone."""
        with self.services.engine.begin() as connection:
            assert account(connection).balances
            assert faults(connection) == []
            assert bool(standing_notices(connection)) is gone
        found = self.rows(select(jobs.c.url).where(jobs.c.kind == "article").order_by(jobs.c.url))
        return [row.url.rpartition("/")[2] for row in found]

    @property
    def row(self) -> Any:
        [row] = self.rows(select(subscriptions))
        return row

    @property
    def list(self) -> Any:
        [row] = self.rows(select(lists))
        return row


@pytest.fixture
def parts() -> Iterator[tuple[ListsSite, Hub]]:
    with ListsSite() as site, Hub() as hub:
        yield site, hub


@pytest.fixture
def make_desk(parts: tuple[ListsSite, Hub], tmp_path: Path) -> Iterator[Any]:
    with ExitStack() as stack:

        def make(database_url: str, **settings: Any) -> Desk:
            values = {"websub_callback_url": "https://desk.example", "web_token": TOKEN}
            values |= {"database_url": database_url, "data_dir": str(tmp_path), "web_port": 0}
            web = stack.enter_context(serving(Settings(**(values | settings))))
            desk = Desk(web, *parts, tmp_path)
            stack.callback(desk.services.close)
            return desk

        yield make


@pytest.fixture
def desk(make_desk: Any, sqlite_url: str) -> Desk:
    made: Desk = make_desk(sqlite_url)
    return made
