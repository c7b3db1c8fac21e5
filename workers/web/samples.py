"""What there is to count, read from the ledger and the broker.

Labels come from lists in the code (stages, roles, outcomes, reasons) and from the names of
consumers, never from pages, hosts or URLs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from celery import Celery

from pipeline.errors import REASONS
from pipeline.store.consumers import Consumer, known_consumers
from pipeline.store.engine import Connection
from pipeline.store.ledger.accounting import Account, account
from pipeline.store.ledger.backlog import Pile, backlog
from pipeline.store.ledger.gauges import Gauges, gauges
from pipeline.store.ledger.heartbeats import Worker, known_workers
from pipeline.store.tables.ledger import OUTCOMES, STAGES
from pipeline.store.tables.lists import NOTICE_KINDS, POLL_OUTCOMES, SUBSCRIPTION_STATES
from pipeline.store.transactions import DatabaseUnavailable, transact
from workers.broker import BrokerUnavailable, broker_state
from workers.health import check_all
from workers.wiring import Services

LIVE_STATES = ("waiting", "queued", "running")

Labels = tuple[tuple[str, str], ...]
Sample = tuple[str, Labels, float]


@dataclass(frozen=True, slots=True)
class _Read:
    """What one transaction read."""

    now: datetime
    account: Account
    piles: list[Pile]
    workers: list[Worker]
    consumers: list[Consumer]
    gauges: Gauges


def of_database(services: Services) -> list[Sample]:
    """What the database tells; only that it is away, when it is."""

    def read(connection: Connection) -> _Read:
        now = services.now()
        return _Read(
            now,
            account(connection),
            backlog(connection),
            known_workers(connection),
            known_consumers(connection, now),
            gauges(connection, now),
        )

    try:
        found = transact(services.engine, read, read_only=True)
        healthy = {one.role: one.healthy for one in check_all(services)}
    except DatabaseUnavailable:
        return [("copydesk_database_up", (), 0)]
    samples: list[Sample] = [("copydesk_database_up", (), 1)]
    samples += _of_account(found.account)
    samples += _of_piles(found.piles, found.now)
    samples += _of_workers(found.workers, healthy)
    samples += _of_gauges(found.gauges, found.now)
    for one in found.consumers:
        label = (("consumer", one.name),)
        samples.append(("copydesk_consumer_behind", label, one.behind))
        samples.append(("copydesk_consumer_behind_seconds", label, one.behind_seconds))
    return samples


def _of_account(counted: Account) -> Iterator[Sample]:
    ended = 0
    for outcome in OUTCOMES:
        of_outcome = getattr(counted, outcome)
        ended += of_outcome
        named: dict[str, int] = {}
        for one, reason, number in counted.reasons:
            if one == outcome:
                word = reason if reason in REASONS else "other"
                named[word] = named.get(word, 0) + number
        named["none"] = of_outcome - sum(named.values())
        for reason, number in named.items():
            yield "copydesk_ended_total", (("outcome", outcome), ("reason", reason)), number
    yield "copydesk_accepted_total", (), counted.accepted
    yield "copydesk_pending", (), counted.pending
    yield "copydesk_imbalance", (), counted.accepted - ended - counted.pending
    yield "copydesk_dead_letters", (), counted.dead


def _of_piles(piles: Iterable[Pile], now: datetime) -> Iterator[Sample]:
    found = {(pile.stage, pile.state): pile for pile in piles}
    for stage in STAGES:
        for state in LIVE_STATES:
            pile = found.get((stage, state))
            labels = (("stage", stage), ("state", state))
            yield "copydesk_jobs", labels, pile.count if pile else 0
        waiting = found.get((stage, "waiting"))
        since = waiting.next_at if waiting else None
        overdue = _age(since, now)
        yield "copydesk_overdue_seconds", (("stage", stage),), overdue


def _of_workers(known: Iterable[Worker], healthy: dict[str, bool]) -> Iterator[Sample]:
    by_role: dict[str, list[Worker]] = {role: [] for role in healthy}
    for worker in known:
        by_role.setdefault(worker.role, []).append(worker)
    for role, members in by_role.items():
        label = (("role", role),)
        yield "copydesk_workers", label, len(members)
        beats = [worker.heartbeat_at.timestamp() for worker in members]
        moved = [w.progressed_at.timestamp() for w in members if w.progressed_at is not None]
        if beats:
            yield "copydesk_last_heartbeat_timestamp_seconds", label, max(beats)
        if moved:
            yield "copydesk_last_progress_timestamp_seconds", label, max(moved)
    for role, well in healthy.items():
        yield "copydesk_healthy", (("role", role),), int(well)


def _of_gauges(found: Gauges, now: datetime) -> Iterator[Sample]:
    yield "copydesk_runs_total", (), found.runs
    yield "copydesk_articles", (), found.articles
    yield "copydesk_change_seq", (), found.change_seq
    yield "copydesk_hosts", (), found.hosts
    yield "copydesk_hosts_blocked", (), found.hosts_blocked
    yield "copydesk_sources", (), found.sources
    yield "copydesk_lists", (), found.lists
    yield "copydesk_lists_overdue_seconds", (), _age(found.lists_overdue_since, now)
    yield "copydesk_entries_left_over", (), found.entries_left_over
    polled, noticed = dict(found.polls), dict(found.notices)
    subscribed = dict(found.subscriptions)
    for state in SUBSCRIPTION_STATES:
        yield "copydesk_subscriptions", (("state", state),), subscribed.get(state, 0)
    for fate, number in found.pushes:
        yield "copydesk_pushes_total", (("fate", fate),), number
    for outcome in POLL_OUTCOMES:
        yield "copydesk_polls_total", (("outcome", outcome),), polled.get(outcome, 0)
    for kind in NOTICE_KINDS:
        yield "copydesk_source_notices", (("kind", kind),), noticed.get(kind, 0)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def of_broker(app: Celery | None) -> Iterator[Sample]:
    """What the broker tells; nothing when it is not known where it is."""
    if app is None:
        return
    try:
        state = broker_state(app)
    except BrokerUnavailable:
        yield "copydesk_broker_up", (), 0
        return
    yield "copydesk_broker_up", (), 1
    if state is not None:
        for queue, length in state.queues.items():
            yield "copydesk_queue_messages", (("queue", queue),), length
        yield "copydesk_unacknowledged_messages", (), state.unacknowledged
        yield "copydesk_broker_memory_bytes", (), state.memory_bytes
