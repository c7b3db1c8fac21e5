"""The account: accepted = stored + revised + unchanged + duplicate + dropped + dead + pending.

Accepted is counted on its own, so that the equation can fail and be seen to fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from pipeline.store.tables.ledger import OUTCOMES, jobs


@dataclass(frozen=True, slots=True)
class Account:
    """Counts of jobs. ``reasons`` counts ``(outcome, reason)`` of every named end."""

    accepted: int
    stored: int
    revised: int
    unchanged: int
    duplicate: int
    dropped: int
    dead: int
    pending: int
    reasons: tuple[tuple[str, str, int], ...] = ()

    @property
    def balances(self) -> bool:
        ended: int = sum(getattr(self, name) for name in OUTCOMES)
        return self.accepted == ended + self.pending


def account(
    connection: Connection,
    *,
    run_id: int | None = None,
    source_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Account:
    """The account of one run, one source, a span of acceptance times, or of everything."""
    scope = []
    if run_id is not None:
        scope.append(jobs.c.run_id == run_id)
    if source_id is not None:
        scope.append(jobs.c.source_id == source_id)
    if since is not None:
        scope.append(jobs.c.accepted_at >= since)
    if until is not None:
        scope.append(jobs.c.accepted_at < until)
    accepted = connection.execute(select(func.count()).select_from(jobs).where(*scope)).scalar_one()
    grouped = connection.execute(
        select(jobs.c.outcome, jobs.c.reason, func.count())
        .where(*scope)
        .group_by(jobs.c.outcome, jobs.c.reason)
    ).all()
    counts: dict[str, int] = {}
    for outcome, _reason, number in grouped:
        counts[outcome or "pending"] = counts.get(outcome or "pending", 0) + number
    reasons = sorted((o, r, n) for o, r, n in grouped if o is not None and r is not None)
    ends = {name: counts.get(name, 0) for name in (*OUTCOMES, "pending")}
    return Account(accepted=accepted, reasons=tuple(reasons), **ends)
