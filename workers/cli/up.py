"""``copydesk up``: the whole stack in the foreground."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace

from workers.cli.options import load_settings, open_services
from workers.cli.output import note


def command() -> None:
    """Run server, workers and dispatcher until Ctrl-C."""
    settings = load_settings()
    with open_services(settings):  # makes the database and its schema
        pass
    from config.settings import EMBEDDED
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
        stack.start()
        note(f"up, on {settings.database_url}; hand in URLs with `copydesk ingest URL`")
        stack.run(stop)
        note("stopping: workers end what they began")
    finally:
        stack.stop()
