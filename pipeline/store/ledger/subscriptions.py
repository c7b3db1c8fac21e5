"""Subscriptions: which hub is to push a list's news (W3C WebSub), and when it is asked next.

    wanted    its list names a hub
    pending   the hub was asked and has not come back to our callback
    active    it came back: it pushes until the lease ends, and is asked again before
    refused   it said no; it is asked again after a week

How it is asked: :mod:`pipeline.store.ledger.hub_requests`.
"""

from __future__ import annotations

import random
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
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
from pipeline.store.ledger.polls import POLLABLE, poll_sooner
from pipeline.store.tables.ledger import sources
from pipeline.store.tables.lists import lists, subscriptions

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

s = subscriptions.c


def note_hub(
    connection: Connection,
    list_id: int,
    url: str,
    hub: str,
    topic: str,
    now: datetime,
    *,
    host_interval_seconds: float,
) -> None:
    """The list, had from ``url``, names this hub, and is known there as ``topic``. Another one
    than before is asked anew, under another token, so that the old one has nothing to say any
    more: it is answered as a stranger.

    A hub that is named without TLS for a list that has it, whatever the list calls itself, is asked
    with TLS all the same: old feeds name it so, and its secret must not travel in the open.
    """
    has_tls = any(one.lower().startswith("https:") for one in (url, topic))
    candidate = read_line(re.sub("(?i)^http:", "https:", hub) if has_tls else hub)
    if candidate.refusal is not None:
        return
    add_hosts(connection, [candidate], now, host_interval_seconds)
    values = {
        "hub": candidate.url,
        "topic": topic,
        "token": secrets.token_urlsafe(32),
        "secret": secrets.token_hex(32),
        "state": "wanted",
        "reason": None,
        "named_at": now,
        "asked_at": None,
        "next_ask_at": now,
        "failures": 0,
        "lease_until": None,
        "last_push_at": None,
    }
    statement = insert(connection, subscriptions).values(list_id=list_id, **values)
    other = or_(s.hub != candidate.url, s.topic != topic)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["list_id"], set_=values, where=and_(other, s.named_at <= now - KEPT_FOR)
        )
    )
    _renew_again(connection, list_id, candidate.url, topic, now)


def _renew_again(connection: Connection, list_id: int, hub: str, topic: str, now: datetime) -> None:
    """Have a lease renewed that :func:`note_no_hub` left to run out."""
    running_out = (s.list_id == list_id) & is_leased(now) & (s.next_ask_at == s.lease_until)
    mine = update(subscriptions).where(running_out, s.hub == hub, s.topic == topic)
    until = connection.execute(select(s.lease_until).where(running_out)).scalar()
    if until is not None:
        connection.execute(mine.values(next_ask_at=now + (until - now) * RENEW_AT))


def note_no_hub(connection: Connection, list_id: int, now: datetime) -> None:
    """The list names no hub, at least this time. A lease runs on to its end and is not renewed,
    for some name their hub now and then; who pushes after that is answered as a stranger."""
    ours = (s.list_id == list_id) & (s.named_at <= now - KEPT_FOR)
    row = connection.execute(select(subscriptions).where(ours)).one_or_none()
    if row is None:
        return
    if row.state != "active" or row.lease_until <= now:
        connection.execute(delete(subscriptions).where(ours))
    elif row.next_ask_at < row.lease_until:
        connection.execute(update(subscriptions).where(ours).values(next_ask_at=row.lease_until))


def verified(
    connection: Connection, token: str, topic: str, lease: timedelta | None, now: datetime
) -> bool:
    """The hub asks whether we asked: whether we did. Then it pushes until the lease ends."""
    lease = min(lease or UNNAMED_LEASE, LONGEST_LEASE)
    renewal = max(jittered(lease * RENEW_AT, JITTER / 4), SHORTEST_RENEWAL)
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
        "next_ask_at": now + jittered(REFUSED_FOR),
    }
    statement = update(subscriptions).where(s.token == token, s.topic == topic).values(**values)
    list_id = connection.execute(statement.returning(s.list_id)).scalar_one_or_none()
    if list_id is None:
        return False
    pace = select(lists.c.last_polled_at, lists.c.interval_seconds).where(lists.c.id == list_id)
    polled_at, interval = connection.execute(pace).one()
    poll_sooner(connection, list_id, (polled_at or now) + timedelta(seconds=interval))
    return True


def is_leased(now: datetime) -> ColumnElement[bool]:
    """Subscriptions whose hub pushes at this moment."""
    return (s.state == "active") & (s.lease_until > now)


def state_at(now: datetime) -> ColumnElement[str]:
    """The state of a subscription: one whose lease has ended is wanted again."""
    return case(((s.state == "active") & (s.lease_until <= now), "wanted"), else_=s.state)


def subscriptions_by_state(connection: Connection, now: datetime) -> dict[str, int]:
    """How many lists that may be polled stand how with their hub."""
    of_list = subscriptions.join(lists, lists.c.id == s.list_id)
    joined = of_list.join(sources, sources.c.id == lists.c.source_id)
    state = state_at(now).label("state")
    counted = select(state, func.count()).select_from(joined).where(POLLABLE).group_by(state)
    return {row[0]: row[1] for row in connection.execute(counted)}


def jittered(pause: timedelta, by: float = JITTER) -> timedelta:
    """A wait that may be shorter or longer by a part, so that lists do not come in step."""
    return pause * random.uniform(1 - by, 1 + by)
