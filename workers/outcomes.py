"""What an outcome of a step means for the ledger. The only place that decides it.

TryLater     wait: exponential with jitter, or as long as the server asked, by PATIENCE; dead at
             the end. A list's poll ends earlier, and as dropped: the next poll is its retry
Drop         ended as dropped, with its reason
Quarantine   ended as dead, input kept, for a person to look at
a bug        wait and try again a bounded number of times, then dead, traceback kept
"""

from __future__ import annotations

import logging
import random
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.errors import Drop, Outcome, Quarantine, TryLater
from pipeline.store.engine import Connection
from pipeline.store.ledger.attempts import (
    note_attempt,
    note_superseded,
    times_superseded,
    tries_noted,
)
from pipeline.store.ledger.claims import Claim, still_mine, wait
from pipeline.store.ledger.ends import end
from pipeline.store.ledger.polls import note_listing
from pipeline.store.ledger.turns import block_host, slow_down
from pipeline.store.withdrawals import withdraw
from workers.wiring import Services

log = logging.getLogger(__name__)
JITTER = 0.2
"""Part of a wait by which it may be shorter or longer, so that what failed together does not
come back together."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on with a reason: multiples of ``retry_base_seconds`` for the first wait and
    of ``max_attempts`` for the tries; None never gives up."""

    first_wait: float = 1.0
    tries: float | None = 1.0


PATIENCE = {
    # Hours or days, until the host is itself again; nothing is wrong with the page.
    "rate_limited": Patience(2.0, 4.0),
    "robots_unreachable": Patience(2.0, 4.0),
    # A name that was mistyped stays unknown, one whose server is ill comes back within the hour.
    "dns_failed": Patience(2.0, 1.0),
    # Our own disk: no page may die of it.
    "storage_full": Patience(2.0, None),
    # A setting that is missing: no page may die of it.
    "contact_missing": Patience(2.0, None),
}
"""Reasons that differ from the usual patience."""

LIST_TRIES = 3
LIST_PATIENCE = timedelta(minutes=10)
"""How often, and how long from one try to the next, a poll is tried before it has failed."""

SLOW_DOWN = 2.0
"""By how much a host's interval grows each time that it asks for less."""
SLOWEST_SECONDS = 60.0
"""The longest interval to which a host is slowed down by that; then Retry-After says the rest."""
GONE = ("not_found", "gone", "legally_unavailable")
"""Refusals that withdraw the article whose own address gives them."""


def backoff(attempt: int, base_seconds: float, cap_seconds: float) -> timedelta:
    """The wait after the ``attempt``-th try (from 1): doubling from the base, capped, jittered."""
    seconds = min(cap_seconds, base_seconds * 2 ** min(attempt - 1, 30))
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))


def settle(connection: Connection, services: Services, held: Claim, error: Exception) -> None:
    """Write down how a step ended that gave no result."""
    now = services.now()
    if not still_mine(connection, [held]):
        note_superseded(connection, [held], now)
        return
    match error:
        case TryLater():
            _try_later(connection, services, held, error, now)
        case Drop():
            ended = _end(connection, held, "dropped", "dropped", error, now)
            is_page = held.kind == "article" and held.stage == "fetch"
            if ended and is_page and error.reason in GONE:
                withdraw(connection, held.url_id, error.reason, now, error.answered or held.url)
        case Quarantine():
            _end(connection, held, "dead", "quarantined", error, now)
        case _:
            _bug(connection, services, held, error, now)


def no_room(connection: Connection, services: Services, held: Sequence[Claim], detail: str) -> None:
    """The database has no room for what a step made: its jobs wait, uncounted, and nothing else
    is written, since that would need room too."""
    settings, patience = services.settings, PATIENCE["storage_full"]
    first = settings.retry_base_seconds * patience.first_wait
    for one in held:
        later = services.now() + backoff(1, first, settings.retry_cap_seconds)
        wait(connection, one, later, reason="storage_full", detail=detail, counts=False)


def give_up(connection: Connection, held: Claim, crashes: int, now: datetime) -> None:
    """A job that was claimed too often without ever coming back: its process dies of it."""
    detail = f"{crashes} attempts at {held.stage} ended with the process"
    if end(connection, held, "dead", now, reason="crashed", detail=detail):
        note_attempt(connection, held.job_id, held.stage, held.attempt, now, "crashed")


def _try_later(
    connection: Connection, services: Services, held: Claim, error: TryLater, now: datetime
) -> None:
    settings = services.settings
    patience = PATIENCE.get(error.reason, Patience())
    tried = held.attempt if patience.tries is not None else tries_noted(connection, held) + 1
    pause = backoff(
        tried, settings.retry_base_seconds * patience.first_wait, settings.retry_cap_seconds
    )
    pause = max(error.after or timedelta(0), pause)
    if error.host_wide:
        # Without a time of its own the host gets the page's: others would be refused too.
        block_host(connection, held.host, now + pause)
        slow_down(connection, held.host, SLOW_DOWN, SLOWEST_SECONDS)
    if held.kind == "list" and (
        pause > LIST_PATIENCE or _tries(connection, held, LIST_TRIES) >= LIST_TRIES
    ):
        # Its next poll is its next try, so it is nobody's to look at.
        asked = error.after.total_seconds() if error.after else None
        note_listing(connection, held.job_id, wait_seconds=asked)
        _end(connection, held, "dropped", "try_later", error, now)
        return
    most = None if patience.tries is None else settings.max_attempts * patience.tries
    if most is not None and _tries(connection, held, most) >= most:
        _end(connection, held, "dead", "try_later", error, now)
        return
    counts = patience.tries is not None
    if wait(connection, held, now + pause, reason=error.reason, detail=error.detail, counts=counts):
        _note(connection, held, "try_later", error.reason, error.detail, now)


def _end(
    connection: Connection, held: Claim, outcome: str, result: str, error: Outcome, now: datetime
) -> bool:
    ended = end(connection, held, outcome, now, reason=error.reason, detail=error.detail or None)
    if ended:
        _note(connection, held, result, error.reason, error.detail, now)
        extra = {"job": held.job_id, "stage": held.stage, "url": held.url, "outcome": outcome}
        log.info("%s", error, extra=extra)
    return ended


def _bug(
    connection: Connection, services: Services, held: Claim, error: Exception, now: datetime
) -> None:
    settings = services.settings
    trace = "".join(traceback.format_exception(error))
    brief = f"{type(error).__name__}: {error}"
    log.error("bug in %s", held.stage, exc_info=error, extra={"job": held.job_id, "url": held.url})
    if _tries(connection, held, settings.max_attempts) >= settings.max_attempts:
        written = end(connection, held, "dead", now, reason="bug", detail=brief)
    else:
        pause = backoff(held.attempt, settings.retry_base_seconds, settings.retry_cap_seconds)
        written = wait(connection, held, now + pause, reason="bug", detail=brief)
    if written:
        _note(connection, held, "error", "bug", trace[-8000:], now)


def _tries(connection: Connection, held: Claim, enough: float) -> int:
    """The attempts that count against the job; exact from ``enough`` of them on."""
    if held.attempt < enough:
        return held.attempt
    return held.attempt - times_superseded(connection, held)


def _note(
    connection: Connection, held: Claim, result: str, reason: str, detail: str, now: datetime
) -> None:
    note_attempt(
        connection, held.job_id, held.stage, held.attempt, now, result, reason, detail or None
    )
