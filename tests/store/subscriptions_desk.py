"""A source whose feed names a hub, on a clock that a test moves, on either database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, select

from config.settings import Settings
from pipeline.models import FetchedPage, SourceProfile
from pipeline.store.ledger.claims import claim
from pipeline.store.ledger.ends import end
from pipeline.store.ledger.hub_requests import (
    Asking,
    claim_asking,
)
from pipeline.store.ledger.polls import note_listing
from pipeline.store.ledger.pushes import Subscription, accept_push, subscription_of
from pipeline.store.ledger.sources import save_source
from pipeline.store.ledger.subscriptions import (
    note_hub,
    verified,
)
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists, subscriptions
from tests.marking import mark_queued
from workers.crawl import crawl_due
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
        ended = self.do(lambda c: self.end_polls(c, outcome, stage, found))
        crawl_due(self.services)
        return ended

    def end_polls(
        self, connection: Connection, outcome: str, stage: str, found: dict[str, Any]
    ) -> int:
        """End every poll under way like this; how many there were."""
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
