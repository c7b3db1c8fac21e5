"""Polls: a list's job opened, what came of it, and its end with that job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select, update

from pipeline.store.dialect import insert
from pipeline.store.ledger.accept import BATCH, add_hosts, read_line
from pipeline.store.tables.ledger import jobs, sources
from pipeline.store.tables.lists import lists, polls

PRIORITY = 10
"""Of a poll among its host's fetches: what is new must not wait behind a backlog."""
SOON = timedelta(seconds=60)
"""When a list is looked at again whose address another source's list is being polled from."""
POLLABLE = (
    lists.c.disabled_at.is_(None)
    & lists.c.removed_at.is_(None)
    & sources.c.paused_at.is_(None)
    & sources.c.disabled_at.is_(None)
    & sources.c.removed_at.is_(None)
)
"""Lists that are polled at their time; the statement joins ``sources``."""
READY = lists.c.job_id.is_(None) & POLLABLE
"""Those that may be polled now."""
UNFINISHED = (lists.c.left_over > 0) & (lists.c.failures == 0)
"""Lists of which a poll left entries over: due at once, whoever else says when they are."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A list that is this transaction's to poll."""

    list_id: int
    source_id: int
    url_id: int
    url: str


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether a list is due, or its poll has ended and its next time is not set."""
    due = _ready_lists().where(_is_due(now))
    ended = select(lists.c.id).join(jobs, jobs.c.id == lists.c.job_id)
    ended = ended.where(jobs.c.outcome.is_not(None))
    return any(connection.execute(found.limit(1)).first() for found in (due, ended))


def claim_due(connection: Connection, now: datetime, limit: int) -> list[Ready]:
    """Lists whose time has come; nobody else can take them before this transaction ends, and
    :func:`open_polls` makes that last."""
    return _claim(connection, _ready(skip_locked=True).where(_is_due(now)).limit(limit))


def claim_of(connection: Connection, source_ids: Sequence[int]) -> tuple[list[Ready], list[int]]:
    """Every list of these sources, due or not, but for those that only their index may call
    and that are read to their end;
    and the ids of those which another run polls at this moment."""
    own_time = lists.c.next_due.is_not(None) | UNFINISHED
    of_them = lists.c.source_id.in_(list(source_ids)) & own_time
    ready = _claim(connection, _ready().where(of_them))
    busy = of_them & lists.c.job_id.is_not(None) & lists.c.removed_at.is_(None)
    return ready, list(connection.execute(select(lists.c.id).where(busy)).scalars())


def claim_these(connection: Connection, list_ids: Sequence[int]) -> list[Ready]:
    """Those of these lists that may be polled."""
    found: list[Ready] = []
    for start in range(0, len(list_ids), BATCH):
        some = lists.c.id.in_(list(list_ids[start : start + BATCH]))
        found += _claim(connection, _ready().where(some))
    return found


def open_polls(
    connection: Connection,
    run_id: int,
    ready: Sequence[Ready],
    now: datetime,
    *,
    host_interval_seconds: float,
) -> int:
    """A job and a poll for each of them; how many began.

    Where another source's list of the same address is being polled, the poll ends at once as
    ``under_way``, and the list is due again soon.
    """
    begun = 0
    for start in range(0, len(ready), BATCH):
        some = ready[start : start + BATCH]
        candidates = [read_line(one.url) for one in some]
        add_hosts(connection, candidates, now, host_interval_seconds)
        rows = [
            {
                "url_id": one.url_id,
                "run_id": run_id,
                "source_id": one.source_id,
                "kind": "list",
                "list_id": one.list_id,
                "url": one.url,
                "host": candidate.host,
                "state": "waiting",
                "priority": PRIORITY,
                "next_at": now,
                "accepted_at": now,
            }
            for one, candidate in zip(some, candidates, strict=True)
        ]
        statement = insert(connection, jobs).on_conflict_do_nothing()
        started = connection.execute(statement.returning(jobs.c.id, jobs.c.list_id), rows).all()
        job_of = {row.list_id: row.id for row in started}
        _record(connection, run_id, job_of, now)
        not_begun = [one.list_id for one in some if one.list_id not in job_of]
        note_under_way(connection, run_id, not_begun, now)
        if not_begun:
            again = update(lists).where(lists.c.id.in_(not_begun), lists.c.next_due.is_not(None))
            connection.execute(again.values(next_due=now + SOON))
        begun += len(job_of)
    return begun


def note_under_way(
    connection: Connection, run_id: int, list_ids: Sequence[int], now: datetime
) -> None:
    """Say in this run's polls that another polls these lists."""
    row = {"run_id": run_id, "opened_at": now, "at": now, "outcome": "under_way"}
    if list_ids:
        connection.execute(polls.insert(), [row | {"list_id": list_id} for list_id in list_ids])


def poll_sooner(connection: Connection, list_id: int, at: datetime) -> None:
    """Let the list be polled at that time, unless its turn comes before. One without a time of its
    own, below an index that dates it, is polled when its index says so."""
    later = update(lists).where(lists.c.id == list_id, lists.c.next_due > at)
    connection.execute(later.values(next_due=at))


@dataclass(frozen=True, slots=True)
class PolledList:
    """The list that a job polls. ``last_keys`` as :attr:`lists.last_keys`; ``pushed``: its hub sent
    what is new, nobody asked for the list."""

    list_id: int
    source_id: int
    kind: str
    url: str
    depth: int
    last_keys: bytes | None
    read_entries: bytes | None
    left_over: int
    pushed: bool


def polled_list(connection: Connection, job_id: int) -> PolledList:
    """The list whose poll this job is."""
    statement = (
        select(
            lists.c.id,
            lists.c.source_id,
            lists.c.kind,
            lists.c.url,
            lists.c.depth,
            lists.c.last_keys,
            lists.c.read_entries,
            lists.c.left_over,
            polls.c.pushed,
        )
        .join(polls, polls.c.list_id == lists.c.id)
        .where(polls.c.job_id == job_id)
    )
    return PolledList(*connection.execute(statement).one())


def note_listing(connection: Connection, job_id: int, **values: object) -> None:
    """Write what a poll found or was told, before it ends."""
    connection.execute(update(polls).where(polls.c.job_id == job_id).values(**values))


def end_poll(
    connection: Connection, job_id: int, outcome: str, reason: str | None, now: datetime
) -> None:
    """The end of a poll, in the transaction that ends its job, however that ends."""
    ended = outcome if outcome in ("listed", "unchanged") else "failed"
    note_listing(connection, job_id, outcome=ended, reason=reason, at=now)


def _record(connection: Connection, run_id: int, job_of: Mapping[int, int], now: datetime) -> None:
    if not job_of:
        return
    rows = [
        {"list_id": list_id, "run_id": run_id, "job_id": job_id, "opened_at": now}
        for list_id, job_id in job_of.items()
    ]
    connection.execute(polls.insert(), rows)
    taken = update(lists).where(lists.c.id == bindparam("of_list"), lists.c.job_id.is_(None))
    connection.execute(
        taken.values(job_id=bindparam("by_job")),
        [{"of_list": list_id, "by_job": job_id} for list_id, job_id in job_of.items()],
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (lists.c.next_due <= now) | UNFINISHED


def _ready_lists() -> Select[Any]:
    return (
        select(lists.c.id, lists.c.source_id, lists.c.url_id, lists.c.url)
        .join(sources, sources.c.id == lists.c.source_id)
        .where(READY)
    )


def _ready(*, skip_locked: bool = False) -> Select[Any]:
    """Lists that may be polled, locked until the transaction ends: by row on PostgreSQL, where
    whoever waited looks again at what is ready; by the one writer's lock on SQLite."""
    ready = _ready_lists().order_by(lists.c.id)
    return ready.with_for_update(of=lists, skip_locked=skip_locked)


def _claim(connection: Connection, wanted: Select[Any]) -> list[Ready]:
    return [Ready(*row) for row in connection.execute(wanted)]
