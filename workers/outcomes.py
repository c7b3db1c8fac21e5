"""What an outcome of a step means for the ledger. The only place that decides it.

TryLater     wait: exponential with jitter, or as long as the server asked; dead at the end
Drop         ended as dropped, with its reason
Quarantine   ended as dead, input kept, for a person to look at
a bug        wait and try again a bounded number of times, then dead, traceback kept
"""

from __future__ import annotations

import logging
import random
import traceback
from datetime import datetime, timedelta

from pipeline.errors import Drop, Outcome, Quarantine, TryLater
from pipeline.store.engine import Connection
from pipeline.store.ledger.claims import Claim, end, note_attempt, wait
from pipeline.store.ledger.dispatch import block_host
from workers.wiring import Services

log = logging.getLogger(__name__)
JITTER = 0.2
"""Part of a wait by which it may be shorter or longer, so that what failed together does not
come back together."""


def backoff(attempt: int, base_seconds: float, cap_seconds: float) -> timedelta:
    """The wait after the ``attempt``-th try (from 1): doubling from the base, capped, jittered."""
    seconds = min(cap_seconds, base_seconds * 2 ** min(attempt - 1, 30))
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))


def settle(connection: Connection, services: Services, held: Claim, error: Exception) -> None:
    """Write down how a step ended that gave no result."""
    now = services.now()
    match error:
        case TryLater():
            _try_later(connection, services, held, error, now)
        case Drop():
            _end(connection, held, "dropped", "dropped", error, now)
        case Quarantine():
            _end(connection, held, "dead", "quarantined", error, now)
        case _:
            _bug(connection, services, held, error, now)


def give_up(connection: Connection, held: Claim, now: datetime) -> None:
    """A job that was claimed too often without ever coming back: its process dies of it."""
    detail = f"{held.attempt - 1} attempts at {held.stage} ended with the process"
    if end(connection, held, "dead", now, reason="crashed", detail=detail):
        note_attempt(connection, held.job_id, held.stage, held.attempt, now, "crashed")


def _try_later(
    connection: Connection, services: Services, held: Claim, error: TryLater, now: datetime
) -> None:
    settings = services.settings
    asked = error.after or timedelta(0)
    if error.host_wide and asked:
        block_host(connection, held.host, now + asked)
    if held.attempt >= settings.max_attempts:
        _end(connection, held, "dead", "try_later", error, now)
        return
    pause = max(
        asked, backoff(held.attempt, settings.retry_base_seconds, settings.retry_cap_seconds)
    )
    if wait(connection, held, now + pause, reason=error.reason, detail=error.detail):
        _note(connection, held, "try_later", error.reason, error.detail, now)


def _end(
    connection: Connection, held: Claim, outcome: str, result: str, error: Outcome, now: datetime
) -> None:
    if end(connection, held, outcome, now, reason=error.reason, detail=error.detail or None):
        _note(connection, held, result, error.reason, error.detail, now)
        extra = {"job": held.job_id, "stage": held.stage, "url": held.url, "outcome": outcome}
        log.info("%s", error, extra=extra)


def _bug(
    connection: Connection, services: Services, held: Claim, error: Exception, now: datetime
) -> None:
    settings = services.settings
    trace = "".join(traceback.format_exception(error))
    brief = f"{type(error).__name__}: {error}"
    log.error("bug in %s", held.stage, exc_info=error, extra={"job": held.job_id, "url": held.url})
    if held.attempt >= settings.max_attempts:
        written = end(connection, held, "dead", now, reason="bug", detail=brief)
    else:
        pause = backoff(held.attempt, settings.retry_base_seconds, settings.retry_cap_seconds)
        written = wait(connection, held, now + pause, reason="bug", detail=brief)
    if written:
        _note(connection, held, "error", "bug", trace[-8000:], now)


def _note(
    connection: Connection, held: Claim, result: str, reason: str, detail: str, now: datetime
) -> None:
    note_attempt(
        connection, held.job_id, held.stage, held.attempt, now, result, reason, detail or None
    )
