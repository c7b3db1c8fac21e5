"""A pass of the dispatcher in two looks: what is due and fits the window, then who may have it.

The first reads and locks nothing, the second takes what is still as it was read. Knows nothing of
the broker.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from config.settings import Settings
from pipeline.store.engine import Connection
from pipeline.store.ids import new_id
from pipeline.store.ledger.dispatch import Mark, chunks, due_beyond_fetch, in_flight, mark_queued
from pipeline.store.ledger.turns import Due, Turn, due_turns, take_turns
from workers.chain import BACKLOG, CHUNK, rest_of

HANDS = 4
"""Workers for whom a small backlog is split."""
BEYOND_FETCH = 3 / 4
"""Part of the window for what is fetched already: a pile to be parsed must not stop fetches."""
REFILL = 1 / 8
"""Part of the window that is filled at a time while there is work in it: one pass a freed place
would read the backlog for each article, and send chunks of one."""
REFILL_TURNS = 1 / 16
"""The same for fetches. Less, because each of their threads waits for a place of its own."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Marked jobs and the chain that is to carry them."""

    job_ids: tuple[int, ...]
    message: str
    stages: tuple[str, ...]
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """What is due and fits the window; ``more`` when something else may be due as well."""

    due: list[Due]
    turns: list[Turn]
    under_way: Counter[str]
    more: bool

    @property
    def anything(self) -> bool:
        return bool(self.due or self.turns)


def look(connection: Connection, settings: Settings, now: datetime) -> Found:
    """What may be sent at this moment. Reads only."""
    under_way = in_flight(connection)
    fetching = under_way["fetch"]
    beyond = under_way.total() - fetching
    window = settings.window
    left = max(0, window - fetching - beyond)
    room = max(0, min(left, int(BEYOND_FETCH * window) - beyond))
    put_off = room > 0 and _later(room, beyond, int(REFILL * window))
    if put_off:
        room = 0
    due = due_beyond_fetch(connection, now, room) if room else []
    left -= len(due)
    # Fetches are content with less room. They would take every place as it comes free, and the
    # room that the others wait for would never be there.
    if _later(left, fetching, int((REFILL if put_off else REFILL_TURNS) * window)):
        left = 0
    turns = due_turns(connection, now, left, settings.host_max_in_flight) if left else []
    return Found(due, turns, under_way, more=len(due) >= room or len(turns) >= left)


def _later(room: int, under_way: int, refill: int) -> bool:
    """Whether the window is to empty a little more first: it has work for everybody yet."""
    return room < refill and under_way >= 2 * refill


def take(connection: Connection, found: Found, now: datetime) -> list[Sending]:
    """Hand what was found to messages of their own, as far as no other dispatcher was faster."""
    beyond = found.under_way.total() - found.under_way["fetch"] + len(found.due)
    parts = chunks(found.due, CHUNK, HANDS, found.under_way)
    parts += [[due] for due in take_turns(connection, found.turns, now)]
    messages = [new_id() for _ in parts]
    marks = [
        Mark(job.job_id, job.stage, message)
        for part, message in zip(parts, messages, strict=True)
        for job in part
    ]
    ours = mark_queued(connection, marks, now)
    return [
        Sending(job_ids, message, _stages(part[0], beyond >= BACKLOG), part[0].again_at)
        for part, message in zip(parts, messages, strict=True)
        if (job_ids := tuple(job.job_id for job in part if job.job_id in ours))
    ]


def _stages(first: Due, backlog: bool) -> tuple[str, ...]:
    # What was tried before goes alone to the end of its chain.
    return rest_of(first.kind, first.stage, backlog=backlog and not first.attempts)
