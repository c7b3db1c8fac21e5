"""``python -m tests.faults.process ROLE``: a worker or the dispatcher, with faults wired in.

The processes are the real ones; only what they are given differs. Which fault strikes is said by
files in the directory ``FAULTS`` and by the paths of pages (:mod:`tests.faults.steps`), so that
nothing of it is in the code under test:

    full_disk           while the file is there, raw pages find no room
    clock               seconds by which the clock is off
"""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from config.logging import set_up_logging
from config.settings import Settings, load
from pipeline.store.raw_pages import RawPages
from tests.faults import FAULTS
from workers.wiring import Services, bootstrap, utc_now


class FillingDisk(RawPages):
    """Finds no room while the file ``full_disk`` is there."""

    def _write(self, path: Path, data: bytes) -> None:
        if (FAULTS / "full_disk").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        super()._write(path, data)


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
    if role == "dispatcher":
        return _dispatcher(settings)
    return _worker(settings, role)


def _dispatcher(settings: Settings) -> int:
    from workers import dispatcher, hubs  # here, so that it starts without what reads pages

    dispatcher.bootstrap = services  # type: ignore[assignment]
    hubs.LOOK_SECONDS = hubs.BUSY_SECONDS = 0.2
    dispatcher.run_dispatcher(settings)
    return 0


def _worker(settings: Settings, role: str) -> int:
    from tests.faults.steps import FAULTY_STEPS
    from workers import stages, worker

    stages.STEPS.update(FAULTY_STEPS)
    worker.bootstrap = services  # type: ignore[assignment]
    return worker.run_worker(settings, role)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
