"""A source that works and brings nothing, one that is not read, one whose pages hold no article."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from pipeline.models import SourceProfile
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.notices import standing_notices
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.sources import save_source
from pipeline.store.ledger.watch import SourceState, look_after, source_states
from pipeline.store.tables.ledger import jobs, sources
from pipeline.store.tables.lists import lists, polls, source_notices

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def source_id(engine: Engine) -> int:
    with engine.begin() as connection:
        profile = SourceProfile("paper", feeds=("https://paper.example/feed",))
        return save_source(connection, profile, NOW - 70 * DAY)


def polled(engine: Engine, ago: timedelta, fresh: int, outcome: str = "listed") -> None:
    with engine.begin() as connection:
        list_id = connection.execute(select(lists.c.id)).scalar_one()
        row = {
            "list_id": list_id, "run_id": open_run(connection, "crawl", NOW).id,
            "opened_at": NOW - ago, "at": NOW - ago, "outcome": outcome, "fresh": fresh,
            "reason": "dns_failed" if outcome == "failed" else None,
        }  # fmt: skip
        connection.execute(insert(polls).values(row))
        if outcome != "failed":
            later = lists.c.last_listed_at.is_(None) | (lists.c.last_listed_at < NOW - ago)
            connection.execute(update(lists).where(later).values(last_listed_at=NOW - ago))


def weeks(engine: Engine, numbers: list[int]) -> None:
    """New articles on the same weekday of the weeks before, the last week first."""
    for week, number in enumerate(numbers, 1):
        polled(engine, 7 * week * DAY + HOUR, number)


def state(engine: Engine, now: datetime = NOW) -> SourceState:
    """The one source, after the dispatcher looked after it."""
    with engine.begin() as connection:
        [found] = source_states(connection, now)
        look_after(connection, [found], now)
        standing = {notice.kind for notice in standing_notices(connection)}
    assert standing == {problem.kind for problem in found.problems}
    return found


def kinds(found: SourceState) -> set[str]:
    return {problem.kind for problem in found.problems}


def test_nothing_new_on_a_day_that_usually_brings_some_is_silent_until_there_is(
    engine: Engine, source_id: int
) -> None:
    weeks(engine, [12, 0, 14, 300, 13])
    polled(engine, HOUR, 0, "unchanged")
    found = state(engine)
    assert (found.fresh, found.expected) == (0, 13.0)
    [problem] = found.problems
    assert problem.kind == "silent"
    assert "13 new articles are usual (median of the same 24 hours of 5 weeks)" in problem.detail
    polled(engine, HOUR, 1)
    assert kinds(state(engine)) == set()
    with engine.begin() as connection:
        [told] = connection.execute(select(source_notices)).all()
    assert (told.kind, told.raised_at, told.cleared_at) == ("silent", NOW, NOW)


@pytest.mark.parametrize("numbers", [[2, 1, 2, 1], [0, 0, 0, 90], [50, 60]])
def test_a_quiet_weekday_or_too_short_a_history_is_no_silence(
    engine: Engine, source_id: int, numbers: list[int]
) -> None:
    with engine.begin() as connection:
        begun = {"created_at": NOW - (7 * len(numbers) + 1.5) * DAY}
        connection.execute(update(lists).values(begun))
    weeks(engine, numbers)
    polled(engine, HOUR, 0)
    assert "silent" not in kinds(state(engine))


def test_a_source_known_for_days_is_compared_with_those_days(
    engine: Engine, source_id: int
) -> None:
    with engine.begin() as connection:
        connection.execute(update(lists).values(created_at=NOW - 6 * DAY))
    for day in range(1, 5):
        polled(engine, day * DAY + HOUR, 10)
    polled(engine, HOUR, 0)
    [problem] = state(engine).problems
    assert problem.kind == "silent"
    assert "10 new articles are usual (median of 4 days)" in problem.detail


def test_a_source_whose_lists_do_not_answer_is_stale_and_not_silent(
    engine: Engine, source_id: int
) -> None:
    weeks(engine, [12, 12, 12])
    polled(engine, HOUR, 0, "failed")
    [problem] = state(engine).problems
    assert (problem.kind, "169 hours" in problem.detail) == ("stale", True)
    with engine.begin() as connection:
        connection.execute(update(sources).values(paused_at=NOW))
    assert state(engine).problems == (), "a person paused it"


def ended(engine: Engine, source_id: int, ago: timedelta, **ends: int) -> None:
    """So many pages accepted that long ago ended so."""
    with engine.begin() as connection:
        run = open_run(connection, "ingest", NOW)
        total = sum(ends.values())
        texts = [f"https://paper.example/{ago.days}/{n}" for n in range(total)]
        accept(
            connection, run.id, texts, NOW - ago,
            host_interval_seconds=1.0, source_of=lambda host: source_id,
        )  # fmt: skip
        ids = connection.execute(select(jobs.c.id).where(jobs.c.run_id == run.id)).scalars().all()
        for word, number in ends.items():
            some, ids = ids[:number], ids[number:]
            values: dict[str, Any] = {"state": "ended", "ended_at": NOW - ago, "outcome": "stored"}
            if word != "stored":
                values |= {"outcome": "dropped", "reason": word}
            connection.execute(update(jobs).where(jobs.c.id.in_(some)).values(values))


def test_a_fall_in_the_share_of_pages_with_an_article_is_told(
    engine: Engine, source_id: int
) -> None:
    polled(engine, HOUR, 20)
    ended(engine, source_id, 5 * DAY, stored=90, not_an_article=10, not_found=50)
    ended(engine, source_id, HOUR, stored=9, no_body=11, not_found=70)
    found = state(engine)
    assert (found.coverage, found.usual_coverage) == (0.45, 0.9)
    [problem] = found.problems
    assert problem.kind == "coverage"
    assert "9 of 20 pages" in problem.detail
    assert "usual are 90%" in problem.detail


def test_pages_that_were_refused_say_nothing_of_how_we_read(engine: Engine, source_id: int) -> None:
    polled(engine, HOUR, 20)
    ended(engine, source_id, HOUR, stored=9, not_found=70, robots_forbidden=70)
    assert state(engine).coverage == 1.0
