"""Accepting URLs: every line becomes one job, and the account always adds up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from pipeline.store.ledger.accept import Live, accept
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.ledger.runs import (
    KeyReused,
    find_run,
    newest_runs,
    open_day,
    open_run,
    request_digest,
    run_of_key,
)
from pipeline.store.tables.ledger import hosts, jobs, urls
from pipeline.store.transactions import transact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def new_run(engine: Engine, key: str | None = None) -> int:
    return transact(engine, lambda c: open_run(c, "ingest", NOW, key)).id


def give(engine: Engine, run_id: int, *texts: str) -> list[Live]:
    return transact(engine, lambda c: accept(c, run_id, texts, NOW, host_interval_seconds=1.0))


def ends(connection: Connection) -> list[tuple[str | None, str | None]]:
    rows = connection.execute(select(jobs.c.outcome, jobs.c.reason).order_by(jobs.c.id))
    return [tuple(row) for row in rows]


def test_each_url_becomes_one_waiting_job_with_its_host(engine: Engine) -> None:
    live = give(engine, new_run(engine), "https://a.example/1", "https://b.example/2")
    assert [job.index for job in live] == [0, 1]
    with engine.begin() as connection:
        rows = connection.execute(select(jobs.c.url, jobs.c.host, jobs.c.state)).all()
        known = set(connection.execute(select(hosts.c.host)).scalars())
    assert {tuple(row) for row in rows} == {
        ("https://a.example/1", "a.example", "waiting"),
        ("https://b.example/2", "b.example", "waiting"),
    }
    assert known == {"a.example", "b.example"}


def test_two_spellings_in_one_run_are_one_live_job_and_one_named_duplicate(engine: Engine) -> None:
    live = give(
        engine, new_run(engine), "https://a.example/1", "https://www.a.example/1?utm_source=x"
    )
    assert len(live) == 1
    with engine.begin() as connection:
        assert sorted(ends(connection), key=str) == [("duplicate", "same_url"), (None, None)]
        assert len(connection.execute(select(urls.c.id)).all()) == 1


def test_a_url_under_way_in_another_run_ends_as_a_duplicate_of_it(engine: Engine) -> None:
    give(engine, new_run(engine), "https://a.example/1")
    assert give(engine, new_run(engine), "https://a.example/1") == []
    with engine.begin() as connection:
        assert ("duplicate", "in_flight") in ends(connection)


def test_a_text_that_is_no_url_is_dropped_with_its_reason_and_counted(engine: Engine) -> None:
    run_id = new_run(engine)
    give(engine, run_id, "not a url", "ftp://a.example/x", "https://a.example/ok", "\ud800", "")
    with engine.begin() as connection:
        counts = account(connection, run_id=run_id)
    assert (counts.accepted, counts.pending) == (5, 1)
    assert counts.dropped + counts.duplicate == 4
    assert counts.balances


def test_a_run_key_finds_the_run_that_it_opened(engine: Engine) -> None:
    first = transact(engine, lambda c: open_run(c, "ingest", NOW, "nightly-1"))
    again = transact(engine, lambda c: open_run(c, "ingest", NOW, "nightly-1"))
    assert (first.is_new, again.is_new) == (True, False)
    assert first.public_id == again.public_id
    found = transact(engine, lambda c: find_run(c, first.public_id))
    assert found is not None and found.id == first.id


def test_a_days_work_has_one_run_that_no_caller_gets_for_his_own(engine: Engine) -> None:
    today = transact(engine, lambda c: open_day(c, "recheck", "recheck", NOW))
    for later in (NOW, NOW + timedelta(hours=11)):
        assert transact(engine, lambda c, at=later: open_day(c, "recheck", "recheck", at)) == today  # type: ignore[misc]
    others = [("recheck", NOW + timedelta(hours=12)), ("websub", NOW)]
    ids = {transact(engine, lambda c, o=one: open_day(c, "crawl", *o)) for one in others}  # type: ignore[misc]
    assert len(ids | {today}) == 3
    found = transact(engine, lambda c: run_of_key(c, "recheck:2026-03-01"))
    assert found is not None and (found.id, found.is_whole) == (today, True)
    mine = request_digest("ingest", ["https://post.example/a"])
    with pytest.raises(KeyReused, match=found.public_id):
        transact(engine, lambda c: open_run(c, "ingest", NOW, "recheck:2026-03-01", mine))
    theirs = transact(engine, lambda c: open_run(c, "ingest", NOW, "websub:2026-03-02", mine)).id
    tomorrow = NOW + timedelta(days=1)
    assert transact(engine, lambda c: open_day(c, "crawl", "websub", tomorrow)) == theirs, (
        "whoever took the key first stops no push"
    )


def test_runs_without_a_key_are_always_new(engine: Engine) -> None:
    assert new_run(engine) != new_run(engine)


def test_writers_that_accept_the_same_urls_at_once_leave_one_live_job_each(engine: Engine) -> None:
    texts = [f"https://host{n % 7}.example/{n}" for n in range(60)]
    run_ids = [new_run(engine) for _ in range(4)]

    def work(run_id: int) -> int:
        return len(
            transact(
                engine,
                lambda c: accept(c, run_id, texts, NOW, host_interval_seconds=1.0),
                patience_seconds=20,
            )
        )

    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(work, run_ids))
    assert sum(started) == 60
    with engine.begin() as connection:
        counts = account(connection)
    assert (counts.accepted, counts.pending, counts.duplicate) == (240, 60, 180)
    assert counts.balances


def test_a_job_that_vanished_is_missed_in_the_account_and_named(engine: Engine) -> None:
    run_id = new_run(engine)
    give(engine, run_id, "https://a.example/1", "https://a.example/2")
    with engine.begin() as connection:
        assert account(connection, run_id=run_id).balances
        assert faults(connection, run_id=run_id) == []
        connection.execute(jobs.delete().where(jobs.c.url == "https://a.example/2"))
    with engine.begin() as connection:
        for counts in (account(connection, run_id=run_id), account(connection)):
            assert (counts.accepted, counts.pending, counts.balances) == (2, 1, False)
        assert len(faults(connection)) == 1
        assert "accepted 2 and has 1 jobs" in faults(connection, since=NOW)[0]


def test_a_job_that_says_stored_and_wrote_nothing_is_named(engine: Engine) -> None:
    run_id = new_run(engine)
    give(engine, run_id, "https://a.example/1")
    with engine.begin() as connection:
        ended = {"state": "ended", "outcome": "stored", "ended_at": NOW}
        connection.execute(jobs.update().values(**ended))
        assert account(connection).balances
        assert faults(connection) == ["1 jobs say stored or revised and wrote no revision"]


def test_a_key_stands_for_one_request_alone(engine: Engine) -> None:
    one, other = request_digest("ingest", ["ab", "c"]), request_digest("ingest", ["a", "bc"])
    first = transact(engine, lambda c: open_run(c, "ingest", NOW, "k", one))
    again = transact(engine, lambda c: open_run(c, "ingest", NOW, "k", one))
    assert (again.id, again.is_new) == (first.id, False)
    with pytest.raises(KeyReused, match=first.public_id):
        transact(engine, lambda c: open_run(c, "ingest", NOW, "k", other))
    found = transact(engine, lambda c: run_of_key(c, "k"))
    assert found is not None
    assert found.public_id == first.public_id
    assert transact(engine, lambda c: run_of_key(c, "other")) is None
    keyless = transact(engine, lambda c: open_run(c, "ingest", NOW, None, other))
    assert [r.id for r in transact(engine, lambda c: newest_runs(c, 5))] == [keyless.id, first.id]
