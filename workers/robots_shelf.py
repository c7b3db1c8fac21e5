"""One robots.txt for all workers, over the database. A fetch never fails of it, nor waits long.

Whatever goes wrong here, the process asks the host itself, as it would without.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from pipeline.fetch.robots import RobotsFile
from pipeline.store.engine import Connection, Engine
from pipeline.store.robots_files import (
    KeptRobots,
    claim_robots,
    find_robots,
    give_back,
    keep_robots,
)
from pipeline.store.transactions import transact

log = logging.getLogger(__name__)
Result = TypeVar("Result")

TURN = timedelta(seconds=40)
"""How long one who asks is waited for: a little more than a fetch's deadline."""
PATIENCE_SECONDS = 10.0
"""How long a fetch waits for somebody else's answer before it asks itself."""
PAUSE_SECONDS = 0.1


class RobotsShelf:
    """The shelf of :class:`pipeline.fetch.robots.Robots`, over the table ``robots_files``."""

    def __init__(
        self,
        engine: Engine,
        now: Callable[[], datetime],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._engine = engine
        self._now = now
        self._patience_seconds = patience_seconds

    def take(self, origin: str) -> RobotsFile | None:
        give_up_at = time.monotonic() + self._patience_seconds
        while True:
            kept = self._try(lambda c: find_robots(c, origin, self._now()), read_only=True)
            if kept is not None:
                return RobotsFile(kept.expires_at, kept.text or "", kept.reason, kept.detail or "")
            now = self._now()
            mine = self._try(partial(claim_robots, origin=origin, now=now, until=now + TURN))
            if mine is not False or time.monotonic() >= give_up_at:
                return None
            time.sleep(PAUSE_SECONDS)

    def leave(self, origin: str, file: RobotsFile | None) -> None:
        if file is None:
            self._try(lambda c: give_back(c, origin))
            return
        text = file.text if file.reason is None else None
        kept = KeptRobots(text, file.reason, file.detail or None, file.expires_at)
        self._try(lambda c: keep_robots(c, origin, kept, self._now()))

    def _try(
        self, work: Callable[[Connection], Result], *, read_only: bool = False
    ) -> Result | None:
        """The result, or None when the database does not give one at once."""
        try:
            return transact(self._engine, work, read_only=read_only)
        except Exception as error:
            log.warning("robots.txt is not shared: %s", error)
            return None
