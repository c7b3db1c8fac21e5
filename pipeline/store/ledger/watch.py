"""Sources that seem to work and do not: silent, stale, or giving pages without articles.

Looked at whenever somebody asks, and by the dispatcher now and then, which lets a notice stand
as long as it is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, select

from pipeline.store.ledger.intervals import PUSHED_FACTOR
from pipeline.store.ledger.notices import clear_notice, raise_notice, standing_notices
from pipeline.store.ledger.sources import standings
from pipeline.store.ledger.subscriptions import is_leased
from pipeline.store.ledger.volumes import Coverage, Volume, volumes
from pipeline.store.tables.lists import lists, subscriptions

LEAST_EXPECTED = 3.0
"""New articles a day from which none is remarkable: by chance once in twenty days."""
FEWEST_PAGES = 10
FEWEST_USUAL_PAGES = 30
"""Pages from which a share means something."""
FALL = 0.25
"""A share that fell by so much has a cause: a new layout, a wall."""
LOW = 0.5
"""Without a usual share: less than this is not the source's articles."""
MISSED = 3.0
STALE_AFTER = timedelta(hours=1)
"""A source is stale when so many polls, and this time more, passed without an answer."""
WATCHED = ("silent", "stale", "coverage")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong now; ``kind`` as of a notice."""

    kind: str
    about: str
    detail: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source stands. Numbers are of the last 24 hours, but ``gaps``: of a week."""

    source_id: int
    source: str
    state: str
    """``active``, ``paused``, ``disabled`` or ``removed``."""
    lists: int
    failing: int
    """Lists whose last poll failed."""
    disabled: int
    """Lists that the system no longer polls."""
    pushed: int
    """Lists whose hub pushes their news."""
    last_listed_at: datetime | None
    last_new_at: datetime | None
    next_due: datetime | None
    fresh: int
    expected: float | None
    coverage: float | None
    usual_coverage: float | None
    gaps: int
    problems: tuple[Problem, ...]


def source_states(connection: Connection, now: datetime) -> list[SourceState]:
    """Every source that is not removed, by name."""
    counted = volumes(connection, now)
    seen = {row.source_id: row for row in connection.execute(_lists(now))}
    told: dict[str, list[Problem]] = {}
    for notice in standing_notices(connection):
        if notice.kind not in WATCHED:
            problem = Problem(notice.kind, notice.about, notice.detail, notice.raised_at)
            told.setdefault(notice.source, []).append(problem)
    return [
        _state(
            one.source_id,
            name,
            one.hindrance or "active",
            seen.get(one.source_id),
            counted.get(one.source_id, Volume()),
            told.get(name, []),
            now,
        )
        for name, one in standings(connection).items()
        if one.hindrance != "removed"
    ]


def look_after(connection: Connection, states: Iterable[SourceState], now: datetime) -> None:
    """Raise and clear the notices that follow from how the sources stand."""
    standing = {(notice.source, notice.kind) for notice in standing_notices(connection)}
    for one in states:
        found = {problem.kind: problem for problem in one.problems}
        for kind in WATCHED:
            if kind in found:
                raise_notice(connection, one.source_id, kind, "", found[kind].detail, now)
            elif (one.source, kind) in standing:
                clear_notice(connection, one.source_id, kind, "", now)


_STANDS = lists.c.removed_at.is_(None)
_POLLED = and_(_STANDS, lists.c.disabled_at.is_(None))


def _lists(now: datetime) -> Select[Any]:
    leased = is_leased(now)
    apart = lists.c.interval_seconds * case((leased, PUSHED_FACTOR), else_=1.0)
    counted = select(
        lists.c.source_id,
        func.count().filter(_STANDS).label("lists"),
        func.count().filter(_POLLED).label("polled"),
        func.count().filter(_POLLED, leased).label("pushed"),
        func.count().filter(_POLLED, lists.c.failures > 0).label("failing"),
        func.max(lists.c.last_listed_at).label("last_listed_at"),
        func.max(lists.c.last_new_at).label("last_new_at"),
        func.min(lists.c.next_due).filter(_POLLED).label("next_due"),
        func.min(apart).filter(_POLLED).label("apart_seconds"),
        func.min(lists.c.created_at).label("created_at"),
    )
    joined = lists.outerjoin(subscriptions, subscriptions.c.list_id == lists.c.id)
    return counted.select_from(joined).group_by(lists.c.source_id)


def _state(
    source_id: int,
    name: str,
    state: str,
    row: Row[Any] | None,
    volume: Volume,
    told: list[Problem],
    now: datetime,
) -> SourceState:
    problems = list(told)
    if state == "active" and row is not None:
        problems += _problems(row, volume, now)
    return SourceState(
        source_id=source_id,
        source=name,
        state=state,
        lists=row.lists if row else 0,
        failing=row.failing if row else 0,
        disabled=row.lists - row.polled if row else 0,
        pushed=row.pushed if row else 0,
        last_listed_at=row.last_listed_at if row else None,
        last_new_at=row.last_new_at if row else None,
        next_due=row.next_due if row and state == "active" else None,
        fresh=volume.fresh,
        expected=volume.expected.number if volume.expected else None,
        coverage=volume.day.share,
        usual_coverage=volume.usual.share,
        gaps=volume.gaps,
        problems=tuple(problems),
    )


def _problems(row: Row[Any], volume: Volume, now: datetime) -> Iterator[Problem]:
    expected = volume.expected
    is_silent = volume.polled and not volume.fresh and expected is not None
    if is_silent and expected is not None and expected.number >= LEAST_EXPECTED:
        span = "the same 24 hours of {} weeks" if expected.same_weekday else "{} days"
        yield Problem(
            "silent", "",
            f"its lists are read and name nothing new for 24 hours; {expected.number:g} new "
            f"articles are usual (median of {span.format(expected.days)})",
        )  # fmt: skip
    if detail := _fall(volume.day, volume.usual):
        yield Problem("coverage", "", detail)
    if row.lists and not row.polled:
        yield Problem("stale", "", "none of its lists is polled any more: all are disabled")
    elif row.polled:
        answered = row.last_listed_at or row.created_at
        if now - answered > timedelta(seconds=MISSED * row.apart_seconds) + STALE_AFTER:
            hours = (now - answered).total_seconds() / 3600
            yield Problem("stale", "", f"none of its lists has answered for {hours:.0f} hours")


def _fall(day: Coverage, usual: Coverage) -> str | None:
    if day.share is None or day.pages < FEWEST_PAGES:
        return None
    told = f"{day.articles} of {day.pages} pages of the last 24 hours gave an article"
    if usual.share is not None and usual.pages >= FEWEST_USUAL_PAGES:
        if day.share < usual.share - FALL:
            return f"{told}; usual are {usual.share:.0%}"
        return None
    return told if day.share < LOW else None
