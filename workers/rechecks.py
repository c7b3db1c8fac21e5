"""Young articles are asked for again: the dispatcher's pass over the checks that have come due."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from pipeline.store.engine import Connection
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.rechecks import Check, due_checks, take
from pipeline.store.ledger.runs import open_day
from pipeline.store.ledger.sources import source_finder
from pipeline.store.transactions import transact
from workers.wiring import Services

log = logging.getLogger(__name__)
BATCH = 200
"""Most checks of a pass, so that its transaction stays short."""
MOST_SECONDS = 5.0
PASSES = 10
"""Dispatcher's intervals between two looks, and seconds at most: the first check is an hour off."""
PRIORITY = -1
"""Behind what is new at the same host."""


class Rechecks:
    """Called at every pass of the dispatcher; looks at the clock itself."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ages = services.settings.recheck_ages
        self._next = time.monotonic()

    def when_due(self) -> None:
        """Accept what has come due into the day's run."""
        if not self._ages or time.monotonic() < self._next:
            return
        pause = PASSES * self._services.settings.dispatch_interval_seconds
        self._next = time.monotonic() + min(MOST_SECONDS, pause)
        now = self._services.now()
        # Most looks find nothing, and reading takes no lock from those who write.
        checks = transact(
            self._services.engine, lambda c: due_checks(c, now, BATCH), read_only=True
        )
        if checks:
            number = transact(self._services.engine, lambda c: self._accept(c, checks, now))
            log.info("%d young articles are looked at again", number)

    def _accept(self, connection: Connection, checks: list[Check], now: datetime) -> int:
        taken = take(connection, checks, self._ages, now)
        if not taken:
            return 0
        accept(
            connection,
            open_day(connection, "recheck", "recheck", now),
            [check.url for check in taken],
            now,
            host_interval_seconds=self._services.settings.host_interval_seconds,
            source_of=source_finder(connection),
            priority=PRIORITY,
            repeats=True,
        )
        return len(taken)
