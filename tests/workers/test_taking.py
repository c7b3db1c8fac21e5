"""What one pass of the dispatcher takes: as much as fits the window, and not one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Engine, event, select, update

from config.settings import Settings
from pipeline.models import FetchedPage
from pipeline.store.engine import Connection, open_engine
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.claims import Claim
from pipeline.store.ledger.dispatch import in_flight
from pipeline.store.ledger.runs import open_run
from pipeline.store.raw_pages import RawPage
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from workers.run import run_step
from workers.stages import STEPS, Done
from workers.stages.fetch import Fetched
from workers.taking import look, take
from workers.wiring import Services

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = replace(Settings(), window=160)


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


def accepted(engine: Engine, number: int, stage: str) -> list[int]:
    """So many jobs that wait at a stage, each at a host of its own."""

    def make(connection: Connection) -> list[int]:
        run = open_run(connection, "ingest", NOW)
        texts = [f"https://h{n}.example/{run.id}" for n in range(number)]
        live = accept(connection, run.id, texts, NOW, host_interval_seconds=1.0)
        ids = [job.job_id for job in live]
        connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(stage=stage))
        return ids

    return transact(engine, make)


def a_pass(engine: Engine) -> list[int]:
    """How many jobs each message of a pass carries, the largest first."""
    found = transact(engine, lambda c: look(c, SETTINGS, NOW), read_only=True)
    sent = transact(engine, lambda c: take(c, found, NOW))
    return sorted((len(one.job_ids) for one in sent), reverse=True)


def let_end(engine: Engine, number: int, stage: str | None = None) -> None:
    """So many of those under way end, at one stage or at any."""

    def work(connection: Connection) -> None:
        queued = (jobs.c.state == "queued") & ((jobs.c.stage == stage) if stage else True)
        under_way = select(jobs.c.id).where(queued).limit(number)
        ended = {"state": "ended", "outcome": "stored", "ended_at": NOW}
        connection.execute(update(jobs).where(jobs.c.id.in_(under_way)).values(**ended))

    transact(engine, work)


def test_a_pile_leaves_part_of_the_window_to_fetches(engine: Engine) -> None:
    accepted(engine, 200, "parse")
    accepted(engine, 200, "fetch")
    sizes = a_pass(engine)
    assert sum(sizes) == SETTINGS.window
    assert [size for size in sizes if size > 1] == [25, 25, 25, 25, 20]
    assert sizes.count(1) == 40


@pytest.mark.parametrize(("stage", "few", "enough"), [("parse", 19, 20), ("fetch", 9, 10)])
def test_a_full_window_is_filled_up_a_part_at_a_time(
    engine: Engine, stage: str, few: int, enough: int
) -> None:
    accepted(engine, 400, stage)
    a_pass(engine)
    assert a_pass(engine) == []
    let_end(engine, few)
    assert a_pass(engine) == [], "there is work for everybody yet"
    let_end(engine, enough - few)
    assert sum(a_pass(engine)) == enough
    let_end(engine, SETTINGS.window)
    assert sum(a_pass(engine)) > enough, "an empty one at once"


def test_fetches_do_not_keep_a_pile_out_of_the_window_when_places_come_free_one_by_one(
    engine: Engine,
) -> None:
    accepted(engine, 500, "fetch")
    accepted(engine, 500, "parse")
    accepted(engine, 160, "fetch")
    for _ in range(100):
        let_end(engine, 3, "fetch")
        let_end(engine, 2, "parse")
        a_pass(engine)
    under_way = transact(engine, in_flight)
    assert under_way["parse"] > SETTINGS.window / 2 > under_way["fetch"] > 0


def test_a_window_that_others_fill_gives_what_is_left_to_those_who_have_nothing(
    engine: Engine,
) -> None:
    accepted(engine, 155, "fetch")
    assert sum(a_pass(engine)) == 155
    accepted(engine, 50, "store")
    assert sum(a_pass(engine)) == 5


def test_a_pass_that_finds_nothing_takes_no_lock(engine: Engine) -> None:
    begun: list[str] = []

    @event.listens_for(engine, "checkout")
    def note(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(begun.append)

    assert not transact(engine, lambda c: look(c, SETTINGS, NOW), read_only=True).anything
    assert begun and all(one.startswith(("BEGIN", "SELECT", "WITH", "COMMIT")) for one in begun)
    assert "BEGIN IMMEDIATE" not in begun


def test_a_job_given_up_is_dead_for_good_while_the_claims_of_others_may_be_made_again(
    engine: Engine,
) -> None:
    accepted(engine, 1, "parse")
    found = transact(engine, lambda c: look(c, SETTINGS, NOW), read_only=True)
    (sent,) = transact(engine, lambda c: take(c, found, NOW))
    most = SETTINGS.max_attempts
    transact(engine, lambda c: c.execute(update(jobs).values(attempts=most)) and None)
    commits: list[int] = []

    @event.listens_for(engine, "commit")
    def note(connection: Connection) -> None:
        commits.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    services = SimpleNamespace(engine=engine, settings=SETTINGS, now=lambda: NOW)
    assert run_step(cast(Services, services), "parse", sent.job_ids, sent.message) == 0
    with engine.connect() as connection:
        row = connection.execute(select(jobs.c.outcome, jobs.c.reason)).one()
    assert tuple(row) == ("dead", "crashed")
    assert commits[:2] == [1, 2], "the claim is not waited for, the end is"


def test_a_power_cut_may_take_back_what_can_be_made_again_and_nothing_else() -> None:
    held = Claim(1, 1, 1, None, "https://a.example/", "a.example", "fetch", 1, "m", None)
    page = FetchedPage(held.url, held.url, 200, (), b"", NOW)
    fetched = Done(held, Fetched(page, RawPage("0" * 64, 0, 0), 1.0))
    unchanged = Done(held, Fetched(page, None, 1.0))

    def promises(stage: str, *done: Done[Any]) -> bool:
        those: Sequence[Done[Any]] = done or [Done(held, None)]
        return STEPS[stage].promises(those)

    assert not promises("parse") and not promises("enrich") and not promises("fetch", fetched)
    assert promises("fetch", fetched, unchanged) and promises("store") and promises("discover")
