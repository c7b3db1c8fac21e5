"""Requests to hubs: which are due, who sends each, and what came of it.

Asking and its next time are one write that is committed before the request goes out: a process
that dies in between, or an answer that never comes, is followed by the next request by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select, update

from pipeline.store.ledger.accept import read_line
from pipeline.store.ledger.polls import POLLABLE
from pipeline.store.ledger.subscriptions import REFUSED_FOR, jittered
from pipeline.store.ledger.turns import ask, block_host
from pipeline.store.tables.ledger import sources
from pipeline.store.tables.lists import lists, subscriptions

FIRST_RETRY = timedelta(minutes=10)
LONGEST_RETRY = timedelta(days=1)
"""Between two requests that a hub does not answer: doubled from the first to the longest."""
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
    secret: str


def anything_to_ask(connection: Connection, now: datetime) -> bool:
    """Whether a hub is to be asked now."""
    return connection.execute(_due(now).limit(1)).first() is not None


def claim_asking(connection: Connection, now: datetime) -> list[Asking]:
    """Requests that are this process's to have sent once this is committed: of each hub at most
    one, and none whose host's turn has not come."""
    found: list[Asking] = []
    hosts = {hub: read_line(hub).host for hub in connection.execute(_due_hubs(now)).scalars()}
    # In the order of those who take turns, so that two processes cannot wait for each other's.
    for hub, host in sorted(hosts.items(), key=itemgetter(1)):
        if ask(connection, host, now) is not None:
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
            "next_ask_at": now + jittered(pause),
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
    values = {"reason": reason, "next_ask_at": now + jittered(REFUSED_FOR)}
    connection.execute(
        update(subscriptions).where(ours, s.state == "pending").values(state="refused", **values)
    )


def _due(now: datetime) -> Select[Any]:
    of_list = subscriptions.join(lists, lists.c.id == s.list_id)
    joined = of_list.join(sources, sources.c.id == lists.c.source_id)
    return select(subscriptions).select_from(joined).where(POLLABLE, s.next_ask_at <= now)


def _due_hubs(now: datetime) -> Select[Any]:
    due = _due(now).with_only_columns(s.hub).group_by(s.hub)
    return due.order_by(func.min(s.next_ask_at)).limit(AT_ONCE)
