"""What is kept for a time only is deleted when that is over: raw pages, robots.txt, old polls."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from pipeline.store.engine import Connection
from pipeline.store.host_repeats import forget_repeats
from pipeline.store.ledger.crawls import forget_polls
from pipeline.store.retention import prune
from pipeline.store.robots_files import forget_robots
from pipeline.store.transactions import transact
from workers.wiring import Services, retention

log = logging.getLogger(__name__)
PRUNE_SECONDS = 3600.0
FORGET_ROBOTS_AFTER = timedelta(days=7)
FORGET_REPEATS_AFTER = timedelta(days=180)
FORGET_POLLS_AFTER = timedelta(days=400)
"""Longer than a year, so that a season can be compared with the last."""
PRUNE_AT_ONCE = 100
"""Raw pages deleted in one pass: a moment's work."""


class Pruning:
    """Called at every pass of the dispatcher; looks at the clock itself. Not in its first hour."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._next = time.monotonic() + PRUNE_SECONDS
        self._goes_on = False
        """Whether the last pass left pages over that are to go."""

    def when_due(self) -> None:
        """Delete a little of what is over; the rest in the next passes."""
        if time.monotonic() < self._next:
            return
        if not self._goes_on:
            now = self._services.now()
            transact(self._services.engine, lambda c: forget_rows(c, now))
        self._goes_on = self.prune()
        self._next = time.monotonic() + (0.0 if self._goes_on else PRUNE_SECONDS)

    def prune(self) -> bool:
        """Whether there are more pages to delete at once. A disk that refuses is left alone till
        later."""
        services = self._services
        kept, now = retention(services.settings), services.now()
        try:
            done = prune(services.engine, services.raw_pages, kept, now, PRUNE_AT_ONCE)
        except OSError as error:
            log.warning("raw pages cannot be deleted: %s", error)
            return False
        return done.pages >= PRUNE_AT_ONCE


def forget_rows(connection: Connection, now: datetime) -> None:
    """Delete rows that are too old to tell anything: robots.txt that nobody asks for, old polls,
    what hosts repeated of which nothing was learned since."""
    forget_robots(connection, now - FORGET_ROBOTS_AFTER)
    forget_polls(connection, now - FORGET_POLLS_AFTER)
    forget_repeats(connection, now - FORGET_REPEATS_AFTER)
