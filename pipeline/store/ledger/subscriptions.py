"""Subscriptions: which hub is to push a list's news (W3C WebSub), and when it is asked next.

    wanted    its list names a hub
    pending   the hub was asked and has not come back to our callback
    active    it came back: it pushes until the lease ends, and is asked again before
    refused   it said no; it is asked again after a week

Asking and its next time are one write that is committed before the request goes out: a process
that dies in between, or an answer that never comes, is followed by the next request by itself.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from pipeline.store.dialect import insert
from pipeline.store.ledger.accept import add_hosts, read_line
from pipeline.store.ledger.polls import POLLABLE
from pipeline.store.ledger.turns import ask, block_host
from pipeline.store.tables.ledger import sources
from pipeline.store.tables.lists import lists, subscriptions

FIRST_RETRY = timedelta(minutes=10)
LONGEST_RETRY = timedelta(days=1)
"""Between two requests that a hub does not answer: doubled from the first to the longest."""
REFUSED_FOR = timedelta(days=7)
RENEW_AT = 0.8
"""Part of a lease after which the next is asked for."""
SHORTEST_RENEWAL = timedelta(minutes=5)
LONGEST_LEASE = timedelta(days=30)
UNNAMED_LEASE = timedelta(days=1)
"""Of a hub that does not say how long its lease is, as those of PubSubHubbub 0.3."""
KEPT_FOR = timedelta(days=1)
"""How long a hub stays ours before a list may name another: some name two in changing order."""
JITTER = 0.2
AT_ONCE = 100
"""Hubs asked in one pass."""

s = subscriptions.c


@dataclass(frozen=True, slots=True)
class Asking:
    """A request to be sent. ``host`` is the hub's."""

    subscription_id: int
    asked_at: datetime
    hub: str
    host: str
    topic: str
    token: str
    secret: str | None


def note_hub(
    connection: Connection,
    list_id: int,
    hub: str,
    topic: str,
    now: datetime,
    *,
    host_interval_seconds: float,
) -> None:
    """The list names this hub, and is known there as ``topic``. Another one than before is asked
    anew, under another token, so that the old one has nothing to say any more.

    A hub without TLS is given no secret for a list that has TLS: what it sends is then a hint that
    there is news, and never taken for the list itself.
    """
    candidate = read_line(hub)
    if candidate.refusal is not None:
        return
    add_hosts(connection, [candidate], now, host_interval_seconds)
    is_weaker = topic.startswith("https:") and not candidate.url.startswith("https:")
    values = {
        "hub": candidate.url,
        "topic": topic,
        "token": secrets.token_urlsafe(32),
        "secret": None if is_weaker else secrets.token_hex(32),
        "state": "wanted",
        "reason": None,
        "named_at": now,
        "asked_at": None,
        "next_ask_at": now,
        "failures": 0,
        "lease_until": None,
    }
    statement = insert(connection, subscriptions).values(list_id=list_id, **values)
    other = or_(s.hub != candidate.url, s.topic != topic)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["list_id"], set_=values, where=and_(other, s.named_at <= now - KEPT_FOR)
        )
    )


def note_no_hub(connection: Connection, list_id: int, now: datetime) -> None:
    """The list names no hub any more; who still pushes is told that nobody wants it."""
    ours = (s.list_id == list_id) & (s.named_at <= now - KEPT_FOR)
    connection.execute(delete(subscriptions).where(ours))


def anything_to_ask(connection: Connection, now: datetime) -> bool:
    """Whether a hub is to be asked now."""
    return connection.execute(_due(now).limit(1)).first() is not None


def claim_asking(connection: Connection, now: datetime) -> list[Asking]:
    """Requests that are this process's to have sent once this is committed: of each hub at most
    one, and none whose host's turn has not come."""
    found: list[Asking] = []
    # In one order, so that two processes cannot wait for each other's hosts.
    for hub in sorted(connection.execute(_due_hubs(now)).scalars()):
        if ask(connection, read_line(hub).host, now) is not None:
            continue
        first = _due(now).where(s.hub == hub).order_by(s.next_ask_at, s.id).limit(1)
        row = connection.execute(first).one_or_none()
        if row is None:
            continue  # another process took it in this very moment
        pause = min(FIRST_RETRY * 2 ** min(row.failures, 20), LONGEST_RETRY)
        keeps = row.state == "active" and row.lease_until > now
        mine = update(subscriptions).where(s.id == row.id, s.next_ask_at == row.next_ask_at)
        values = {
            "state": "active" if keeps else "pending",
            "asked_at": now,
            "next_ask_at": now + _jittered(pause),
            "failures": row.failures + 1,
        }
        if connection.execute(mine.values(**values)).rowcount == 1:
            found.append(_asking(row, now))
    return found


def _asking(row: Row[Any], asked_at: datetime) -> Asking:
    host = read_line(row.hub).host
    return Asking(row.id, asked_at, row.hub, host, row.topic, row.token, row.secret)


def still_asking(connection: Connection, subscription_id: int, asked_at: datetime) -> Asking | None:
    """The request of that time, for who is to send it; None when the hub has come back since, or
    another was made after it."""
    ours = (s.id == subscription_id) & (s.asked_at == asked_at) & (s.failures > 0)
    row = connection.execute(select(subscriptions).where(ours)).one_or_none()
    return None if row is None else _asking(row, asked_at)


def note_unanswered(
    connection: Connection, asking: Asking, reason: str, now: datetime, after: timedelta | None
) -> None:
    """The request failed; it is sent again at its time, or when the hub asks for it if later."""
    ours = (s.id == asking.subscription_id) & (s.asked_at == asking.asked_at) & (s.failures > 0)
    values: dict[str, object] = {"reason": reason}
    if after is not None:
        later = now + after
        values["next_ask_at"] = case((s.next_ask_at < later, later), else_=s.next_ask_at)
        block_host(connection, asking.host, later)
    connection.execute(update(subscriptions).where(ours).values(**values))


def note_refused(connection: Connection, asking: Asking, reason: str, now: datetime) -> None:
    """The hub will not have the request. A lease that still runs goes on to its end."""
    ours = (s.id == asking.subscription_id) & (s.asked_at == asking.asked_at)
    values = {"reason": reason, "next_ask_at": now + _jittered(REFUSED_FOR)}
    connection.execute(
        update(subscriptions).where(ours, s.state == "pending").values(state="refused", **values)
    )


def verified(
    connection: Connection, token: str, topic: str, lease: timedelta | None, now: datetime
) -> bool:
    """The hub asks whether we asked: whether we did. Then it pushes until the lease ends."""
    lease = min(lease or UNNAMED_LEASE, LONGEST_LEASE)
    renewal = max(_jittered(lease * RENEW_AT, JITTER / 4), SHORTEST_RENEWAL)
    asked = (s.token == token) & (s.topic == topic) & s.state.in_(("pending", "active"))
    values = {
        "state": "active",
        "reason": None,
        "failures": 0,
        "lease_until": now + lease,
        "next_ask_at": now + renewal,
    }
    pollable = select(lists.c.id).join(sources, sources.c.id == lists.c.source_id).where(POLLABLE)
    statement = update(subscriptions).where(asked, s.list_id.in_(pollable))
    return connection.execute(statement.values(**values)).rowcount == 1


def denied(connection: Connection, token: str, topic: str, reason: str, now: datetime) -> bool:
    """The hub says that it will not push, or no more; whether that is one of ours. The list is
    polled at its usual pace again."""
    values = {
        "state": "refused",
        "reason": reason,
        "lease_until": None,
        "next_ask_at": now + _jittered(REFUSED_FOR),
    }
    statement = update(subscriptions).where(s.token == token, s.topic == topic).values(**values)
    list_id = connection.execute(statement.returning(s.list_id)).scalar_one_or_none()
    if list_id is None:
        return False
    row = connection.execute(select(lists).where(lists.c.id == list_id)).one()
    usual = (row.last_polled_at or now) + timedelta(seconds=row.interval_seconds)
    sooner = update(lists).where(lists.c.id == list_id, lists.c.next_due > usual)
    connection.execute(sooner.values(next_due=usual))
    return True


def is_leased(now: datetime) -> ColumnElement[bool]:
    """Subscriptions whose hub pushes at this moment."""
    return (s.state == "active") & (s.lease_until > now)


def state_at(now: datetime) -> ColumnElement[str]:
    """The state of a subscription: one whose lease has ended is wanted again."""
    return case(((s.state == "active") & (s.lease_until <= now), "wanted"), else_=s.state)


def _due(now: datetime) -> Select[Any]:
    of_list = subscriptions.join(lists, lists.c.id == s.list_id)
    joined = of_list.join(sources, sources.c.id == lists.c.source_id)
    return select(subscriptions).select_from(joined).where(POLLABLE, s.next_ask_at <= now)


def _due_hubs(now: datetime) -> Select[Any]:
    due = _due(now).with_only_columns(s.hub).group_by(s.hub)
    return due.order_by(func.min(s.next_ask_at)).limit(AT_ONCE)


def _jittered(pause: timedelta, by: float = JITTER) -> timedelta:
    return pause * random.uniform(1 - by, 1 + by)
