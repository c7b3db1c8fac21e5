"""What a source usually brings and what it brought last, from its polls and its jobs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, select

from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists, polls

DAY = timedelta(days=1)
WEEKS = 8
"""Same weekdays that are compared."""
FEWEST_WINDOWS = 3
"""Days from which something can be expected; with fewer same weekdays, the days before do."""
USUAL_DAYS = 14
"""Days before the last one from which the usual coverage is taken."""
_NO_TEXT = ("no_body", "not_an_article", "parse_timeout", "bug", "crashed")


@dataclass(frozen=True, slots=True)
class Expected:
    """The median of new articles in ``days`` earlier spans of a day."""

    number: float
    days: int
    same_weekday: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of so many pages that were read, the share that gave an article."""

    pages: int = 0
    articles: int = 0

    @property
    def share(self) -> float | None:
        return self.articles / self.pages if self.pages else None


@dataclass(slots=True)
class Volume:
    """One source. ``day`` is the last 24 hours."""

    polled: int = 0
    """Polls of the day that were answered."""
    fresh: int = 0
    """New articles of the day."""
    expected: Expected | None = None
    gaps: int = 0
    """Within a week."""
    day: Coverage = field(default_factory=Coverage)
    usual: Coverage = field(default_factory=Coverage)


def volumes(connection: Connection, now: datetime) -> dict[int, Volume]:
    """Every source that was ever polled or had pages lately, by its row id."""
    found: dict[int, Volume] = {}
    first = _first_answers(connection)
    today = _window(connection, now)
    before = {days: _window(connection, now - days * DAY) for days in _DAYS_BEFORE}
    for source_id, since in first.items():
        polled, fresh, _ = today.get(source_id, (0, 0, 0))
        # A day on which nothing was read shows nothing.
        ours = {days: window[source_id] for days, window in before.items() if source_id in window}
        whole = {
            days: fresh
            for days, (polled_then, fresh, _) in ours.items()
            if polled_then and now - (days + 1) * DAY >= since
        }
        found[source_id] = Volume(polled, fresh, _expected(whole))
    for source_id, (_, _, gaps) in _window(connection, now, 7 * DAY).items():
        found.setdefault(source_id, Volume()).gaps = gaps
    for source_id, coverage in _coverage(connection, now - DAY, now).items():
        found.setdefault(source_id, Volume()).day = coverage
    usual = _coverage(connection, now - (USUAL_DAYS + 1) * DAY, now - DAY)
    for source_id, coverage in usual.items():
        found.setdefault(source_id, Volume()).usual = coverage
    return found


_DAYS_BEFORE = sorted({*range(1, 8), *(7 * week for week in range(1, WEEKS + 1))})


def _expected(whole: Mapping[int, int]) -> Expected | None:
    """From the same weekday of the weeks before, or, as long as those are few, from the last
    days. Whole spans since the first answer alone count, by how many days ago they ended."""
    weekdays = [number for days, number in whole.items() if days % 7 == 0]
    if len(weekdays) >= FEWEST_WINDOWS:
        return Expected(statistics.median(weekdays), len(weekdays), True)
    lately = [number for days, number in whole.items() if days <= 7]
    if len(lately) >= FEWEST_WINDOWS:
        return Expected(statistics.median(lately), len(lately), False)
    return None


def _first_answers(connection: Connection) -> dict[int, datetime]:
    """Since when each source has been read."""
    statement = select(lists.c.source_id, func.min(lists.c.created_at)).where(
        lists.c.last_listed_at.is_not(None)
    )
    return {row[0]: row[1] for row in connection.execute(statement.group_by(lists.c.source_id))}


def _window(
    connection: Connection, end: datetime, length: timedelta = DAY
) -> dict[int, tuple[int, int, int]]:
    """Answered polls, new articles and gaps of each source in a span of time."""
    answered = func.count().filter(polls.c.outcome.in_(("listed", "unchanged")))
    statement = (
        select(
            lists.c.source_id,
            answered,
            func.coalesce(func.sum(polls.c.fresh), 0),
            func.count().filter(polls.c.gap),
        )
        .join(lists, lists.c.id == polls.c.list_id)
        .where(polls.c.at > end - length, polls.c.at <= end)
        .group_by(lists.c.source_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in connection.execute(statement)}


def _coverage(connection: Connection, start: datetime, end: datetime) -> dict[int, Coverage]:
    """Of pages accepted in that time and read to the end: those with an article in them. One that
    was refused, or had not changed, says nothing of how we read."""
    j: Any = jobs.c
    gave = j.outcome.in_(("stored", "revised", "unchanged", "duplicate"))
    gave &= j.reason.is_(None) | (j.reason == "same_text")
    none = j.outcome.in_(("dropped", "dead")) & j.reason.in_(_NO_TEXT)
    statement = (
        select(j.source_id, func.count(), func.sum(case((gave, 1), else_=0)))
        .where(j.accepted_at >= start, j.accepted_at < end, j.source_id.is_not(None))
        .where(j.kind == "article", gave | none)
        .group_by(j.source_id)
    )
    return {row[0]: Coverage(row[1], row[2]) for row in connection.execute(statement)}
