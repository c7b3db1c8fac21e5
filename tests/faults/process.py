"""``python -m tests.faults.process ROLE``: a worker or the dispatcher, with faults wired in.

The processes are the real ones; only what they are given differs. Which fault strikes is said by
files in the directory ``FAULTS`` and by the paths of pages, so that nothing of it is in the code
under test:

    full_disk           while the file is there, raw pages find no room
    clock               seconds by which the clock is off
    /segfault/N ...     parsing the page crashes, loops or eats memory, each time
    /hang/N             fetching the page takes HANG_SECONDS, once
    /paused/NAME        what this list names is written, and not committed for PAUSE_SECONDS, once
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from config.logging import set_up_logging
from config.settings import Settings, load
from pipeline.models import ParsedArticle
from pipeline.store.engine import Connection
from pipeline.store.ledger.claims import Claim
from pipeline.store.raw_pages import RawPages
from workers import dispatcher, stages, worker
from workers.stages.discover import Discovered, DiscoverStep
from workers.stages.fetch import Fetched, FetchStep
from workers.stages.parse import ParseStep
from workers.stages.step import Done
from workers.wiring import Services, bootstrap, utc_now

FAULTS = Path(os.environ.get("FAULTS", "/nowhere"))
HANG_SECONDS = 19.0
"""Longer than the lease, the visibility timeout and the pause until the broker looks at it."""
PAUSE_SECONDS = 4.0
"""Long enough to be killed in it, shorter than a task may take."""


class FillingDisk(RawPages):
    """Finds no room while the file ``full_disk`` is there."""

    def _write(self, path: Path, data: bytes) -> None:
        if (FAULTS / "full_disk").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        super()._write(path, data)


class PoisonedParse(ParseStep):
    """Some pages end the process that parses them."""

    def work(self, services: Services, held: Claim) -> ParsedArticle:
        match kind_of(held):
            case "segfault":
                ctypes.string_at(0)
            case "loop":
                while True:  # what ends it looks at the time; the cores are for other tests
                    time.sleep(0.01)
            case "memory":
                eaten = []
                while True:
                    eaten.append(bytearray(64 << 20))
            case "bug":
                raise ZeroDivisionError("a bug that only this page meets")
        return super().work(services, held)


class HangingFetch(FetchStep):
    """Some pages take longer than any timeout allows, the first time."""

    def work(self, services: Services, held: Claim) -> Fetched:
        seen = FAULTS / f"hung-{held.job_id}"
        if kind_of(held) == "hang" and not seen.exists():
            seen.touch()
            time.sleep(HANG_SECONDS)
        return super().work(services, held)


class PausingDiscover(DiscoverStep):
    """Some lists are accepted, and their process comes to no commit, the first time."""

    def write(
        self, connection: Connection, services: Services, done: Sequence[Done[Discovered]]
    ) -> None:
        super().write(connection, services, done)
        for one in done:
            seen = FAULTS / f"paused-{one.claim.job_id}"
            if kind_of(one.claim) == "paused" and not seen.exists():
                seen.touch()
                time.sleep(PAUSE_SECONDS)


def kind_of(held: Claim) -> str:
    """The first part of the page's path."""
    return urlsplit(held.url).path.split("/")[1]


def now() -> datetime:
    """The time, off by what the file ``clock`` says."""
    try:
        off = float((FAULTS / "clock").read_text())
    except (OSError, ValueError):
        off = 0.0
    return utc_now() + timedelta(seconds=off)


def services(settings: Settings, *, concurrency: int = 5) -> Services:
    """The real parts with the faulty ones in their places."""
    parts = bootstrap(settings, concurrency=concurrency)
    return replace(parts, raw_pages=FillingDisk(settings.raw_pages_dir), now=now)


def main(role: str) -> int:
    """Run the role until a signal ends it."""
    settings = load().settings
    set_up_logging(settings.log_level, settings.log_format)
    stages.STEPS["parse"] = PoisonedParse()
    stages.STEPS["fetch"] = HangingFetch()
    stages.STEPS["discover"] = PausingDiscover()
    worker.bootstrap = services  # type: ignore[assignment]
    dispatcher.bootstrap = services  # type: ignore[assignment]
    if role == "dispatcher":
        dispatcher.run_dispatcher(settings)
        return 0
    return worker.run_worker(settings, role)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
