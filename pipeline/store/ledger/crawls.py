"""What the polls of a run found, counted apart from its articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from pipeline.store.tables.ledger import jobs, sources
from pipeline.store.tables.lists import lists, polls, source_notices


@dataclass(frozen=True, slots=True)
class FailedPoll:
    """A list that could not be read in a run, and why."""

    source: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class PollCounts:
    """The polls of a run: how they ended, and what they found.

    ``polls = listed + unchanged + failed + under_way + pending``; ``under_way`` are those that
    another run was making. ``entries = fresh + already_seen + left_out + left_over``
    but for entries of sitemap indexes, which are more lists. What a poll of a long list left over
    is for its next poll, which is due at once.
    """

    polls: int
    listed: int
    unchanged: int
    failed: int
    under_way: int
    pending: int
    entries: int
    fresh: int
    already_seen: int
    left_out: int
    left_over: int
    gaps: int
    failures: tuple[FailedPoll, ...] = ()


def lists_pending(connection: Connection, run_id: int) -> int:
    """Polls of the run that have not ended. Ask this before asking for its articles: what a poll
    accepts is committed with its end."""
    live = (jobs.c.run_id == run_id) & (jobs.c.kind == "list") & jobs.c.outcome.is_(None)
    return connection.execute(select(func.count()).where(live)).scalar_one()


def forget_polls(connection: Connection, before: datetime, most: int = 10_000) -> None:
    """Delete polls that ended, and notices that were cleared, before a time; some of them when
    they are many. Never one of which its list has not been told the end."""
    unsettled = select(lists.c.id).where(lists.c.job_id == polls.c.job_id).exists()
    ended, cleared = polls.c.at < before, source_notices.c.cleared_at < before
    for table, at, over in (
        (polls, polls.c.at, ended & ~unsettled),
        (source_notices, source_notices.c.cleared_at, cleared),
    ):
        oldest = select(table.c.id).where(over).order_by(at).limit(most)
        connection.execute(delete(table).where(table.c.id.in_(oldest)))


def poll_counts(connection: Connection, run_id: int) -> PollCounts:
    """What came of the run's polls until now."""
    p = polls.c
    ended = func.coalesce(p.outcome, "pending")
    grouped = connection.execute(
        select(ended, func.count()).where(p.run_id == run_id).group_by(ended)
    ).all()
    counts: dict[str, int] = {row[0]: row[1] for row in grouped}
    sums = {
        column.name: func.coalesce(func.sum(column), 0).label(column.name)
        for column in (p.entries, p.fresh, p.already_seen, p.left_out, p.left_over)
    }
    gaps = func.count().filter(p.gap).label("gaps")
    found = connection.execute(select(*sums.values(), gaps).where(p.run_id == run_id)).one()
    failed = (
        select(sources.c.name, lists.c.url, p.reason)
        .select_from(
            polls.join(lists, lists.c.id == p.list_id).join(
                sources, sources.c.id == lists.c.source_id
            )
        )
        .where(p.run_id == run_id, p.outcome == "failed")
        .order_by(sources.c.name, lists.c.url)
    )
    ends = ("listed", "unchanged", "failed", "under_way", "pending")
    return PollCounts(
        polls=sum(counts.values()),
        **{name: counts.get(name, 0) for name in ends},
        **found._mapping,
        failures=tuple(FailedPoll(*row) for row in connection.execute(failed)),
    )
