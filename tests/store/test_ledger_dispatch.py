"""Dispatch: turns per host, nothing sent twice, what was lost comes back and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from pipeline.store.ledger import dispatch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.claims import claim, wait
from pipeline.store.ledger.runs import open_run
from pipeline.store.transactions import transact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def accepted(engine: Engine, *texts: str, interval: float = 1.0) -> list[int]:
    def make(connection: Connection) -> list[int]:
        run = open_run(connection, "ingest", NOW)
        live = accept(connection, run.id, texts, NOW, host_interval_seconds=interval)
        return [job.job_id for job in live]

    return transact(engine, make)


def turns(engine: Engine, now: datetime, room: int = 100, k: int = 2) -> list[int]:
    """Take the turns of a pass and queue their jobs, as the dispatcher does."""

    def work(connection: Connection) -> list[int]:
        taken = dispatch.take_turns(connection, now, room, k)
        for job in taken:
            dispatch.mark_queued(connection, job.job_id, f"m{job.job_id}", now)
        return [job.job_id for job in taken]

    return transact(engine, work)


def test_each_host_gets_one_turn_a_pass_and_the_next_after_its_interval(engine: Engine) -> None:
    a1, a2, b1 = accepted(engine, "https://a.example/1", "https://a.example/2", "https://b.example")
    assert sorted(turns(engine, NOW)) == sorted([a1, b1])
    assert turns(engine, NOW + timedelta(seconds=0.5)) == []
    assert turns(engine, NOW + timedelta(seconds=1)) == [a2]


def test_a_pass_that_comes_late_does_not_slow_the_host_down(engine: Engine) -> None:
    accepted(engine, *(f"https://a.example/{n}" for n in range(3)))
    assert len(turns(engine, NOW)) == 1
    assert len(turns(engine, NOW + timedelta(seconds=1.08))) == 1
    assert len(turns(engine, NOW + timedelta(seconds=2.0), k=5)) == 1


def test_a_long_pause_is_not_followed_by_a_burst(engine: Engine) -> None:
    accepted(engine, *(f"https://a.example/{n}" for n in range(5)))
    late = NOW + timedelta(minutes=10)
    assert len(turns(engine, late, k=5)) == 1
    assert turns(engine, late + timedelta(seconds=0.8), k=5) == []


def test_no_more_than_k_requests_of_a_host_are_under_way(engine: Engine) -> None:
    accepted(engine, *(f"https://a.example/{n}" for n in range(4)))
    sent = [turns(engine, NOW + timedelta(seconds=s), k=2) for s in range(4)]
    assert [len(pass_) for pass_ in sent] == [1, 1, 0, 0]


def test_a_blocked_host_is_left_alone_and_others_are_not_held_up(engine: Engine) -> None:
    a, b = accepted(engine, "https://a.example/1", "https://b.example/1")
    transact(engine, lambda c: dispatch.block_host(c, "a.example", NOW + timedelta(minutes=1)))
    assert turns(engine, NOW) == [b]
    transact(engine, lambda c: dispatch.block_host(c, "a.example", NOW + timedelta(seconds=5)))
    assert turns(engine, NOW + timedelta(seconds=30)) == []
    assert turns(engine, NOW + timedelta(minutes=1)) == [a]


def test_the_window_bounds_what_is_sent(engine: Engine) -> None:
    accepted(engine, *(f"https://h{n}.example/1" for n in range(10)))
    assert len(turns(engine, NOW, room=3)) == 3


def test_a_second_dispatcher_that_read_the_same_rows_changes_nothing(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")
    assert transact(engine, lambda c: dispatch.mark_queued(c, job_id, "m1", NOW))
    assert not transact(engine, lambda c: dispatch.mark_queued(c, job_id, "m2", NOW))


def test_a_message_that_could_not_be_sent_is_taken_back_by_its_sender_only(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")
    transact(engine, lambda c: dispatch.mark_queued(c, job_id, "m1", NOW))
    transact(engine, lambda c: dispatch.unmark(c, job_id, "m0", NOW))
    assert not transact(engine, lambda c: dispatch.mark_queued(c, job_id, "m2", NOW))
    transact(engine, lambda c: dispatch.unmark(c, job_id, "m1", NOW))
    assert transact(engine, lambda c: dispatch.mark_queued(c, job_id, "m2", NOW))


def test_lost_messages_go_again_only_as_many_as_are_missing_oldest_first(engine: Engine) -> None:
    ids = accepted(engine, *(f"https://h{n}.example/1" for n in range(3)))
    for age, job_id in enumerate(ids):
        at = NOW - timedelta(seconds=100 - age)
        transact(engine, lambda c, i=job_id, t=at: dispatch.mark_queued(c, i, f"m{i}", t))
    old = NOW - timedelta(seconds=30)
    assert transact(engine, lambda c: dispatch.requeue_lost(c, NOW, old, 1)) == 1
    assert transact(engine, lambda c: dispatch.messages_expected(c)) == 2
    assert turns(engine, NOW) == [ids[0]]
    young = NOW - timedelta(seconds=1000)
    assert transact(engine, lambda c: dispatch.requeue_lost(c, NOW, young, 5)) == 0


def test_a_retry_in_the_middle_of_the_chain_needs_no_turn_of_its_host(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")

    def to_parse(connection: Connection) -> None:
        from pipeline.store.ledger.claims import move_on

        dispatch.mark_queued(connection, job_id, "m1", NOW)
        move_on(connection, claim(connection, [job_id], "fetch", "m1", NOW, 60), NOW)
        [held] = claim(connection, [job_id], "parse", "m1", NOW, 60)
        wait(connection, held, NOW + timedelta(seconds=5), reason="bug")

    transact(engine, to_parse)
    assert transact(engine, lambda c: dispatch.due_beyond_fetch(c, NOW, 10)) == []
    later = NOW + timedelta(seconds=5)
    [due] = transact(engine, lambda c: dispatch.due_beyond_fetch(c, later, 10))
    assert (due.job_id, due.stage, due.attempts) == (job_id, "parse", 1)
