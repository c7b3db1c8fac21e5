"""Young articles and when each is looked at again: sooner at first, then ever later, then no more.

A row of ``rechecks`` is there as long as its article is young, so the table stays small and the
articles' own rows are not touched. Taking a check is a compare-and-set on its time: of two
dispatchers one gets it. What is taken moves on to the next step at once, as if the page were going
to be unchanged; a change brings it back to an earlier step.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from pipeline.store.dialect import insert
from pipeline.store.tables.articles import articles, rechecks

OVERTIME = 0.25
"""Part of the last age by which checks may go on: each comes a little late, and a change defers
the rest; a page that changes at every look must come to an end all the same."""
STEPS_BACK = 2
"""From the step that a taken check has moved on to: one behind the one that found the change."""


@dataclass(frozen=True, slots=True)
class Young:
    """An article, and what says how old it is; ``stored_at`` is when it was first seen."""

    article_id: int
    published_at: datetime | None
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A check that has come due; ``url`` is the article's own address."""

    article_id: int
    url: str
    step: int
    due_at: datetime
    until: datetime


def plan(connection: Connection, stored: Sequence[Young], ages: Sequence[timedelta]) -> None:
    """Have these articles looked at again at these ages, as far as they are still ahead."""
    _plan(connection, [_first_check(one, one.stored_at, ages) for one in stored])


def plan_restored(
    connection: Connection, article_ids: Sequence[int], ages: Sequence[timedelta], now: datetime
) -> None:
    """The same for articles that were withdrawn and are back: those that are still young."""
    found = select(articles.c.id, articles.c.published_at, articles.c.first_seen_at).where(
        articles.c.id.in_(article_ids)
    )
    rows = connection.execute(found).all() if article_ids else []
    _plan(connection, [_first_check(Young(*row), now, ages) for row in rows])


def _plan(connection: Connection, checks: Sequence[dict[str, object] | None]) -> None:
    rows = [row for row in checks if row is not None]
    if rows:
        statement = insert(connection, rechecks)
        connection.execute(statement.on_conflict_do_nothing(index_elements=["article_id"]), rows)


def _first_check(one: Young, now: datetime, ages: Sequence[timedelta]) -> dict[str, object] | None:
    born = min(one.published_at or one.stored_at, one.stored_at)
    step = next((n for n, age in enumerate(ages) if born + age > now), None)
    if step is None:
        return None
    until = born + ages[-1] * (1 + OVERTIME)
    due_at = born + ages[step]
    return {"article_id": one.article_id, "step": step, "due_at": due_at, "until": until}


def due_checks(connection: Connection, now: datetime, limit: int) -> list[Check]:
    """The checks that have come due, the longest overdue first."""
    statement = (
        select(
            rechecks.c.article_id,
            articles.c.url,
            rechecks.c.step,
            rechecks.c.due_at,
            rechecks.c.until,
        )
        .join(articles, articles.c.id == rechecks.c.article_id)
        .where(rechecks.c.due_at <= now)
        .order_by(rechecks.c.due_at)
        .limit(limit)
    )
    return [Check(*row) for row in connection.execute(statement)]


def take(
    connection: Connection, checks: Sequence[Check], ages: Sequence[timedelta], now: datetime
) -> list[Check]:
    """Take these checks and plan the next of each; those that nobody else was faster to take."""
    taken = []
    for check in checks:
        same = (rechecks.c.article_id == check.article_id) & (rechecks.c.due_at == check.due_at)
        following = check.step + 1
        due_at = now + _gap(ages, following)
        if following >= len(ages) or due_at > check.until:
            changed = connection.execute(delete(rechecks).where(same)).rowcount
        else:
            moved = update(rechecks).where(same).values(step=following, due_at=due_at)
            changed = connection.execute(moved).rowcount
        if changed == 1:
            taken.append(check)
    return taken


def sooner(
    connection: Connection, article_ids: Collection[int], ages: Sequence[timedelta], now: datetime
) -> None:
    """These articles have changed, so they may change again: back to an earlier step."""
    found = select(rechecks).where(rechecks.c.article_id.in_(article_ids))
    for row in connection.execute(found).all():
        step = max(0, row.step - STEPS_BACK)
        due_at = min(row.due_at, now + _gap(ages, step))
        same = (rechecks.c.article_id == row.article_id) & (rechecks.c.due_at == row.due_at)
        connection.execute(update(rechecks).where(same).values(step=step, due_at=due_at))


def _gap(ages: Sequence[timedelta], step: int) -> timedelta:
    """The time between the check before ``step`` and that one; the last gap beyond the end."""
    step = min(step, len(ages) - 1)
    return ages[step] - (ages[step - 1] if step else timedelta(0))
