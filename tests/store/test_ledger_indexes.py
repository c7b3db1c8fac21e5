"""What the dispatcher asks in every pass, and a step of its jobs, reads an index, however much
waits in the table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from pipeline.store.engine import open_engine
from pipeline.store.ledger import dispatch
from pipeline.store.ledger.claims import Claim, ClaimLost, claim, hold, move_on
from pipeline.store.ledger.dead_letters import Which, dead_ids
from pipeline.store.ledger.ends import End, end_held
from pipeline.store.ledger.heartbeats import oldest_queued_at
from pipeline.store.ledger.turns import due_turns, take_turns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHUNK = [Claim(n, n, 1, None, "", "", "parse", 1, "m", n) for n in (1, 2)]
QUESTIONS: dict[str, Callable[[Connection], Any]] = {
    "turns": lambda c: take_turns(c, due_turns(c, NOW, 10, 2), NOW),
    "under way": dispatch.in_flight,
    "a chunk's claims": lambda c: claim(c, [1, 2], "parse", "m", NOW, 60, most_takeovers=3),
    "a chunk's locks": lambda c: hold(c, CHUNK),
    "a chunk moves on": lambda c: move_on(c, CHUNK, NOW),
    "a chunk's ends": lambda c: end_held(c, [End(held, "unchanged") for held in CHUNK], NOW),
    "marks": lambda c: dispatch.mark_queued(
        c, [dispatch.Mark(n, "parse", "m") for n in range(1, 100)], NOW
    ),
    "due": lambda c: dispatch.due_beyond_fetch(c, NOW, 10),
    "leases": lambda c: dispatch.release_expired_leases(c, NOW),
    "sent": lambda c: dispatch.sent_before(c, NOW),
    "lost": lambda c: dispatch.requeue_lost(c, NOW, NOW, ()),
    "taken back": lambda c: dispatch.unmark(c, "m", NOW),
    "clock": lambda c: dispatch.mend_times(c, NOW, 60, 3600),
    "health": lambda c: oldest_queued_at(c, ("parse", "enrich")),
    "dead": lambda c: dead_ids(c, Which(since=NOW)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_pass_and_no_step_reads_the_whole_table_of_jobs(sqlite_url: str, name: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        asked: list[str] = []  # with their values
        driver.set_trace_callback(asked.append)
        with suppress(ClaimLost):
            QUESTIONS[name](connection)
        driver.set_trace_callback(None)
        statements = [statement for statement in asked if "jobs" in statement]
        assert statements
        for statement in statements:
            plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement).all()
            scans = [row[-1] for row in plan if row[-1].startswith("SCAN jobs")]
            assert all("USING" in scan and "INDEX" in scan for scan in scans), (statement, plan)
            if name == "turns":
                assert any("ix_jobs_turn (host=?)" in row[-1] for row in plan), plan
                assert not any(row[-1].startswith("SCAN hosts") for row in plan), plan
    engine.dispose()
