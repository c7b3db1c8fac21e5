"""How a job ends: once, where its claim still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete

from pipeline.store.given import NUMBER, TEXT, TIME, as_given, with_given
from pipeline.store.ledger.claims import Claim, require_all, set_where_held
from pipeline.store.ledger.polls import end_poll
from pipeline.store.prepared import Among, Prepared
from pipeline.store.tables.ledger import DETAIL_CHARS, drafts
from pipeline.store.types import clean_text


@dataclass(frozen=True, slots=True)
class End:
    """How one job is to end."""

    claim: Claim
    outcome: str
    reason: str | None = None
    detail: str | None = None
    article_id: int | None = None


_HELD = {"job_id": NUMBER, "attempt": NUMBER, "stage": TEXT, "message": TEXT}
_END = {"outcome": TEXT, "reason": TEXT, "detail": TEXT, "article_id": NUMBER, "ended_at": TIME}
_END_HELD = """
    UPDATE jobs SET
        state = 'ended', lease_until = NULL, message = NULL, outcome = given.outcome,
        reason = given.reason, detail = given.detail, article_id = given.article_id,
        ended_at = given.ended_at
    FROM {given}
    WHERE jobs.id = given.job_id AND jobs.attempts = given.attempt AND jobs.stage = given.stage
        AND jobs.message = given.message AND jobs.state = 'running'
    RETURNING jobs.id
"""
_FORGET_DRAFTS = Prepared(delete(drafts).where(Among(drafts.c.job_id, "job_ids")))


def end(
    connection: Connection,
    held: Claim,
    outcome: str,
    now: datetime,
    *,
    reason: str | None = None,
    detail: str | None = None,
    article_id: int | None = None,
) -> bool:
    """The one end of a job; False when the claim no longer holds and nothing was written. With a
    list's job ends its poll.

    The draft of a dead job is kept: it is the input that someone will want to see.
    """
    this = End(held, outcome, reason, detail, article_id)
    ended = _end_one(connection, this, now)
    if ended:
        _tidy(connection, [this], now)
    return ended


def end_held(connection: Connection, ends: Sequence[End], now: datetime) -> None:
    """End jobs with one statement for all. Raises :class:`.claims.ClaimLost` when a claim does not
    hold."""
    if len(ends) == 1:
        done = int(_end_one(connection, ends[0], now))
    else:
        at = as_given(now)
        rows = [_row(this, at) for this in ends]
        done = len(with_given(connection, _END_HELD, _HELD | _END, rows))
    require_all(done, len(ends))
    _tidy(connection, ends, now)


def _end_one(connection: Connection, this: End, now: datetime) -> bool:
    values = {
        "state": "ended",
        "lease_until": None,
        "message": None,
        "outcome": this.outcome,
        "reason": this.reason,
        "detail": this.detail,
        "article_id": this.article_id,
        "ended_at": now,
    }
    return set_where_held(connection, this.claim, values)


def _row(this: End, at: str) -> tuple[int | str | None, ...]:
    held = this.claim
    detail = None if this.detail is None else clean_text(this.detail, DETAIL_CHARS)
    of_claim = held.job_id, held.attempt, held.stage, held.message
    return *of_claim, this.outcome, this.reason, detail, this.article_id, at


def _tidy(connection: Connection, ends: Sequence[End], now: datetime) -> None:
    """What goes with a job's end."""
    drafted = [
        this.claim.job_id
        for this in ends
        if this.outcome != "dead" and this.claim.stage in ("enrich", "store")
    ]
    if drafted:
        _FORGET_DRAFTS.changed(connection, {"job_ids": drafted})
    for this in ends:
        if this.claim.kind == "list":
            end_poll(connection, this.claim.job_id, this.outcome, this.reason, now)
