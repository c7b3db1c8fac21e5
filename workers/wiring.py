"""Everything a step needs, wired in one place; tests pass their own parts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from config.settings import Settings
from pipeline.fetch import Client, FetchPolicy
from pipeline.store.engine import Engine, open_engine
from pipeline.store.raw_pages import RawPages
from pipeline.store.retention import Retention
from workers.robots_shelf import RobotsShelf

DATABASE_PATIENCE_SECONDS = 20.0
"""How long a step waits for a database that went away before it gives its work up. Less than
the time limit of a task, so that waiting never looks like an endless loop."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """The parts. ``client`` is made on first use: only fetch steps open connections outside."""

    settings: Settings
    engine: Engine
    raw_pages: RawPages
    now: Callable[[], datetime] = utc_now

    @cached_property
    def client(self) -> Client:
        shelf = RobotsShelf(self.engine, self.now)
        return Client(fetch_policy(self.settings), shelf=shelf)

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()
        self.engine.dispose()


def fetch_policy(settings: Settings) -> FetchPolicy:
    """How pages may be fetched under these settings."""
    return FetchPolicy(
        user_agent=settings.user_agent,
        contact=settings.contact,
        deadline_seconds=settings.fetch_deadline_seconds,
        max_wire_bytes=settings.fetch_max_wire_bytes,
        max_decoded_bytes=settings.fetch_max_decoded_bytes,
        allowed_networks=settings.fetch_allowed_networks,
        respect_robots=settings.fetch_respect_robots,
    )


def retention(settings: Settings) -> Retention:
    """How long raw pages are kept under these settings."""
    return Retention(settings.raw_days, settings.raw_noarchive_days, settings.raw_list_days)


def bootstrap(settings: Settings, *, concurrency: int = 5) -> Services:
    """The real parts for these settings. Nothing is connected before its first use."""
    return Services(
        settings=settings,
        engine=open_engine(settings.database_url, pool_size=concurrency),
        raw_pages=RawPages(settings.raw_pages_dir),
    )


class PerProcess:
    """Services of the process that asks: a pool child must not share its parent's connections."""

    def __init__(self, build: Callable[[], Services]) -> None:
        self._build = build
        self._pid = 0
        self._services: Services | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Services:
        if self._services is None or self._pid != os.getpid():
            with self._lock:
                if self._services is None or self._pid != os.getpid():
                    self._services, self._pid = self._build(), os.getpid()
        return self._services
