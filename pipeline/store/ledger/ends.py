"""How a job ends: once, where its claim still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from pipeline.store.ledger.claims import MINE, Claim, facts, require_all
from pipeline.store.ledger.polls import end_poll
from pipeline.store.tables.ledger import drafts, jobs


@dataclass(frozen=True, slots=True)
class End:
    """How one job is to end."""

    claim: Claim
    outcome: str
    reason: str | None = None
    detail: str | None = None
    article_id: int | None = None


_WRITTEN = ("outcome", "reason", "detail", "article_id", "ended_at")
_END = (
    update(jobs)
    .where(MINE)
    .values(
        {name: bindparam(f"new_{name}", type_=jobs.c[name].type) for name in _WRITTEN}
        | {"state": "ended", "lease_until": None, "message": None}
    )
)
_FORGET_DRAFTS = delete(drafts).where(drafts.c.job_id.in_(bindparam("job_ids", expanding=True)))


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
    if connection.execute(_END, _values(this, now)).rowcount != 1:
        return False
    _tidy(connection, [this], now)
    return True


def end_held(connection: Connection, ends: Sequence[End], now: datetime) -> None:
    """End jobs with one statement for all. Raises :class:`.claims.ClaimLost` when a claim does not
    hold."""
    if not ends:
        return
    done = connection.execute(_END, [_values(this, now) for this in ends]).rowcount
    require_all(done, len(ends))
    _tidy(connection, ends, now)


def _values(this: End, now: datetime) -> dict[str, Any]:
    return facts(this.claim) | {
        "new_outcome": this.outcome,
        "new_reason": this.reason,
        "new_detail": this.detail,
        "new_article_id": this.article_id,
        "new_ended_at": now,
    }


def _tidy(connection: Connection, ends: Sequence[End], now: datetime) -> None:
    """What goes with a job's end."""
    drafted = [
        this.claim.job_id
        for this in ends
        if this.outcome != "dead" and this.claim.stage in ("enrich", "store")
    ]
    if drafted:
        connection.execute(_FORGET_DRAFTS, {"job_ids": drafted})
    for this in ends:
        if this.claim.kind == "list":
            end_poll(connection, this.claim.job_id, this.outcome, this.reason, now)
