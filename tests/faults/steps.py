"""Steps in which faults strike, by the paths of pages.

/segfault/N ...     parsing the page crashes, loops or eats memory, each time
/hang/N             fetching the page takes HANG_SECONDS, once
/paused/NAME        what this list names is written, and not committed for PAUSE_SECONDS, once
/pushed/NAME        the same, of what the list's hub pushes alone
/held/N             what the page teaches of its host is written, and likewise not committed
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from pipeline.store.engine import Connection
from pipeline.store.ledger.claims import Claim
from pipeline.store.ledger.polls import polled_list
from tests.faults import FAULTS
from workers.stages.discover import Discovered, DiscoverStep
from workers.stages.fetch import Fetched, FetchStep
from workers.stages.parse import ParseStep, Read
from workers.stages.step import Done, Step
from workers.wiring import Services

HANG_SECONDS = 19.0
"""Longer than the lease, the visibility timeout and the pause until the broker looks at it."""
PAUSE_SECONDS = 4.0
"""Long enough to be killed in it, shorter than a task may take."""


class PoisonedParse(ParseStep):
    """Some pages end the process that parses them."""

    def work(self, services: Services, held: Claim) -> Read:
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

    def write(self, connection: Connection, services: Services, done: Sequence[Done[Read]]) -> None:
        super().write(connection, services, done)
        for one in done:
            if kind_of(one.claim) == "held":
                pause_once(one.claim)


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
            if pauses(connection, one.claim):
                pause_once(one.claim)


def pause_once(held: Claim) -> None:
    """Come to no commit for a while, the first time that this job is written."""
    seen = FAULTS / f"paused-{held.job_id}"
    if not seen.exists():
        seen.touch()
        time.sleep(PAUSE_SECONDS)


def pauses(connection: Connection, held: Claim) -> bool:
    """Whether this poll is one that pauses."""
    kind = kind_of(held)
    return kind == "paused" or (kind == "pushed" and polled_list(connection, held.job_id).pushed)


def kind_of(held: Claim) -> str:
    """The first part of the page's path."""
    return urlsplit(held.url).path.split("/")[1]


FAULTY_STEPS: dict[str, Step[Any]] = {
    "fetch": HangingFetch(),
    "parse": PoisonedParse(),
    "discover": PausingDiscover(),
}
