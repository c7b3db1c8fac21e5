"""Is work being done? A heartbeat proves that a process lives, progress that it consumes.

A worker that is connected but deaf has a fresh heartbeat and a queue in which nothing moves:
both are looked at, and either fault makes the role unhealthy.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import Settings
from pipeline.store.engine import Connection
from pipeline.store.ledger.heartbeats import (
    Worker,
    known_workers,
    oldest_queued_at,
)
from pipeline.store.transactions import transact
from workers.chain import APART, ROLES
from workers.wiring import Services

MISSED_BEATS = 3


def stuck_after(settings: Settings) -> timedelta:
    """No progress for so long while work is queued is a deaf worker: longer than any one task,
    and than the beats in which the news of it travels. 90 s by default."""
    return timedelta(seconds=settings.task_limit_seconds + 4 * settings.heartbeat_seconds)


@dataclass(frozen=True, slots=True)
class Health:
    """``problems`` is empty when all is well; each says what is wrong and since when."""

    role: str
    workers: tuple[Worker, ...]
    problems: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        return not self.problems


def check_all(services: Services) -> list[Health]:
    """The health of every role that must be at work: one worker for all stages, or one for each."""
    known = {w.role for w in transact(services.engine, known_workers, read_only=True)}
    stages = ("all",) if "all" in known and known.isdisjoint(APART) else APART
    return [check(services, role) for role in (*stages, "dispatcher")]


def check(services: Services, role: str, *, this_host: bool = False) -> Health:
    """The health of a role, or of this host's workers of that role.

    Raises :class:`pipeline.store.transactions.DatabaseUnavailable`.
    """
    return transact(services.engine, lambda c: _check(c, services, role, this_host), read_only=True)


def _check(connection: Connection, services: Services, role: str, this_host: bool) -> Health:
    now = services.now()
    known = known_workers(connection, role)
    if this_host:
        known = [w for w in known if w.name.split("@")[1].startswith(socket.gethostname() + ":")]
    silent_after = timedelta(seconds=MISSED_BEATS * services.settings.heartbeat_seconds)
    alive = [worker for worker in known if now - worker.heartbeat_at <= silent_after]
    problems = []
    if not alive:
        problems.append(_no_heartbeat(role, known, now))
    elif role in ROLES:
        problems += _no_progress(connection, role, alive, now, stuck_after(services.settings))
    return Health(role, tuple(known), tuple(problems))


def _no_heartbeat(role: str, known: list[Worker], now: datetime) -> str:
    process = f"{role} worker" if role in ROLES else role
    if not known:
        return f"no {process} is at work: none has come up yet, or it signed off"
    ago = (now - known[0].heartbeat_at).total_seconds()
    return f"the last heartbeat of a {process} is {ago:.0f} s old ({known[0].name})"


def _no_progress(
    connection: Connection, role: str, alive: list[Worker], now: datetime, patience: timedelta
) -> list[str]:
    oldest = oldest_queued_at(connection, ROLES[role])
    if oldest is None:
        return []
    # Of the workers asked about alone: a deaf one is not excused by another that hears.
    moved = max((w.progressed_at for w in alive if w.progressed_at is not None), default=None)
    since = max(filter(None, (oldest, moved, min(worker.started_at for worker in alive))))
    if now - since <= patience:
        return []
    return [
        f"{role} workers are alive but nothing moves: work has been queued since {oldest:%H:%M:%S}"
        f" and the last step ended {'never' if moved is None else f'at {moved:%H:%M:%S}'} (UTC)"
    ]
