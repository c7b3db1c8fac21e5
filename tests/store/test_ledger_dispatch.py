"""Dispatch: turns per host, nothing sent twice, what was lost comes back and no more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, update

from pipeline.store.ledger import dispatch
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.claims import claim, move_on, wait
from pipeline.store.ledger.dispatch import Mark
from pipeline.store.ledger.host_turns import host_turns
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.turns import (
    Due,
    ask,
    block_host,
    due_turns,
    served,
    slow_down,
    take_turns,
)
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.marking import mark_queued

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONGEST_WAIT = 3600.0


def accepted(engine: Engine, *texts: str, interval: float = 1.0) -> list[int]:
    def make(connection: Connection) -> list[int]:
        run = open_run(connection, "ingest", NOW)
        live = accept(connection, run.id, texts, NOW, host_interval_seconds=interval)
        return [job.job_id for job in live]

    return transact(engine, make)


def turns(engine: Engine, now: datetime, room: int = 100, k: int = 2) -> list[int]:
    """Take the turns of a pass and queue their jobs, as the dispatcher does."""

    def work(connection: Connection) -> list[int]:
        taken = take_turns(connection, due_turns(connection, now, room, k), now)
        for job in taken:
            mark_queued(connection, [job.job_id], f"m{job.job_id}", now)
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
    transact(engine, lambda c: block_host(c, "a.example", NOW + timedelta(minutes=1)))
    assert turns(engine, NOW) == [b]
    transact(engine, lambda c: block_host(c, "a.example", NOW + timedelta(seconds=5)))
    assert turns(engine, NOW + timedelta(seconds=30)) == []
    assert turns(engine, NOW + timedelta(minutes=1)) == [a]


def test_the_window_bounds_what_is_sent(engine: Engine) -> None:
    accepted(engine, *(f"https://h{n}.example/1" for n in range(10)))
    assert len(turns(engine, NOW, room=3)) == 3


def test_a_second_dispatcher_that_read_the_same_rows_changes_nothing(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")
    assert transact(engine, lambda c: mark_queued(c, [job_id], "m1", NOW))
    assert not transact(engine, lambda c: mark_queued(c, [job_id], "m2", NOW))


def test_dispatchers_that_read_the_same_rows_and_write_at_once_share_them(engine: Engine) -> None:
    ids = accepted(engine, *(f"https://h{n}.example/" for n in range(40)))
    seen = transact(engine, lambda c: due_turns(c, NOW, 100, 2), read_only=True)
    all_there = Barrier(3)

    def take(name: int) -> set[int]:
        def work(connection: Connection) -> set[int]:
            mine = take_turns(connection, seen if name % 2 else seen[::-1], NOW)
            marks = [Mark(due.job_id, "fetch", f"m{name}-{due.job_id}") for due in mine]
            return dispatch.mark_queued(connection, marks, NOW)

        all_there.wait()
        return transact(engine, work, patience_seconds=30)

    with ThreadPoolExecutor(3) as pool:
        taken = [job for those in pool.map(take, range(3)) for job in those]
    assert sorted(taken) == sorted(ids)


def test_a_job_that_went_on_or_is_to_wait_since_it_was_read_is_not_taken(engine: Engine) -> None:
    moved, waits = accepted(engine, "https://a.example/1", "https://b.example/1")

    def meanwhile(connection: Connection) -> None:
        mark_queued(connection, [moved, waits], "m1", NOW)
        held = claim(connection, [moved, waits], "fetch", "m1", NOW, 60, most_takeovers=5)
        move_on(connection, [replace(held[0], followed=False)], NOW)
        wait(connection, held[1], NOW + timedelta(minutes=5), reason="rate_limited")

    transact(engine, meanwhile)
    as_read = [Mark(job_id, "fetch", "m2") for job_id in (moved, waits)]
    assert transact(engine, lambda c: dispatch.mark_queued(c, as_read, NOW)) == set()


def test_a_turn_is_taken_once_and_not_of_a_host_that_asked_for_a_pause_since(
    engine: Engine,
) -> None:
    accepted(engine, "https://a.example/1", "https://b.example/1")
    read = transact(engine, lambda c: due_turns(c, NOW, 10, 2))
    assert [turn.host for turn in read] == ["a.example", "b.example"]
    transact(engine, lambda c: block_host(c, "b.example", NOW + timedelta(minutes=1)))
    assert len(transact(engine, lambda c: take_turns(c, read, NOW))) == 1
    assert transact(engine, lambda c: take_turns(c, read, NOW)) == []


def test_a_host_gives_its_highest_priority_first_and_then_the_oldest_of_it(engine: Engine) -> None:
    ids = accepted(engine, *(f"https://a.example/{n}" for n in range(4)))

    def set_apart(connection: Connection) -> None:
        for job_id, priority, age in zip(ids, (0, 1, 1, -1), (9, 2, 5, 9), strict=True):
            values = {"priority": priority, "next_at": NOW - timedelta(minutes=age)}
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))

    transact(engine, set_apart)
    at = [NOW + timedelta(seconds=n) for n in range(4)]
    assert [turns(engine, when, k=9) for when in at] == [[ids[2]], [ids[1]], [ids[0]], [ids[3]]]


def test_a_message_that_could_not_be_sent_is_taken_back_by_its_sender_only(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")
    transact(engine, lambda c: mark_queued(c, [job_id], "m1", NOW))
    transact(engine, lambda c: dispatch.unmark(c, "m0", NOW))
    assert not transact(engine, lambda c: mark_queued(c, [job_id], "m2", NOW))
    transact(engine, lambda c: dispatch.unmark(c, "m1", NOW))
    assert transact(engine, lambda c: mark_queued(c, [job_id], "m2", NOW))


def test_only_jobs_whose_message_the_broker_does_not_have_go_again(engine: Engine) -> None:
    ids = accepted(engine, *(f"https://h{n}.example/1" for n in range(3)))
    for age, job_id in enumerate(ids):
        at = NOW + timedelta(seconds=age)
        transact(engine, lambda c, i=job_id, t=at: mark_queued(c, [i], f"m{i}", t))
    slow = {f"m{ids[1]}", "a stale message of nobody"}
    later = NOW + timedelta(seconds=100)
    old = later - timedelta(seconds=30)
    assert transact(engine, lambda c: dispatch.sent_before(c, old))
    assert transact(engine, lambda c: dispatch.requeue_lost(c, later, old, slow)) == 2
    assert transact(engine, lambda c: dispatch.requeue_lost(c, later, old, slow)) == 0
    assert sorted(turns(engine, later)) == [ids[0], ids[2]]


def test_a_message_sent_a_moment_ago_is_never_lost(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")
    transact(engine, lambda c: mark_queued(c, [job_id], "m1", NOW))
    old = NOW - timedelta(seconds=30)
    assert not transact(engine, lambda c: dispatch.sent_before(c, old))
    assert transact(engine, lambda c: dispatch.requeue_lost(c, NOW, old, ())) == 0


def test_a_retry_in_the_middle_of_the_chain_needs_no_turn_of_its_host(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")

    def to_parse(connection: Connection) -> None:
        mark_queued(connection, [job_id], "m1", NOW)
        move_on(
            connection, claim(connection, [job_id], "fetch", "m1", NOW, 60, most_takeovers=5), NOW
        )
        [held] = claim(connection, [job_id], "parse", "m1", NOW, 60, most_takeovers=5)
        wait(connection, held, NOW + timedelta(seconds=5), reason="bug")

    transact(engine, to_parse)
    assert transact(engine, lambda c: dispatch.due_beyond_fetch(c, NOW, 10)) == []
    later = NOW + timedelta(seconds=5)
    [due] = transact(engine, lambda c: dispatch.due_beyond_fetch(c, later, 10))
    assert (due.job_id, due.stage, due.attempts) == (job_id, "parse", 1)


def test_where_no_message_follows_a_moved_job_waits_to_be_gathered(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")

    def to_parse(connection: Connection) -> None:
        mark_queued(connection, [job_id], "m1", NOW)
        held = claim(connection, [job_id], "fetch", "m1", NOW, 60, followed=False, most_takeovers=5)
        move_on(connection, held, NOW)

    transact(engine, to_parse)
    [due] = transact(engine, lambda c: dispatch.due_beyond_fetch(c, NOW, 10))
    assert (due.job_id, due.stage, due.attempts) == (job_id, "parse", 0)


def test_what_is_under_way_is_counted_by_stage(engine: Engine) -> None:
    ids = accepted(engine, *(f"https://h{n}.example/1" for n in range(3)))
    assert not transact(engine, dispatch.in_flight)

    def go(connection: Connection) -> None:
        mark_queued(connection, ids[:2], "m1", NOW)
        move_on(
            connection, claim(connection, [ids[0]], "fetch", "m1", NOW, 60, most_takeovers=5), NOW
        )

    transact(engine, go)
    assert transact(engine, dispatch.in_flight) == {"fetch": 1, "parse": 1}


def test_chunks_hold_fresh_jobs_of_one_stage_and_what_was_tried_goes_alone() -> None:
    due = [Due(n, "parse", 0) for n in range(120)]
    due += [Due(n, "store", 0) for n in range(200, 210)] + [Due(300, "parse", 1)]
    made = dispatch.chunks(due, {"parse": 25, "store": 100}, 4, {})
    assert sorted(job.job_id for part in made for job in part) == sorted(j.job_id for j in due)
    assert all(len({job.stage for job in part}) == 1 for part in made)
    assert max(len(part) for part in made) == 25
    assert max(len(part) for part in made if part[0].stage == "store") == 2
    assert [[j.job_id for j in part] for part in made if part[0].attempts] == [[300]]


def test_a_few_jobs_are_split_for_all_hands_unless_these_have_work_already() -> None:
    due = [Due(n, "parse", 0) for n in range(40)]
    sizes = [
        [len(part) for part in dispatch.chunks(due, {"parse": 25}, 4, {"parse": under_way})]
        for under_way in (0, 20, 400)
    ]
    assert sizes == [[10] * 4, [15, 15, 10], [25, 15]]


def test_a_worker_asks_once_an_interval_however_the_messages_come(engine: Engine) -> None:
    accepted(engine, "https://a.example/1", interval=10.0)

    def at(seconds: float) -> bool:
        when = NOW + timedelta(seconds=seconds)
        return transact(engine, lambda c: ask(c, "a.example", when)) is None

    assert [at(0), at(0.1), at(1)] == [True, False, False], "a pile of late messages"
    assert [at(6), at(7), at(12)] == [True, False, False], "half an interval early, once"
    assert [at(20), at(30), at(40)] == [True, True, True]


def test_a_worker_does_not_ask_a_host_that_asked_for_a_pause(engine: Engine) -> None:
    accepted(engine, "https://a.example/1")
    until = NOW + timedelta(minutes=5)
    transact(engine, lambda c: block_host(c, "a.example", until))
    assert transact(engine, lambda c: ask(c, "a.example", NOW)) == until
    assert transact(engine, lambda c: ask(c, "a.example", until)) is None


def interval(engine: Engine) -> float:
    [turn] = transact(engine, lambda c: host_turns(c, 10))
    return turn.interval_seconds


def test_a_host_that_asks_for_less_is_slowed_to_a_cap_and_forgiven_page_by_page(
    engine: Engine,
) -> None:
    accepted(engine, "https://a.example/1", interval=1.0)
    transact(engine, lambda c: slow_down(c, "a.example", 2.0, 60.0))
    assert interval(engine) == 2.0
    for _ in range(10):
        transact(engine, lambda c: slow_down(c, "a.example", 2.0, 60.0))
    assert interval(engine) == 60.0
    transact(engine, lambda c: served(c, "a.example", 1.0))
    assert interval(engine) == 54.0
    for _ in range(60):
        transact(engine, lambda c: served(c, "a.example", 1.0))
    assert interval(engine) == 1.0


def test_a_crawl_delay_is_the_least_interval_from_the_first_page_on(engine: Engine) -> None:
    accepted(engine, "https://a.example/1", interval=1.0)
    transact(engine, lambda c: served(c, "a.example", 7.0))
    assert interval(engine) == 7.0


def test_a_clock_that_is_set_back_stops_nothing(engine: Engine) -> None:
    ids = accepted(engine, *(f"https://h{n}.example/1" for n in range(3)))
    transact(engine, lambda c: mark_queued(c, [ids[0]], "m0", NOW))
    transact(engine, lambda c: mark_queued(c, [ids[1]], "m1", NOW))
    transact(engine, lambda c: claim(c, [ids[1]], "fetch", "m1", NOW, 60, most_takeovers=5))
    back = NOW - timedelta(hours=3)
    transact(engine, lambda c: dispatch.mend_times(c, back, 60, LONGEST_WAIT))
    assert turns(engine, back) == [ids[2]], "what was accepted in the future is due"
    soon = back + timedelta(seconds=61)
    assert transact(engine, lambda c: dispatch.release_expired_leases(c, soon)) == 1
    assert transact(engine, lambda c: dispatch.requeue_lost(c, soon, back, ())) == 2
    assert sorted(turns(engine, soon)) == sorted(ids)


def test_a_wait_that_was_decided_is_not_cut_short_by_mending_the_clock(engine: Engine) -> None:
    [job_id] = accepted(engine, "https://a.example/1")

    def refuse(connection: Connection) -> None:
        mark_queued(connection, [job_id], "m1", NOW)
        [held] = claim(connection, [job_id], "fetch", "m1", NOW, 60, most_takeovers=5)
        wait(connection, held, NOW + timedelta(hours=1), reason="rate_limited")
        dispatch.mend_times(connection, NOW, 60, LONGEST_WAIT)

    transact(engine, refuse)
    assert turns(engine, NOW + timedelta(minutes=59)) == []
    assert turns(engine, NOW + timedelta(minutes=60)) == [job_id]


@pytest.mark.parametrize(("minutes", "due"), [(50, False), (70, True)])
def test_a_wait_of_our_own_that_is_longer_than_any_is_a_clock_set_back(
    engine: Engine, minutes: int, due: bool
) -> None:
    [job_id] = accepted(engine, "https://a.example/1")

    def fail(connection: Connection) -> None:
        mark_queued(connection, [job_id], "m1", NOW)
        [held] = claim(connection, [job_id], "fetch", "m1", NOW, 60, most_takeovers=5)
        wait(connection, held, NOW + timedelta(minutes=minutes), reason="bug")
        dispatch.mend_times(connection, NOW, 60, LONGEST_WAIT)

    transact(engine, fail)
    assert turns(engine, NOW + timedelta(seconds=1)) == ([job_id] if due else [])


def test_of_a_backlog_that_does_not_fit_the_newest_go_too(engine: Engine) -> None:
    ids = accepted(engine, *(f"https://a.example/{n}" for n in range(40)))

    def at_parse(connection: Connection) -> list[int]:
        for place, job_id in enumerate(ids):
            connection.exec_driver_sql(f"UPDATE jobs SET stage='parse' WHERE id={job_id}")
            at = NOW - timedelta(minutes=60 - place)
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(next_at=at))
        due = dispatch.due_beyond_fetch(connection, NOW, 10)
        return [one.job_id for one in due]

    assert transact(engine, at_parse) == [*ids[:5], *ids[:-6:-1]]
