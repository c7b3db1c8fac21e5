"""The account: accepted = stored + revised + unchanged + duplicate + dropped + dead + pending.

Accepted is counted by the runs as they accept, ends and pending by the jobs, articles by their
revisions: three records, written in the transactions that they belong to, so that the equation
can fail and be seen to fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from pipeline.store.tables.articles import article_revisions
from pipeline.store.tables.ledger import OUTCOMES, jobs, runs


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
    scope = _scope(run_id, source_id, since, until)
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
    if source_id is None and since is None and until is None:
        given = select(func.coalesce(func.sum(runs.c.accepted), 0))
        accepted = connection.execute(
            given if run_id is None else given.where(runs.c.id == run_id)
        ).scalar_one()
    else:  # a run does not count by source and day; faults() looks at the runs concerned
        counted = select(func.count()).select_from(jobs).where(*scope)
        accepted = connection.execute(counted).scalar_one()
    return Account(accepted=accepted, reasons=tuple(reasons), **ends)


def faults(
    connection: Connection,
    *,
    run_id: int | None = None,
    source_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[str]:
    """What contradicts the promise within the same scope as :func:`account`: a sentence each."""
    scope = _scope(run_id, source_id, since, until)
    per_run = (
        select(runs.c.public_id, runs.c.accepted, func.count(jobs.c.id))
        .select_from(runs.outerjoin(jobs, (jobs.c.run_id == runs.c.id) & ARTICLES))
        .group_by(runs.c.id, runs.c.public_id, runs.c.accepted)
        .having(runs.c.accepted != func.count(jobs.c.id))
    )
    if run_id is not None:
        per_run = per_run.where(runs.c.id == run_id)
    elif len(scope) > 1:
        per_run = per_run.where(runs.c.id.in_(select(jobs.c.run_id).where(*scope)))
    found = [
        f"run {public_id} accepted {accepted} and has {number} jobs"
        for public_id, accepted, number in connection.execute(per_run)
    ]
    written = article_revisions.c.job_id == jobs.c.id
    made = select(article_revisions.c.id).where(written).exists()
    texts = jobs.c.outcome.in_(("stored", "revised"))
    missing = select(func.count()).select_from(jobs).where(*scope, texts, ~made)
    if number := connection.execute(missing).scalar_one():
        found.append(f"{number} jobs say stored or revised and wrote no revision")
    silent = jobs.c.outcome.is_(None) | jobs.c.outcome.not_in(("stored", "revised", "duplicate"))
    uncounted = select(func.count()).select_from(jobs.join(article_revisions, written))
    if number := connection.execute(uncounted.where(*scope, silent)).scalar_one():
        found.append(f"{number} revisions belong to jobs that do not say stored or revised")
    return found


ARTICLES = jobs.c.kind == "article"
"""What the account counts. Lists are no articles; their polls are counted apart."""


def _scope(
    run_id: int | None, source_id: int | None, since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    scope: list[ColumnElement[bool]] = [ARTICLES]
    if run_id is not None:
        scope.append(jobs.c.run_id == run_id)
    if source_id is not None:
        scope.append(jobs.c.source_id == source_id)
    if since is not None:
        scope.append(jobs.c.accepted_at >= since)
    if until is not None:
        scope.append(jobs.c.accepted_at < until)
    return scope
