"""A worker process says every few seconds that it lives, and whether it got anything done."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable

from pipeline.store.engine import Connection
from pipeline.store.ledger.heartbeats import beat, sign_off
from pipeline.store.transactions import DatabaseUnavailable, transact
from workers.wiring import Services

log = logging.getLogger(__name__)

_WRITING = threading.Lock()
"""Held while a beat is written and while a pool process is forked, so that no child is born with
a lock of the database's library that the heartbeat's thread, which it does not have, would free."""
os.register_at_fork(
    before=_WRITING.acquire, after_in_parent=_WRITING.release, after_in_child=_WRITING.release
)


def worker_name(role: str) -> str:
    """``role@host:pid``: unique among living workers, readable for a person."""
    return f"{role}@{socket.gethostname()}:{os.getpid()}"


class Heartbeat:
    """A thread that writes one row. ``done`` counts the steps that ended since the start."""

    def __init__(self, services: Services, role: str, done: Callable[[], int]) -> None:
        self.settings = services.settings
        self._services = services
        self._role = role
        self._name = worker_name(role)
        self._done = done
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop and take the row away, so that a worker that went in order is not missed."""
        self._stop.set()
        self._thread.join(timeout=5)
        try:
            transact(self._services.engine, lambda c: sign_off(c, self._name))
        except DatabaseUnavailable:
            log.warning("could not sign off; the row of %s stays until it is forgotten", self._name)

    def _run(self) -> None:
        while True:
            done = self._done()

            def write(connection: Connection, done: int = done) -> None:
                beat(connection, self._name, self._role, self._services.now(), done)

            try:
                with _WRITING:
                    transact(self._services.engine, write)
            except DatabaseUnavailable as error:
                log.warning("no heartbeat: %s", error)
            if self._stop.wait(self._services.settings.heartbeat_seconds):
                return
