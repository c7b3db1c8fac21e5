"""Polls through the engine's own steps, worked off in place, and what came of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pipeline.models import SourceProfile
from pipeline.store.ledger.accounting import account, faults
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists, polls
from pipeline.store.transactions import transact
from tests.marking import mark_queued
from workers.crawl import start_crawl
from workers.run import run_step
from workers.wiring import Services


def save(services: Services, **profile: Any) -> int:
    profile = {"name": "paper"} | profile
    with services.engine.begin() as connection:
        return save_source(connection, SourceProfile(**profile), services.now())


def poll(services: Services) -> int:
    """Crawl everything, and work off every poll in it, articles left aside; the run's id."""
    run = start_crawl(services, "all")
    while work_off(services):
        pass
    return run.id


def work_off(services: Services, message: str = "m") -> int:
    live = (jobs.c.kind == "list") & jobs.c.outcome.is_(None)
    with services.engine.begin() as connection:
        ids = list(connection.execute(select(jobs.c.id).where(live)).scalars())
    for job_id in ids:
        one = f"{message}{job_id}"
        transact(
            services.engine,
            lambda c, i=job_id, m=one: mark_queued(c, [i], m, services.now()),
        )
        for stage in ("fetch", "discover"):
            run_step(services, stage, [job_id], one)
    return len(ids)


def found(services: Services, run_id: int) -> dict[str, tuple[Any, ...]]:
    """Outcome, reason, entries, fresh, already seen, gap of each poll of a run, by path."""
    p = polls.c
    statement = (
        select(lists.c.url, p.outcome, p.reason, p.entries, p.fresh, p.already_seen, p.gap)
        .join(lists, lists.c.id == p.list_id)
        .where(p.run_id == run_id)
    )
    with services.engine.begin() as connection:
        rows = connection.execute(statement).all()
    return {"/" + row[0].split("/", 3)[3]: tuple(row[1:]) for row in rows}


def accepted(services: Services, run_id: int) -> int:
    """Articles that the run accepted; its account must balance."""
    with services.engine.begin() as connection:
        counted = account(connection, run_id=run_id)
        assert counted.balances
        assert faults(connection) == []
        return counted.accepted
