"""One thread that watches every deadline of the process: a timer a fetch would cost more than the
rest of it does."""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from typing import Protocol


class Expiring(Protocol):
    def expire(self) -> None:
        """Called once, from the watching thread, when the time is over. Must not block."""


class Watch:
    """Calls ``expire`` of what was added when its time has come."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Expiring]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def add(self, ends_at: float, what: Expiring) -> None:
        """``ends_at`` counts on ``time.monotonic``."""
        with self._changed:
            entry = (ends_at, next(self._numbers), what)
            heapq.heappush(self._waiting, entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif self._waiting[0] is entry:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting or self._waiting[0][0] > time.monotonic():
                    left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                    self._changed.wait(left)
                _, _, what = heapq.heappop(self._waiting)
            what.expire()


watch = Watch()


def _start_anew() -> None:
    """A forked child has the parent's list and none of its threads."""
    watch.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_start_anew)
