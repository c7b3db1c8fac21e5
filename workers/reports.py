"""Figures for people and machines: how the whole thing stands, read from the ledger."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipeline.store.consumers import known_consumers
from pipeline.store.engine import Connection
from pipeline.store.ledger.accounting import Account, account
from pipeline.store.ledger.backlog import backlog
from pipeline.store.ledger.crawls import poll_counts
from pipeline.store.ledger.heartbeats import known_workers
from pipeline.store.ledger.host_turns import host_turns
from pipeline.store.ledger.runs import Run, find_run, newest_runs
from pipeline.store.ledger.watch import source_states
from pipeline.store.transactions import transact
from workers.wiring import Services


def status(services: Services) -> dict[str, Any]:
    """``account``, ``backlog`` (jobs per stage and state), ``workers`` and ``consumers`` of the
    change feed, as plain values."""

    def read(connection: Connection) -> dict[str, Any]:
        now = services.now()
        return {
            "account": account_values(account(connection)),
            "backlog": [asdict(row) for row in backlog(connection)],
            "workers": [
                asdict(worker) | {"silent_seconds": (now - worker.heartbeat_at).total_seconds()}
                for worker in known_workers(connection)
            ],
            "consumers": [asdict(one) for one in known_consumers(connection, now)],
        }

    return transact(services.engine, read, read_only=True)


def hosts(services: Services, limit: int) -> list[dict[str, Any]]:
    """The hosts with fetches waiting or under way, busiest first, as plain values."""
    turns = transact(services.engine, lambda c: host_turns(c, limit), read_only=True)
    return [asdict(turn) for turn in turns]


def sources(services: Services) -> list[dict[str, Any]]:
    """Every source and what seems wrong with it, as plain values."""
    now = services.now()
    found = transact(services.engine, lambda c: source_states(c, now), read_only=True)
    return [asdict(one) for one in found]


def run_values(services: Services, run: Run) -> dict[str, Any]:
    """How a run stands, as plain JSON values: what every trigger reports.

    ``ended`` says that all of it was accepted and nothing is pending. A crawl has ``lists``: its
    polls, counted apart from the articles.
    """
    return transact(services.engine, lambda c: _run_values(c, run), read_only=True)


def newest(services: Services, limit: int, kind: str | None) -> list[dict[str, Any]]:
    """The newest runs as :func:`run_values` gives them."""

    def read(connection: Connection) -> list[dict[str, Any]]:
        return [_run_values(connection, run) for run in newest_runs(connection, limit, kind)]

    return transact(services.engine, read, read_only=True)


def _run_values(connection: Connection, run: Run) -> dict[str, Any]:
    # Lists first: what they accept is committed with their end.
    polls = poll_counts(connection, run.id)
    counted, now = account(connection, run_id=run.id), find_run(connection, run.public_id)
    whole = now is not None and now.is_whole
    return {
        "run": run.public_id,
        "run_key": run.run_key,
        "kind": run.kind,
        "created_at": run.created_at.isoformat(),
        "ended": whole and not counted.pending and not polls.pending,
        **account_values(counted),
        **({"lists": asdict(polls)} if run.kind == "crawl" else {}),
    }


def account_values(counted: Account) -> dict[str, Any]:
    """An account as plain values, with ``balances``."""
    reasons = [
        {"outcome": outcome, "reason": reason, "count": number}
        for outcome, reason, number in counted.reasons
    ]
    return asdict(counted) | {"reasons": reasons, "balances": counted.balances}
