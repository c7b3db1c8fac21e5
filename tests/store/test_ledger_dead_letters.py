"""Dead letters: found by class, source and time; another life for them, or an end by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from pipeline.errors import Quarantine
from pipeline.models import SourceProfile
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.ledger.attempts import note_attempt
from pipeline.store.ledger.claims import claim
from pipeline.store.ledger.dead_letters import (
    Which,
    dead_classes,
    dead_ids,
    dead_letter,
    dead_letters,
    drop,
    retry,
)
from pipeline.store.ledger.ends import end
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.sources import save_source, source_finder
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.marking import mark_queued

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def accepted(engine: Engine, *texts: str) -> list[int]:
    def make(connection: Connection) -> list[int]:
        save_source(connection, SourceProfile("post", domains=("post.example",)), NOW)
        run = open_run(connection, "ingest", NOW)
        find = source_finder(connection)
        live = accept(connection, run.id, texts, NOW, host_interval_seconds=0, source_of=find)
        return [job.job_id for job in live]

    return transact(engine, make)


def die(engine: Engine, job_id: int, reason: str, at: datetime = NOW) -> None:
    def work(connection: Connection) -> None:
        message = f"m{job_id}"
        mark_queued(connection, [job_id], message, NOW)
        [held] = claim(connection, [job_id], "fetch", message, at, 60, most_takeovers=5)
        error = Quarantine(reason)
        note_attempt(connection, job_id, "fetch", 1, at, "quarantined", reason, str(error))
        assert end(connection, held, "dead", at, reason=reason, detail="it died")

    transact(engine, work)


@pytest.fixture
def dead(engine: Engine) -> list[int]:
    """Three dead jobs: a bug of the source ``post`` an hour ago, a bug and a crash now."""
    ids = accepted(engine, "https://post.example/1", "https://b.example/1", "https://c.example/1")
    die(engine, ids[0], "bug", NOW - timedelta(hours=1))
    die(engine, ids[1], "bug")
    die(engine, ids[2], "crashed")
    return ids


def chosen(engine: Engine, **conditions: object) -> list[int]:
    which = Which(**conditions)  # type: ignore[arg-type]
    return transact(engine, lambda c: dead_ids(c, which))


def test_the_dead_are_found_by_reason_stage_source_and_time(
    engine: Engine, dead: list[int]
) -> None:
    a, b, c = dead
    assert chosen(engine) == [a, b, c]
    assert chosen(engine, reason="bug") == [a, b]
    assert chosen(engine, source="post") == [a]
    assert chosen(engine, stage="parse") == []
    assert chosen(engine, since=NOW) == [b, c]
    assert chosen(engine, until=NOW) == [a]
    assert chosen(engine, job_ids=(c,), reason="bug") == []


def test_the_dead_are_counted_by_class_and_listed_newest_first(
    engine: Engine, dead: list[int]
) -> None:
    classes = transact(engine, lambda c: dead_classes(c, Which()))
    assert [(o.reason, o.stage, o.count) for o in classes] == [
        ("bug", "fetch", 2),
        ("crashed", "fetch", 1),
    ]
    assert (classes[0].first_at, classes[0].last_at) == (NOW - timedelta(hours=1), NOW)
    letters = transact(engine, lambda c: dead_letters(c, Which(), 2))
    assert [letter.job_id for letter in letters] == [dead[2], dead[1]]


def test_one_dead_job_is_shown_with_its_attempts_and_a_living_one_is_not(
    engine: Engine, dead: list[int]
) -> None:
    shown = transact(engine, lambda c: dead_letter(c, dead[0]))
    assert shown is not None
    assert (shown["source"], shown["detail"]) == ("post", "it died")
    assert [attempt["result"] for attempt in shown["attempts"]] == ["quarantined"]
    [alive] = accepted(engine, "https://d.example/1")
    assert transact(engine, lambda c: dead_letter(c, alive)) is None


def test_a_retried_job_is_pending_again_with_all_its_attempts(
    engine: Engine, dead: list[int]
) -> None:
    assert transact(engine, lambda c: retry(c, dead[:2], NOW)) == dead[:2]
    with engine.begin() as connection:
        row = connection.execute(select(jobs).where(jobs.c.id == dead[0])).one()
        counts = account(connection)
        assert faults(connection) == []
    assert (row.state, row.attempts, row.outcome, row.reason) == ("waiting", 0, None, None)
    assert (counts.dead, counts.pending, counts.balances) == (1, 2, True)


def test_a_job_stays_dead_while_its_url_is_on_its_way_in_another_run(
    engine: Engine, dead: list[int]
) -> None:
    accepted(engine, "https://b.example/1")
    assert transact(engine, lambda c: retry(c, dead, NOW)) == [dead[0], dead[2]]


def test_parse_cannot_be_retried_without_a_page(engine: Engine, dead: list[int]) -> None:
    assert transact(engine, lambda c: retry(c, dead, NOW, "parse")) == []
    assert transact(engine, lambda c: retry(c, dead, NOW, "fetch")) == dead


def test_a_job_given_up_is_dropped_says_what_it_died_of_and_keeps_the_balance(
    engine: Engine, dead: list[int]
) -> None:
    assert transact(engine, lambda c: drop(c, dead[:1])) == 1
    assert transact(engine, lambda c: drop(c, dead[:1])) == 0
    with engine.begin() as connection:
        row = connection.execute(select(jobs).where(jobs.c.id == dead[0])).one()
        counts = account(connection)
    assert (row.outcome, row.reason, row.detail) == ("dropped", "given_up", "bug: it died")
    assert (counts.dropped, counts.dead, counts.balances) == (1, 2, True)
