"""``copydesk up``: the whole stack in the foreground."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from workers.cli.options import load_settings, open_services
from workers.cli.output import note

if TYPE_CHECKING:
    from datetime import datetime

    from config.settings import Settings
    from workers.wiring import Services

WATCH_SECONDS = 0.5


def command() -> None:
    """Run server, workers and dispatcher until Ctrl-C."""
    settings = load_settings()
    with open_services(settings) as services:  # makes the database and its schema
        _run(settings, services)


def _run(settings: Settings, services: Services) -> None:
    from config.settings import EMBEDDED
    from workers.chain import APART
    from workers.embedded.stack import Stack

    if settings.broker_url != EMBEDDED:
        from workers.app import make_app
        from workers.broker import wait_until_up

        wait_until_up(make_app(settings), settings.start_patience_seconds)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stack = Stack(replace(settings, heartbeat_seconds=min(settings.heartbeat_seconds, 2.0)))
    try:
        began = services.now()
        stack.start()
        note("starting the workers and the dispatcher")
        waited_for = {*APART, "dispatcher"}
        while waited_for and not stop.wait(WATCH_SECONDS):
            stack.revive()
            waited_for -= _come_up(services, began)
        if not waited_for:
            # As text the engine's URL has no password.
            note(f"up, on {services.engine.url}; hand in URLs with `copydesk ingest URL`")
        stack.run(stop)
        note("stopping: workers end what they began")
    finally:
        stack.stop()


def _come_up(services: Services, began: datetime) -> set[str]:
    """Roles that have said since then that they live."""
    from pipeline.store.ledger.heartbeats import known_workers
    from pipeline.store.transactions import DatabaseUnavailable, transact

    try:
        known = transact(services.engine, known_workers, read_only=True)
    except DatabaseUnavailable:
        return set()
    return {worker.role for worker in known if worker.heartbeat_at >= began}
