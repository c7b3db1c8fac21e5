"""Crawls: runs that poll the lists of sources and work on what is new there.

One function opens them for everybody (:func:`start_crawl`); the dispatcher calls
:func:`crawl_due`. Any number of processes may call both.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pipeline.store.engine import Connection
from pipeline.store.ledger.intervals import PUSHED_FACTOR, Bounds
from pipeline.store.ledger.polls import (
    Ready,
    anything_due,
    claim_due,
    claim_of,
    note_under_way,
    open_polls,
)
from pipeline.store.ledger.runs import Run, all_accepted, open_run, request_digest
from pipeline.store.ledger.schedule import settle_ended_polls
from pipeline.store.ledger.sources import standings
from pipeline.store.ledger.watch import look_after, source_states
from pipeline.store.transactions import transact
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

AT_ONCE = 500
"""Due lists for which one run is opened."""
LOOK_SECONDS = 10.0
PASSES_PER_LOOK = 20
"""How often due lists are looked for: their times are minutes and hours."""
WATCH_SECONDS = 600.0
"""How often notices about sources are brought up to date: they speak of hours and days."""


class CrawlRefused(ValueError):
    """What was asked for cannot be crawled: which source, and why."""


def start_crawl(
    services: Services, names: Sequence[str] | Literal["due", "all"], *, run_key: str | None = None
) -> Run:
    """Open a crawl of these sources: every list of theirs is polled, with ``"due"`` only those
    whose time has come.

    A key seen before opens nothing and gives that run. Raises :class:`CrawlRefused` for a name
    that no source has or whose source may not be polled, and
    :class:`pipeline.store.ledger.runs.KeyReused` for a key that stands for another request.
    """
    digest = request_digest("crawl", [names] if isinstance(names, str) else sorted(set(names)))

    def work(connection: Connection) -> Run:
        now = services.now()
        settle_ended_polls(connection, now, _bounds(services))
        run = open_run(connection, "crawl", now, run_key, digest)
        if not run.is_new:
            return run
        if names == "due":
            ready: list[Ready] = []
            while some := claim_due(connection, now, AT_ONCE):
                ready += some
                _open(connection, services, run.id, some)
        else:
            ready, under_way = claim_of(connection, _source_ids(connection, names))
            _open(connection, services, run.id, ready)
            note_under_way(connection, run.id, under_way, now)
        all_accepted(connection, run.id, now)
        return replace(run, is_whole=True)

    return transact(services.engine, work, patience_seconds=DATABASE_PATIENCE_SECONDS)


def crawl_due(services: Services) -> Run | None:
    """Give lists whose poll has ended their next time, and open a run for those that are due;
    None when none is."""

    def work(connection: Connection) -> Run | None:
        now = services.now()
        settle_ended_polls(connection, now, _bounds(services))
        ready = claim_due(connection, now, AT_ONCE)
        if not ready:
            return None
        run = open_run(connection, "crawl", now)
        _open(connection, services, run.id, ready)
        all_accepted(connection, run.id, now)
        return replace(run, is_whole=True)

    now = services.now()
    # Most looks find nothing, and reading takes no lock from those who write.
    if not transact(services.engine, lambda c: anything_due(c, now), read_only=True):
        return None
    return transact(services.engine, work)


class Crawls:
    """The dispatcher's part: due lists to crawls, now and then."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._next = self._next_watch = time.monotonic()

    def when_due(self) -> None:
        """Open polls of the lists whose time has come, and see how the sources stand."""
        if time.monotonic() >= self._next:
            pause = PASSES_PER_LOOK * self._services.settings.dispatch_interval_seconds
            self._next = time.monotonic() + min(pause, LOOK_SECONDS)
            crawl_due(self._services)
        if time.monotonic() >= self._next_watch:
            self._next_watch = time.monotonic() + WATCH_SECONDS
            now = self._services.now()
            engine = self._services.engine
            states = transact(engine, lambda c: source_states(c, now), read_only=True)
            transact(engine, lambda c: look_after(c, states, now))


def _open(connection: Connection, services: Services, run_id: int, ready: list[Ready]) -> None:
    interval = services.settings.host_interval_seconds
    open_polls(connection, run_id, ready, services.now(), host_interval_seconds=interval)


def _bounds(services: Services) -> Bounds:
    settings = services.settings
    factor = PUSHED_FACTOR if settings.websub_callback_url else 1.0
    return Bounds(settings.poll_min_seconds, settings.poll_max_seconds, factor)


def _source_ids(connection: Connection, names: Sequence[str] | Literal["all"]) -> list[int]:
    known = standings(connection)
    if names == "all":
        return [source.source_id for source in known.values() if source.hindrance is None]
    found = []
    for name in dict.fromkeys(names):
        source = known.get(name)
        if source is None or source.hindrance == "removed":
            raise CrawlRefused(f"there is no source {name!r}; see `copydesk source list`")
        if source.hindrance is not None:
            raise CrawlRefused(
                f"source {name!r} is {source.hindrance}; `copydesk source resume {name}` ends that"
            )
        found.append(source.source_id)
    return found
