"""Claims: one message works on a job, and a worker stopped past its lease changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.store.ledger import dispatch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.attempts import note_superseded, times_superseded, tries_noted
from pipeline.store.ledger.claims import Claim, ClaimLost, claim, hold, move_on, still_mine, wait
from pipeline.store.ledger.ends import End, end, end_held
from pipeline.store.ledger.runs import open_run
from pipeline.store.tables.ledger import drafts, jobs
from pipeline.store.transactions import transact
from tests.marking import mark_queued

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = 120.0
MOST = 5


@pytest.fixture
def job_id(engine: Engine) -> int:
    """A fetch job that stands in the broker as message ``m1``."""

    def make(connection: Connection) -> int:
        run = open_run(connection, "ingest", NOW)
        texts = ["https://a.example/1"]
        [live] = accept(connection, run.id, texts, NOW, host_interval_seconds=1.0)
        assert mark_queued(connection, [live.job_id], "m1", NOW)
        return live.job_id

    return transact(engine, make)


def take(engine: Engine, job_id: int, message: str = "m1", stage: str = "fetch") -> list[Claim]:
    return transact(
        engine, lambda c: claim(c, [job_id], stage, message, NOW, LEASE, most_takeovers=MOST)
    )


def row(engine: Engine, job_id: int) -> dict[str, object]:
    with engine.begin() as connection:
        found = connection.execute(select(jobs).where(jobs.c.id == job_id)).one()
    return dict(found._mapping)


def test_a_claim_takes_the_lease_and_counts_one_attempt(engine: Engine, job_id: int) -> None:
    [held] = take(engine, job_id)
    assert (held.attempt, held.message, held.url) == (1, "m1", "https://a.example/1")
    assert row(engine, job_id)["lease_until"] == NOW + timedelta(seconds=LEASE)


def test_another_message_finds_nothing_to_do(engine: Engine, job_id: int) -> None:
    assert take(engine, job_id, "m2") == []
    take(engine, job_id)
    assert take(engine, job_id, "m2") == []
    assert row(engine, job_id)["attempts"] == 1


def test_a_message_for_another_stage_finds_nothing_to_do(engine: Engine, job_id: int) -> None:
    assert take(engine, job_id, stage="parse") == []


def test_a_redelivery_of_the_same_message_takes_over_its_own_lease(
    engine: Engine, job_id: int
) -> None:
    [first] = take(engine, job_id)
    [second] = take(engine, job_id)
    assert second.attempt == 2
    with pytest.raises(ClaimLost):
        transact(engine, lambda c: move_on(c, [first], NOW))
    transact(engine, lambda c: move_on(c, [second], NOW))
    assert row(engine, job_id)["stage"] == "parse"


def test_a_message_delivered_many_times_waits_for_the_lease_before_it_uses_up_the_attempts(
    engine: Engine, job_id: int
) -> None:
    attempts_made = [held.attempt for _ in range(9) for held in take(engine, job_id)]
    assert attempts_made == [1, 2, 3, 4, 5], "the fifth is at work; the others leave it alone"
    after_lease = NOW + timedelta(seconds=LEASE)

    def late(connection: Connection) -> list[Claim]:
        return claim(connection, [job_id], "fetch", "m1", after_lease, LEASE, most_takeovers=MOST)

    assert [held.attempt for held in transact(engine, late)] == [6]


def test_a_worker_whose_message_a_copy_has_taken_over_is_no_crash(
    engine: Engine, job_id: int
) -> None:
    [first] = take(engine, job_id)
    [second] = take(engine, job_id)
    transact(engine, lambda c: note_superseded(c, [first, second], NOW))
    assert transact(engine, lambda c: times_superseded(c, second)) == 1
    assert transact(engine, lambda c: tries_noted(c, second)) == 1
    transact(engine, lambda c: move_on(c, [second], NOW))
    transact(engine, lambda c: note_superseded(c, [first], NOW))
    assert transact(engine, lambda c: times_superseded(c, second)) == 1, "the job has moved on"


def test_moving_on_puts_the_job_at_the_next_stage_for_the_same_message(
    engine: Engine, job_id: int
) -> None:
    [held] = take(engine, job_id)
    transact(engine, lambda c: move_on(c, [held], NOW))
    after = row(engine, job_id)
    assert (after["stage"], after["state"], after["attempts"]) == ("parse", "queued", 0)
    assert [c.stage for c in take(engine, job_id, stage="parse")] == ["parse"]


def test_an_end_is_written_once_and_for_all(engine: Engine, job_id: int) -> None:
    [held] = take(engine, job_id)
    assert transact(engine, lambda c: end(c, held, "dropped", NOW, reason="not_found"))
    assert not transact(engine, lambda c: end(c, held, "dead", NOW, reason="bug"))
    assert not transact(engine, lambda c: wait(c, held, NOW))
    assert row(engine, job_id)["outcome"] == "dropped"


def test_a_worker_past_its_lease_changes_nothing(engine: Engine, job_id: int) -> None:
    [late] = take(engine, job_id)
    after_lease = NOW + timedelta(seconds=LEASE + 1)
    assert transact(engine, lambda c: dispatch.release_expired_leases(c, after_lease)) == 1
    assert transact(engine, lambda c: still_mine(c, [late])) == []
    with pytest.raises(ClaimLost):
        transact(engine, lambda c: move_on(c, [late], after_lease))
    assert row(engine, job_id)["state"] == "waiting"


def test_waiting_without_having_tried_gives_the_attempt_back(engine: Engine, job_id: int) -> None:
    [held] = take(engine, job_id)
    later = NOW + timedelta(minutes=5)
    assert transact(engine, lambda c: wait(c, held, later, reason="host_busy", counts=False))
    after = row(engine, job_id)
    assert (after["attempts"], after["next_at"]) == (0, later)


def test_a_batch_of_which_one_claim_was_lost_moves_no_job(engine: Engine, job_id: int) -> None:
    [held] = take(engine, job_id)
    stranger = replace(held, job_id=job_id + 1000)
    assert transact(engine, lambda c: still_mine(c, [held, stranger])) == [held]
    for lost in ([held, stranger], [stranger]):
        with pytest.raises(ClaimLost):
            transact(engine, lambda c, some=lost: move_on(c, some, NOW))  # type: ignore[misc]
        with pytest.raises(ClaimLost):
            transact(engine, lambda c, some=lost: hold(c, some))  # type: ignore[misc]
    assert row(engine, job_id)["stage"] == "fetch"


@pytest.mark.parametrize(
    "values",
    [
        {"state": "ended"},
        {"outcome": "stored"},
        {"state": "running", "lease_until": None},
        {"stage": "print"},
        {"state": "ended", "outcome": "vanished", "ended_at": NOW},
        {"state": "ended", "outcome": "dropped", "ended_at": NOW, "reason": None},
    ],
    ids=["no outcome", "not ended", "no lease", "no such stage", "no such end", "no reason"],
)
def test_the_database_itself_refuses_an_impossible_row(
    engine: Engine, job_id: int, values: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(jobs.update().where(jobs.c.id == job_id).values(**values))


def chunk_at_store(engine: Engine) -> list[Claim]:
    """Three jobs in one message at store, each with its draft."""

    def make(connection: Connection) -> list[Claim]:
        run = open_run(connection, "ingest", NOW)
        texts = [f"https://b.example/{n}" for n in range(3)]
        live = accept(connection, run.id, texts, NOW, host_interval_seconds=1.0)
        ids = [job.job_id for job in live]
        connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(stage="store"))
        mark_queued(connection, ids, "m9", NOW)
        connection.execute(drafts.insert(), [{"job_id": i, "document": b"x"} for i in ids])
        return claim(connection, ids, "store", "m9", NOW, LEASE, most_takeovers=MOST)

    return transact(engine, make)


def left_of(engine: Engine) -> tuple[set[str | None], int]:
    """The outcomes of all jobs, and how many drafts there are."""
    with engine.begin() as connection:
        outcomes = set(connection.execute(select(jobs.c.outcome)).scalars())
        return outcomes, len(connection.execute(select(drafts)).all())


def test_a_chunk_ends_with_one_statement_and_keeps_the_draft_of_the_dead(engine: Engine) -> None:
    a, b, c = chunk_at_store(engine)
    ends = [End(a, "stored"), End(b, "duplicate", "same_text"), End(c, "dead", "bug", "it broke")]
    transact(engine, lambda connection: end_held(connection, ends, NOW))
    assert left_of(engine) == ({"stored", "duplicate", "dead"}, 1)
    assert row(engine, b.job_id)["reason"] == "same_text"


def test_a_chunk_of_which_one_claim_was_lost_ends_no_job(engine: Engine) -> None:
    a, b, c = chunk_at_store(engine)
    [taken_over] = transact(
        engine,
        lambda connection: claim(
            connection, [b.job_id], "store", "m9", NOW, LEASE, most_takeovers=MOST
        ),
    )
    assert taken_over.attempt == 2
    assert transact(engine, lambda connection: still_mine(connection, [a, b, c])) == [a, c]
    ends = [End(held, "stored") for held in (a, b, c)]
    with pytest.raises(ClaimLost):
        transact(engine, lambda connection: end_held(connection, ends, NOW))
    assert left_of(engine) == ({None}, 3)
