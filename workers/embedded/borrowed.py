"""A stack for the length of one command, when nobody else is there to do the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.settings import EMBEDDED
from workers.embedded.stack import Stack, is_running
from workers.wiring import Services


@contextmanager
def borrowed_stack(services: Services) -> Iterator[Stack | None]:
    """The embedded stack, started and stopped around the block.

    Whoever waits calls :meth:`Stack.revive` now and then. None, and nothing started, when a stack
    already runs on the data directory or a broker of one's own is configured.
    """
    settings = services.settings
    if settings.broker_url != EMBEDDED or is_running(Path(settings.data_dir)):
        yield None
        return
    stack = Stack(settings, log_dir=Path(settings.data_dir) / "log")
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
